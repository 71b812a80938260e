// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>

#include "models/protocol/event.h"

namespace mesh::session {

//! Makes one event of each message, although up to three sources tell of it: the audit log (no message id, a name
//! instead of a key, late), the stream of brokers of our own kind, and our own sends and receives. Sightings with a
//! message id are the same if the id is; with the audit log they are matched by sender, target and priority within a
//! time window, each sighting with at most one row, so that ten equal messages stay ten.
class TrafficMerger final
{
public:
    explicit TrafficMerger(qint64 windowMs = 20'000, int limit = 4'096)
        : m_windowMs(windowMs)
        , m_limit(limit)
    {
    }

    //! \return whether \a seen is news and should become an event. \a nowMs monotonic.
    bool feed(const protocol::events::TrafficSeen &seen, qint64 nowMs);

private:
    struct Sighting
    {
        protocol::events::TrafficSeen seen;
        qint64 atMs = 0;
        bool audited = false; // an audit row told of it, or was matched with it
        bool told = false;    // another source than the audit log told of it
    };

    void forgetOld(qint64 nowMs);

    qint64 m_windowMs;
    int m_limit;
    QList<Sighting> m_recent;
};

} // namespace mesh::session
