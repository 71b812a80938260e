// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/clock.h"
#include "models/protocol/framescontrol.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QTimer>

namespace mesh::local {

//! The simulation clock (wire reference 7.13): lives in memory only, one simulated minute for each tick.
class SimClock final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SimClock)

public:
    //! \a minuteMs is the real length of a simulated minute at speed 1. \a clock outlives this.
    SimClock(const protocol::Clock &clock, qint64 minuteMs, QObject *parent = nullptr);

    bool exists() const { return m_exists; }
    //! Sets the speed, clamped to 1..100; the first call starts the clock. What is no speed counts as 1.
    void setSpeed(double speed);
    void pause();
    void resume();
    //! Without a clock: speed 0, paused, both times now.
    protocol::ClockStatus status() const;

Q_SIGNALS:
    void ticked(qint64 tick, const QString &simTime, double speed);

private:
    void arm();
    void tick();

    const protocol::Clock &m_clock;
    qint64 m_minuteMs;
    QTimer m_timer;
    QElapsedTimer m_monotonic; //!< ticks follow real time, whatever the injected clock says
    bool m_exists = false;
    bool m_paused = true;
    double m_speed = 1.0;
    qint64 m_tick = 0;
    qint64 m_simTimeMs = 0;
    qint64 m_startedAtMs = 0;
    qint64 m_nextNs = 0; //!< when the next tick is due, so that lateness does not add up
};

} // namespace mesh::local
