// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/appapi.h"

#include <QtCore/QDateTime>

#include <utility>

#include "models/protocol/logging.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

AppApi::AppApi(SessionPort &port, Fetch fetch)
    : m_port(port)
    , m_fetch(std::move(fetch))
{
}

void AppApi::call(ApiCall call, Done done)
{
    Waiting waiting{std::move(call), std::move(done)};
    if (!m_secret.isEmpty() && m_port.monoMs() < m_renewMs) {
        send(std::move(waiting));
        return;
    }
    m_waiting.append(std::move(waiting));
    mint();
}

void AppApi::mint()
{
    if (m_minting)
        return;
    m_minting = true;
    m_secret.clear();
    ApikeyCreate frame;
    frame.label = u"Claudemesh Desktop: topic keys"_s;
    frame.capabilities = QStringList{u"read"_s, u"send"_s};
    frame.expiresAt = QDateTime::fromMSecsSinceEpoch(m_port.wallMs() + KeyLifeMs, Qt::UTC).toString(Qt::ISODateWithMs);
    m_port.request(frame, [this](const Answer &answer) {
        m_minting = false;
        const auto *created = answer && *answer ? getIf<ApikeyCreated>(&**answer) : nullptr;
        if (created) {
            m_secret = created->secret;
            m_keyId = created->id;
            m_renewMs = m_port.monoMs() + KeyLifeMs * 9 / 10;
        } else {
            qCInfo(lcSession) << "no key for the REST interface"
                              << (answer ? u"no such answer"_s : answer.error().code);
        }
        const QList<Waiting> waiting = std::exchange(m_waiting, {});
        for (const Waiting &one : waiting) {
            if (created)
                send(one);
            else
                one.done({});
        }
    });
}

void AppApi::send(Waiting waiting)
{
    m_fetch(waiting.call, m_secret, [this, waiting](const ApiResult &result) {
        if (result.status != 401 || waiting.again) {
            waiting.done(result);
            return;
        }
        // Revoked by somebody, or of a broker that was restored from a backup.
        Waiting again = waiting;
        again.again = true;
        m_waiting.append(std::move(again));
        mint();
    });
}

void AppApi::revoke()
{
    if (m_keyId.isEmpty() || !m_port.online())
        return;
    ApikeyRevoke frame;
    frame.id = m_keyId;
    m_port.request(frame, [](const Answer &) {});
    m_keyId.clear();
    m_secret.clear();
}

} // namespace mesh::session
