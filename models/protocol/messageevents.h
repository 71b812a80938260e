// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QStringList>

#include <optional>

#include "models/protocol/frames.h"
#include "models/protocol/types.h"

//! Events about the link, peers and messages. See event.h. All times are milliseconds since the Unix epoch, UTC, unless
//! a name says otherwise.
namespace mesh::protocol::events {

// --- the link ---------------------------------------------------------------------------------------------------

struct ConnectionChanged
{
    static constexpr QLatin1StringView kType{"connection"};
    ConnectionState state = ConnectionState::Offline;
    QString code;   //!< stable word for the reason: an error code of the broker, `closed_1006`, `tls_error`, ...
    QString detail; //!< a sentence for people
    std::optional<int> closeCode;
    std::optional<qint64> nextTryAtMs; //!< with Waiting
    int attempt = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("state", self.state);
        v("code", self.code);
        v("detail", self.detail);
        v("closeCode", self.closeCode);
        v("nextTryAtMs", self.nextTryAtMs);
        v("attempt", self.attempt);
    }
};

//! The broker accepted us (`hello_ack`).
struct SessionEstablished
{
    static constexpr QLatin1StringView kType{"session"};
    QString meshSlug;
    QString meshName;
    QString ownKey; //!< our routing key: the session public key
    QString ownMemberKey;
    QString ownMemberId;
    QString displayName;
    QString brokerUrl;
    bool personal = false; //!< the personal mesh of this machine

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("meshSlug", self.meshSlug);
        v("meshName", self.meshName);
        v("ownKey", self.ownKey);
        v("ownMemberKey", self.ownMemberKey);
        v("ownMemberId", self.ownMemberId);
        v("displayName", self.displayName);
        v("brokerUrl", self.brokerUrl);
        v("personal", self.personal);
    }
};

//! Round trip of a ping, and what the broker's clock shows beside ours where an HTTP Date told it.
struct LinkMeasured
{
    static constexpr QLatin1StringView kType{"link"};
    double rttMs = 0;
    std::optional<qint64> clockOffsetMs; //!< broker minus local

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("rttMs", self.rttMs);
        v("clockOffsetMs", self.clockOffsetMs);
    }
};

//! Frames that were refused, counted since the connection began.
struct FramesRejected
{
    static constexpr QLatin1StringView kType{"rejected"};
    qint64 total = 0;
    QString lastCode;
    QString lastDetail;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("total", self.total);
        v("lastCode", self.lastCode);
        v("lastDetail", self.lastDetail);
    }
};

// --- peers ------------------------------------------------------------------------------------------------------

//! A full `peers_list`. Peers known before and not in it are gone.
struct PeersListed
{
    static constexpr QLatin1StringView kType{"peers"};
    QList<PeerRow> peers;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("peers", self.peers);
    }
};

enum class PresenceChange { Joined, Returned, Left, Hidden, Visible };

//! A presence push (wire reference 5.4).
struct PeerPresence
{
    static constexpr QLatin1StringView kType{"presence"};
    PresenceChange change = PresenceChange::Joined;
    QString key;
    QString name;
    QList<GroupRef> groups;
    QString summary;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("change", self.change);
        v("key", self.key);
        v("name", self.name);
        v("groups", self.groups);
        v("summary", self.summary);
    }
};

//! Another human writes (sealed signal on `x-human:<key>`), until \a untilMs at the latest.
struct TypingChanged
{
    static constexpr QLatin1StringView kType{"typing"};
    QString key;
    bool on = false;
    qint64 untilMs = 0;
    ConversationId conversation; //!< the group or topic; Direct without a key: the one with the writer

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("on", self.on);
        v("untilMs", self.untilMs);
        v.orDefault("conversation", self.conversation);
    }
};

// --- messages ---------------------------------------------------------------------------------------------------

//! A message for us, opened and classified (wire reference 4.4). Also topic history, ours included.
struct MessageReceived
{
    static constexpr QLatin1StringView kType{"message"};
    QString messageId;       //!< the broker's; for topics the history id
    QString clientMessageId; //!< the sender's, empty if it gave none
    ConversationId conversation;
    QString senderKey;       //!< routing key, or `webhook:<name>`, or `system`
    QString senderMemberKey; //!< empty if unknown
    QString senderMemberId;  //!< empty if unknown
    QString senderName;      //!< as the broker or the name cache told, empty if unknown
    Priority priority = Priority::Next;
    BodyKind body = BodyKind::Clear;
    QString text;
    QString replyToId;
    QString subtype;        //!< empty, `reminder` or `webhook`
    qint64 sentAtMs = 0;    //!< the broker's time
    bool ackWanted = false; //!< to be confirmed with `client_ack` once it is stored

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("messageId", self.messageId);
        v("clientMessageId", self.clientMessageId);
        v("conversation", self.conversation);
        v("senderKey", self.senderKey);
        v("senderMemberKey", self.senderMemberKey);
        v("senderMemberId", self.senderMemberId);
        v("senderName", self.senderName);
        v("priority", self.priority);
        v("body", self.body);
        v("text", self.text);
        v("replyToId", self.replyToId);
        v("subtype", self.subtype);
        v("sentAtMs", self.sentAtMs);
        v("ackWanted", self.ackWanted);
    }
};

//! The user wrote a message; it waits to be sent (queued by the limiter, or for the link).
struct MessageComposed
{
    static constexpr QLatin1StringView kType{"composed"};
    QString clientMessageId;
    ConversationId conversation;
    Priority priority = Priority::Next;
    QString text;
    QString replyToId;
    qint64 composedAtMs = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("clientMessageId", self.clientMessageId);
        v("conversation", self.conversation);
        v("priority", self.priority);
        v("text", self.text);
        v("replyToId", self.replyToId);
        v("composedAtMs", self.composedAtMs);
    }
};

//! Life of a message of ours after it was composed. Queued: waits for the limiter or the link. Sent: on the socket, no
//! answer yet. Accepted: the broker queued it. Delivered: the recipient's client confirmed it. Read: it said so.
//! Refused and Unknown (no answer in time) stay, with retry. Cancelled: taken back before it left.
enum class OutgoingState { Queued, Sent, Accepted, Delivered, Read, Refused, Unknown, Cancelled };

struct OutgoingChanged
{
    static constexpr QLatin1StringView kType{"outgoing"};
    QString clientMessageId;
    OutgoingState state = OutgoingState::Queued;
    QString messageId; //!< the broker's, from Accepted on
    QString code;      //!< with Refused: `rate_limit`, `payload_too_large`, `not_connected`, `blocked`, ...
    QString detail;
    QString recipientKey; //!< with Delivered and Read: whose

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("clientMessageId", self.clientMessageId);
        v("state", self.state);
        v("messageId", self.messageId);
        v("code", self.code);
        v("detail", self.detail);
        v("recipientKey", self.recipientKey);
    }
};

//! The send limiter's queue (10 burst, then 1 a second for each member).
struct SendQueueChanged
{
    static constexpr QLatin1StringView kType{"sendQueue"};
    int waiting = 0;
    qint64 nextAtMs = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("waiting", self.waiting);
        v("nextAtMs", self.nextAtMs);
    }
};

//! How far a file on its way to the broker is.
struct FileOfferProgress
{
    static constexpr QLatin1StringView kType{"fileOffer"};
    QString clientMessageId; //!< of the message that will name it
    qint64 sentBytes = 0;
    qint64 totalBytes = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("clientMessageId", self.clientMessageId);
        v("sentBytes", self.sentBytes);
        v("totalBytes", self.totalBytes);
    }
};

//! The user has read a conversation up to this time.
struct ConversationRead
{
    static constexpr QLatin1StringView kType{"read"};
    ConversationId conversation;
    qint64 upToMs = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("conversation", self.conversation);
        v("upToMs", self.upToMs);
    }
};

//! What stands unsent in a conversation's composer; empty text and no message answered ends the draft.
struct DraftChanged
{
    static constexpr QLatin1StringView kType{"draft"};
    ConversationId conversation;
    QString text;
    QString replyToId = {}; //!< the message it answers; empty for none

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("conversation", self.conversation);
        v("text", self.text);
        v("replyToId", self.replyToId);
    }
};

//! How loudly a conversation may ask for attention.
enum class Attention { All, Mentions, Nothing };

//! What the user decided about a conversation, all of it; the newest decision holds.
struct ConversationArranged
{
    static constexpr QLatin1StringView kType{"arranged"};
    ConversationId conversation;
    bool pinned = false;
    bool archived = false;
    Attention attention = Attention::All;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("conversation", self.conversation);
        v("pinned", self.pinned);
        v("archived", self.archived);
        v("attention", self.attention);
    }
};

//! The user compared the safety number of a member, or took that back; the newest word about a member key holds.
struct PeerVerified
{
    static constexpr QLatin1StringView kType{"verified"};
    QString memberKey; //!< 64 hex digits
    QString name;      //!< the peer's then: a later key under the same name is told apart by it
    bool verified = false;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("memberKey", self.memberKey);
        v("name", self.name);
        v("verified", self.verified);
    }
};

enum class TrafficSource { Audit, Stream, Own };

//! Somebody sent something to somebody. One event for each message, whichever source told first.
struct TrafficSeen
{
    static constexpr QLatin1StringView kType{"traffic"};
    TrafficSource source = TrafficSource::Audit;
    QString messageId;  //!< empty where the audit log was the source
    qint64 auditId = 0; //!< 0 where it was not
    QString senderKey;  //!< empty if the actor's name fits no peer or several
    QString senderName;
    QString targetSpec; //!< as on the wire (6.2): key, `@group`, `#topicId`, `*`
    Priority priority = Priority::Next;
    qint64 sentAtMs = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("source", self.source);
        v("messageId", self.messageId);
        v("auditId", self.auditId);
        v("senderKey", self.senderKey);
        v("senderName", self.senderName);
        v("targetSpec", self.targetSpec);
        v("priority", self.priority);
        v("sentAtMs", self.sentAtMs);
    }
};

} // namespace mesh::protocol::events
