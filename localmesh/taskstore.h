// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framescontrol.h"
#include "models/protocol/framesexchange.h"

namespace mesh::local {

//! Shared tasks (wire reference 7.4): open, claimed by one, done.
class TaskStore final
{
public:
    explicit TaskStore(Database &database);
    Q_DISABLE_COPY_MOVE(TaskStore)

    //! \return the id; empty when there are too many, or it cannot be written.
    QString create(const protocol::CreateTask &task, const QString &by, qint64 nowMs);
    //! False unless it is open.
    bool claim(const QString &id, const QString &by, qint64 nowMs);
    //! False when there is no such task. One that is done stays as it is.
    bool complete(const QString &id, const std::optional<QString> &result, qint64 nowMs);
    //! Newest first, at most limits::TasksListed; empty texts stand for any.
    QList<protocol::TaskRow> list(const QString &status, const QString &assignee);
    protocol::TaskCounts counts();

private:
    Statement m_insert;
    Statement m_claim;
    Statement m_complete;
    Statement m_exists;
    Statement m_list;
    Statement m_count;
    Statement m_dropDone;
    Statement m_counts;
};

} // namespace mesh::local
