// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/peertrend.h"

#include <limits>

namespace mesh::views {

void PeerTrend::add(qint64 atMs, std::optional<qint64> contextUsed, std::optional<qint64> tokens)
{
    const Sample sample{atMs, contextUsed, tokens};
    if (!m_samples.isEmpty()) {
        if (atMs < m_samples.constLast().atMs)
            return;
        // The first of all stays where it is, else a peer that reports often would never get a second sample.
        if (m_samples.size() > 1 && atMs - m_samples.at(m_samples.size() - 2).atMs < MinDistanceMs) {
            m_samples.last() = sample;
            return;
        }
    }
    m_samples.append(sample);
    while (m_samples.size() > MaxSamples || (m_samples.size() > 2 && atMs - m_samples.constFirst().atMs > WindowMs))
        m_samples.removeFirst();
}

std::optional<double> PeerTrend::perMinute(std::optional<qint64> Sample::*field) const
{
    const Sample *first = nullptr;
    const Sample *last = nullptr;
    for (const Sample &sample : m_samples) {
        if (!(sample.*field))
            continue;
        if (!first || *(sample.*field) < *(last->*field))
            first = &sample;
        last = &sample;
    }
    if (!first || first == last || last->atMs <= first->atMs)
        return std::nullopt;
    return double(*(last->*field) - *(first->*field)) * 60'000.0 / double(last->atMs - first->atMs);
}

std::optional<double> PeerTrend::tokensPerMinute() const
{
    return perMinute(&Sample::tokens);
}

std::optional<qint64> PeerTrend::msToFull(std::optional<qint64> contextMax) const
{
    if (!contextMax || m_samples.isEmpty() || !m_samples.constLast().context)
        return std::nullopt;
    const std::optional<double> growth = perMinute(&Sample::context);
    if (!growth || *growth <= 0)
        return std::nullopt;
    const double left = double(*contextMax - *m_samples.constLast().context);
    return left <= 0 ? 0 : qint64(left / *growth * 60'000.0);
}

QList<double> PeerTrend::contextLine() const
{
    QList<double> line;
    line.reserve(m_samples.size());
    for (const Sample &sample : m_samples)
        line.append(sample.context ? double(*sample.context) : std::numeric_limits<double>::quiet_NaN());
    return line;
}

} // namespace mesh::views
