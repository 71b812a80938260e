// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "models/protocol/frames.h"

namespace mesh::session {

//! The polite "no" to what peers may ask of each other's computers: files, folders and tool calls (wire
//! reference 7.10, 7.12). This program serves none; without an answer the asker would wait for its time-out. Nothing
//! for other frames.
std::optional<protocol::ClientFrame> refusalOf(const protocol::BrokerFrame &frame);

} // namespace mesh::session
