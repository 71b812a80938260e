// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framescontrol.h"

#include <QtCore/QHash>

namespace mesh::local {

//! The hash-chained audit log (wire reference 7.14). Rows are part of the transaction of what they tell about.
class AuditLog final
{
public:
    explicit AuditLog(Database &database);
    Q_DISABLE_COPY_MOVE(AuditLog)

    //! Reads where the chain ends; again after a rollback.
    void load(const QString &meshId);

    //! Appends one row. An empty \a actorMember stands for the system.
    void append(QLatin1StringView eventType, const QString &actorMember, const QString &actorName,
                const QJsonObject &payload, qint64 nowMs);

    //! Newest first. At most limits::AuditRows rows and limits::AuditBytes of payload, at least one row if there is
    //! one.
    protocol::AuditResult query(const protocol::AuditQuery &request);

    //! Checking the whole chain takes a while, so it goes in steps.
    struct Check
    {
        QString prevHash;
        qint64 lastId = 0;
        qint64 entries = 0;
        std::optional<qint64> brokenAt;
        bool done = false;
    };
    Check beginCheck() const;
    //! Checks up to \a rows more; done when there are no more, or the chain is broken.
    void continueCheck(Check &check, int rows);

private:
    Statement m_insert;
    Statement m_page;
    Statement m_pageOfType;
    Statement m_walk;
    Statement m_last;
    Statement m_counts;
    QString m_meshId;
    QString m_lastHash;
    QHash<QString, qint64> m_counted; //!< rows by event type
    qint64 m_total = 0;
};

} // namespace mesh::local
