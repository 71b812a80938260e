// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/schedulestore.h"

#include "localmesh/limits.h"

namespace mesh::local {

ScheduleStore::ScheduleStore(Database &database)
    : m_insert(database,
               "INSERT INTO schedule(id, member_id, sender_key, sender_name, target, message, subtype, cron,"
               " deliver_at, created_at) VALUES(?,?,?,?,?,?,?,?,?,?)")
    , m_sums(database, "SELECT count(*), coalesce(sum(length(message)), 0) FROM schedule WHERE member_id=?")
    , m_list(database,
             "SELECT id, member_id, sender_key, sender_name, target, message, subtype, cron, deliver_at, created_at,"
             " fired FROM schedule WHERE member_id=? ORDER BY seq")
    , m_cancel(database, "DELETE FROM schedule WHERE member_id=? AND id=?")
    , m_next(database, "SELECT min(deliver_at) FROM schedule")
    , m_due(database,
            "SELECT id, member_id, sender_key, sender_name, target, message, subtype, cron, deliver_at, created_at,"
            " fired FROM schedule WHERE deliver_at<=? ORDER BY deliver_at, seq LIMIT ?")
    , m_again(database, "UPDATE schedule SET deliver_at=?, fired=fired+1 WHERE id=?")
    , m_remove(database, "DELETE FROM schedule WHERE id=?")
    , m_hold(database, "UPDATE schedule SET deliver_at=? WHERE deliver_at<=?")
{
}

bool ScheduleStore::add(const ScheduleEntry &entry)
{
    {
        Query query(m_sums);
        query << entry.memberId;
        if (query.step()
            && (query.integer(0) >= limits::Schedules
                || query.integer(1) + entry.message.size() > limits::ScheduleChars))
            return false;
    }
    Query query(m_insert);
    query << entry.id << entry.memberId << entry.senderKey << entry.senderName << entry.target << entry.message;
    for (const std::optional<QString> &text : {entry.subtype, entry.cron}) {
        if (text)
            query << *text;
        else
            query << nullptr;
    }
    query << entry.deliverAtMs << entry.createdAtMs;
    if (!query.run())
        return false;
    if (changed)
        changed();
    return true;
}

QList<ScheduleEntry> ScheduleStore::read(Query &query)
{
    const auto text = [&query](int column) {
        return query.isNull(column) ? std::nullopt : std::optional(query.text(column));
    };
    QList<ScheduleEntry> entries;
    while (query.step()) {
        entries.append({.id = query.text(0),
                        .memberId = query.text(1),
                        .senderKey = query.text(2),
                        .senderName = query.text(3),
                        .target = query.text(4),
                        .message = query.text(5),
                        .subtype = text(6),
                        .cron = text(7),
                        .deliverAtMs = query.integer(8),
                        .createdAtMs = query.integer(9),
                        .fired = int(query.integer(10))});
    }
    return entries;
}

QList<ScheduleEntry> ScheduleStore::list(const QString &memberId)
{
    Query query(m_list);
    query << memberId;
    return read(query);
}

bool ScheduleStore::cancel(const QString &memberId, const QString &id)
{
    Query query(m_cancel);
    query << memberId << id;
    return query.run() && query.changes() == 1;
}

std::optional<qint64> ScheduleStore::nextDueMs()
{
    Query query(m_next);
    if (!query.step() || query.isNull(0))
        return std::nullopt;
    return query.integer(0);
}

QList<ScheduleEntry> ScheduleStore::due(qint64 nowMs, int limit)
{
    Query query(m_due);
    query << nowMs << limit;
    return read(query);
}

void ScheduleStore::advance(const ScheduleEntry &entry, std::optional<qint64> deliverAtMs)
{
    Query query(deliverAtMs ? m_again : m_remove);
    if (deliverAtMs)
        query << *deliverAtMs;
    query << entry.id;
    query.run();
}

void ScheduleStore::holdMissed(qint64 nowMs, qint64 untilMs)
{
    Query query(m_hold);
    query << untilMs << nowMs;
    query.run();
}

} // namespace mesh::local
