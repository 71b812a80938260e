// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/sodium.h"
#include "models/store/meshstore.h"
#include "models/store/storejson.h"
#include "models/store/storestate.h"

#include <QtCore/QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;

namespace {

constexpr int kVersion = 1;
//! What a snapshot begins with, so that other bytes are not given to the decompressor.
constexpr QByteArrayView kMagic("CMS1");

QJsonArray timelineRows(const Timeline &timeline)
{
    QJsonArray rows;
    for (qsizetype i = 0; i < timeline.size(); ++i)
        rows.append(toJson(timeline.at(i)));
    return rows;
}

QJsonArray sorted(QJsonArray array)
{
    QList<std::pair<QByteArray, QJsonValue>> rows;
    for (const QJsonValue &value : std::as_const(array))
        rows.append({QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact), value});
    std::sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    QJsonArray out;
    for (const auto &[text, value] : rows)
        out.append(value);
    return out;
}

} // namespace

StoreSnapshot::StoreSnapshot() = default;

StoreSnapshot::StoreSnapshot(std::shared_ptr<const StoreState> state)
    : m_state(std::move(state))
{
}

QByteArray StoreSnapshot::toBytes() const
{
    return m_state ? m_state->toBytes() : QByteArray();
}

QByteArray StoreState::toBytes() const
{
    const QJsonObject object{{u"version"_s, kVersion},     {u"now"_s, nowMs},
                             {u"peers"_s, peers.save()},   {u"messages"_s, messages.save()},
                             {u"shared"_s, shared.save()}, {u"clock"_s, clock.save()},
                             {u"link"_s, link.save()},     {u"traffic"_s, traffic.save()},
                             {u"trust"_s, trust.save()},   {u"timeline"_s, timelineRows(timeline)}};
    return kMagic.toByteArray() + qCompress(QJsonDocument(object).toJson(QJsonDocument::Compact), 1);
}

Expected<StoreState> StoreState::fromBytes(const QByteArray &bytes)
{
    const QJsonObject object = bytes.startsWith(kMagic)
        ? QJsonDocument::fromJson(qUncompress(bytes.sliced(kMagic.size()))).object()
        : QJsonObject();
    if (object.isEmpty())
        return Error{u"snapshot_malformed"_s, u"The stored snapshot cannot be read."_s, ErrorBand::Persistent};
    if (object[u"version"].toInt() != kVersion)
        return Error{u"snapshot_version"_s, u"The stored snapshot is of another version of the program."_s,
                     ErrorBand::Persistent};
    StoreState state;
    state.nowMs = object[u"now"].toInteger();
    state.peers.load(object[u"peers"].toObject());
    state.messages.load(object[u"messages"].toObject());
    state.shared.load(object[u"shared"].toObject());
    state.clock.load(object[u"clock"].toObject());
    state.link.load(object[u"link"].toObject());
    state.traffic.load(object[u"traffic"].toObject());
    state.trust.load(object[u"trust"].toArray()); // snapshots of older versions have none
    for (const TimelineEntry &entry : fromArray<TimelineEntry>(object[u"timeline"]))
        state.timeline.add(entry);
    return state;
}

QJsonObject MeshStore::digestJson() const
{
    QJsonArray peers, conversations, state, memories;
    for (const Peer &peer : m_state->peers.peers())
        peers.append(toJson(peer));
    for (const Conversation &c : m_state->messages.conversations())
        conversations.append(QJsonObject{{u"id"_s, toJson(c.id)},
                                         {u"title"_s, c.title},
                                         {u"peerKey"_s, c.peerKey},
                                         {u"lastAtMs"_s, c.lastAtMs},
                                         {u"unread"_s, c.unread},
                                         {u"mentions"_s, c.mentions},
                                         {u"draft"_s, c.draft},
                                         {u"draftReplyTo"_s, c.draftReplyToId},
                                         {u"readUpToMs"_s, c.readUpToMs},
                                         {u"arrangement"_s, toJson(c.arrangement)},
                                         {u"messages"_s, toArray(m_state->messages.messages(c.id))}});
    for (const StateValue &value : this->state())
        state.append(QJsonObject{{u"key"_s, value.key}, {u"history"_s, toArray(value.history)}});
    for (const Memory &memory : m_state->shared.memories())
        memories.append(toJson(memory));
    const ClockState &c = clock();
    const QJsonObject clock{{u"known"_s, c.known},
                            {u"speed"_s, c.speed},
                            {u"paused"_s, c.paused},
                            {u"tick"_s, c.tick},
                            {u"simTimeMs"_s, c.simTimeMs},
                            {u"baseAtMs"_s, c.baseAtMs},
                            {u"lastTick"_s, c.lastTickArrivalMs},
                            {u"achieved"_s, c.achievedSpeed ? QJsonValue(*c.achievedSpeed) : QJsonValue()},
                            {u"jitter"_s, c.jitterMs ? QJsonValue(*c.jitterMs) : QJsonValue()}};
    const Connection &l = connection();
    const QJsonObject link{{u"state"_s, toWord(l.state)},     {u"code"_s, l.code},
                           {u"ownKey"_s, l.ownKey},           {u"name"_s, l.displayName},
                           {u"rejected"_s, l.framesRejected}, {u"queue"_s, l.sendQueueWaiting},
                           {u"since"_s, l.sinceMs},           {u"lastOnline"_s, l.lastOnlineMs}};
    const Listings &lists = listings();
    QStringList topicsWithMembers = lists.topicMembers.keys();
    topicsWithMembers.sort();
    QJsonArray members;
    for (const QString &topic : std::as_const(topicsWithMembers))
        members.append(QJsonObject{{u"topic"_s, topic}, {u"members"_s, toArray(lists.topicMembers.value(topic))}});
    QJsonArray typing;
    for (const Typing &t : this->typing())
        typing.append(QJsonObject{{u"key"_s, t.key}, {u"on"_s, t.on}, {u"until"_s, t.untilMs}});
    const QJsonObject listed{{u"tasks"_s, toArray(lists.tasks)},
                             {u"skills"_s, toArray(lists.skills)},
                             {u"files"_s, toArray(lists.files)},
                             {u"streams"_s, toArray(lists.streams)},
                             {u"topics"_s, toArray(lists.topics)},
                             {u"servers"_s, toArray(lists.servers)},
                             {u"services"_s, toArray(lists.services)},
                             {u"schedules"_s, toArray(lists.schedules)},
                             {u"webhooks"_s, toArray(lists.webhooks)},
                             {u"contexts"_s, toArray(lists.contexts)},
                             {u"members"_s, members},
                             {u"memoryCount"_s, lists.memoryCount},
                             {u"fileCount"_s, lists.fileCount}};
    return {{u"peers"_s, sorted(peers)},
            {u"conversations"_s, sorted(conversations)},
            {u"state"_s, state},
            {u"memories"_s, memories},
            {u"clock"_s, clock},
            {u"link"_s, link},
            {u"listings"_s, listed},
            {u"audit"_s, toArray(audit().values())},
            {u"typing"_s, sorted(typing)},
            {u"traffic"_s, sorted(toArray(traffic()))},
            {u"trust"_s, m_state->trust.save()},
            {u"timeline"_s, timelineRows(timeline())}};
}

QString MeshStore::digest() const
{
    const QByteArray text = QJsonDocument(digestJson()).toJson(QJsonDocument::Compact);
    return QString::fromLatin1(sha256(text).toHex());
}

} // namespace mesh::store
