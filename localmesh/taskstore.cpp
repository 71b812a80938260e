// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/taskstore.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/text.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

TaskStore::TaskStore(Database &database)
    : m_insert(database,
               "INSERT INTO task(id, title, assignee, status, priority, created_by, tags, created_at)"
               " VALUES(?,?,?,'open',?,?,?,?)")
    , m_claim(database, "UPDATE task SET status='claimed', claimed_by=?, claimed_at=? WHERE id=? AND status='open'")
    , m_complete(database, "UPDATE task SET status='done', result=?, completed_at=? WHERE id=? AND status<>'done'")
    , m_exists(database, "SELECT 1 FROM task WHERE id=?")
    , m_list(database,
             "SELECT id, title, assignee, claimed_by, status, priority, created_by, tags, created_at FROM task"
             " WHERE (?1='' OR status=?1) AND (?2='' OR assignee=?2) ORDER BY seq DESC LIMIT ?3")
    , m_count(database, "SELECT count(*) FROM task")
    , m_dropDone(database, "DELETE FROM task WHERE seq=(SELECT min(seq) FROM task WHERE status='done')")
    , m_counts(database, "SELECT status, count(*) FROM task GROUP BY status")
{
}

QString TaskStore::create(const protocol::CreateTask &task, const QString &by, qint64 nowMs)
{
    const auto isFull = [this] {
        Query query(m_count);
        return query.step() && query.integer(0) >= limits::Tasks;
    };
    // Nothing in the protocol deletes a task, so what was done longest ago makes room.
    if (isFull()) {
        Query query(m_dropDone);
        if (!query.run() || query.changes() == 0)
            return {};
    }
    const QString id = newId();
    Query query(m_insert);
    query << id << task.title;
    if (task.assignee)
        query << *task.assignee;
    else
        query << nullptr;
    query << task.priority.value_or(u"normal"_s) << by << toColumn(task.tags.value_or(QStringList())) << nowMs;
    return query.run() ? id : QString();
}

bool TaskStore::claim(const QString &id, const QString &by, qint64 nowMs)
{
    Query query(m_claim);
    query << by << nowMs << id;
    return query.run() && query.changes() == 1;
}

bool TaskStore::complete(const QString &id, const std::optional<QString> &result, qint64 nowMs)
{
    {
        Query query(m_exists);
        query << id;
        if (!query.step())
            return false;
    }
    Query query(m_complete);
    if (result)
        query << *result;
    else
        query << nullptr;
    query << nowMs << id;
    return query.run();
}

QList<protocol::TaskRow> TaskStore::list(const QString &status, const QString &assignee)
{
    const auto text = [](const Query &query, int column) -> protocol::Nullable<QString> {
        if (query.isNull(column))
            return std::nullopt;
        return query.text(column);
    };
    QList<protocol::TaskRow> rows;
    Query query(m_list);
    query << status << assignee << qint64(limits::TasksListed);
    while (query.step()) {
        protocol::TaskRow row;
        row.id = query.text(0);
        row.title = query.text(1);
        row.assignee = text(query, 2);
        row.claimedBy = text(query, 3);
        row.status = query.text(4);
        row.priority = query.text(5);
        row.createdBy = query.text(6);
        row.tags = listFromColumn(query.text(7));
        row.createdAt = isoTime(query.integer(8));
        rows.append(row);
    }
    return rows;
}

protocol::TaskCounts TaskStore::counts()
{
    protocol::TaskCounts counts;
    Query query(m_counts);
    while (query.step()) {
        const QString status = query.text(0);
        const int number = int(query.integer(1));
        if (status == "open"_L1)
            counts.open = number;
        else if (status == "claimed"_L1)
            counts.claimed = number;
        else
            counts.done = number;
    }
    return counts;
}

} // namespace mesh::local
