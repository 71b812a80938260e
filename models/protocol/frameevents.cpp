// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/frameevents.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QTimeZone>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mesh::protocol {

using namespace events;

namespace {

qint64 msOr(QStringView iso, qint64 fallback)
{
    return isoToMs(iso).value_or(fallback);
}

//! When a message was sent, unless that is a day or more ahead, which no clock is: then when it came.
qint64 sentMs(QStringView iso, qint64 nowMs)
{
    constexpr qint64 kDayMs = 86'400'000;
    const qint64 sent = msOr(iso, nowMs);
    return nowMs > 0 && sent - nowMs >= kDayMs ? nowMs : sent;
}

QList<GroupRef> groupsFrom(const QJsonValue &value)
{
    QList<GroupRef> groups;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &element : array) {
        // Groups are objects on this broker; plain names cost nothing to understand as well.
        GroupRef group;
        group.name = element.isString() ? element.toString() : element[u"name"].toString();
        if (const QString role = element[u"role"].toString(); !role.isEmpty())
            group.role = role;
        if (!group.name.isEmpty())
            groups.append(std::move(group));
    }
    return groups;
}

std::optional<PresenceChange> presenceChange(QStringView event)
{
    static constexpr std::array kWords{
        std::pair{"peer_joined"_L1, PresenceChange::Joined}, std::pair{"peer_returned"_L1, PresenceChange::Returned},
        std::pair{"peer_left"_L1, PresenceChange::Left}, std::pair{"peer_hidden"_L1, PresenceChange::Hidden},
        std::pair{"peer_visible"_L1, PresenceChange::Visible}};
    for (const auto &[word, change] : kWords) {
        if (event == word)
            return change;
    }
    return std::nullopt;
}

void systemPush(const Push &push, qint64 arrivedNs, QList<EventBody> &out)
{
    const QString event = push.event.value_or(QString());
    const QJsonObject data = push.eventData.toObject();
    if (event == "tick"_L1) {
        const std::optional<qint64> simTime = isoToMs(data.value("simTime"_L1).toString());
        if (data.value("tick"_L1).isDouble() && simTime) {
            out.append(
                Ticked{data.value("tick"_L1).toInteger(), *simTime, data.value("speed"_L1).toDouble(1), arrivedNs});
            return;
        }
    } else if (const auto change = presenceChange(event); change && data.value("pubkey"_L1).isString()) {
        out.append(PeerPresence{*change, data.value("pubkey"_L1).toString(), data.value("name"_L1).toString(),
                                groupsFrom(data.value("groups"_L1)), data.value("summary"_L1).toString()});
        return;
    }
    out.append(SystemNotice{event, push.eventData.isUndefined() ? QJsonValue() : push.eventData, false});
}

struct FromFrame
{
    qint64 arrivedNs;
    QList<EventBody> &out;

    void operator()(const PeersList &frame) { out.append(PeersListed{frame.peers}); }
    void operator()(const Push &push)
    {
        if (push.subtype == "system"_L1)
            systemPush(push, arrivedNs, out);
        else if (push.subtype == "webhook"_L1)
            out.append(SystemNotice{push.event.value_or(QString()),
                                    push.eventData.isUndefined() ? QJsonValue() : push.eventData, true});
    }
    void operator()(const StateChange &frame)
    {
        // Shared contexts are announced as if they were state (wire reference 7.1); they are no state rows.
        if (frame.key.startsWith("_context:"_L1))
            out.append(SystemNotice{u"context_shared"_s,
                                    QJsonObject{{u"name"_s, frame.key.sliced(9)}, {u"summary"_s, frame.value}}, false});
        else
            out.append(StateSet{frame.key, frame.value, frame.updatedBy});
    }
    void operator()(const StateList &frame) { out.append(StateListed{frame.entries}); }
    void operator()(const MemoryResults &frame) { out.append(MemoriesFound{QString(), frame.memories}); }
    void operator()(const TaskList &frame) { out.append(TasksListed{frame.tasks}); }
    void operator()(const SkillList &frame) { out.append(SkillsListed{frame.skills}); }
    void operator()(const FileList &frame) { out.append(FilesListed{frame.files}); }
    void operator()(const StreamList &frame) { out.append(StreamsListed{frame.streams}); }
    void operator()(const TopicListResponse &frame) { out.append(TopicsListed{frame.topics}); }
    void operator()(const McpListResult &frame) { out.append(ServersListed{frame.servers}); }
    void operator()(const McpCatalogResult &frame) { out.append(ServicesListed{frame.services}); }
    void operator()(const HelloAck &frame)
    {
        if (frame.services)
            out.append(ServicesListed{*frame.services});
    }
    void operator()(const ScheduledList &frame) { out.append(SchedulesListed{frame.messages}); }
    void operator()(const WebhookList &frame) { out.append(WebhooksListed{frame.webhooks}); }
    void operator()(const ContextList &frame) { out.append(ContextsListed{frame.contexts}); }
    void operator()(const MeshInfoResult &frame)
    {
        QStringList groups = frame.groups;
        for (QString &group : groups) {
            if (group.startsWith(u'@'))
                group.remove(0, 1);
        }
        out.append(MeshDescribed{frame.memoryCount, frame.fileCount, groups, frame.stateKeys, frame.streams});
    }
    void operator()(const StreamData &frame)
    {
        out.append(StreamDataReceived{frame.stream, frame.data, frame.publishedBy});
    }
    void operator()(const ClockStatus &frame)
    {
        out.append(
            ClockReported{frame.speed, frame.paused, frame.tick, msOr(frame.simTime, 0), msOr(frame.startedAt, 0)});
    }
    void operator()(const AuditResult &frame)
    {
        out.append(AuditAppended{ascendingAfter(frame.entries, 0), frame.total});
    }
    template <class Other>
    void operator()(const Other &)
    {
    }
};

QString firstString(const QJsonObject &object, std::initializer_list<QLatin1StringView> keys)
{
    for (const QLatin1StringView key : keys) {
        if (const QJsonValue value = object.value(key); value.isString())
            return value.toString();
    }
    return {};
}

} // namespace

std::optional<qint64> isoToMs(QStringView iso)
{
    // Longer text is no time; a hostile one must not cost a long parse.
    if (iso.size() < 10 || iso.size() > 40)
        return std::nullopt;
    // The wire's own form, read without a calendar library: YYYY-MM-DDTHH:MM:SS[.mmm]Z
    const auto number = [&](qsizetype at, int digits) {
        int value = 0;
        for (int i = 0; i < digits; ++i) {
            const char16_t c = iso.at(at + i).unicode();
            if (c < u'0' || c > u'9')
                return -1;
            value = value * 10 + (c - u'0');
        }
        return value;
    };
    const bool plain = iso.size() == 20;
    if ((plain || (iso.size() == 24 && iso.at(19) == u'.')) && iso.back() == u'Z' && iso.at(4) == u'-'
        && iso.at(7) == u'-' && iso.at(10) == u'T' && iso.at(13) == u':' && iso.at(16) == u':') {
        const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
        const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2), ms = plain ? 0 : number(20, 3);
        const QDate date(year, month, day);
        if (year >= 1 && date.isValid() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0
            && second < 60 && ms >= 0) {
            constexpr qint64 kEpochDay = 2'440'588; // Julian day of 1970-01-01
            return ((date.toJulianDay() - kEpochDay) * 86'400 + hour * 3'600 + minute * 60 + second) * 1'000 + ms;
        }
        return std::nullopt;
    }
    QDateTime time = QDateTime::fromString(iso.toString(), Qt::ISODateWithMs);
    if (!time.isValid())
        return std::nullopt;
    if (time.timeSpec() == Qt::LocalTime)
        time = QDateTime(time.date(), time.time(), Qt::UTC);
    return time.toMSecsSinceEpoch();
}

QList<EventBody> eventsFromFrame(const BrokerFrame &frame, qint64 arrivedNs)
{
    QList<EventBody> out;
    eventsFromFrame(frame, arrivedNs, out);
    return out;
}

void eventsFromFrame(const BrokerFrame &frame, qint64 arrivedNs, QList<EventBody> &out)
{
    visit(FromFrame{arrivedNs, out}, frame);
}

bool isMessagePush(const Push &push)
{
    return !push.subtype || push.subtype->isEmpty() || *push.subtype == "reminder"_L1;
}

bool isMulticast(const Push &push)
{
    return push.senderMemberId.has_value() || push.senderMemberPubkey.has_value();
}

MessageReceived messageFrom(const Push &push, qint64 nowMs)
{
    MessageReceived message;
    message.messageId = push.messageId;
    message.clientMessageId = push.clientMessageId.value_or(QString());
    message.conversation = isMulticast(push) ? ConversationId{ConversationKind::Broadcast, {}}
                                             : ConversationId{ConversationKind::Direct, push.senderPubkey};
    message.senderKey = push.senderPubkey;
    message.senderMemberKey = push.senderMemberPubkey.value_or(QString());
    message.senderMemberId = push.senderMemberId.value_or(QString());
    message.senderName = push.senderName.value_or(QString());
    message.priority = push.priority;
    message.body = BodyKind::Undecryptable;
    message.replyToId = push.replyToId.value_or(QString());
    message.subtype = push.subtype.value_or(QString());
    message.sentAtMs = sentMs(push.createdAt, nowMs);
    message.ackWanted = true;
    return message;
}

MessageReceived messageFrom(const TopicMessageRow &row, const QString &topicId, qint64 nowMs)
{
    MessageReceived message;
    message.messageId = row.id;
    message.conversation = {ConversationKind::Topic, topicId};
    message.senderKey = row.senderPubkey;
    message.senderMemberId = row.senderMemberId;
    message.senderName = row.senderName;
    message.body = BodyKind::Undecryptable;
    message.replyToId = row.replyToId.value_or(QString());
    message.sentAtMs = sentMs(row.createdAt, nowMs);
    return message;
}

QList<AuditRow> ascendingAfter(const QList<AuditRow> &rows, qint64 afterId)
{
    QList<AuditRow> out;
    out.reserve(rows.size());
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(out),
                 [&](const AuditRow &row) { return row.id > afterId; });
    std::sort(out.begin(), out.end(), [](const AuditRow &a, const AuditRow &b) { return a.id < b.id; });
    out.erase(std::unique(out.begin(), out.end(), [](const AuditRow &a, const AuditRow &b) { return a.id == b.id; }),
              out.end());
    return out;
}

std::optional<TrafficSeen> trafficFromAudit(const AuditRow &row, const KeyOfName &keyOfName)
{
    const QString target = row.payload[u"targetSpec"].toString();
    if (row.eventType != "message_sent"_L1 || target.isEmpty())
        return std::nullopt;
    TrafficSeen traffic;
    traffic.source = TrafficSource::Audit;
    traffic.auditId = row.id;
    traffic.senderName = row.actor;
    if (keyOfName)
        traffic.senderKey = keyOfName(row.actor);
    traffic.targetSpec = target;
    traffic.priority = fromWord<Priority>(row.payload[u"priority"].toString()).value_or(Priority::Next);
    traffic.sentAtMs = msOr(row.createdAt, 0);
    return traffic;
}

std::optional<TrafficSeen> trafficFromStream(const StreamData &frame, qint64 nowMs)
{
    if (frame.stream != kTrafficStream || !frame.data.isObject())
        return std::nullopt;
    const QJsonObject data = frame.data.toObject();
    TrafficSeen traffic;
    traffic.source = TrafficSource::Stream;
    traffic.messageId = firstString(data, {"messageId"_L1, "id"_L1});
    traffic.senderKey = firstString(data, {"sender"_L1, "senderPubkey"_L1, "from"_L1});
    traffic.senderName = firstString(data, {"senderName"_L1, "name"_L1});
    traffic.targetSpec = firstString(data, {"target"_L1, "targetSpec"_L1, "to"_L1});
    if (traffic.targetSpec.isEmpty() || (traffic.senderKey.isEmpty() && traffic.senderName.isEmpty()))
        return std::nullopt;
    traffic.priority = fromWord<Priority>(firstString(data, {"priority"_L1})).value_or(Priority::Next);
    QJsonValue at = data.value("at"_L1);
    if (at.isUndefined())
        at = data.value("time"_L1);
    traffic.sentAtMs = at.isDouble() ? at.toInteger(nowMs) : msOr(at.toString(), nowMs);
    return traffic;
}

std::optional<EventBody> memoryFromStream(const StreamData &frame)
{
    if (frame.stream != kMemoryStream || !frame.data.isObject())
        return std::nullopt;
    const QJsonObject data = frame.data.toObject();
    const QString op = firstString(data, {"op"_L1});
    const QString id = firstString(data, {"id"_L1});
    if (id.isEmpty())
        return std::nullopt;
    if (op == "forgotten"_L1)
        return MemoryForgotten{id};
    if (op != "remembered"_L1)
        return std::nullopt;
    MemoryRemembered memory{id, firstString(data, {"content"_L1}), {}, firstString(data, {"by"_L1})};
    const QJsonArray tags = data.value("tags"_L1).toArray();
    for (const QJsonValue &tag : tags) {
        if (tag.isString())
            memory.tags << tag.toString();
    }
    return memory;
}

std::optional<PeerCall> callFromStream(const QString &stream, const QJsonValue &data)
{
    if (stream != kCallStream || !data.isObject())
        return std::nullopt;
    const QJsonObject object = data.toObject();
    const QString kind = firstString(object, {"kind"_L1});
    PeerCall call{kind == "file_request"_L1, firstString(object, {"sender"_L1}), firstString(object, {"target"_L1}),
                  firstString(object, {"name"_L1})};
    if ((!call.file && kind != "tool_call"_L1) || call.senderKey.isEmpty() || call.targetKey.isEmpty())
        return std::nullopt;
    return call;
}

QJsonObject callToStream(const PeerCall &call)
{
    return {{u"kind"_s, call.file ? u"file_request"_s : u"tool_call"_s},
            {u"sender"_s, call.senderKey},
            {u"target"_s, call.targetKey},
            {u"name"_s, call.name}};
}

QJsonObject trafficToStream(const TrafficSeen &traffic)
{
    QJsonObject data{{u"sender"_s, traffic.senderKey},
                     {u"target"_s, traffic.targetSpec},
                     {u"priority"_s, toWord(traffic.priority)},
                     {u"messageId"_s, traffic.messageId},
                     {u"at"_s, traffic.sentAtMs}};
    if (!traffic.senderName.isEmpty())
        data.insert(u"senderName"_s, traffic.senderName);
    return data;
}

} // namespace mesh::protocol
