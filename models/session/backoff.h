// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

#include <algorithm>

namespace mesh::session {

//! Waits between tries to connect: uniform between 0 and a cap that doubles (full jitter, wire reference 1.3), so that
//! the clients of a broker that comes back do not arrive together.
struct Backoff
{
    int firstMs = 1'000;
    int maxMs = 30'000;
    int attempt = 0; //!< failed tries since the last success

    //! Upper bound of the next wait, in milliseconds.
    qint64 capMs() const
    {
        const int doublings = std::clamp(attempt, 0, 20);
        return std::min<qint64>(maxMs, qint64(firstMs) << doublings);
    }

    //! Counts a failure and gives the wait. \a random is uniform in [0, 1).
    qint64 next(double random)
    {
        const qint64 wait = qint64(double(capMs()) * std::clamp(random, 0.0, 1.0));
        ++attempt;
        return wait;
    }

    void reset() { attempt = 0; }
};

} // namespace mesh::session
