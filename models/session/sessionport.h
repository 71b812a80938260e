// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <limits>
#include <optional>

#include "models/protocol/event.h"
#include "models/protocol/expected.h"
#include "models/protocol/frames.h"
#include "models/session/sessionoptions.h"

namespace mesh::session {

//! The due time of what has none, in monotonic milliseconds.
inline constexpr qint64 Never = std::numeric_limits<qint64>::max();

//! What became of a request: the answer frame, nothing for requests that brokers answer only when they fail, or an
//! error
//! (`timeout`, `offline`, `closed`, `refused`, or the broker's own code).
using Answer = protocol::Expected<std::optional<protocol::BrokerFrame>>;
using Reply = std::function<void(const Answer &)>;

//! What the parts of a session see of it. Network thread only. Parts keep no timers: they say when they are due
//! (nextDueMs()) and are advanced then, so that tests can drive them with a clock of their own and no socket.
class SessionPort
{
public:
    SessionPort() = default;
    Q_DISABLE_COPY_MOVE(SessionPort)
    virtual ~SessionPort() = default;

    virtual qint64 wallMs() const = 0; //!< since the Unix epoch
    virtual qint64 monoMs() const = 0; //!< monotonic, for intervals
    virtual const SessionTimings &timings() const = 0;
    virtual bool online() const = 0; //!< hello_ack was received and the link stands

    virtual void emitEvent(protocol::EventBody body) = 0;
    //! Sends a frame that has no answer. Errors: `offline`, or why the frame may not leave.
    virtual protocol::Expected<void> post(const protocol::ClientFrame &frame) = 0;
    //! Sends a request; \a reply is called exactly once, possibly before this returns.
    virtual void request(protocol::ClientFrame frame, Reply reply) = 0;
    //! Says that a due time has come closer.
    virtual void wake() = 0;
};

} // namespace mesh::session
