// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"

#include <functional>
#include <optional>

namespace mesh::local {

//! A message that waits for its time. Times in ms since the epoch.
struct ScheduleEntry
{
    QString id; //!< a UUID
    QString memberId;
    QString senderKey; //!< routing key and name of the session that scheduled it
    QString senderName;
    QString target;
    QString message;
    std::optional<QString> subtype;
    std::optional<QString> cron;
    qint64 deliverAtMs = 0;
    qint64 createdAtMs = 0;
    int fired = 0;
};

//! Scheduled messages (wire reference 7.15). All in the database, so that they outlive the broker.
class ScheduleStore final
{
public:
    explicit ScheduleStore(Database &database);
    Q_DISABLE_COPY_MOVE(ScheduleStore)

    //! The time of the next one may have changed.
    std::function<void()> changed;

    //! False when the member has too many or too much text waiting, or it cannot be written.
    bool add(const ScheduleEntry &entry);
    //! Those of \a memberId, in the order in which they were made.
    QList<ScheduleEntry> list(const QString &memberId);
    //! False when \a memberId has none of that id.
    bool cancel(const QString &memberId, const QString &id);

    std::optional<qint64> nextDueMs();
    //! What is due at \a nowMs, earliest first, at most \a limit.
    QList<ScheduleEntry> due(qint64 nowMs, int limit);
    //! After it fired: it is due again at \a deliverAtMs, or never.
    void advance(const ScheduleEntry &entry, std::optional<qint64> deliverAtMs);
    //! What was missed while no broker ran becomes due at \a untilMs.
    void holdMissed(qint64 nowMs, qint64 untilMs);

private:
    QList<ScheduleEntry> read(Query &query);

    Statement m_insert;
    Statement m_sums;
    Statement m_list;
    Statement m_cancel;
    Statement m_next;
    Statement m_due;
    Statement m_again;
    Statement m_remove;
    Statement m_hold;
};

} // namespace mesh::local
