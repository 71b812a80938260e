// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QStringList>

#include <optional>

#include "models/protocol/expected.h"
#include "models/protocol/frames.h"
#include "models/protocol/messageevents.h"
#include "models/protocol/oneof.h"
#include "models/protocol/sharedevents.h"
#include "models/protocol/types.h"

//! Everything that happens, as values. Sessions, replays and tests make events; the store is a fold over them and
//! nothing else; the journal keeps them. They live on the protocol floor because session and store may not know each
//! other.
namespace mesh::protocol {

template <>
struct EnumWords<events::PresenceChange>
{
    using E = events::PresenceChange;
    static constexpr std::array words{std::pair{E::Joined, "joined"}, std::pair{E::Returned, "returned"},
                                      std::pair{E::Left, "left"}, std::pair{E::Hidden, "hidden"},
                                      std::pair{E::Visible, "visible"}};
};

template <>
struct EnumWords<events::OutgoingState>
{
    using E = events::OutgoingState;
    static constexpr std::array words{std::pair{E::Queued, "queued"},     std::pair{E::Sent, "sent"},
                                      std::pair{E::Accepted, "accepted"}, std::pair{E::Delivered, "delivered"},
                                      std::pair{E::Read, "read"},         std::pair{E::Refused, "refused"},
                                      std::pair{E::Unknown, "unknown"},   std::pair{E::Cancelled, "cancelled"}};
};

template <>
struct EnumWords<events::Attention>
{
    using E = events::Attention;
    static constexpr std::array words{std::pair{E::All, "all"}, std::pair{E::Mentions, "mentions"},
                                      std::pair{E::Nothing, "nothing"}};
};

template <>
struct EnumWords<events::TrafficSource>
{
    using E = events::TrafficSource;
    static constexpr std::array words{std::pair{E::Audit, "audit"}, std::pair{E::Stream, "stream"},
                                      std::pair{E::Own, "own"}};
};

template <>
struct EnumWords<events::TopicKeyState>
{
    using E = events::TopicKeyState;
    static constexpr std::array words{std::pair{E::Unknown, "unknown"}, std::pair{E::Clear, "clear"},
                                      std::pair{E::Waiting, "waiting"}, std::pair{E::Held, "held"},
                                      std::pair{E::Unavailable, "unavailable"}};
};

struct EventBodyKinds
    : TypeList<events::ConnectionChanged, events::SessionEstablished, events::LinkMeasured, events::FramesRejected,
               events::PeersListed, events::PeerPresence, events::TypingChanged, events::MessageReceived,
               events::MessageComposed, events::OutgoingChanged, events::SendQueueChanged, events::FileOfferProgress,
               events::ConversationRead, events::DraftChanged, events::ConversationArranged, events::PeerVerified,
               events::TrafficSeen, events::StateListed, events::StateSet, events::MemoryRemembered,
               events::MemoriesFound, events::MemoryForgotten, events::TasksListed, events::SkillsListed,
               events::FilesListed, events::StreamsListed, events::TopicsListed, events::ServersListed,
               events::ServicesListed, events::SchedulesListed, events::WebhooksListed, events::ContextsListed,
               events::TopicMembersListed, events::TopicKeyChanged, events::TopicMembershipChanged,
               events::MeshDescribed, events::StreamDataReceived, events::SystemNotice, events::ClockReported,
               events::Ticked, events::AuditAppended, events::CommandFinished>
{
};

//! What happened.
class EventBody final : public OneOf<EventBodyKinds>
{
public:
    using OneOf::OneOf;
};

//! One thing that happened in one mesh, at a time.
struct Event
{
    MeshId mesh;
    qint64 atMs = 0; //!< when this program learnt of it, local clock
    EventBody body;
};

using EventList = QList<Event>;

//! The body's word, for instance "message".
QLatin1StringView eventType(const EventBody &body);

//! `{"type": <word>, ...}`; mesh and time are not included.
QJsonObject eventBodyToJson(const EventBody &body);

//! The reverse. Errors: `unknown_event`, `bad_field`.
Expected<EventBody> eventBodyFromJson(const QJsonObject &object);

} // namespace mesh::protocol

Q_DECLARE_METATYPE(mesh::protocol::Event)
