// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/simclock.h"

#include "localmesh/ids.h"

#include <cmath>

namespace mesh::local {

namespace {

constexpr qint64 SimulatedMinuteMs = 60'000;
constexpr double SlowestSpeed = 1.0;
constexpr double FastestSpeed = 100.0;

} // namespace

SimClock::SimClock(const protocol::Clock &clock, qint64 minuteMs, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_minuteMs(minuteMs)
{
    m_monotonic.start();
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &SimClock::tick);
}

void SimClock::setSpeed(double speed)
{
    m_speed = std::isfinite(speed) ? qBound(SlowestSpeed, speed, FastestSpeed) : SlowestSpeed;
    if (!m_exists) {
        m_exists = true;
        m_paused = false;
        m_startedAtMs = m_clock.nowMs();
        m_simTimeMs = m_startedAtMs;
    }
    if (!m_paused) {
        m_nextNs = m_monotonic.nsecsElapsed();
        arm();
    }
}

void SimClock::pause()
{
    m_paused = true;
    m_timer.stop();
}

void SimClock::resume()
{
    if (!m_exists || !m_paused)
        return;
    m_paused = false;
    m_nextNs = m_monotonic.nsecsElapsed();
    arm();
}

void SimClock::arm()
{
    const qint64 intervalNs = qint64(double(m_minuteMs) * 1e6 / m_speed);
    const qint64 nowNs = m_monotonic.nsecsElapsed();
    m_nextNs += intervalNs;
    // After a long stall the missed ticks are not made up for: they would come as one burst.
    if (m_nextNs < nowNs - intervalNs)
        m_nextNs = nowNs;
    const qint64 waitMs = (m_nextNs - nowNs + 999'999) / 1'000'000;
    m_timer.start(int(qMax<qint64>(0, waitMs)));
}

void SimClock::tick()
{
    ++m_tick;
    m_simTimeMs += SimulatedMinuteMs;
    arm();
    Q_EMIT ticked(m_tick, isoTime(m_simTimeMs), m_speed);
}

protocol::ClockStatus SimClock::status() const
{
    protocol::ClockStatus status;
    status.paused = m_paused;
    if (m_exists) {
        status.speed = m_speed;
        status.tick = m_tick;
        status.simTime = isoTime(m_simTimeMs);
        status.startedAt = isoTime(m_startedAtMs);
    } else {
        status.simTime = status.startedAt = isoTime(m_clock.nowMs());
    }
    return status;
}

} // namespace mesh::local
