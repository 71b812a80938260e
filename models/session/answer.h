// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/session/sessionport.h"

namespace mesh::session {

//! An answer frame as a value: error frames and refusing acks are errors (`refused` with the broker's text). An ack
//! with queued false and no error is a success, except for a send (wire/observed 2).
Answer toAnswer(const protocol::BrokerFrame &frame, QLatin1StringView requestType);

} // namespace mesh::session
