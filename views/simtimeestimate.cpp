// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/simtimeestimate.h"

#include <algorithm>

namespace mesh::views {

void SimTimeEstimate::anchor(qint64 simTimeMs, qint64 arrivedNs, double speed, bool running)
{
    // A tick that is a little early must not turn the shown time back; a clock that was set back must.
    if (simTimeMs + TickMs < m_shownMs || m_shownMs == 0)
        m_shownMs = simTimeMs;
    m_simTimeMs = simTimeMs;
    m_arrivedNs = arrivedNs;
    m_speed = std::clamp(speed, 0.0, 1'000.0);
    m_running = running;
}

qint64 SimTimeEstimate::at(qint64 nowNs)
{
    qint64 simulated = m_simTimeMs;
    if (m_running) {
        const double realMs = double(std::max<qint64>(0, nowNs - m_arrivedNs)) / 1e6;
        simulated += std::min<qint64>(TickMs - 1, qint64(std::min(realMs * m_speed, double(TickMs))));
    }
    m_shownMs = std::max(m_shownMs, simulated);
    return m_shownMs;
}

} // namespace mesh::views
