// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

namespace mesh::views {

//! Simulated time between two ticks. A tick is always one simulated minute and comes every 60 s / speed (wire reference
//! 7.13); between ticks the time shown runs on at the same rate, never past the next tick and never backwards. A plain
//! value: the caller says what monotonic time it is.
class SimTimeEstimate final
{
public:
    //! Simulated milliseconds that one tick stands for.
    static constexpr qint64 TickMs = 60'000;

    //! A tick, or a report of the clock, arrived at \a arrivedNs (monotonic).
    void anchor(qint64 simTimeMs, qint64 arrivedNs, double speed, bool running);
    //! Simulated time at \a nowNs (monotonic), ms since the epoch. Calls with growing \a nowNs never give less than
    //! before unless the clock itself was set back by more than a tick.
    qint64 at(qint64 nowNs);
    bool running() const { return m_running; }

private:
    qint64 m_simTimeMs = 0;
    qint64 m_arrivedNs = 0;
    qint64 m_shownMs = 0;
    double m_speed = 1;
    bool m_running = false;
};

} // namespace mesh::views
