// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "models/session/pollschedule.h"

namespace mesh::session {

//! Finds out what brokers do not announce about the simulation clock (wire reference 7.13): a pause shows as ticks that
//! stay away, so after 1.5 times the expected interval the clock is asked; while none runs it is asked now and then.
class ClockWatch final
{
public:
    ClockWatch(qint64 idlePollMs, qint64 retryMs)
        : m_idlePollMs(idlePollMs)
        , m_retryMs(retryMs)
    {
    }

    //! Connected: ask at once.
    void start(qint64 nowMs) { m_poll.start(nowMs); }
    void stop()
    {
        m_poll.stop();
        m_running = false;
    }

    void ticked(double speed, qint64 nowMs)
    {
        m_running = true;
        m_speed = speed;
        m_poll.dueMs = nowMs + patienceMs();
    }
    void reported(double speed, bool paused, qint64 nowMs)
    {
        m_running = speed > 0 && !paused;
        m_speed = speed;
        m_poll.dueMs = nowMs + (m_running ? patienceMs() : m_idlePollMs);
    }

    bool isDue(qint64 nowMs) const { return m_poll.isDue(nowMs); }
    qint64 nextDueMs() const { return m_poll.nextDueMs(); }
    void asked(qint64 nowMs)
    {
        m_poll.intervalMs = m_idlePollMs;
        m_poll.asked(nowMs);
    }
    void answered() { m_poll.answered(); }
    bool isRunning() const { return m_running; }

private:
    //! 1.5 times the expected interval of `60000/speed` ms.
    qint64 patienceMs() const
    {
        const double speed = m_speed >= 1 ? m_speed : 1;
        return std::max<qint64>(m_retryMs, qint64(1.5 * 60'000.0 / speed));
    }

    qint64 m_idlePollMs;
    qint64 m_retryMs;
    PollSchedule m_poll;
    bool m_running = false;
    double m_speed = 0;
};

} // namespace mesh::session
