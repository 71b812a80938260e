// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/requestsreply.h"

namespace mesh::local {

void Requests::on(const Context &context, const protocol::Watch &frame)
{
    auto added = m_parts.watches.add(context.presence, frame);
    if (added)
        reply(context, *added);
    else
        fail(context, added.error().code, added.error().detail);
}

void Requests::on(const Context &context, const protocol::Unwatch &frame)
{
    reply(context, m_parts.watches.remove(context.presence, frame.watchId));
}

void Requests::on(const Context &context, const protocol::WatchList &)
{
    protocol::WatchListResult result;
    result.watches = m_parts.watches.list(context.presence);
    reply(context, std::move(result));
}

} // namespace mesh::local
