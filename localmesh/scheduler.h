// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/schedulestore.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

namespace mesh::local {

class Presence;
class Router;
struct Parts;

//! Sends scheduled messages when their time has come. What was due while no broker ran is sent shortly after the start,
//! when its peers have had time to come back; of a cron rule that is once, however often it was missed.
class Scheduler final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Scheduler)

public:
    Scheduler(Parts &parts, Router &router, QObject *parent = nullptr);

    //! Begins. Part of the transaction that opens the broker.
    void start();

private:
    void arm();
    void fireDue();
    void fire(const ScheduleEntry &entry);
    //! The session that made \a entry if it is there, else another of its member, else nullptr.
    Presence *sessionOf(const ScheduleEntry &entry, const QString &memberPubkey) const;

    Parts &m_parts;
    Router &m_router;
    QTimer m_timer;
};

} // namespace mesh::local
