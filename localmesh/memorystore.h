// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framesknowledge.h"

namespace mesh::local {

//! Shared memory with ranked full-text search in English (wire reference 7.2).
class MemoryStore final
{
public:
    explicit MemoryStore(Database &database);
    Q_DISABLE_COPY_MOVE(MemoryStore)

    //! \return the id, empty when it could not be stored.
    QString remember(const QString &content, const QStringList &tags, const QString &by, qint64 nowMs);
    //! The 20 best that hold every word of \a query, best first. Small words (the, of, ...) do not count.
    QList<protocol::MemoryRow> recall(const QString &query);
    void forget(const QString &id);
    int count();

private:
    Statement m_insert;
    Statement m_search;
    Statement m_delete;
    Statement m_count;
};

//! \a query as an FTS5 expression; empty when no word of it counts.
QString fullTextQuery(const QString &query);

} // namespace mesh::local
