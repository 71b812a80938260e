// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QStringList>

#include <optional>

#include "models/protocol/event.h"

//! \file
//! What the store knows, as plain values. All times are milliseconds since the Unix epoch unless a name says otherwise;
//! 0 means "not known".
namespace mesh::store {

using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::MeshId;
using protocol::PeerKind;
using protocol::PeerStatus;
using protocol::Priority;
using protocol::events::OutgoingState;

//! Whether a peer is there. Grace: its connection seems to be lost, but the broker still holds its lease (90 s). The
//! wire does not say so; it is inferred from the audit log. Gone peers are kept for names, history and the time cursor.
enum class Presence { Live, Grace, Gone };

//! What a peer reports about itself with `set_stats`. nullopt: not reported, which is not zero.
struct PeerStats
{
    std::optional<qint64> messagesIn;
    std::optional<qint64> messagesOut;
    std::optional<qint64> toolCalls;
    std::optional<qint64> errors;
    std::optional<qint64> uptimeS;     //!< seconds
    std::optional<qint64> contextUsed; //!< tokens
    std::optional<qint64> contextMax;  //!< tokens
    std::optional<qint64> tokensIn;
    std::optional<qint64> tokensOut;
    std::optional<double> costUsd;

    //! Reads any object: numbers, or text that is a number; negative, endless and other values count as not reported.
    static PeerStats fromJson(const QJsonObject &object);
    //! Used share of the context window, 0 to 1; nullopt unless both figures are reported and the maximum is positive.
    std::optional<double> contextShare() const;
    bool isEmpty() const;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("messagesIn", self.messagesIn);
        v("messagesOut", self.messagesOut);
        v("toolCalls", self.toolCalls);
        v("errors", self.errors);
        v("uptimeS", self.uptimeS);
        v("contextUsed", self.contextUsed);
        v("contextMax", self.contextMax);
        v("tokensIn", self.tokensIn);
        v("tokensOut", self.tokensOut);
        v("costUsd", self.costUsd);
    }
    friend bool operator==(const PeerStats &, const PeerStats &) = default;
};

//! One connection of the mesh, known by its routing key.
struct Peer
{
    QString key;       //!< routing key: session key, else member key
    QString memberKey; //!< empty for a peer that only a message told of
    QString sessionId;
    QString name; //!< as the peer chose it: untrusted text; empty if unknown
    PeerKind kind = PeerKind::Ai;
    PeerStatus status = PeerStatus::Idle; //!< Offline when gone
    Presence presence = Presence::Gone;
    bool controlPlane = false; //!< peerRole control-plane
    bool hidden = false;       //!< daemons nobody wants in a list: control-plane AI, or hidden by itself
    bool self = false;         //!< our own connection
    bool stub = false;         //!< known only from messages
    QList<protocol::GroupRef> groups;
    QString summary;
    QString cwd;
    QString hostname;
    QString channel;
    QString model;
    QString title;
    QString bio;
    QStringList capabilities;
    PeerStats stats;
    qint64 connectedAtMs = 0; //!< the broker's time
    qint64 firstSeenMs = 0;
    qint64 lastSeenMs = 0;
    qint64 statusSinceMs = 0; //!< when the status was first seen
    qint64 goneAtMs = 0;      //!< 0 while there
    qint64 sent = 0;          //!< messages this program saw it send
    qint64 received = 0;      //!< direct messages this program saw it get
    qint64 lastTrafficMs = 0; //!< newest time of sending, from or to it

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("memberKey", self.memberKey);
        v("sessionId", self.sessionId);
        v("name", self.name);
        v("kind", self.kind);
        v("status", self.status);
        v("presence", self.presence);
        v("controlPlane", self.controlPlane);
        v("hidden", self.hidden);
        v("self", self.self);
        v("stub", self.stub);
        v("groups", self.groups);
        v("summary", self.summary);
        v("cwd", self.cwd);
        v("hostname", self.hostname);
        v("channel", self.channel);
        v("model", self.model);
        v("title", self.title);
        v("bio", self.bio);
        v("capabilities", self.capabilities);
        v("stats", self.stats);
        v("connectedAtMs", self.connectedAtMs);
        v("firstSeenMs", self.firstSeenMs);
        v("lastSeenMs", self.lastSeenMs);
        v("statusSinceMs", self.statusSinceMs);
        v("goneAtMs", self.goneAtMs);
        v("sent", self.sent);
        v("received", self.received);
        v("lastTrafficMs", self.lastTrafficMs);
    }
    friend bool operator==(const Peer &, const Peer &) = default;
};

//! When a recipient got and read a message of ours, as far as this program was told; 0: not yet.
struct Receipt
{
    QString key;
    qint64 deliveredAtMs = 0;
    qint64 readAtMs = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("deliveredAtMs", self.deliveredAtMs);
        v("readAtMs", self.readAtMs);
    }
    friend bool operator==(const Receipt &, const Receipt &) = default;
};

//! One message of a conversation. \a seq names it for as long as the program runs; the order of a conversation is
//! (sentAtMs, then a stable tie-break), so a late message may come before others with a smaller seq.
struct Message
{
    quint64 seq = 0;
    QString messageId;       //!< the broker's; empty until accepted
    QString clientMessageId; //!< the sender's, may be empty
    ConversationId conversation;
    QString
        peerKey; //!< Direct: the peer's key at the time; differs from conversation.key after it returned with a new one
    QString senderKey;
    QString senderName; //!< as told with the message, else from the peer; may be empty
    bool own = false;
    Priority priority = Priority::Next;
    protocol::BodyKind body = protocol::BodyKind::Clear;
    QString text; //!< untrusted text
    QString replyToId;
    QString subtype; //!< empty, `reminder` or `webhook`
    qint64 sentAtMs = 0;
    OutgoingState state = OutgoingState::Queued; //!< own messages only
    QString code;                                //!< reason of Refused
    QString detail;
    qint64 acceptedAtMs = 0;
    qint64 deliveredAtMs = 0; //!< first recipient
    qint64 readAtMs = 0;
    QStringList deliveredTo; //!< keys, sorted
    QStringList readBy;      //!< keys, sorted
    QList<Receipt> receipts; //!< by key; of every recipient that was heard of
    bool mention = false;    //!< names us
    bool ackWanted = false;  //!< came over the queue and is confirmed to the broker once stored
    quint8 forms = 0;        //!< bits of MessageForm: what told of it
    quint8 richness = 0;     //!< how much the best telling knew; a richer duplicate wins
    qint64 stateAtMs = 0;    //!< when `state` was told

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("messageId", self.messageId);
        v("clientMessageId", self.clientMessageId);
        v("conversation", self.conversation);
        v("peerKey", self.peerKey);
        v("senderKey", self.senderKey);
        v("senderName", self.senderName);
        v("own", self.own);
        v("priority", self.priority);
        v("body", self.body);
        v("text", self.text);
        v("replyToId", self.replyToId);
        v("subtype", self.subtype);
        v("sentAtMs", self.sentAtMs);
        v("state", self.state);
        v("code", self.code);
        v("detail", self.detail);
        v("acceptedAtMs", self.acceptedAtMs);
        v("deliveredAtMs", self.deliveredAtMs);
        v("readAtMs", self.readAtMs);
        v("deliveredTo", self.deliveredTo);
        v("readBy", self.readBy);
        v("receipts", self.receipts);
        v("mention", self.mention);
        v("ackWanted", self.ackWanted);
        v("forms", self.forms);
        v("richness", self.richness);
        v("stateAtMs", self.stateAtMs);
    }
};

//! Ways to learn of one message.
enum MessageForm : quint8 { FormComposed = 1, FormPushed = 2, FormHistory = 4 };

//! What the user decided about a conversation.
struct Arrangement
{
    bool pinned = false;
    bool archived = false;
    protocol::events::Attention attention = protocol::events::Attention::All;
    qint64 atMs = -1; //!< of the decision; -1: nothing was decided yet

    friend auto operator<=>(const Arrangement &, const Arrangement &) = default;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("pinned", self.pinned);
        v("archived", self.archived);
        v("attention", self.attention);
        v("atMs", self.atMs);
    }
};

struct Conversation
{
    ConversationId id;
    QString title;   //!< peer's name, `@group`, `#topic`; empty for the others, which the view names
    QString peerKey; //!< Direct: the key to write to now; differs from id.key after the peer returned with a new one
    quint64 lastMessageSeq = 0;
    qint64 lastAtMs = 0; //!< time of the newest message
    int unread = 0;      //!< of others, after readUpToMs; counts the messages held in memory
    int mentions = 0;    //!< of those, messages that name us
    QString draft;
    QString draftReplyToId; //!< the message the draft answers
    qint64 readUpToMs = 0;
    Arrangement arrangement;

    //! Out of the way. What comes later brings it back, unless it may not ask for attention.
    bool isArchived() const
    {
        return arrangement.archived
            && (lastAtMs <= arrangement.atMs || arrangement.attention == protocol::events::Attention::Nothing);
    }
    bool hasDraft() const { return !draft.isEmpty() || !draftReplyToId.isEmpty(); }
    //! Names this conversation in commands: as \a id, but to the key the peer has now.
    ConversationId target() const
    {
        return {id.kind, id.kind == ConversationKind::Direct && !peerKey.isEmpty() ? peerKey : id.key};
    }
};

//! One former or present value of a shared key.
struct StateRevision
{
    QJsonValue value;
    QString by;
    qint64 atMs = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("value", self.value);
        v("by", self.by);
        v("atMs", self.atMs);
    }
    friend bool operator==(const StateRevision &, const StateRevision &) = default;
};

struct StateValue
{
    QString key;
    QJsonValue value;
    QString by;
    qint64 atMs = 0;
    QList<StateRevision> history; //!< oldest first, the present value last; bounded by StoreLimits::stateHistory
};

struct Memory
{
    QString id;
    QString content;
    QStringList tags;
    QString by;
    qint64 atMs = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("content", self.content);
        v("tags", self.tags);
        v("by", self.by);
        v("atMs", self.atMs);
    }
    friend bool operator==(const Memory &, const Memory &) = default;
};

//! The simulation clock as last heard of (wire reference 7.13).
struct ClockState
{
    bool known = false; //!< false: no clock was ever set, or not asked yet
    double speed = 0;   //!< requested
    bool paused = true;
    qint64 tick = 0;
    qint64 simTimeMs = 0; //!< at \a baseAtMs
    qint64 startedAtMs = 0;
    qint64 baseAtMs = 0;          //!< local arrival of the tick or report that gave \a simTimeMs
    qint64 baseNs = 0;            //!< its monotonic time; 0 if not measured
    qint64 lastTickArrivalMs = 0; //!< 0: no tick seen yet
    qint64 lastTickArrivalNs = 0;
    std::optional<double> achievedSpeed; //!< over the ticks kept; nullopt until two ticks in a row were seen
    std::optional<double> jitterMs;      //!< standard deviation of the tick intervals from the expected one

    bool running() const { return known && !paused; }
    //! Simulated time at local time \a nowMs: moves at `speed` and waits at the next whole minute for the tick.
    qint64 simTimeAt(qint64 nowMs) const;
    //! Expected time between two ticks, in milliseconds; 0 when not running.
    double tickIntervalMs() const;
    //! Running, but no tick for 1.5 expected intervals: paused or lost without a word. Ask with get_clock.
    bool stalledAt(qint64 nowMs) const;

    friend bool operator==(const ClockState &, const ClockState &) = default;
};

//! The link to the broker and who we are on it.
struct Connection
{
    protocol::ConnectionState state = protocol::ConnectionState::Offline;
    QString code;
    QString detail;
    std::optional<int> closeCode;
    std::optional<qint64> nextTryAtMs;
    int attempt = 0;
    qint64 sinceMs = 0;       //!< when this state began
    qint64 onlineSinceMs = 0; //!< 0 while not online
    qint64 lastOnlineMs = 0;  //!< when it was last lost; what is shown is as of then
    std::optional<double> rttMs;
    std::optional<qint64> clockOffsetMs; //!< broker minus local
    qint64 framesRejected = 0;
    QString lastRejectedCode;
    int sendQueueWaiting = 0;
    qint64 sendQueueNextAtMs = 0;
    // who we are
    QString meshSlug;
    QString meshName;
    QString ownKey;
    QString ownMemberKey;
    QString ownMemberId;
    QString displayName;
    QString brokerUrl;
    bool personal = false;

    bool online() const { return state == protocol::ConnectionState::Online; }
};

enum class Lane : quint8 { Messages, Presence, State, Memory, Tasks, Ticks, System };

//! The longer name of the same.
using TimelineLane = Lane;

enum class TimelineKind : quint8 {
    Message,      //!< actor -> subject (target as on the wire); no text
    Joined,       //!< actor
    Left,         //!< actor
    Status,       //!< actor, oldValue -> newValue (status words)
    Summary,      //!< actor, oldValue -> newValue
    Groups,       //!< actor, oldValue -> newValue ("a, b")
    Renamed,      //!< actor, oldValue -> newValue
    StateSet,     //!< actor, subject key, oldValue -> newValue (compact JSON)
    Remembered,   //!< actor, subject id, newValue content
    Forgotten,    //!< subject id, oldValue content
    TaskOpened,   //!< actor, subject id, newValue title
    TaskClaimed,  //!< actor, subject id, newValue title
    TaskDone,     //!< actor, subject id, newValue title
    Tick,         //!< newValue tick number
    ClockChanged, //!< oldValue -> newValue ("paused" or speed)
    Connected,
    ConnectionLost, //!< newValue state word, subject code
    Notice,         //!< subject event name, newValue compact JSON
    Webhook,        //!< subject webhook name, newValue compact JSON
};

//! One row of the timeline. Actor and subject are peer keys where the wire gave one, else names as told.
struct TimelineEntry
{
    qint64 atMs = 0;
    Lane lane = Lane::System;
    TimelineKind kind = TimelineKind::Notice;
    QString actor; //!< routing key if known, else a display name, else empty
    QString subject;
    QString oldValue; //!< cut to StoreLimits::timelineValueChars
    QString newValue;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("atMs", self.atMs);
        v("lane", self.lane);
        v("kind", self.kind);
        v("actor", self.actor);
        v("subject", self.subject);
        v("oldValue", self.oldValue);
        v("newValue", self.newValue);
    }
    friend bool operator==(const TimelineEntry &, const TimelineEntry &) = default;
};

//! One message somebody sent to somebody, whatever told of it.
struct TrafficEntry
{
    quint64 seq = 0;   //!< names it for as long as the program runs
    QString messageId; //!< empty where only the audit log told
    QString senderKey; //!< empty if the name fits no peer or several
    QString senderName;
    QString targetSpec; //!< key, `@group`, `#topicId`, `*`; empty for a multicast whose target is not known (yet)
    Priority priority = Priority::Next;
    qint64 sentAtMs = 0; //!< the broker's time
    qint64 atMs = 0;     //!< when we learnt of it
    quint8 sources = 0;  //!< bits of 1 << TrafficSource that told of it

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("messageId", self.messageId);
        v("senderKey", self.senderKey);
        v("senderName", self.senderName);
        v("targetSpec", self.targetSpec);
        v("priority", self.priority);
        v("sentAtMs", self.sentAtMs);
        v("atMs", self.atMs);
        v("sources", self.sources);
    }
};

//! A human who is writing where we can read it.
struct Typing
{
    QString key;
    qint64 untilMs = 0; //!< not shown after this time
    qint64 atMs = 0;
    bool on = false;
    ConversationId conversation; //!< a group or topic; Direct without a key: the one with the writer
};

//! What is known of a stream from the data that came.
struct StreamActivity
{
    qint64 count = 0;
    qint64 lastAtMs = 0;
    QString lastBy;
};

//! The polled lists, rows as on the wire. `atMs` of a list is when it was last heard; 0: never.
struct Listings
{
    QList<protocol::TaskRow> tasks;
    QList<protocol::SkillRow> skills;
    QList<protocol::FileRow> files;
    QList<protocol::StreamRow> streams;
    QList<protocol::TopicRow> topics;
    QList<protocol::McpServerRow> servers;
    QList<protocol::ServiceRow> services;
    QList<protocol::ScheduleRow> schedules;
    QList<protocol::WebhookRow> webhooks;
    QList<protocol::ContextRow> contexts;
    QHash<QString, QList<protocol::TopicMemberRow>> topicMembers; //!< by topic id
    QHash<QString, protocol::events::TopicKeyState> topicKeys;    //!< by topic id, since the program started
    QSet<QString> topicsLeft;                                     //!< ids of topics the user left here
    int memoryCount = -1;                                         //!< of `mesh_info`; -1: not told yet
    int fileCount = -1;
    QStringList groups; //!< of `mesh_info`, without `@`
};

//! Bounds of everything that grows. Past them the oldest goes, and is counted in StoreCounters.
struct StoreLimits
{
    int messagesPerConversation = 200;
    int conversations = 2'000;
    int peers = 6'000; //!< gone and stub peers go first; peers that are there are never dropped
    qint64 goneKeptMs = 7LL * 24 * 3600 * 1000; //!< how long gone peers without a conversation are kept
    int timelineEntries = 50'000;
    int timelineValueChars = 400;
    int traffic = 20'000;
    qint64 trafficKeptMs = 3600 * 1000;
    qint64 trafficMatchMs = 4'000; //!< how far two tellings of one message may lie apart when no id joins them
    int stateKeys = 10'000;
    int stateHistory = 32; //!< revisions of each key
    int memories = 5'000;
    int auditRows = 5'000;
    int rowsPerListing = 10'000;
    int presenceListsKept = 64; //!< full lists remembered to place a late presence push
    int ticksKept = 120;
    int ackDelaysKept = 256;
};

//! What was folded and what was dropped, since the store was made.
struct StoreCounters
{
    qint64 events = 0;
    qint64 batches = 0;
    qint64 duplicateMessages = 0;
    qint64 duplicateTraffic = 0;
    qint64 messagesEvicted = 0; //!< out of memory; they stay in the journal
    qint64 conversationsDropped = 0;
    qint64 peersDropped = 0;
    qint64 timelineDropped = 0;
    qint64 trafficDropped = 0;
    qint64 stateDropped = 0; //!< keys and revisions
    qint64 memoriesDropped = 0;
    qint64 auditDropped = 0;
    qint64 rowsDropped = 0;
    qint64 otherMesh = 0; //!< events that were not for this store

    qint64 dropped() const
    {
        return conversationsDropped + peersDropped + timelineDropped + trafficDropped + stateDropped + memoriesDropped
            + auditDropped + rowsDropped;
    }
};

} // namespace mesh::store

namespace mesh::protocol {

template <>
struct EnumWords<store::Presence>
{
    using E = store::Presence;
    static constexpr std::array words{std::pair{E::Live, "live"}, std::pair{E::Grace, "grace"},
                                      std::pair{E::Gone, "gone"}};
};

template <>
struct EnumWords<store::Lane>
{
    using E = store::Lane;
    static constexpr std::array words{std::pair{E::Messages, "messages"}, std::pair{E::Presence, "presence"},
                                      std::pair{E::State, "state"},       std::pair{E::Memory, "memory"},
                                      std::pair{E::Tasks, "tasks"},       std::pair{E::Ticks, "ticks"},
                                      std::pair{E::System, "system"}};
};

template <>
struct EnumWords<store::TimelineKind>
{
    using E = store::TimelineKind;
    static constexpr std::array words{std::pair{E::Message, "message"},
                                      std::pair{E::Joined, "joined"},
                                      std::pair{E::Left, "left"},
                                      std::pair{E::Status, "status"},
                                      std::pair{E::Summary, "summary"},
                                      std::pair{E::Groups, "groups"},
                                      std::pair{E::Renamed, "renamed"},
                                      std::pair{E::StateSet, "stateSet"},
                                      std::pair{E::Remembered, "remembered"},
                                      std::pair{E::Forgotten, "forgotten"},
                                      std::pair{E::TaskOpened, "taskOpened"},
                                      std::pair{E::TaskClaimed, "taskClaimed"},
                                      std::pair{E::TaskDone, "taskDone"},
                                      std::pair{E::Tick, "tick"},
                                      std::pair{E::ClockChanged, "clock"},
                                      std::pair{E::Connected, "connected"},
                                      std::pair{E::ConnectionLost, "connectionLost"},
                                      std::pair{E::Notice, "notice"},
                                      std::pair{E::Webhook, "webhook"}};
};

} // namespace mesh::protocol

Q_DECLARE_TYPEINFO(mesh::store::Message, Q_RELOCATABLE_TYPE);
Q_DECLARE_TYPEINFO(mesh::store::TrafficEntry, Q_RELOCATABLE_TYPE);
