// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/frameclock.h"

#include <algorithm>

namespace mesh::graph {

namespace {
constexpr qint64 kSecondNs = 1'000'000'000;
constexpr qint64 kMillisecondNs = 1'000'000;
} // namespace

FrameClock::FrameClock(const protocol::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &FrameClock::tick);
}

void FrameClock::setRate(QObject *client, int framesPerSecond)
{
    const int rate = std::clamp(framesPerSecond, 0, kFullRate);
    if (rate == 0) {
        if (m_rates.remove(client) > 0)
            recompute();
        return;
    }
    const auto it = m_rates.find(client);
    if (it != m_rates.end()) {
        if (*it == rate)
            return;
        *it = rate;
    } else {
        m_rates.insert(client, rate);
        connect(client, &QObject::destroyed, this, [this, client] { setRate(client, 0); });
    }
    recompute();
}

void FrameClock::recompute()
{
    int rate = 0;
    for (const int wanted : std::as_const(m_rates))
        rate = std::max(rate, wanted);
    if (rate == m_rate)
        return;
    m_rate = rate;
    m_timer.stop();
    if (m_rate > 0) {
        m_originNs = m_clock.monotonicNs();
        schedule();
    }
}

void FrameClock::schedule()
{
    // The next multiple of the period after now, so that timer lateness does not add up and missed frames are left out.
    const qint64 period = kSecondNs / m_rate;
    const qint64 passed = m_clock.monotonicNs() - m_originNs;
    const qint64 left = period - passed % period;
    m_timer.start(int((left + kMillisecondNs / 2) / kMillisecondNs));
}

void FrameClock::tick()
{
    if (m_rate == 0)
        return;
    ++m_frames;
    schedule();
    Q_EMIT frame(m_clock.monotonicNs());
}

} // namespace mesh::graph
