// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/sessionhost.h"

#include <QtCore/QCoreApplication>

#include "models/session/sessionworker.h"

namespace mesh::session {

using namespace protocol;

SessionHost::SessionHost(SessionOptions options, QObject *parent)
    : QObject(parent)
    , m_worker(new SessionWorker(std::move(options)))
{
    m_thread.setObjectName(QStringLiteral("network"));
    m_worker->moveToThread(&m_thread);
    connect(m_worker, &SessionWorker::eventsReady, this, &SessionHost::eventsReady);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.start();
}

SessionHost::~SessionHost()
{
    // Polite closes reach the brokers before the thread ends.
    QMetaObject::invokeMethod(m_worker, &SessionWorker::closeAll, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void SessionHost::open(const MeshProfile &profile, KeyPair member, KeyPair session)
{
    // Key pairs move only; a queued call must be copyable.
    const auto identity = std::make_shared<SessionIdentity>();
    identity->profile = profile;
    identity->member = std::move(member);
    identity->session = std::move(session);
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, identity] { worker->open(identity); }, Qt::QueuedConnection);
}

void SessionHost::close(const MeshId &mesh)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, mesh] { worker->close(mesh); }, Qt::QueuedConnection);
}

qint64 SessionHost::submit(const MeshId &mesh, Command command)
{
    const qint64 id = ++m_lastCommandId;
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, mesh, id, command = std::move(command)] { worker->run(mesh, id, command); },
        Qt::QueuedConnection);
    return id;
}

void SessionHost::confirmStored(const QStringList &brokerMessageIds)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, brokerMessageIds] { worker->confirmStored(brokerMessageIds); },
        Qt::QueuedConnection);
}

void SessionHost::flush()
{
    QMetaObject::invokeMethod(m_worker, &SessionWorker::flush, Qt::BlockingQueuedConnection);
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

void SessionHost::setSignals(bool on)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, on] { worker->setSignals(on); }, Qt::QueuedConnection);
}

void SessionHost::setVisible(bool visible)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, visible] { worker->setVisible(visible); }, Qt::QueuedConnection);
}

} // namespace mesh::session
