// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/session/sessionport.h"

namespace mesh::session {

//! When something is asked for again. One question at a time; the interval counts from the question.
struct PollSchedule
{
    qint64 intervalMs = 0;
    qint64 dueMs = Never; //!< monotonic
    bool inFlight = false;

    bool isDue(qint64 nowMs) const { return !inFlight && dueMs <= nowMs; }
    qint64 nextDueMs() const { return inFlight ? Never : dueMs; }

    void start(qint64 nowMs)
    {
        inFlight = false;
        dueMs = nowMs;
    }
    void stop()
    {
        inFlight = false;
        dueMs = Never;
    }
    void asked(qint64 nowMs)
    {
        inFlight = true;
        dueMs = nowMs + intervalMs;
    }
    void answered() { inFlight = false; }
    //! At \a whenMs at the latest.
    void atLatest(qint64 whenMs)
    {
        if (dueMs > whenMs)
            dueMs = whenMs;
    }
    //! A new interval counts from now if that is sooner.
    void setInterval(qint64 newIntervalMs, qint64 nowMs)
    {
        intervalMs = newIntervalMs;
        if (dueMs != Never)
            atLatest(nowMs + newIntervalMs);
    }
};

} // namespace mesh::session
