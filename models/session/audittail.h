// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/session/pollschedule.h"
#include "models/session/trafficfeed.h"

namespace mesh::session {

//! Follows the audit log from the last id seen, since nothing else tells who writes to whom (wire reference 7.14). Asks
//! every second while rows come and up to every 15 s while none do. Each row becomes part of one AuditAppended;
//! `message_sent` rows become traffic, except those from before the first look.
class AuditTail final
{
public:
    AuditTail(SessionPort &port, TrafficFeed &traffic, const NameCache &names);

    void linkUp();
    void linkDown() { m_poll.stop(); }
    //! Traffic was seen otherwise: look soon.
    void stir();

    void advance();
    qint64 nextDueMs() const { return m_poll.nextDueMs(); }
    qint64 lastId() const { return m_lastId; }
    qint64 intervalMs() const { return m_poll.intervalMs; }

private:
    static constexpr int Page = 200;
    static constexpr int MaxPages = 50;

    void ask(int offset, QList<protocol::AuditRow> newer);
    void take(const QList<protocol::AuditRow> &rows, qint64 total);

    SessionPort &m_port;
    TrafficFeed &m_traffic;
    const NameCache &m_names;
    PollSchedule m_poll;
    qint64 m_lastId = 0;
    bool m_first = true;
};

} // namespace mesh::session
