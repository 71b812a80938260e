// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/clock.h"

#include <QtCore/QString>

#include <memory>

namespace mesh::local {

//! How a LocalBroker behaves. The defaults suit a mesh on one's own machine; docs/local-broker.md explains each. Times
//! are milliseconds, sizes bytes.
struct BrokerOptions
{
    QString dataDir = {};                          //!< folder of the database; made (0700) when missing
    QString address = QStringLiteral("127.0.0.1"); //!< what to listen on; anything but loopback needs TLS
    QString certificatePath = {};                  //!< PEM, the chain; with keyPath: TLS on the port
    QString keyPath = {};                          //!< PEM, without passphrase
    QString publicHost = {}; //!< what links and URLs name; the address when empty, this machine's name for all of them
    quint16 port = 7900;     //!< 0 takes any free port
    QString meshSlug = QStringLiteral("personal");      //!< used when the mesh is made; [a-z0-9-]
    QString meshName = QStringLiteral("Personal mesh"); //!< used when the mesh is made

    int maxConnections = 2'000; //!< connections past the handshake; more are refused with `capacity`
    int maxHalfOpen = 256;      //!< connections before it; when more come the oldest is dropped
    int sendBurst = 200;        //!< `send` frames of one member at once
    double sendPerSecond = 100; //!< and how fast that allowance comes back

    qint64 leaseMs = 90'000;                           //!< how long a presence outlives its socket (wire reference 1.3)
    qint64 workingDecayMs = 60'000;                    //!< status `working` falls back to `idle` after this (5.3)
    qint64 hookFreshMs = 30'000;                       //!< how long a hook's `working` holds messages back (6.4)
    qint64 redeliverAfterMs = 30'000;                  //!< a push without client_ack may go out again after this (6.6)
    qint64 keepMessagesMs = 7LL * 24 * 60 * 60 * 1000; //!< queue rows, delivered or not, are deleted after this
    qint64 missedScheduleWaitMs = 30'000;              //!< what was due before the start is sent this long after it
    int pingIntervalMs = 30'000;                       //!< WebSocket pings
    qint64 staleAfterMs = 75'000;                      //!< a socket without pong for this long is cut
    int sweepIntervalMs = 1'000;                       //!< how often leases, decay and deadlines are looked at
    int helloTimeoutMs = 30'000;                       //!< a WebSocket that says no hello is closed after this
    int httpTimeoutMs = 10'000;                        //!< a request has to be complete within this
    qint64 clockMinuteMs = 60'000;                     //!< real length of one simulated minute at speed 1 (7.13)

    qint64 mcpCallTimeoutMs = 30'000;               //!< an MCP call unanswered for this long has failed (7.12)
    qint64 peerFileTimeoutMs = 15'000;              //!< so has asking a peer for a file or folder (7.10)
    int watchTimeoutMs = 10'000;                    //!< a watched URL has to answer within this (7.18)
    qint64 fileLinkMs = 60'000;                     //!< how long the link of a file_url opens (7.9)
    qint64 keepEphemeralMs = 24LL * 60 * 60 * 1000; //!< files uploaded with `X-Persistent: false` go after this

    qint64 maxStoredBytes = 5LL * 1024 * 1024 * 1024; //!< of all uploaded files together
    qint64 maxFrameBytes = 2 * 1024 * 1024;      //!< of one WebSocket message from a client; larger closes with 1009
    qint64 maxSendQueueBytes = 16 * 1024 * 1024; //!< unsent bytes of one socket; a slower reader is cut
    int maxQueuedPerPeer = 10'000;               //!< undelivered direct messages for one key
    bool syncEveryCommit = false;                //!< true: survives power cuts too, at the price of one fsync per batch

    std::shared_ptr<protocol::Clock> clock = {}; //!< the machine's clock when null
};

//! Role that an invite gives (wire reference 3.2).
enum class InviteRole { Member, Admin };

//! What makeInvite() puts into an invite.
struct InviteRequest
{
    InviteRole role = InviteRole::Member;
    int maxUses = 1;                             //!< 1 or more
    qint64 lifetimeSeconds = 7LL * 24 * 60 * 60; //!< 1 or more
    //! Made by the program for its own user or its personas, within the hour: not listed among those that people made.
    bool forProgram = false;
};

} // namespace mesh::local
