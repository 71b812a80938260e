// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/sessionworker.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

SessionWorker::SessionWorker(SessionOptions options)
    : m_options(std::move(options))
{
    if (!m_options.clock)
        m_options.clock = std::make_shared<SystemClock>();
}

SessionWorker::~SessionWorker()
{
    closeAll();
}

void SessionWorker::open(std::shared_ptr<SessionIdentity> identity)
{
    const MeshId mesh = identity->profile.meshId;
    if (const auto it = m_sessions.constFind(mesh); it != m_sessions.cend()) {
        (*it)->setProfile(identity->profile);
        return;
    }
    // The limit is the member's: a member id is unique over all meshes of a broker.
    const std::shared_ptr<SendLimiter> limiter = m_limiters.of(
        identity->profile.memberId.isEmpty() ? identity->member.publicKey.hex() : identity->profile.memberId);
    auto session = std::make_shared<MeshSession>(std::move(*identity), *m_options.clock, m_options, limiter,
                                                 [this](Event event) { add(std::move(event)); });
    session->setVisible(m_visible);
    session->setSignals(m_signals);
    m_sessions.insert(mesh, session);
    session->start();
}

void SessionWorker::close(const MeshId &mesh)
{
    if (const std::shared_ptr<MeshSession> session = m_sessions.take(mesh))
        session->close();
}

void SessionWorker::closeAll()
{
    const auto sessions = std::exchange(m_sessions, {});
    for (const auto &session : sessions)
        session->close();
}

void SessionWorker::run(const MeshId &mesh, qint64 commandId, Command command)
{
    if (const auto it = m_sessions.constFind(mesh); it != m_sessions.cend()) {
        (*it)->run(commandId, std::move(command));
        return;
    }
    events::CommandFinished done;
    done.commandId = commandId;
    done.ok = false;
    done.code = u"unknown_mesh"_s;
    done.detail = tr("This mesh is not open.");
    add({mesh, m_options.clock->nowMs(), std::move(done)});
}

void SessionWorker::confirmStored(const QStringList &messageIds)
{
    for (const auto &session : std::as_const(m_sessions))
        session->confirmStored(messageIds);
}

void SessionWorker::setVisible(bool visible)
{
    m_visible = visible;
    for (const auto &session : std::as_const(m_sessions))
        session->setVisible(visible);
}

void SessionWorker::setSignals(bool on)
{
    m_signals = on;
    for (const auto &session : std::as_const(m_sessions))
        session->setSignals(on);
}

void SessionWorker::add(Event event)
{
    m_batch.append(std::move(event));
    if (m_flushPending)
        return;
    m_flushPending = true;
    QMetaObject::invokeMethod(this, &SessionWorker::flush, Qt::QueuedConnection);
}

void SessionWorker::flush()
{
    m_flushPending = false;
    if (!m_batch.isEmpty())
        Q_EMIT eventsReady(std::exchange(m_batch, {}));
}

} // namespace mesh::session
