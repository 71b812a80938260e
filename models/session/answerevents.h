// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/event.h"
#include "models/protocol/frames.h"

namespace mesh::session {

//! What an answer means together with its request: recalled and remembered memories, members of a topic, and full
//! lists. Lists that were asked for with a filter mean nothing by themselves, and audit rows belong to AuditTail. \a
//! ownName is who remembers.
QList<protocol::EventBody> eventsFromAnswer(const protocol::ClientFrame &request, const protocol::BrokerFrame &answer,
                                            const QString &ownName);

//! What a frame means that answers no request of ours that is still open: pushes, and lists that come too late and
//! cannot be partial.
QList<protocol::EventBody> eventsFromUnasked(const protocol::BrokerFrame &frame, qint64 arrivedNs);

} // namespace mesh::session
