// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/webhookhttp.h"

#include "localmesh/ids.h"
#include "localmesh/parts.h"
#include "localmesh/router.h"
#include "models/protocol/framecodec.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

constexpr QByteArrayView HookPath("/hook/");
constexpr int HookBurst = 60;
constexpr double HooksPerSecond = 10;

HttpReply hookError(int status, const QString &error)
{
    return jsonReply(status, {{u"ok"_s, false}, {u"error"_s, error}});
}

} // namespace

WebhookHttp::WebhookHttp(Parts &parts, Router &router)
    : m_parts(parts)
    , m_router(router)
    , m_limit(HookBurst, HooksPerSecond)
{
}

void WebhookHttp::addRoutes(HttpEntry &entry)
{
    entry.addRoute("POST", HookPath.toByteArray(),
                   [this](const HttpHead &head, const QByteArray &body, const HttpEntry::Reply &reply) {
                       m_parts.turn.post([this, head, body, reply] { post(head, body, reply); });
                   });
}

void WebhookHttp::post(const HttpHead &head, const QByteArray &body, const HttpEntry::Reply &reply)
{
    const QList<QByteArray> parts = head.path().sliced(HookPath.size()).split('/');
    std::optional<Webhook> webhook;
    if (parts.size() == 2 && parts[0] == m_parts.mesh.mesh().id.toLatin1())
        webhook = m_parts.webhooks.bySecret(QString::fromLatin1(parts[1]));
    if (!webhook) {
        reply(hookError(401, u"unauthorized"_s));
        return;
    }
    if (!m_limit.take(webhook->name, m_parts.clock.monotonicNs())) {
        reply(hookError(429, u"rate limited"_s));
        return;
    }
    QJsonParseError parsed{};
    const QJsonDocument document = QJsonDocument::fromJson(body, &parsed);
    if (parsed.error != QJsonParseError::NoError) {
        // The original says the second of a JSON value that is neither object nor array.
        const bool isValue = !QJsonDocument::fromJson('[' + body + ']').isNull();
        reply(hookError(400, isValue && !body.trimmed().isEmpty() ? u"invalid JSON body"_s : u"invalid JSON"_s));
        return;
    }
    const QList<Connection *> everyone = m_router.everyoneBut(nullptr);
    protocol::Push push;
    push.subtype = u"webhook"_s;
    push.event = webhook->name;
    push.eventData = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    push.messageId = newUuid();
    push.meshId = m_parts.mesh.mesh().id;
    push.senderPubkey = "webhook:"_L1 + webhook->name;
    push.priority = protocol::Priority::Next;
    push.createdAt = isoTime(m_parts.clock.nowMs());
    m_parts.turn.send(everyone, protocol::encode(push));
    reply(jsonReply(200, {{u"ok"_s, true}, {u"delivered"_s, everyone.size()}}));
}

} // namespace mesh::local
