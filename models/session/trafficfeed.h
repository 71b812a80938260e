// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/session/namecache.h"
#include "models/session/sessionport.h"
#include "models/session/trafficmerger.h"

namespace mesh::session {

//! Where all sightings of messages come together: completes name and key of the sender from the cache and passes on
//! what no other source told before.
class TrafficFeed final
{
public:
    TrafficFeed(SessionPort &port, const NameCache &names)
        : m_port(port)
        , m_names(names)
    {
    }

    void feed(protocol::events::TrafficSeen seen)
    {
        if (seen.senderName.isEmpty())
            seen.senderName = m_names.nameOf(seen.senderKey);
        if (seen.senderKey.isEmpty())
            seen.senderKey = m_names.keyOfName(seen.senderName);
        if (m_merger.feed(seen, m_port.monoMs()))
            m_port.emitEvent(std::move(seen));
    }

private:
    SessionPort &m_port;
    const NameCache &m_names;
    TrafficMerger m_merger;
};

} // namespace mesh::session
