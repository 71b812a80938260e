// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>

#include <optional>

namespace mesh::views {

//! Samples of what one peer reports, and the rates that follow from them. Plain maths; bounded.
class PeerTrend final
{
public:
    static constexpr qint64 MinDistanceMs = 2'000;
    static constexpr qint64 WindowMs = 10 * 60'000;
    static constexpr qsizetype MaxSamples = 120;

    //! Values the peer does not report are nullopt. A sample sooner than MinDistanceMs replaces the one before.
    void add(qint64 atMs, std::optional<qint64> contextUsed, std::optional<qint64> tokens);

    //! Tokens a minute over the last WindowMs; nullopt until two samples report them. A count that fell (a restarted
    //! session) starts the measurement anew.
    std::optional<double> tokensPerMinute() const;
    //! Time until the context is full at its present growth; nullopt where that is not known or it does not grow.
    std::optional<qint64> msToFull(std::optional<qint64> contextMax) const;
    //! Context use over time for a trend line; NaN where it was not reported.
    QList<double> contextLine() const;

private:
    struct Sample
    {
        qint64 atMs = 0;
        std::optional<qint64> context;
        std::optional<qint64> tokens;
    };
    std::optional<double> perMinute(std::optional<qint64> Sample::*field) const;

    QList<Sample> m_samples;
};

} // namespace mesh::views
