// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/contextstore.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/text.h"

namespace mesh::local {

ContextStore::ContextStore(Database &database)
    // Replaced, not updated: the row's number then tells which of two of one millisecond came last.
    : m_upsert(database,
               "INSERT OR REPLACE INTO context(member_id, id, peer_name, summary, files_read, key_findings, tags,"
               " updated_at)"
               " VALUES(?1,coalesce((SELECT id FROM context WHERE member_id=?1),?2),?3,?4,?5,?6,?7,?8) RETURNING id")
    , m_find(database,
             "SELECT peer_name, summary, files_read, key_findings, tags, updated_at FROM context"
             " WHERE summary LIKE ?1 ESCAPE '\\' OR EXISTS(SELECT 1 FROM json_each(tags) WHERE value=?2)"
             " ORDER BY updated_at DESC, rowid DESC LIMIT 20")
    , m_list(database,
             "SELECT peer_name, summary, files_read, key_findings, tags, updated_at FROM context"
             " ORDER BY updated_at DESC, rowid DESC")
{
}

QString ContextStore::share(const QString &memberId, const QString &name, const protocol::ShareContext &context,
                            qint64 nowMs)
{
    Query query(m_upsert);
    query << memberId << newId() << name << context.summary << toColumn(context.filesRead.value_or(QStringList()))
          << toColumn(context.keyFindings.value_or(QStringList())) << toColumn(context.tags.value_or(QStringList()))
          << nowMs;
    if (!query.step())
        return {};
    const QString id = query.text(0);
    return query.run() ? id : QString();
}

QList<protocol::ContextRow> ContextStore::read(Query &query, bool whole)
{
    QList<protocol::ContextRow> rows;
    qsizetype chars = 0;
    while (chars < limits::AnswerChars && query.step()) {
        protocol::ContextRow row;
        row.peerName = query.text(0);
        row.summary = query.text(1);
        if (whole) {
            row.filesRead = listFromColumn(query.text(2));
            row.keyFindings = listFromColumn(query.text(3));
        }
        row.tags = listFromColumn(query.text(4));
        row.updatedAt = isoTime(query.integer(5));
        chars += row.summary.size() + query.text(2).size() + query.text(3).size() + query.text(4).size();
        rows.append(row);
    }
    return rows;
}

QList<protocol::ContextRow> ContextStore::find(const QString &text)
{
    Query query(m_find);
    query << likePattern(text) << text;
    return read(query, true);
}

QList<protocol::ContextRow> ContextStore::list()
{
    Query query(m_list);
    return read(query, false);
}

} // namespace mesh::local
