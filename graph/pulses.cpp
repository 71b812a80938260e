// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/pulses.h"

#include <algorithm>

#include "graph/trailfade.h"

namespace mesh::graph {

namespace {

double msBetween(qint64 fromNs, qint64 toNs)
{
    return double(toNs - fromNs) / 1e6;
}

// Also what began in the future, after a clock was set back: it must not stay for ever.
bool isOver(qint64 startNs, qint64 nowNs, double durationMs)
{
    const double age = msBetween(startNs, nowNs);
    return age < 0 || age >= durationMs;
}

} // namespace

double Pulses::progress(qint64 startNs, qint64 nowNs)
{
    const double t = std::clamp(msBetween(startNs, nowNs) / kTravelMs, 0.0, 1.0);
    const double eased = t * t * (3 - 2 * t);
    return t + (eased - t) * 0.6;
}

void Pulses::add(const QList<items::GraphPulse> &arrived, qint64 nowNs, bool withDots, std::vector<LivePulse> &fresh)
{
    for (const items::GraphPulse &pulse : arrived) {
        const LivePulse live{pulse, nowNs};
        fresh.push_back(live);
        m_trails.push_back(live);
        if (m_trails.size() > kMostTrails) {
            m_trails.pop_front();
            ++m_trailsDropped;
        }
        // Without motion only those are shown that say how many they are.
        if (!withDots && pulse.messages == 1 && pulse.target == items::GraphTarget::Node)
            continue;

        const quint64 way = pulse.way();
        const auto youngest = m_youngest.constFind(way);
        const bool underWay = youngest != m_youngest.cend() && *youngest >= m_firstNumber;
        if (underWay) {
            LivePulse &dot = m_dots[std::size_t(*youngest - m_firstNumber)];
            const bool same =
                dot.pulse.fromGeneration == pulse.fromGeneration && dot.pulse.toGeneration == pulse.toGeneration;
            if (same && (msBetween(dot.startNs, nowNs) < kBurstMs || m_dots.size() >= kMostDots)) {
                dot.pulse.messages += pulse.messages;
                if (msBetween(dot.startNs, nowNs) >= kBurstMs)
                    m_dotsMerged += pulse.messages;
                continue;
            }
        }
        if (m_dots.size() >= kMostDots) {
            m_dotsMerged += pulse.messages;
            continue;
        }
        m_youngest.insert(way, m_firstNumber + m_dots.size());
        m_dots.push_back(live);
    }
}

const std::vector<LivePulse> &Pulses::expire(qint64 nowNs)
{
    m_landed.clear();
    while (!m_dots.empty() && isOver(m_dots.front().startNs, nowNs, kTravelMs)) {
        m_landed.push_back(m_dots.front());
        const quint64 way = m_dots.front().pulse.way();
        const auto it = m_youngest.constFind(way);
        if (it != m_youngest.cend() && *it == m_firstNumber)
            m_youngest.erase(it);
        m_dots.pop_front();
        ++m_firstNumber;
    }
    while (!m_trails.empty() && isOver(m_trails.front().startNs, nowNs, TrailFade::kDurationMs))
        m_trails.pop_front();
    return m_landed;
}

void Pulses::clear()
{
    m_firstNumber += m_dots.size();
    m_dots.clear();
    m_trails.clear();
    m_youngest.clear();
}

} // namespace mesh::graph
