// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonValue>
#include <QtCore/QStringList>

#include "models/protocol/frames.h"
#include "models/protocol/messageevents.h"
#include "models/protocol/oneof.h"
#include "models/protocol/types.h"

//! What the user can ask for. Commands leave by one door (CommandSink); what becomes of them comes back as events.
namespace mesh::protocol::commands {

//! Emits MessageComposed, then OutgoingChanged. \a clientMessageId is a UUID made by the caller; with one that is known
//! already the message is sent again (retry after a failure, or the outbox after a restart).
struct SendMessage
{
    QString clientMessageId;
    ConversationId conversation;
    QString text;
    Priority priority = Priority::Next;
    QString replyToId;
};

//! Puts a file on the broker, then sends the message that names it: sealed for the peer of a direct conversation, in
//! clear for others. FileOfferProgress tells how far it is; without success nothing is sent.
struct OfferFile
{
    SendMessage message; //!< `%1` in its text stands for the id the broker gives the file
    QString fileName;    //!< without a path; other than ASCII letters, digits, `.`, `-` and `_` become `_`
    QByteArray contents; //!< up to 50 MiB
};

//! Fetches a file from the broker, opens it if it is sealed, and writes it to \a path; what was there is replaced only
//! once all is written.
struct SaveFile
{
    QString fileId;
    QString path;
};

//! Takes a message back that has not left yet, or ends the offer of a file.
struct CancelMessage
{
    QString clientMessageId;
};

//! Marks a conversation read: local, topic mark or read signal, as the other side understands.
struct MarkRead
{
    ConversationId conversation;
    qint64 upToMs = 0;
};

struct SaveDraft
{
    ConversationId conversation;
    QString text;
    QString replyToId = {}; //!< the message it answers; empty for none
};

//! Pins, archives or quiets a conversation: all three as they shall be from now on.
struct ArrangeConversation
{
    ConversationId conversation;
    bool pinned = false;
    bool archived = false;
    events::Attention attention = events::Attention::All;
};

//! Says that the safety number of a member was compared and fits, or takes that back.
struct VerifyPeer
{
    QString memberKey; //!< 64 hex digits
    QString name;
    bool verified = true;
};

//! Typing signal to a human peer, or to those of a group or topic, that advertise `x-human-chat/1`; throttled by the
//! session.
struct SetTyping
{
    ConversationId conversation;
    bool on = false;
};

//! The conversation now on the screen: its topic is polled faster.
struct ShowConversation
{
    ConversationId conversation;
};

//! Topics: fetches their history from the broker back past \a beforeMs, as MessageReceived. Finishes with
//! `{"atStart": bool}`: whether nothing is older there.
struct LoadOlder
{
    ConversationId conversation;
    qint64 beforeMs = 0; //!< the oldest message known here
};

struct SetStatus
{
    PeerStatus status = PeerStatus::Idle; //!< not Offline
};

struct SetSummary
{
    QString text;
};

struct JoinGroup
{
    QString name; //!< [A-Za-z0-9_/-]{1,64}; other names are refused (they can end a broker)
    QString role;
};

struct LeaveGroup
{
    QString name;
};

struct SetState
{
    QString key;
    QJsonValue value; //!< not null
};

struct Remember
{
    QString content;
    QStringList tags;
};

struct Recall
{
    QString query;
};

struct Forget
{
    QString memoryId;
};

struct SetClockSpeed
{
    double speed = 1; //!< 1 to 100
};

struct PauseClock
{
};

struct ResumeClock
{
};

enum class Listing {
    Peers,
    State,
    Tasks,
    Skills,
    Files,
    Streams,
    Topics,
    Servers,
    Services,
    Schedules,
    Webhooks,
    Contexts,
    MeshInfo,
    Clock
};

//! Asks for one list again now.
struct Refresh
{
    Listing what = Listing::Peers;
};

struct ConnectNow
{
};

struct Disconnect
{
};

//! Any other request of the protocol; the reply comes in CommandFinished::result.
struct Request
{
    ClientFrame frame;
};

} // namespace mesh::protocol::commands

namespace mesh::protocol {

struct CommandKinds
    : TypeList<commands::SendMessage, commands::OfferFile, commands::SaveFile, commands::CancelMessage,
               commands::MarkRead, commands::SaveDraft, commands::ArrangeConversation, commands::VerifyPeer,
               commands::SetTyping, commands::ShowConversation, commands::LoadOlder, commands::SetStatus,
               commands::SetSummary, commands::JoinGroup, commands::LeaveGroup, commands::SetState, commands::Remember,
               commands::Recall, commands::Forget, commands::SetClockSpeed, commands::PauseClock, commands::ResumeClock,
               commands::Refresh, commands::ConnectNow, commands::Disconnect, commands::Request>
{
};

//! What is asked for.
class Command final : public OneOf<CommandKinds>
{
public:
    using OneOf::OneOf;
};

//! The one door for commands.
class CommandSink
{
public:
    CommandSink() = default;
    Q_DISABLE_COPY_MOVE(CommandSink)
    virtual ~CommandSink() = default;

    //! Takes a command for a mesh and returns at once. The number comes back in CommandFinished::commandId; it is
    //! unique within this run of the program. Every command gets exactly one CommandFinished.
    virtual qint64 submit(const MeshId &mesh, Command command) = 0;
};

//! A fresh random UUID without braces, for clientMessageId and request ids.
QString newMessageId();

} // namespace mesh::protocol
