// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>

#include <deque>
#include <vector>

#include "models/items/graphmodel.h"

namespace mesh::graph {

//! A message on its way, or the trail it left: what the view keeps of a pulse for as long as it can be seen.
struct LivePulse
{
    items::GraphPulse pulse;
    qint64 startNs = 0;
};

//! The pulses that can be seen now: dots for 1.2 s, trails for 8 s. Pure bookkeeping with times given, no window.
//! Everything is bounded: past the bounds dots share one picture and the oldest trails go, and both are counted.
class Pulses
{
public:
    static constexpr double kTravelMs = 1200;
    static constexpr double kBurstMs = 150; //!< pulses of one way this close together are one dot
    static constexpr std::size_t kMostDots = 3000;
    static constexpr std::size_t kMostTrails = 40'000;

    //! Takes \a arrived at \a nowNs. Those whose edge is to be drawn now are appended to \a fresh.
    void add(const QList<items::GraphPulse> &arrived, qint64 nowNs, bool withDots, std::vector<LivePulse> &fresh);
    //! Forgets what cannot be seen any more. \return dots that have arrived since the last call.
    const std::vector<LivePulse> &expire(qint64 nowNs);
    void clear();

    const std::deque<LivePulse> &dots() const { return m_dots; }
    const std::deque<LivePulse> &trails() const { return m_trails; }
    //! Messages that had no dot of their own because too many were under way.
    qint64 dotsMerged() const { return m_dotsMerged; }
    //! Trails forgotten before their time: they fade as they are, but a redraw (zoom, pan) does not bring them back.
    qint64 trailsDropped() const { return m_trailsDropped; }

    //! 0 to 1 along the way, eased a little at both ends.
    static double progress(qint64 startNs, qint64 nowNs);

private:
    std::deque<LivePulse> m_dots;
    std::deque<LivePulse> m_trails;
    QHash<quint64, quint64> m_youngest; //!< way -> number of its last dot
    std::vector<LivePulse> m_landed;
    quint64 m_firstNumber = 0; //!< number of m_dots.front()
    qint64 m_dotsMerged = 0;
    qint64 m_trailsDropped = 0;
};

} // namespace mesh::graph
