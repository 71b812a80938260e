// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/messagequeue.h"

#include <numeric>

namespace mesh::local {

using protocol::fromWord;
using protocol::Priority;
using protocol::toWord;

namespace {

std::optional<QString> optionalText(const Query &query, int column)
{
    return query.isNull(column) ? std::nullopt : std::optional(query.text(column));
}

void bindOptional(Query &query, const std::optional<QString> &text)
{
    if (text)
        query << *text;
    else
        query << nullptr;
}

} // namespace

MessageQueue::MessageQueue(Database &database, qint64 redeliverAfterMs, qint64 keepMs)
    : m_redeliverAfterNs(redeliverAfterMs * 1'000'000)
    , m_keepMs(keepMs)
    , m_insert(database,
               "INSERT INTO message(id, sender_member, sender_key, target, priority, nonce, ciphertext,"
               " client_message_id, request_fingerprint, created_at, delivered_at)"
               " VALUES(?,?,?,?,?,?,?,?,?,?,?)")
    , m_readPending(database,
                    "SELECT seq, id, sender_key, target, priority, client_message_id FROM message"
                    " WHERE delivered_at IS NULL ORDER BY seq")
    , m_readRow(database,
                "SELECT id, sender_member, sender_key, target, priority, nonce, ciphertext,"
                " client_message_id, request_fingerprint, created_at FROM message WHERE seq=?")
    , m_deliver(database, "UPDATE message SET delivered_at=?, nonce='', ciphertext='' WHERE seq=?")
    , m_find(database, "SELECT id, sender_member, target, delivered_at FROM message WHERE id>=? AND id<? LIMIT 2")
    , m_lastSeq(database, "SELECT last_insert_rowid()")
    , m_deleteOld(database, "DELETE FROM message WHERE created_at<?")
    , m_oldPending(database, "SELECT seq, target FROM message WHERE delivered_at IS NULL AND created_at<?")
{
}

void MessageQueue::load()
{
    m_lines.clear();
    Query query(m_readPending);
    while (query.step()) {
        m_lines[query.text(3)].emplace(query.integer(0),
                                       Pending{.id = query.text(1),
                                               .senderKey = query.text(2),
                                               .clientMessageId = optionalText(query, 5),
                                               .priority = fromWord<Priority>(query.text(4)).value_or(Priority::Next)});
    }
}

bool MessageQueue::add(const QueuedMessage &message)
{
    {
        Query query(m_insert);
        query << message.id << message.senderMember << message.senderKey << message.target << toWord(message.priority)
              << message.nonce << message.ciphertext;
        bindOptional(query, message.clientMessageId);
        bindOptional(query, message.requestFingerprint);
        query << message.createdAtMs;
        if (message.deliveredAtMs)
            query << *message.deliveredAtMs;
        if (!query.run())
            return false;
    }
    if (message.deliveredAtMs)
        return true;
    Query last(m_lastSeq);
    if (!last.step())
        return false;
    m_lines[message.target].emplace(last.integer(0),
                                    Pending{.id = message.id,
                                            .senderKey = message.senderKey,
                                            .clientMessageId = message.clientMessageId,
                                            .priority = message.priority});
    return true;
}

qint64 MessageQueue::pendingCount() const
{
    return std::accumulate(m_lines.cbegin(), m_lines.cend(), qint64(0),
                           [](qint64 sum, const Line &line) { return sum + qint64(line.size()); });
}

int MessageQueue::pendingFor(const QString &target) const
{
    const auto line = m_lines.constFind(target);
    return line == m_lines.cend() ? 0 : int(line->size());
}

std::optional<QueuedMessage> MessageQueue::read(qint64 seq)
{
    Query query(m_readRow);
    query << seq;
    if (!query.step())
        return std::nullopt;
    QueuedMessage message;
    message.id = query.text(0);
    message.senderMember = query.text(1);
    message.senderKey = query.text(2);
    message.target = query.text(3);
    message.priority = fromWord<Priority>(query.text(4)).value_or(Priority::Next);
    message.nonce = query.text(5);
    message.ciphertext = query.text(6);
    message.clientMessageId = optionalText(query, 7);
    message.requestFingerprint = optionalText(query, 8);
    message.createdAtMs = query.integer(9);
    return message;
}

QList<QueuedMessage> MessageQueue::claim(const QStringList &targets, const QString &notFrom, const Gate &gate,
                                         quint64 taker, qint64 nowNs)
{
    std::map<qint64, QueuedMessage> taken; // by seq, since what waits for several targets is merged
    for (const QString &target : targets) {
        const auto line = m_lines.find(target);
        if (line == m_lines.end())
            continue;
        for (auto &[seq, pending] : *line) {
            if (pending.outUntilNs > nowNs || pending.senderKey == notFrom || !gate(pending.priority))
                continue;
            if (auto message = read(seq)) {
                pending.outUntilNs = nowNs + m_redeliverAfterNs;
                pending.outTo = taker;
                taken.emplace(seq, std::move(*message));
            }
        }
    }
    QList<QueuedMessage> messages;
    messages.reserve(qsizetype(taken.size()));
    for (auto &[seq, message] : taken)
        messages.append(std::move(message));
    return messages;
}

void MessageQueue::release(const QStringList &targets, quint64 taker)
{
    for (const QString &target : targets) {
        const auto line = m_lines.find(target);
        if (line == m_lines.end())
            continue;
        for (auto &[seq, pending] : *line) {
            if (pending.outTo == taker)
                pending.outUntilNs = std::numeric_limits<qint64>::min();
        }
    }
}

void MessageQueue::settle(const QString &target, qint64 seq, qint64 nowMs)
{
    Query query(m_deliver);
    query << nowMs << seq;
    query.run();
    const auto line = m_lines.find(target);
    line->erase(seq);
    if (line->empty())
        m_lines.erase(line);
}

bool MessageQueue::acknowledge(const QStringList &targets, const std::optional<QString> &messageId,
                               const std::optional<QString> &clientMessageId, qint64 nowMs)
{
    const auto matches = [&](const Pending &pending) {
        return (messageId && pending.id == *messageId)
            || (clientMessageId && pending.clientMessageId && *pending.clientMessageId == *clientMessageId);
    };
    for (const QString &target : targets) {
        const auto line = m_lines.constFind(target);
        if (line == m_lines.cend())
            continue;
        for (const auto &[seq, pending] : *line) {
            if (matches(pending)) {
                settle(target, seq, nowMs);
                return true;
            }
        }
    }
    return false;
}

QList<QueuedMessage> MessageQueue::find(const QString &prefix)
{
    QList<QueuedMessage> found;
    Query query(m_find);
    query << prefix << QString(prefix + u'{'); // the character after z
    while (query.step()) {
        QueuedMessage message;
        message.id = query.text(0);
        message.senderMember = query.text(1);
        message.target = query.text(2);
        if (!query.isNull(3))
            message.deliveredAtMs = query.integer(3);
        found.append(message);
    }
    return found;
}

void MessageQueue::sweep(qint64 nowMs)
{
    {
        Query query(m_oldPending);
        query << nowMs - m_keepMs;
        while (query.step()) {
            const auto line = m_lines.find(query.text(1));
            if (line == m_lines.end())
                continue;
            line->erase(query.integer(0));
            if (line->empty())
                m_lines.erase(line);
        }
    }
    Query query(m_deleteOld);
    query << nowMs - m_keepMs;
    query.run();
}

} // namespace mesh::local
