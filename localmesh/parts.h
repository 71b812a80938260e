// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/auditlog.h"
#include "localmesh/brokeroptions.h"
#include "localmesh/contextstore.h"
#include "localmesh/database.h"
#include "localmesh/grantstore.h"
#include "localmesh/invites.h"
#include "localmesh/memorystore.h"
#include "localmesh/meshstore.h"
#include "localmesh/messagequeue.h"
#include "localmesh/presenceregistry.h"
#include "localmesh/ratelimiter.h"
#include "localmesh/simclock.h"
#include "localmesh/skillstore.h"
#include "localmesh/statestore.h"
#include "localmesh/streams.h"
#include "localmesh/taskstore.h"
#include "localmesh/topicstore.h"
#include "localmesh/turn.h"
#include "localmesh/vaultstore.h"

namespace mesh::local {

//! What a running broker is made of, in the order it is built. The rooms that answer frames get a reference to this.
struct Parts
{
    Parts(const BrokerOptions &options_, const protocol::Clock &clock_, std::unique_ptr<Database> database_)
        : options(options_)
        , clock(clock_)
        , database(std::move(database_))
        , mesh(*database)
        , invites(*database, mesh)
        , queue(*database, options.redeliverAfterMs, options.keepMessagesMs)
        , state(*database)
        , memory(*database)
        , streams(*database)
        , topics(*database)
        , tasks(*database)
        , contexts(*database)
        , skills(*database)
        , vault(*database)
        , grants(*database)
        , audit(*database)
        , simClock(clock, options.clockMinuteMs)
        , turn(*database)
        , sendLimit(options.sendBurst, options.sendPerSecond)
    {
    }
    Q_DISABLE_COPY_MOVE(Parts)

    //! Reads again what is kept in memory of the database.
    void reload()
    {
        mesh.reload();
        queue.load();
        grants.load();
        audit.load(mesh.mesh().id);
    }

    const BrokerOptions options;
    const protocol::Clock &clock;
    std::unique_ptr<Database> database;
    MeshStore mesh;
    Invites invites;
    MessageQueue queue;
    StateStore state;
    MemoryStore memory;
    Streams streams;
    TopicStore topics;
    TaskStore tasks;
    ContextStore contexts;
    SkillStore skills;
    VaultStore vault;
    GrantStore grants;
    AuditLog audit;
    PresenceRegistry presences;
    SimClock simClock;
    Turn turn;
    RateLimiter sendLimit;
};

} // namespace mesh::local
