// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "models/protocol/event.h"

//! \file
//! What frames of a broker mean, as events. Pure functions, shared by sessions and replays. Opening of sealed bodies is
//! the caller's: it has the keys.
namespace mesh::protocol {

//! ISO 8601 text as the wire has it to milliseconds since the epoch; nullopt if it is no time. `Z`, an offset, or (as
//! some answers have it) neither, which counts as UTC.
std::optional<qint64> isoToMs(QStringView iso);

//! Gives the routing key a display name (or member id) stands for, or an empty text if it fits none or several.
using KeyOfName = std::function<QString(const QString &name)>;

//! The events that \a frame means by itself, whatever request it answers: lists, state changes, system pushes,
//! webhooks, the clock, mesh info, audit rows, stream data, services of a hello_ack. Empty for answers that only their
//! request explains, and for pushes with a body and topic history, see messageFrom(). \a arrivedNs is the monotonic
//! arrival time for clock ticks, 0 if not measured.
QList<EventBody> eventsFromFrame(const BrokerFrame &frame, qint64 arrivedNs = 0);
//! The same, added to \a out; for whoever has many frames.
void eventsFromFrame(const BrokerFrame &frame, qint64 arrivedNs, QList<EventBody> &out);

//! Whether a push carries a message (no subtype, or `reminder`).
bool isMessagePush(const Push &push);

//! A push with a body as a message without its text: ids, sender, priority, reply, time. conversation is Direct with
//! the sender or, for a multicast, Broadcast. Set `body` and `text` after opening, and conversation if another one is
//! right. \a nowMs stands in for a broker's time that cannot be read.
events::MessageReceived messageFrom(const Push &push, qint64 nowMs);
//! The same for a row of topic history; conversation is the topic. \a topicId must be the id, not the name.
events::MessageReceived messageFrom(const TopicMessageRow &row, const QString &topicId, qint64 nowMs);

//! Whether a push came through the fan-out of a broadcast or group (wire reference 4.4, rule 3): its body is clear
//! text.
bool isMulticast(const Push &push);

//! Rows of an audit_result in ascending order, each id once, only ids above \a afterId.
QList<AuditRow> ascendingAfter(const QList<AuditRow> &rows, qint64 afterId);
//! A `message_sent` row as traffic; nullopt for other rows and for rows without a target.
std::optional<events::TrafficSeen> trafficFromAudit(const AuditRow &row, const KeyOfName &keyOfName);

//! Stream on which a personal mesh publishes each send (never its content).
inline constexpr QLatin1StringView kTrafficStream{"x-mesh:traffic"};
//! What was published there as traffic; nullopt if it is of another stream or not to be read. Keys: `sender` (routing
//! key), `senderName`?, `target` (targetSpec), `priority`, `messageId`, `at` (ms or ISO). \a nowMs stands in for a
//! missing time.
std::optional<events::TrafficSeen> trafficFromStream(const StreamData &frame, qint64 nowMs);
//! Stream on which a personal mesh tells what others remember and forget. Keys: `op` ("remembered" or "forgotten"),
//! `id`, `content`, `tags`, `by`.
inline constexpr QLatin1StringView kMemoryStream{"x-mesh:memory"};
//! What was published there; nullopt if it is of another stream or not to be read.
std::optional<EventBody> memoryFromStream(const StreamData &frame);

//! Stream on which a personal mesh tells of tool calls (MCP relay) and file requests between peers. Keys: `kind`
//! ("tool_call" or "file_request"), `sender` and `target` (routing keys), `name` (of the tool or the file's name).
//! Never arguments or content.
inline constexpr QLatin1StringView kCallStream{"x-mesh:calls"};
//! One of them.
struct PeerCall
{
    bool file = false; //!< a file request; else a tool call
    QString senderKey;
    QString targetKey;
    QString name;
};
//! What was published there; nullopt if it is of another stream or not to be read.
std::optional<PeerCall> callFromStream(const QString &stream, const QJsonValue &data);
//! The data to publish on kCallStream.
QJsonObject callToStream(const PeerCall &call);

//! The data to publish on kTrafficStream.
QJsonObject trafficToStream(const events::TrafficSeen &traffic);

} // namespace mesh::protocol
