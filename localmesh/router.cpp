// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/router.h"

#include "localmesh/connection.h"
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/parts.h"
#include "models/protocol/framecodec.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Ack;
using protocol::PeerStatus;
using protocol::Priority;
using protocol::Push;
using protocol::RecipientRow;
using protocol::Send;

namespace {

//! The keys that messages for this presence may be addressed to.
QStringList addressesOf(const Presence &presence)
{
    if (presence.sessionPubkey.isEmpty())
        return {presence.memberPubkey};
    return {presence.sessionPubkey, presence.memberPubkey};
}

//! A history is read by many at once, so that its rows must not grow when they are written as JSON.
bool isPlainText(const QString &text)
{
    return std::all_of(text.cbegin(), text.cend(), [](QChar c) { return c > u' ' && c < QChar(0x7f); });
}

bool isMulticast(const QString &targetSpec)
{
    return targetSpec == "*"_L1 || targetSpec.startsWith(u'@');
}

} // namespace

Ack Router::refuse(const Send &frame, const QString &error) const
{
    return {.id = frame.id.value_or(QString()), .messageId = {}, .queued = false, .error = error, .reqId = {}};
}

Sender Sender::of(const Presence &presence)
{
    return {.memberId = presence.memberId,
            .memberPubkey = presence.memberPubkey,
            .routingKey = presence.routingKey(),
            .name = presence.displayName,
            .presence = &presence};
}

Ack Router::send(const Sender &sender, const Send &frame)
{
    if (!m_parts.sendLimit.take(sender.memberPubkey, m_parts.clock.monotonicNs())) {
        return refuse(
            frame,
            u"rate_limit: max %1 msg/min (burst %2) — slow down"_s.arg(qRound64(m_parts.sendLimit.perSecond() * 60))
                .arg(m_parts.sendLimit.burst()));
    }
    return deliver(sender, frame, {});
}

Ack Router::deliver(const Sender &sender, const Send &frame, const std::optional<QString> &subtype)
{
    const qsizetype size = frame.ciphertext.size() + frame.nonce.size() + frame.targetSpec.size();
    if (size > limits::SendChars) {
        return refuse(frame, u"payload too large: %1 bytes > MAX_MESSAGE_BYTES=%2"_s.arg(size).arg(limits::SendChars));
    }
    if (frame.targetSpec.startsWith(u'#'))
        return sendToTopic(sender, frame);
    return isMulticast(frame.targetSpec) ? sendToMany(sender, frame, subtype) : sendDirect(sender, frame);
}

bool Router::store(const Sender &sender, const QueuedMessage &message, bool secret)
{
    if (!m_parts.queue.add(message))
        return false;
    const qint64 nowMs = message.createdAtMs;
    m_parts.audit.append(
        "message_sent"_L1, sender.memberId, sender.name,
        {{u"targetSpec"_s, secret ? u"#"_s : message.target}, {u"priority"_s, QString(toWord(message.priority))}},
        nowMs);
    if (secret)
        return true;
    publish(TrafficStream,
            QJsonObject{{u"sender"_s, message.senderKey},
                        {u"target"_s, message.target},
                        {u"priority"_s, QString(toWord(message.priority))},
                        {u"messageId"_s, message.id},
                        {u"at"_s, nowMs}},
            u"system"_s, nullptr);
    return true;
}

Ack Router::sendDirect(const Sender &sender, const Send &frame)
{
    QList<Presence *> targets = m_parts.presences.byTarget(frame.targetSpec);
    // Sessions of one member without session keys share one address; a message cannot tell them apart from its sender.
    targets.removeIf([&](const Presence *target) { return target->routingKey() == sender.routingKey; });
    if (targets.isEmpty()) {
        return refuse(frame,
                      u"no connected peer for target (not online, or targetSpec is your own key without another "
                      "session)"_s);
    }
    if (!m_parts.grants.allows(targets.constFirst()->memberId, sender.memberPubkey, "dm"_L1))
        return refuse(frame, u"blocked by recipient grants (sender lacks dm capability)"_s);
    if (m_parts.queue.pendingFor(frame.targetSpec) >= m_parts.options.maxQueuedPerPeer)
        return refuse(frame, u"recipient queue full: too many messages wait for this peer"_s);

    const QueuedMessage message{.id = newId(),
                                .senderMember = sender.memberId,
                                .senderKey = sender.routingKey,
                                .target = frame.targetSpec,
                                .priority = frame.priority,
                                .nonce = frame.nonce,
                                .ciphertext = frame.ciphertext,
                                .clientMessageId = frame.clientMessageId,
                                .requestFingerprint = frame.requestFingerprint,
                                .createdAtMs = m_parts.clock.nowMs(),
                                .deliveredAtMs = {}};
    if (!store(sender, message))
        return refuse(frame, u"storage_error: the message could not be stored"_s);
    for (Presence *target : std::as_const(targets)) {
        if (target->isOnline())
            drain(*target);
    }
    return {.id = frame.id.value_or(QString()), .messageId = message.id, .queued = true, .error = {}, .reqId = {}};
}

QList<Presence *> Router::multicastTargets(const QString &targetSpec, const QString &senderMemberKey) const
{
    const bool everybody = targetSpec == "*"_L1 || targetSpec == "@all"_L1;
    const QStringView group = QStringView(targetSpec).mid(1);
    QList<Presence *> targets = m_parts.presences.online();
    targets.removeIf([&](const Presence *presence) {
        return presence->memberPubkey == senderMemberKey || !presence->visible
            || (!everybody && !presence->isInGroup(group))
            || !m_parts.grants.allows(presence->memberId, senderMemberKey, "broadcast"_L1);
    });
    return targets;
}

Push Router::pushFrom(const Sender &sender, const QString &messageId, qint64 createdAtMs, const Send &frame) const
{
    Push push;
    push.messageId = messageId;
    push.meshId = m_parts.mesh.mesh().id;
    push.senderPubkey = sender.routingKey;
    push.senderMemberPubkey = sender.memberPubkey;
    push.senderMemberId = sender.memberId;
    push.senderName = sender.name;
    push.priority = frame.priority;
    push.nonce = frame.nonce;
    push.ciphertext = frame.ciphertext;
    push.createdAt = isoTime(createdAtMs);
    return push;
}

Ack Router::sendToMany(const Sender &sender, const Send &frame, const std::optional<QString> &subtype)
{
    const qint64 nowMs = m_parts.clock.nowMs();
    // The row says that it was sent; the body needs no keeping, since nobody who is away gets it later.
    const QueuedMessage message{.id = newId(),
                                .senderMember = sender.memberId,
                                .senderKey = sender.routingKey,
                                .target = frame.targetSpec,
                                .priority = frame.priority,
                                .nonce = {},
                                .ciphertext = {},
                                .clientMessageId = {},
                                .requestFingerprint = {},
                                .createdAtMs = nowMs,
                                .deliveredAtMs = nowMs};
    if (!store(sender, message))
        return refuse(frame, u"storage_error: the message could not be stored"_s);

    QList<Connection *> connections;
    const QList<Presence *> targets = multicastTargets(frame.targetSpec, sender.memberPubkey);
    connections.reserve(targets.size());
    for (const Presence *target : targets)
        connections.append(target->connection);
    if (!connections.isEmpty()) {
        Push push = pushFrom(sender, message.id, nowMs, frame);
        push.subtype = subtype;
        m_parts.turn.send(connections, protocol::encode(push));
    }
    return {.id = frame.id.value_or(QString()), .messageId = message.id, .queued = true, .error = {}, .reqId = {}};
}

Ack Router::sendToTopic(const Sender &sender, const Send &frame)
{
    const auto topic = m_parts.topics.find(frame.targetSpec.mid(1));
    if (!topic || !m_parts.topics.mayRead(*topic, sender.memberId))
        return refuse(frame, u"topic_not_found: there is no such topic"_s);
    return post(sender, *topic, frame);
}

Ack Router::post(const Sender &sender, const Topic &topic, const Send &frame)
{
    const int version = frame.bodyVersion.value_or(1);
    const QStringList names = frame.mentions.value_or(QStringList());
    if ((version != 1 && version != 2) || names.size() > limits::TopicMentions) {
        return refuse(frame,
                      u"invalid_args: bodyVersion is 1 or 2, with at most %1 mentions"_s.arg(limits::TopicMentions));
    }
    if (!isPlainText(frame.nonce) || !isPlainText(frame.ciphertext))
        return refuse(frame, u"invalid_args: nonce and ciphertext are base64"_s);
    const qint64 nowMs = m_parts.clock.nowMs();
    TopicPost entry{.id = newId(),
                    .senderMember = sender.memberId,
                    .senderKey = sender.routingKey,
                    .senderName = sender.name,
                    .nonce = frame.nonce,
                    .ciphertext = frame.ciphertext,
                    .bodyVersion = version,
                    .replyToId = frame.replyToId,
                    .createdAtMs = nowMs};
    // The same id in the history, in the queue and in the push: whoever polls and is pushed to knows it again.
    const QueuedMessage message{.id = entry.id,
                                .senderMember = sender.memberId,
                                .senderKey = sender.routingKey,
                                .target = u'#' + topic.id,
                                .priority = frame.priority,
                                .nonce = {},
                                .ciphertext = {},
                                .clientMessageId = {},
                                .requestFingerprint = {},
                                .createdAtMs = nowMs,
                                .deliveredAtMs = nowMs};
    if (!m_parts.topics.post(topic.id, entry, mentioned(topic, sender, names))
        || !store(sender, message, !topic.isOpen()))
        return refuse(frame, u"storage_error: the message could not be stored"_s);

    QList<Connection *> connections;
    const QList<Presence *> targets = topicTargets(topic.id, sender.presence);
    for (const Presence *target : targets)
        connections.append(target->connection);
    Push push = pushFrom(sender, entry.id, nowMs, frame);
    m_parts.turn.afterwards([this, topic, entry](bool committed) {
        if (committed && m_parts.topicPosted)
            m_parts.topicPosted(topic, entry);
    });
    push.topic = topic.name;
    push.replyToId = entry.replyToId;
    push.clientMessageId = frame.clientMessageId;
    m_parts.turn.send(connections, protocol::encode(push));
    return {.id = frame.id.value_or(QString()), .messageId = entry.id, .queued = true, .error = {}, .reqId = {}};
}

QList<Presence *> Router::topicTargets(const QString &topicId, const Presence *except) const
{
    QList<Presence *> targets;
    const QList<TopicMembership> members = m_parts.topics.members(topicId);
    for (const TopicMembership &membership : members) {
        const Member *member = m_parts.mesh.memberById(membership.memberId);
        if (!member)
            continue;
        const QList<Presence *> sessions = m_parts.presences.byMemberKey(member->pubkey);
        for (Presence *presence : sessions) {
            if (presence->isOnline() && presence != except)
                targets.append(presence);
        }
    }
    return targets;
}

QStringList Router::mentioned(const Topic &topic, const Sender &sender, const QStringList &names) const
{
    if (names.isEmpty())
        return {};
    QSet<QString> wanted;
    for (const QString &name : names)
        wanted.insert((name.startsWith(u'@') ? name.mid(1) : name).toLower());
    QSet<QString> ids;
    const QList<Member> members = m_parts.mesh.members();
    for (const Member &member : members) {
        if (wanted.contains(member.displayName.toLower()))
            ids.insert(member.id);
    }
    const QList<Presence *> presences = m_parts.presences.all();
    for (const Presence *presence : presences) {
        if (wanted.contains(presence->displayName.toLower()))
            ids.insert(presence->memberId);
    }
    ids.remove(sender.memberId);
    QStringList readers;
    for (const QString &id : std::as_const(ids)) {
        if (m_parts.topics.mayRead(topic, id))
            readers.append(id);
    }
    return readers;
}

void Router::drain(Presence &presence)
{
    if (!presence.isOnline())
        return;
    const qint64 nowNs = m_parts.clock.monotonicNs();
    const bool held = presence.status == PeerStatus::Dnd
        || (presence.status == PeerStatus::Working && presence.statusSource == StatusSource::Hook
            && nowNs - presence.statusSinceNs < m_parts.options.hookFreshMs * 1'000'000);
    const QList<QueuedMessage> messages = m_parts.queue.claim(
        addressesOf(presence), presence.routingKey(),
        [held](Priority priority) { return !held || priority == Priority::Now; }, presence.order, nowNs);
    for (const QueuedMessage &message : messages) {
        Push push;
        push.messageId = message.id;
        push.meshId = m_parts.mesh.mesh().id;
        push.senderPubkey = message.senderKey;
        push.priority = message.priority;
        push.nonce = message.nonce;
        push.ciphertext = message.ciphertext;
        push.createdAt = isoTime(message.createdAtMs);
        push.clientMessageId = message.clientMessageId;
        push.requestFingerprint = message.requestFingerprint;
        m_parts.turn.send(presence.connection, protocol::encode(push));
    }
}

QList<RecipientRow> Router::recipients(const QueuedMessage &message) const
{
    QList<RecipientRow> rows;
    if (isMulticast(message.target)) {
        const Member *sender = m_parts.mesh.memberById(message.senderMember);
        const QList<Presence *> targets = multicastTargets(message.target, sender ? sender->pubkey : QString());
        for (const Presence *target : targets)
            rows.append({.name = target->displayName, .pubkey = target->routingKey(), .status = u"delivered"_s});
        return rows;
    }
    if (message.target.startsWith(u'#')) {
        for (const Presence *target : topicTargets(message.target.mid(1), nullptr)) {
            if (target->memberId != message.senderMember)
                rows.append({.name = target->displayName, .pubkey = target->routingKey(), .status = u"delivered"_s});
        }
        return rows;
    }
    const QList<Presence *> targets = m_parts.presences.byTarget(message.target);
    const QString status = message.deliveredAtMs ? u"delivered"_s : targets.isEmpty() ? u"disconnected"_s : u"held"_s;
    QString name = u"unknown"_s;
    if (const Member *member = m_parts.mesh.memberByKey(message.target))
        name = member->displayName;
    else if (!targets.isEmpty())
        name = targets.constFirst()->displayName;
    rows.append({.name = name, .pubkey = message.target, .status = status});
    return rows;
}

QList<Connection *> Router::everyoneBut(const Presence *except, bool exceptMember) const
{
    QList<Connection *> connections;
    const QList<Presence *> online = m_parts.presences.online();
    connections.reserve(online.size());
    for (const Presence *presence : online) {
        if (presence == except || (except && exceptMember && presence->memberPubkey == except->memberPubkey))
            continue;
        connections.append(presence->connection);
    }
    return connections;
}

void Router::announce(QLatin1StringView event, const QJsonObject &data, const QList<Connection *> &to,
                      Priority priority)
{
    if (to.isEmpty())
        return;
    Push push;
    push.subtype = u"system"_s;
    push.event = event;
    push.eventData = data;
    push.messageId = newUuid();
    push.meshId = m_parts.mesh.mesh().id;
    push.senderPubkey = u"system"_s;
    push.priority = priority;
    push.createdAt = isoTime(m_parts.clock.nowMs());
    m_parts.turn.send(to, protocol::encode(push));
}

void Router::publish(const QString &stream, const QJsonValue &data, const QString &by, const Presence *except)
{
    QList<Connection *> connections;
    const QList<Presence *> subscribers = m_parts.streams.subscribers(stream);
    for (const Presence *subscriber : subscribers) {
        if (subscriber != except)
            connections.append(subscriber->connection);
    }
    if (connections.isEmpty())
        return;
    protocol::StreamData frame;
    frame.stream = stream;
    frame.data = data;
    frame.publishedBy = by;
    m_parts.turn.send(connections, protocol::encode(frame));
}

} // namespace mesh::local
