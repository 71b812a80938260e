// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/topicstreams.h"

#include "localmesh/httpentry.h"
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/parts.h"
#include "models/protocol/logging.h"

#include <QtCore/QJsonDocument>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

constexpr int HeartbeatMs = 30'000;

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace

TopicStreams::TopicStreams(Parts &parts, QObject *parent)
    : QObject(parent)
    , m_parts(parts)
{
    connect(&m_heartbeat, &QTimer::timeout, this, &TopicStreams::beat);
    m_heartbeat.start(HeartbeatMs);
}

QJsonObject TopicStreams::toJson(const TopicPost &post, const QString &senderPubkey)
{
    return {{u"id"_s, post.id},
            {u"senderMemberId"_s, post.senderMember},
            {u"senderPubkey"_s, senderPubkey},
            {u"senderName"_s, post.senderName},
            {u"nonce"_s, post.nonce},
            {u"ciphertext"_s, post.ciphertext},
            {u"bodyVersion"_s, post.bodyVersion},
            {u"replyToId"_s, post.replyToId ? QJsonValue(*post.replyToId) : QJsonValue(QJsonValue::Null)},
            {u"createdAt"_s, isoTime(post.createdAtMs)}};
}

HttpReply TopicStreams::open(const Topic &topic, const ApiCaller &caller)
{
    m_listeners.removeIf([](const Listener &listener) { return !listener.socket; });
    if (m_listeners.size() >= limits::TopicListeners)
        return jsonReply(503, {{u"error"_s, u"too_many_streams"_s}});
    HttpReply reply;
    reply.contentType = "text/event-stream";
    reply.fields.append(qMakePair(QByteArray("Cache-Control"), QByteArray("no-store")));
    reply.stream = [guarded = QPointer<TopicStreams>(this), topic, key = caller.key](QTcpSocket *socket) {
        if (!guarded)
            return;
        guarded->m_listeners.append({.socket = socket, .topicId = topic.id, .key = key});
        guarded->send(socket, "ready",
                      compact({{u"topic"_s, topic.name},
                               {u"topicId"_s, topic.id},
                               {u"connectedAt"_s, isoTime(guarded->m_parts.clock.nowMs())}}));
    };
    return reply;
}

void TopicStreams::posted(const Topic &topic, const TopicPost &post)
{
    const Member *sender = m_parts.mesh.memberById(post.senderMember);
    const QByteArray data = compact(toJson(post, sender ? sender->pubkey : QString()));
    const QList<Listener> listeners = m_listeners;
    for (const Listener &listener : listeners) {
        // A private topic may have been left meanwhile.
        if (listener.topicId == topic.id && m_parts.topics.mayRead(topic, listener.key.memberId))
            send(listener.socket, "message", data, post.id.toLatin1());
    }
}

void TopicStreams::beat()
{
    const qint64 nowMs = m_parts.clock.nowMs();
    const QList<Listener> listeners = m_listeners;
    for (const Listener &listener : listeners) {
        if (m_parts.apiKeys.isValid(listener.key.id, nowMs)) {
            send(listener.socket, "heartbeat", QByteArray::number(nowMs));
        } else if (listener.socket) {
            send(listener.socket, "error", compact({{u"error"_s, u"invalid_or_revoked_token"_s}}));
            listener.socket->disconnectFromHost();
        }
    }
}

void TopicStreams::send(QTcpSocket *socket, const QByteArray &event, const QByteArray &data, const QByteArray &id)
{
    if (!socket || socket->state() != QAbstractSocket::ConnectedState)
        return;
    socket->write("event: " + event + '\n' + (id.isEmpty() ? QByteArray() : "id: " + id + '\n') + "data: " + data
                  + "\n\n");
    if (HttpEntry::unsentBytes(socket) > m_parts.options.maxSendQueueBytes) {
        qCInfo(lcLocalMesh) << "a topic stream is not read and is cut";
        socket->abort();
    }
}

} // namespace mesh::local
