// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/connection.h"
#include "localmesh/parts.h"
#include "localmesh/presence.h"
#include "localmesh/requests.h"
#include "localmesh/router.h"
#include "models/protocol/framecodec.h"

//! \file
//! For the requests*.cpp files only.

namespace mesh::local {

template <class Frame>
void Requests::reply(const Context &context, Frame frame)
{
    if constexpr (requires { frame.reqId; }) {
        if (!context.id.isEmpty())
            frame.reqId = context.id;
    }
    m_parts.turn.send(&context.connection, protocol::encode(protocol::BrokerFrame(std::move(frame))));
}

template <class Frame>
void Requests::passBack(const RelayedRequest &request, Frame frame)
{
    if (!request.asker)
        return;
    if (!request.askerRequestId.isEmpty())
        frame.reqId = request.askerRequestId;
    m_parts.turn.send(request.asker, protocol::encode(protocol::BrokerFrame(std::move(frame))));
}

} // namespace mesh::local
