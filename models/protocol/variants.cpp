// SPDX-License-Identifier: GPL-3.0-or-later
// The special members of the protocol's large variants, instantiated here and nowhere else.
#include "models/protocol/command.h"
#include "models/protocol/event.h"
#include "models/protocol/frames.h"

namespace mesh::protocol {

ClientFrame::ClientFrame() = default;
ClientFrame::ClientFrame(const ClientFrame &other) = default;
ClientFrame::ClientFrame(ClientFrame &&other) noexcept = default;
ClientFrame &ClientFrame::operator=(const ClientFrame &other) = default;
ClientFrame &ClientFrame::operator=(ClientFrame &&other) noexcept = default;
ClientFrame::~ClientFrame() = default;

BrokerFrame::BrokerFrame() = default;
BrokerFrame::BrokerFrame(const BrokerFrame &other) = default;
BrokerFrame::BrokerFrame(BrokerFrame &&other) noexcept = default;
BrokerFrame &BrokerFrame::operator=(const BrokerFrame &other) = default;
BrokerFrame &BrokerFrame::operator=(BrokerFrame &&other) noexcept = default;
BrokerFrame::~BrokerFrame() = default;

EventBody::EventBody() = default;
EventBody::EventBody(const EventBody &other) = default;
EventBody::EventBody(EventBody &&other) noexcept = default;
EventBody &EventBody::operator=(const EventBody &other) = default;
EventBody &EventBody::operator=(EventBody &&other) noexcept = default;
EventBody::~EventBody() = default;

Command::Command() = default;
Command::Command(const Command &other) = default;
Command::Command(Command &&other) noexcept = default;
Command &Command::operator=(const Command &other) = default;
Command &Command::operator=(Command &&other) noexcept = default;
Command::~Command() = default;

bool operator==(const ClientFrame &a, const ClientFrame &b)
{
    return static_cast<const ClientFrameVariant &>(a) == static_cast<const ClientFrameVariant &>(b);
}

bool operator==(const BrokerFrame &a, const BrokerFrame &b)
{
    return static_cast<const BrokerFrameVariant &>(a) == static_cast<const BrokerFrameVariant &>(b);
}

} // namespace mesh::protocol
