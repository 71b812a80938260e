// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graphstyle.h"

namespace mesh::graph {

QColor GraphStyle::status(protocol::PeerStatus status) const
{
    switch (status) {
    case protocol::PeerStatus::Idle:
        return idle;
    case protocol::PeerStatus::Working:
        return working;
    case protocol::PeerStatus::Dnd:
        return dnd;
    case protocol::PeerStatus::Offline:
        break;
    }
    return offline;
}

QColor GraphStyle::priority(protocol::Priority priority) const
{
    switch (priority) {
    case protocol::Priority::Now:
        return now;
    case protocol::Priority::Next:
        return next;
    case protocol::Priority::Low:
        break;
    }
    return low;
}

} // namespace mesh::graph
