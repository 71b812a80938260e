// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/resttopics.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/parts.h"
#include "localmesh/router.h"
#include "models/protocol/encoding.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

constexpr QByteArrayView TopicsPath("/api/v1/topics/");
constexpr int HistoryRows = 50;
constexpr int MostHistoryRows = 200;
constexpr int PendingSeals = 50;
constexpr int NotificationRows = 50;
constexpr qint64 NotificationsMs = 24LL * 60 * 60 * 1'000;

HttpReply restError(int status, const QString &error)
{
    return jsonReply(status, {{u"error"_s, error}});
}

QUrlQuery queryOf(const HttpHead &head)
{
    return QUrlQuery(QString::fromLatin1(head.target.mid(head.path().size() + 1)));
}

//! Name and action of /api/v1/topics/<name>/<action>.
QList<QByteArray> partsBelow(const HttpHead &head)
{
    return head.path().sliced(TopicsPath.size()).split('/');
}

QJsonObject seenIn(const Topic &topic)
{
    return {{u"topic"_s, topic.name}, {u"topicId"_s, topic.id}};
}

QJsonValue nullable(const std::optional<QString> &text)
{
    return text ? QJsonValue(*text) : QJsonValue(QJsonValue::Null);
}

QString memberKey(const Parts &parts, const QString &memberId)
{
    const Member *member = parts.mesh.memberById(memberId);
    return member ? member->pubkey : QString();
}

//! A text field of a body, as an optional.
std::optional<QString> textField(const QJsonObject &body, QLatin1StringView name)
{
    return body.value(name).isString() ? std::optional(body.value(name).toString()) : std::nullopt;
}

std::optional<protocol::SealedTopicKey> sealedKeyOf(const QJsonObject &body)
{
    const QString encrypted = body.value("encryptedKey"_L1).toString();
    const QString nonce = body.value("nonce"_L1).toString();
    if (encrypted.isEmpty() || encrypted.size() > limits::FieldChars || nonce.isEmpty()
        || nonce.size() > limits::FieldChars)
        return std::nullopt;
    return protocol::SealedTopicKey{.encryptedKey = encrypted, .nonce = nonce};
}

} // namespace

void RestTopics::addCalls(const AddCall &add)
{
    add("GET", "/api/v1/topics", "read"_L1,
        [this](const HttpHead &, const QJsonObject &, const ApiCaller &caller) { return list(caller); });
    add("POST", "/api/v1/messages", "send"_L1,
        [this](const HttpHead &head, const QJsonObject &body, const ApiCaller &caller) {
            return post(head, body, caller);
        });
    add("GET", "/api/v1/notifications", "read"_L1,
        [this](const HttpHead &head, const QJsonObject &, const ApiCaller &caller) {
            return notifications(head, caller);
        });
    add("POST", "/api/v1/notifications/read", "read"_L1,
        [this](const HttpHead &, const QJsonObject &body, const ApiCaller &caller) {
            return readNotifications(body, caller);
        });
}

QLatin1StringView RestTopics::capabilityBelow(const HttpHead &head)
{
    const QList<QByteArray> parts = partsBelow(head);
    if (parts.size() != 2)
        return {};
    const QByteArray call = head.method + ' ' + parts[1];
    if (call == "GET messages" || call == "GET key" || call == "GET pending-seals" || call == "GET stream"
        || call == "PATCH read")
        return "read"_L1;
    if (call == "POST seal" || call == "POST claim-key")
        return "send"_L1;
    return {};
}

std::optional<Topic> RestTopics::topicFor(const QString &name, const ApiCaller &caller)
{
    std::optional<Topic> topic = m_parts.topics.find(name);
    if (topic && (!m_parts.topics.mayRead(*topic, caller.memberId) || !caller.key.isFor(topic->name)))
        return std::nullopt;
    return topic;
}

HttpReply RestTopics::below(const HttpHead &head, const QJsonObject &body, const ApiCaller &caller)
{
    const QList<QByteArray> parts = partsBelow(head);
    const auto topic = topicFor(QString::fromUtf8(QByteArray::fromPercentEncoding(parts[0])), caller);
    if (!topic)
        return restError(404, u"topic_not_found"_s);
    const Call call{.head = head, .body = body, .caller = caller, .topic = *topic};
    const QByteArray &action = parts[1];
    if (action == "messages")
        return history(call);
    if (action == "stream")
        return m_streams.open(*topic, caller);
    if (action == "read")
        return markRead(call);
    if (action == "key")
        return key(call);
    if (action == "pending-seals")
        return pendingSeals(call);
    if (action == "seal")
        return seal(call);
    return claimKey(call);
}

HttpReply RestTopics::list(const ApiCaller &caller)
{
    QJsonArray rows;
    const QList<Topic> topics = m_parts.topics.list(caller.memberId);
    for (const Topic &topic : topics) {
        if (!caller.key.isFor(topic.name))
            continue;
        rows.append(QJsonObject{{u"id"_s, topic.id},
                                {u"name"_s, topic.name},
                                {u"description"_s, nullable(topic.description)},
                                {u"visibility"_s, topic.visibility},
                                {u"createdAt"_s, isoTime(topic.createdAtMs)},
                                {u"unread"_s, m_parts.topics.unread(topic.id, caller.memberId)}});
    }
    return jsonReply(200, {{u"topics"_s, rows}});
}

HttpReply RestTopics::post(const HttpHead &, const QJsonObject &body, const ApiCaller &caller)
{
    const auto topic = topicFor(body.value("topic"_L1).toString(), caller);
    if (!topic)
        return restError(404, u"topic_not_found"_s);
    const Member *member = m_parts.mesh.memberById(caller.memberId);
    protocol::Send frame;
    frame.targetSpec = u'#' + topic->name;
    frame.ciphertext = body.value("ciphertext"_L1).toString();
    frame.nonce = body.value("nonce"_L1).toString();
    const auto priority = protocol::fromWord<protocol::Priority>(body.value("priority"_L1).toString(u"next"_s));
    if (!member || frame.ciphertext.isEmpty() || !priority
        || frame.ciphertext.size() + frame.nonce.size() + frame.targetSpec.size() > limits::SendChars)
        return restError(400, u"ciphertext, nonce and a priority of now, next or low required"_s);
    frame.priority = *priority;
    frame.bodyVersion = body.value("bodyVersion"_L1).toInt(1);
    frame.replyToId = textField(body, "replyToId"_L1);
    QStringList mentions;
    const QJsonArray names = body.value("mentions"_L1).toArray();
    for (const QJsonValue &name : names)
        mentions.append(name.toString());
    frame.mentions = mentions;
    // The same allowance as on the socket: a key does not make a member louder.
    if (!m_parts.sendLimit.take(member->pubkey, m_parts.clock.monotonicNs()))
        return restError(429, u"rate limited"_s);
    const protocol::Ack ack = m_router.post({.memberId = member->id,
                                             .memberPubkey = member->pubkey,
                                             .routingKey = member->pubkey,
                                             .name = member->displayName},
                                            *topic, frame);
    if (!ack.queued)
        return restError(400, ack.error.value_or(QString()));
    QJsonObject answer{{u"messageId"_s, ack.messageId},
                       {u"historyId"_s, ack.messageId},
                       {u"queueId"_s, ack.messageId},
                       {u"topic"_s, topic->name},
                       {u"topicId"_s, topic->id},
                       {u"notifications"_s, mentions.size()},
                       {u"bodyVersion"_s, *frame.bodyVersion}};
    if (frame.replyToId)
        answer.insert("replyToId"_L1, *frame.replyToId);
    return jsonReply(200, answer);
}

HttpReply RestTopics::history(const Call &call)
{
    const QUrlQuery query = queryOf(call.head);
    int limit = HistoryRows;
    if (query.hasQueryItem(u"limit"_s)) {
        limit = query.queryItemValue(u"limit"_s).toInt();
        if (limit < 1 || limit > MostHistoryRows)
            return restError(400, u"limit must be 1 to %1"_s.arg(MostHistoryRows));
    }
    std::optional<QString> before;
    if (query.hasQueryItem(u"before"_s))
        before = query.queryItemValue(u"before"_s);
    const auto posts = m_parts.topics.history(call.topic.id, limit, before);
    if (!posts)
        return restError(404, u"message_not_found"_s);
    QJsonArray rows;
    for (const TopicPost &post : *posts)
        rows.append(TopicStreams::toJson(post, memberKey(m_parts, post.senderMember)));
    QJsonObject answer = seenIn(call.topic);
    answer.insert("messages"_L1, rows);
    return jsonReply(200, answer);
}

HttpReply RestTopics::markRead(const Call &call)
{
    const qint64 nowMs = m_parts.clock.nowMs();
    if (!m_parts.topics.isMember(call.topic.id, call.caller.memberId))
        m_parts.topics.join(call.topic.id, call.caller.memberId, {}, nowMs);
    m_parts.topics.markRead(call.topic.id, call.caller.memberId, nowMs);
    QJsonObject answer = seenIn(call.topic);
    answer.insert("readAt"_L1, isoTime(nowMs));
    return jsonReply(200, answer);
}

HttpReply RestTopics::key(const Call &call)
{
    if (call.topic.keySealer.isEmpty())
        return restError(409, u"topic_unencrypted"_s);
    qint64 atMs = 0;
    const auto sealed = m_parts.topics.sealFor(call.topic.id, call.caller.memberId, &atMs);
    if (!sealed)
        return restError(404, u"key_not_sealed_for_member"_s);
    QJsonObject answer = seenIn(call.topic);
    answer.insert("encryptedKey"_L1, sealed->encryptedKey);
    answer.insert("nonce"_L1, sealed->nonce);
    answer.insert("senderPubkey"_L1, call.topic.keySealer);
    answer.insert("createdAt"_L1, isoTime(atMs));
    return jsonReply(200, answer);
}

HttpReply RestTopics::pendingSeals(const Call &call)
{
    if (call.topic.keySealer.isEmpty())
        return restError(409, u"topic_unencrypted"_s);
    QJsonArray pending;
    const QStringList ids = m_parts.topics.unsealed(call.topic.id).mid(0, PendingSeals);
    for (const QString &id : ids) {
        if (const Member *member = m_parts.mesh.memberById(id))
            pending.append(QJsonObject{
                {u"memberId"_s, member->id}, {u"pubkey"_s, member->pubkey}, {u"displayName"_s, member->displayName}});
    }
    QJsonObject answer = seenIn(call.topic);
    answer.insert("senderPubkey"_L1, call.topic.keySealer);
    answer.insert("pending"_L1, pending);
    return jsonReply(200, answer);
}

HttpReply RestTopics::seal(const Call &call)
{
    if (call.topic.keySealer.isEmpty())
        return restError(409, u"topic_unencrypted"_s);
    const QString recipient = call.body.value("memberId"_L1).toString();
    const auto sealed = sealedKeyOf(call.body);
    if (!sealed)
        return restError(400, u"memberId, encryptedKey and nonce required"_s);
    // Who cannot open the topic has nothing to pass on; one's own seal would be somebody else's word.
    if (!m_parts.topics.sealFor(call.topic.id, call.caller.memberId, nullptr))
        return restError(403, u"key_not_sealed_for_member"_s);
    if (!m_parts.topics.isMember(call.topic.id, recipient))
        return restError(404, u"recipient_not_in_topic"_s);
    const qint64 nowMs = m_parts.clock.nowMs();
    m_parts.topics.putSeal(call.topic.id, recipient, *sealed, nowMs);
    QJsonObject answer = seenIn(call.topic);
    answer.insert("memberId"_L1, recipient);
    answer.insert("sealedAt"_L1, isoTime(nowMs));
    return jsonReply(200, answer);
}

HttpReply RestTopics::claimKey(const Call &call)
{
    const QString sealer = call.body.value("encryptedKeyPubkey"_L1).toString();
    const auto sealed = sealedKeyOf(call.body);
    if (!sealed || !protocol::PublicKey::fromHex(sealer))
        return restError(400, u"encryptedKeyPubkey (64 hex), encryptedKey and nonce required"_s);
    if (!m_parts.topics.claimKey(call.topic.id, sealer))
        return restError(409, u"already_encrypted"_s);
    const qint64 nowMs = m_parts.clock.nowMs();
    if (!m_parts.topics.isMember(call.topic.id, call.caller.memberId))
        m_parts.topics.join(call.topic.id, call.caller.memberId, {}, nowMs);
    m_parts.topics.putSeal(call.topic.id, call.caller.memberId, *sealed, nowMs);
    QJsonObject answer = seenIn(call.topic);
    answer.insert("senderPubkey"_L1, sealer);
    answer.insert("memberId"_L1, call.caller.memberId);
    answer.insert("claimed"_L1, true);
    return jsonReply(200, answer);
}

HttpReply RestTopics::notifications(const HttpHead &head, const ApiCaller &caller)
{
    const QUrlQuery query = queryOf(head);
    qint64 sinceMs = m_parts.clock.nowMs() - NotificationsMs;
    if (query.hasQueryItem(u"since"_s)) {
        const QDateTime since =
            QDateTime::fromString(query.queryItemValue(u"since"_s, QUrl::FullyDecoded), Qt::ISODateWithMs);
        if (!since.isValid())
            return restError(400, u"since must be an ISO time"_s);
        sinceMs = since.toMSecsSinceEpoch();
    }
    QJsonArray rows;
    const QList<TopicMention> mentions = m_parts.topics.mentions(
        caller.memberId, sinceMs, query.queryItemValue(u"unread"_s) == "1"_L1, NotificationRows);
    for (const TopicMention &mention : mentions) {
        if (!caller.key.isFor(mention.topicName))
            continue;
        rows.append(QJsonObject{
            {u"id"_s, mention.post.id},
            {u"notificationId"_s, mention.id},
            {u"topicId"_s, mention.topicId},
            {u"topicName"_s, mention.topicName},
            {u"senderName"_s, mention.post.senderName},
            {u"senderPubkey"_s, memberKey(m_parts, mention.post.senderMember)},
            {u"ciphertext"_s, mention.post.ciphertext},
            {u"kind"_s, u"mention"_s},
            {u"readAt"_s, mention.readAtMs ? QJsonValue(isoTime(*mention.readAtMs)) : QJsonValue(QJsonValue::Null)},
            {u"createdAt"_s, isoTime(mention.createdAtMs)}});
    }
    const Member *member = m_parts.mesh.memberById(caller.memberId);
    return jsonReply(200,
                     {{u"notifications"_s, rows},
                      {u"since"_s, isoTime(sinceMs)},
                      {u"mentionedAs"_s, member ? member->displayName : QString()}});
}

HttpReply RestTopics::readNotifications(const QJsonObject &body, const ApiCaller &caller)
{
    const qint64 nowMs = m_parts.clock.nowMs();
    if (body.value("all"_L1).toBool()) {
        qint64 beforeMs = nowMs;
        if (const auto before = textField(body, "before"_L1)) {
            const QDateTime time = QDateTime::fromString(*before, Qt::ISODateWithMs);
            if (!time.isValid())
                return restError(400, u"before must be an ISO time"_s);
            beforeMs = time.toMSecsSinceEpoch();
        }
        m_parts.topics.markMentionsRead(caller.memberId, {}, beforeMs, nowMs);
        return jsonReply(200, {{u"marked"_s, u"all"_s}, {u"before"_s, isoTime(beforeMs)}});
    }
    const QJsonArray ids = body.value("ids"_L1).toArray();
    if (ids.isEmpty())
        return restError(400, u"ids or all required"_s);
    int marked = 0;
    for (const QJsonValue &id : ids) {
        if (!id.toString().isEmpty())
            marked += m_parts.topics.markMentionsRead(caller.memberId, id.toString(), 0, nowMs);
    }
    return jsonReply(200, {{u"marked"_s, marked}, {u"readAt"_s, isoTime(nowMs)}});
}

} // namespace mesh::local
