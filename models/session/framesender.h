// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/frames.h"

namespace mesh::session {

class Transport;

//! The only way onto the socket. Every frame goes through protocol::encode(), which refuses what breaks brokers or
//! harms others, and nothing but the hello leaves before the broker has accepted the session (wire reference 2).
class FrameSender final
{
    Q_DISABLE_COPY_MOVE(FrameSender)

public:
    //! The largest frame that any known broker takes (wire reference 1.1).
    static constexpr qsizetype MaxFrameBytes = 65'000;

    enum class Gate { Shut, HelloOnly, Open };

    explicit FrameSender(Transport &transport)
        : m_transport(transport)
    {
    }

    void setGate(Gate gate) { m_gate = gate; }
    bool isOpen() const { return m_gate == Gate::Open; }
    //! Errors: `offline`, or those of protocol::encode() (`refused`, `too_large`).
    protocol::Expected<void> send(const protocol::ClientFrame &frame);

private:
    Transport &m_transport;
    Gate m_gate = Gate::Shut;
};

} // namespace mesh::session
