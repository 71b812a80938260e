// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"
#include "localmesh/text.h"
#include "models/protocol/keys.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

constexpr int HistoryLimit = 50; //!< messages where the request names no limit
constexpr int MaxHistoryLimit = 200;
constexpr qsizetype X25519KeyBytes = 32;

//! Makes the key of a new topic and seals it for its creator; the broker keeps nothing else of it (4.6).
void giveKey(Parts &parts, const Topic &topic, const Presence &creator, qint64 nowMs)
{
    const auto recipient = protocol::PublicKey::fromHex(creator.memberPubkey);
    const protocol::TopicKey key = protocol::TopicKey::generate();
    const protocol::KeyPair sealer = protocol::KeyPair::generate();
    if (!recipient || key.isNull() || sealer.isNull())
        return;
    const auto seal = protocol::sealTopicKey(key, *recipient, sealer.secretKey);
    if (!seal)
        return;
    const QByteArray sealerKey = QByteArray::fromBase64(seal->encryptedKey.toLatin1()).left(X25519KeyBytes);
    if (parts.topics.claimKey(topic.id, QString::fromLatin1(sealerKey.toHex())))
        parts.topics.putSeal(topic.id, creator.memberId, *seal, nowMs);
}

protocol::TopicRow rowOf(const Topic &topic)
{
    protocol::TopicRow row;
    row.id = topic.id;
    row.name = topic.name;
    row.visibility = topic.visibility;
    return row;
}

} // namespace

std::optional<Topic> Requests::topicFor(const Context &context, const QString &idOrName)
{
    std::optional<Topic> topic = m_parts.topics.find(idOrName);
    if (!topic || !m_parts.topics.mayRead(*topic, context.presence.memberId)) {
        fail(context, u"topic_not_found"_s, u"topic not found: %1"_s.arg(idOrName.left(limits::NameChars)));
        return std::nullopt;
    }
    return topic;
}

void Requests::on(const Context &context, const protocol::TopicCreate &frame)
{
    const QString name = cleanName(frame.name);
    const QString visibility = frame.visibility.value_or(u"public"_s);
    if (name.isEmpty() || name.size() != frame.name.size()) {
        refuse(context, u"a topic's name has 1 to %1 characters"_s.arg(limits::NameChars));
        return;
    }
    if (visibility != "public"_L1 && visibility != "private"_L1 && visibility != "dm"_L1) {
        refuse(context, u"visibility is public, private or dm"_s);
        return;
    }
    if (frame.description && frame.description->size() > limits::SummaryChars) {
        refuse(context, u"description may have at most %1 characters"_s.arg(limits::SummaryChars));
        return;
    }
    const qint64 nowMs = m_parts.clock.nowMs();
    std::optional<Topic> topic = m_parts.topics.find(name);
    const bool isNew = !topic;
    if (isNew) {
        topic = m_parts.topics.create(name, frame.description, visibility, context.presence.memberId, nowMs);
        if (!topic) {
            fail(context, u"limit"_s, u"this mesh has too many topics"_s);
            return;
        }
        if (frame.encrypted.value_or(true))
            giveKey(m_parts, *topic, context.presence, nowMs);
    } else if (!m_parts.topics.mayRead(*topic, context.presence.memberId)) {
        fail(context, u"forbidden"_s, u"this name is taken"_s);
        return;
    }
    protocol::TopicCreated created;
    created.topic = rowOf(*topic);
    created.created = isNew;
    reply(context, std::move(created));
}

void Requests::on(const Context &context, const protocol::TopicList &)
{
    protocol::TopicListResponse response;
    const QList<Topic> topics = m_parts.topics.list(context.presence.memberId);
    for (const Topic &topic : topics) {
        protocol::TopicRow row = rowOf(topic);
        row.description = topic.description;
        row.memberCount = topic.memberCount;
        row.createdAt = isoTime(topic.createdAtMs);
        response.topics.append(row);
    }
    reply(context, std::move(response));
}

void Requests::on(const Context &context, const protocol::TopicJoin &frame)
{
    if (frame.role && *frame.role != "lead"_L1 && *frame.role != "member"_L1 && *frame.role != "observer"_L1) {
        refuse(context, u"role is lead, member or observer"_s);
        return;
    }
    // Who was told the id of a private topic was asked in: there is no other way to be.
    const std::optional<Topic> topic = m_parts.topics.find(frame.topic);
    const bool mayJoin =
        topic && (topic->id == frame.topic || m_parts.topics.mayRead(*topic, context.presence.memberId));
    if (!mayJoin) {
        fail(context, u"topic_not_found"_s, u"topic not found: %1"_s.arg(frame.topic.left(limits::NameChars)));
        return;
    }
    m_parts.topics.join(topic->id, context.presence.memberId, frame.role, m_parts.clock.nowMs());
}

void Requests::on(const Context &context, const protocol::TopicLeave &frame)
{
    if (const std::optional<Topic> topic = topicFor(context, frame.topic))
        m_parts.topics.leave(topic->id, context.presence.memberId);
}

void Requests::on(const Context &context, const protocol::TopicMembers &frame)
{
    const std::optional<Topic> topic = topicFor(context, frame.topic);
    if (!topic)
        return;
    protocol::TopicMembersResponse response;
    response.topic = frame.topic;
    const QList<TopicMembership> memberships = m_parts.topics.members(topic->id);
    for (const TopicMembership &membership : memberships) {
        const Member *member = m_parts.mesh.memberById(membership.memberId);
        if (!member)
            continue;
        protocol::TopicMemberRow row;
        row.memberId = member->id;
        row.pubkey = member->pubkey;
        row.displayName = member->displayName;
        row.role = membership.role;
        row.joinedAt = isoTime(membership.joinedAtMs);
        if (membership.lastReadAtMs)
            row.lastReadAt = isoTime(*membership.lastReadAtMs);
        response.members.append(row);
    }
    reply(context, std::move(response));
}

void Requests::on(const Context &context, const protocol::TopicHistory &frame)
{
    const std::optional<Topic> topic = topicFor(context, frame.topic);
    if (!topic)
        return;
    const int limit = qBound(1, frame.limit.value_or(HistoryLimit), MaxHistoryLimit);
    const auto posts = m_parts.topics.history(topic->id, limit, frame.beforeId);
    if (!posts) {
        refuse(context, u"beforeId is no message of this topic"_s);
        return;
    }
    protocol::TopicHistoryResponse response;
    response.topic = frame.topic;
    for (const TopicPost &post : *posts) {
        protocol::TopicMessageRow row;
        row.id = post.id;
        row.senderPubkey = post.senderKey;
        row.senderMemberId = post.senderMember;
        row.senderName = post.senderName;
        row.nonce = post.nonce;
        row.ciphertext = post.ciphertext;
        row.bodyVersion = post.bodyVersion;
        row.replyToId = post.replyToId;
        row.createdAt = isoTime(post.createdAtMs);
        response.messages.append(row);
    }
    reply(context, std::move(response));
}

void Requests::on(const Context &context, const protocol::TopicMarkRead &frame)
{
    const std::optional<Topic> topic = topicFor(context, frame.topic);
    if (topic && !m_parts.topics.markRead(topic->id, context.presence.memberId, m_parts.clock.nowMs()))
        fail(context, u"forbidden"_s, u"only who joined a topic has a read mark in it"_s);
}

} // namespace mesh::local
