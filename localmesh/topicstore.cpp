// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/topicstore.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"

#include <limits>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

// Columns that topicOf() reads.
#define TOPIC_COLUMNS                                                               \
    "SELECT id, name, description, visibility, created_by, created_at, key_sealer," \
    " (SELECT count(*) FROM topic_member WHERE topic_member.topic_id=topic.id) FROM topic "

std::optional<QString> topicTextOf(const Query &query, int column)
{
    return query.isNull(column) ? std::nullopt : std::optional(query.text(column));
}

std::optional<qint64> topicTimeOf(const Query &query, int column)
{
    return query.isNull(column) ? std::nullopt : std::optional(query.integer(column));
}

Query &bindTopicText(Query &query, const std::optional<QString> &text)
{
    return text ? query << *text : query << nullptr;
}

//! A message from nine columns, the first of which is \a first.
TopicPost topicPostOf(const Query &query, int first)
{
    return {.id = query.text(first),
            .senderMember = query.text(first + 1),
            .senderKey = query.text(first + 2),
            .senderName = query.text(first + 3),
            .nonce = query.text(first + 4),
            .ciphertext = query.text(first + 5),
            .bodyVersion = int(query.integer(first + 6)),
            .replyToId = topicTextOf(query, first + 7),
            .createdAtMs = query.integer(first + 8)};
}

#define POST_COLUMNS                                                                                       \
    "topic_message.id, sender_member, sender_key, sender_name, nonce, ciphertext, body_version, reply_to," \
    " topic_message.created_at"

} // namespace

TopicStore::TopicStore(Database &database)
    : m_findById(database, TOPIC_COLUMNS "WHERE id=?")
    , m_findByName(database, TOPIC_COLUMNS "WHERE name=?")
    , m_insert(database,
               "INSERT INTO topic(id, name, description, visibility, created_by, created_at) VALUES(?,?,?,?,?,?)")
    , m_count(database, "SELECT count(*) FROM topic")
    , m_list(database,
             TOPIC_COLUMNS "WHERE visibility='public' OR EXISTS(SELECT 1 FROM topic_member"
                           " WHERE topic_id=topic.id AND member_id=?) ORDER BY rowid")
    , m_isMember(database, "SELECT 1 FROM topic_member WHERE topic_id=? AND member_id=?")
    , m_join(database,
             "INSERT INTO topic_member(topic_id, member_id, role, joined_at) VALUES(?,?,'member',?)"
             " ON CONFLICT DO NOTHING")
    , m_joinAs(database,
               "INSERT INTO topic_member(topic_id, member_id, joined_at, role) VALUES(?,?,?,?)"
               " ON CONFLICT DO UPDATE SET role=excluded.role")
    , m_leave(database, "DELETE FROM topic_member WHERE topic_id=? AND member_id=?")
    , m_members(database,
                "SELECT member_id, role, joined_at, last_read_at FROM topic_member WHERE topic_id=?"
                " ORDER BY joined_at, member_id")
    , m_markRead(database, "UPDATE topic_member SET last_read_at=? WHERE topic_id=? AND member_id=?")
    , m_unread(database,
               "SELECT count(*) FROM topic_message WHERE topic_id=?1 AND sender_member<>?2 AND created_at>coalesce("
               "(SELECT last_read_at FROM topic_member WHERE topic_id=?1 AND member_id=?2), 0)")
    , m_seq(database, "SELECT seq FROM topic_message WHERE id=? AND topic_id=?")
    , m_post(database,
             "INSERT INTO topic_message(id, topic_id, sender_member, sender_key, sender_name, nonce, ciphertext,"
             " body_version, reply_to, created_at) VALUES(?,?,?,?,?,?,?,?,?,?)")
    , m_mention(database,
                "INSERT INTO topic_mention(id, message_seq, member_id, created_at)"
                " SELECT ?, seq, ?, created_at FROM topic_message WHERE id=?")
    , m_history(database,
                "SELECT " POST_COLUMNS " FROM topic_message WHERE topic_id=? AND seq<? ORDER BY seq DESC LIMIT ?")
    , m_seal(database, "SELECT encrypted_key, nonce, created_at FROM topic_seal WHERE topic_id=? AND member_id=?")
    , m_putSeal(database,
                "INSERT OR REPLACE INTO topic_seal(topic_id, member_id, encrypted_key, nonce, created_at)"
                " VALUES(?,?,?,?,?)")
    , m_unsealed(database,
                 "SELECT member_id FROM topic_member WHERE topic_id=?1 AND NOT EXISTS(SELECT 1 FROM topic_seal"
                 " WHERE topic_seal.topic_id=?1 AND topic_seal.member_id=topic_member.member_id)"
                 " ORDER BY joined_at, member_id")
    , m_claim(database, "UPDATE topic SET key_sealer=? WHERE id=? AND key_sealer IS NULL")
    , m_mentions(database,
                 "SELECT topic_mention.id, topic.id, topic.name, topic_mention.created_at, read_at, " POST_COLUMNS
                 " FROM topic_mention JOIN topic_message ON seq=message_seq JOIN topic ON topic.id=topic_id"
                 " WHERE member_id=? AND topic_mention.created_at>=? AND (read_at IS NULL OR ?=0)"
                 " ORDER BY message_seq DESC LIMIT ?")
    , m_readMention(database, "UPDATE topic_mention SET read_at=? WHERE member_id=? AND id=? AND read_at IS NULL")
    , m_readMentions(database,
                     "UPDATE topic_mention SET read_at=? WHERE member_id=? AND created_at<=? AND read_at IS NULL")
{
}

Topic TopicStore::topicOf(const Query &query)
{
    return {.id = query.text(0),
            .name = query.text(1),
            .description = topicTextOf(query, 2),
            .visibility = query.text(3),
            .createdBy = query.text(4),
            .createdAtMs = query.integer(5),
            .keySealer = query.text(6),
            .memberCount = int(query.integer(7))};
}

void TopicStore::ensureGeneral(qint64 nowMs)
{
    {
        Query query(m_findByName);
        query << u"general"_s;
        if (query.step())
            return;
    }
    Query query(m_insert);
    query << newId() << u"general"_s << nullptr << u"public"_s << u"system"_s << nowMs;
    query.run();
}

std::optional<Topic> TopicStore::find(const QString &idOrName)
{
    for (Statement *statement : {&m_findById, &m_findByName}) {
        Query query(*statement);
        query << idOrName;
        if (query.step())
            return topicOf(query);
    }
    return std::nullopt;
}

std::optional<Topic> TopicStore::create(const QString &name, const std::optional<QString> &description,
                                        const QString &visibility, const QString &createdBy, qint64 nowMs)
{
    {
        Query query(m_count);
        if (query.step() && query.integer(0) >= limits::Topics)
            return std::nullopt;
    }
    const QString id = newId();
    Query query(m_insert);
    query << id << name;
    bindTopicText(query, description) << visibility << createdBy << nowMs;
    if (!query.run())
        return std::nullopt;
    join(id, createdBy, u"lead"_s, nowMs);
    return find(id);
}

QList<Topic> TopicStore::list(const QString &memberId)
{
    QList<Topic> topics;
    Query query(m_list);
    query << memberId;
    while (query.step())
        topics.append(topicOf(query));
    return topics;
}

bool TopicStore::mayRead(const Topic &topic, const QString &memberId)
{
    return topic.isOpen() || isMember(topic.id, memberId);
}

bool TopicStore::isMember(const QString &topicId, const QString &memberId)
{
    Query query(m_isMember);
    query << topicId << memberId;
    return query.step();
}

void TopicStore::join(const QString &topicId, const QString &memberId, const std::optional<QString> &role, qint64 nowMs)
{
    Query query(role ? m_joinAs : m_join);
    query << topicId << memberId << nowMs;
    if (role)
        query << *role;
    query.run();
}

void TopicStore::leave(const QString &topicId, const QString &memberId)
{
    Query query(m_leave);
    query << topicId << memberId;
    query.run();
}

QList<TopicMembership> TopicStore::members(const QString &topicId)
{
    QList<TopicMembership> rows;
    Query query(m_members);
    query << topicId;
    while (query.step()) {
        rows.append({.memberId = query.text(0),
                     .role = query.text(1),
                     .joinedAtMs = query.integer(2),
                     .lastReadAtMs = topicTimeOf(query, 3)});
    }
    return rows;
}

bool TopicStore::markRead(const QString &topicId, const QString &memberId, qint64 nowMs)
{
    Query query(m_markRead);
    query << nowMs << topicId << memberId;
    return query.run() && query.changes() == 1;
}

int TopicStore::unread(const QString &topicId, const QString &memberId)
{
    Query query(m_unread);
    query << topicId << memberId;
    return query.step() ? int(query.integer(0)) : 0;
}

qint64 TopicStore::seqOf(const QString &topicId, const QString &messageId)
{
    Query query(m_seq);
    query << messageId << topicId;
    return query.step() ? query.integer(0) : 0;
}

bool TopicStore::post(const QString &topicId, TopicPost &post, const QStringList &mentioned)
{
    if (post.replyToId && seqOf(topicId, *post.replyToId) == 0)
        post.replyToId.reset();
    {
        Query query(m_post);
        query << post.id << topicId << post.senderMember << post.senderKey << post.senderName << post.nonce
              << post.ciphertext << post.bodyVersion;
        bindTopicText(query, post.replyToId) << post.createdAtMs;
        if (!query.run())
            return false;
    }
    for (const QString &memberId : mentioned) {
        Query query(m_mention);
        query << newId() << memberId << post.id;
        if (!query.run())
            return false;
    }
    return true;
}

std::optional<QList<TopicPost>> TopicStore::history(const QString &topicId, int limit,
                                                    const std::optional<QString> &beforeId)
{
    qint64 before = std::numeric_limits<qint64>::max();
    if (beforeId) {
        before = seqOf(topicId, *beforeId);
        if (before == 0)
            return std::nullopt;
    }
    QList<TopicPost> posts;
    Query query(m_history);
    query << topicId << before << limit;
    while (query.step())
        posts.append(topicPostOf(query, 0));
    return posts;
}

std::optional<protocol::SealedTopicKey> TopicStore::sealFor(const QString &topicId, const QString &memberId,
                                                            qint64 *atMs)
{
    Query query(m_seal);
    query << topicId << memberId;
    if (!query.step())
        return std::nullopt;
    if (atMs)
        *atMs = query.integer(2);
    return protocol::SealedTopicKey{.encryptedKey = query.text(0), .nonce = query.text(1)};
}

bool TopicStore::putSeal(const QString &topicId, const QString &memberId, const protocol::SealedTopicKey &seal,
                         qint64 nowMs)
{
    Query query(m_putSeal);
    query << topicId << memberId << seal.encryptedKey << seal.nonce << nowMs;
    return query.run();
}

QStringList TopicStore::unsealed(const QString &topicId)
{
    QStringList ids;
    Query query(m_unsealed);
    query << topicId;
    while (query.step())
        ids.append(query.text(0));
    return ids;
}

bool TopicStore::claimKey(const QString &topicId, const QString &sealerKey)
{
    Query query(m_claim);
    query << sealerKey << topicId;
    return query.run() && query.changes() == 1;
}

QList<TopicMention> TopicStore::mentions(const QString &memberId, qint64 sinceMs, bool unreadOnly, int limit)
{
    QList<TopicMention> rows;
    Query query(m_mentions);
    query << memberId << sinceMs << (unreadOnly ? 1 : 0) << limit;
    while (query.step()) {
        rows.append({.id = query.text(0),
                     .topicId = query.text(1),
                     .topicName = query.text(2),
                     .post = topicPostOf(query, 5),
                     .createdAtMs = query.integer(3),
                     .readAtMs = topicTimeOf(query, 4)});
    }
    return rows;
}

int TopicStore::markMentionsRead(const QString &memberId, const QString &id, qint64 beforeMs, qint64 nowMs)
{
    Query query(id.isEmpty() ? m_readMentions : m_readMention);
    query << nowMs << memberId;
    if (id.isEmpty())
        query << beforeMs;
    else
        query << id;
    return query.run() ? query.changes() : 0;
}

#undef TOPIC_COLUMNS
#undef POST_COLUMNS

} // namespace mesh::local
