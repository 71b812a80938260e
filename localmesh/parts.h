// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/apikeys.h"
#include "localmesh/auditlog.h"
#include "localmesh/brokeroptions.h"
#include "localmesh/contextstore.h"
#include "localmesh/database.h"
#include "localmesh/grantstore.h"
#include "localmesh/datafolder.h"
#include "localmesh/filelinks.h"
#include "localmesh/filestore.h"
#include "localmesh/invites.h"
#include "localmesh/mcpregistry.h"
#include "localmesh/memorystore.h"
#include "localmesh/meshstore.h"
#include "localmesh/messagequeue.h"
#include "localmesh/metrics.h"
#include "localmesh/presenceregistry.h"
#include "localmesh/ratelimiter.h"
#include "localmesh/relay.h"
#include "localmesh/schedulestore.h"
#include "localmesh/simclock.h"
#include "localmesh/skillstore.h"
#include "localmesh/statestore.h"
#include "localmesh/streams.h"
#include "localmesh/taskstore.h"
#include "localmesh/topicstore.h"
#include "localmesh/turn.h"
#include "localmesh/vaultstore.h"
#include "localmesh/watchkeeper.h"
#include "localmesh/webhooks.h"

#include <functional>

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
        , schedules(*database)
        , vault(*database)
        , grants(*database)
        , audit(*database)
        , webhooks(*database)
        , apiKeys(*database)
        , files(*database, DataFolder::filesPath(options.dataDir))
        , simClock(clock, options.clockMinuteMs)
        , watches(clock, options.watchTimeoutMs)
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
    ScheduleStore schedules;
    VaultStore vault;
    GrantStore grants;
    AuditLog audit;
    Webhooks webhooks;
    ApiKeys apiKeys;
    FileStore files;
    FileLinks fileLinks;
    McpRegistry mcp;
    Relay relay;
    Metrics metrics;
    PresenceRegistry presences;
    SimClock simClock;
    WatchKeeper watches;
    Turn turn;
    RateLimiter sendLimit;
    //! Called after a post to a topic is committed.
    std::function<void(const Topic &, const TopicPost &)> topicPosted;
    QString httpUrl; //!< http://host:port or https://host:port, as peers reach this broker
};

} // namespace mesh::local
