// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/store/clockbook.h"
#include "models/store/linkbook.h"
#include "models/store/messagebook.h"
#include "models/store/peerbook.h"
#include "models/store/sharedbook.h"
#include "models/store/timeline.h"
#include "models/store/trafficbook.h"
#include "models/store/trustbook.h"

namespace mesh::store {

//! Everything a store holds, as one value that is cheap to copy (all containers share until one side changes).
struct StoreState
{
    PeerBook peers;
    MessageBook messages;
    SharedBook shared;
    ClockBook clock;
    LinkBook link;
    TrafficBook traffic;
    TrustBook trust;
    Timeline timeline;
    StoreCounters counters;
    qint64 nowMs = 0; //!< newest event time

    QByteArray toBytes() const;
    static protocol::Expected<StoreState> fromBytes(const QByteArray &bytes);
};

//! Folds one event.
void foldEvent(StoreState &state, const protocol::Event &event, FoldContext &context);
//! Ends a batch.
void finishBatch(StoreState &state, FoldContext &context);

} // namespace mesh::store
