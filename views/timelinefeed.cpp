// SPDX-License-Identifier: GPL-3.0-or-later
// How TimelineData reads the store; the container itself is in timelinedata.cpp.
#include "views/timelinedata.h"

#include "models/items/displaytext.h"
#include "models/items/peermatches.h"
#include "models/items/timelinemodel.h"
#include "models/store/meshstore.h"
#include "views/figures.h"

#include <algorithm>

namespace mesh::views {

namespace {

PresenceSpan countStatuses(const QHash<QString, protocol::PeerStatus> &live, qint64 atMs)
{
    PresenceSpan span;
    span.fromMs = atMs;
    span.live = int(live.size());
    for (const protocol::PeerStatus status : live) {
        span.working += status == protocol::PeerStatus::Working ? 1 : 0;
        span.dnd += status == protocol::PeerStatus::Dnd ? 1 : 0;
    }
    return span;
}

QString nameFor(const store::MeshStore &store, const QString &actor)
{
    const QString name = store.nameOf(actor);
    return items::displayName(name.isEmpty() && actor.size() != 64 ? actor : name, actor);
}

qint64 trafficTime(const store::TrafficEntry &entry)
{
    return entry.sentAtMs > 0 ? entry.sentAtMs : entry.atMs;
}

//! Values in the timeline are compact JSON; a string reads better without its quotes.
QString valueText(const QString &json)
{
    const bool quoted = json.size() >= 2 && json.startsWith(u'"') && json.endsWith(u'"') && !json.contains(u'\\');
    return Figures::line(quoted ? json.mid(1, json.size() - 2) : json, 200);
}

} // namespace

bool TimelineData::concerns(const store::MeshStore &store, const store::TimelineEntry &entry) const
{
    if (!m_passes)
        return true;
    const QStringList peers = items::TimelineModel::peersOf(store, entry);
    return peers.isEmpty() || std::any_of(peers.cbegin(), peers.cend(), m_passes);
}

bool TimelineData::concerns(const store::MeshStore &store, const store::TrafficEntry &entry) const
{
    if (!m_passes)
        return true;
    const store::Peer *sender =
        entry.senderKey.isEmpty() ? store.peerByName(entry.senderName) : store.peer(entry.senderKey);
    const store::Peer *target = store.peer(entry.targetSpec);
    if (!target)
        target = store.peersOfMember(entry.targetSpec).value(0);
    return (!sender && !target) || (sender && m_passes(sender->key)) || (target && m_passes(target->key));
}

bool TimelineData::counts(const store::Peer &peer) const
{
    return items::PeerMatches::isHere(peer) && (!m_passes || m_passes(peer.key));
}

PresenceSpan TimelineData::countPeers(const store::MeshStore &store, qint64 atMs) const
{
    PresenceSpan span;
    span.fromMs = atMs;
    for (const store::Peer &peer : store.peers()) {
        if (!counts(peer))
            continue;
        ++span.live;
        span.working += peer.status == protocol::PeerStatus::Working ? 1 : 0;
        span.dnd += peer.status == protocol::PeerStatus::Dnd ? 1 : 0;
    }
    return span;
}

void TimelineData::addRow(const store::MeshStore &store, const store::TimelineEntry &entry)
{
    using Kind = store::TimelineKind;
    if (!concerns(store, entry))
        return;
    switch (entry.kind) {
    case Kind::StateSet:
        addState({entry.atMs, Figures::line(entry.subject, 80), nameFor(store, entry.actor), valueText(entry.oldValue),
                  valueText(entry.newValue)});
        break;
    case Kind::Remembered:
        addMemory({entry.atMs, {}, nameFor(store, entry.actor), {}, Figures::line(entry.newValue)});
        break;
    case Kind::TaskOpened:
        beginTask(Figures::line(entry.newValue, 120), nameFor(store, entry.actor), entry.atMs);
        break;
    case Kind::TaskDone:
        endTask(Figures::line(entry.newValue, 120), nameFor(store, entry.actor), entry.atMs);
        break;
    case Kind::Tick:
        addTick(entry.atMs);
        break;
    default:
        break;
    }
}

void TimelineData::rebuildPresence(const store::MeshStore &store)
{
    // The present is known, the beginning is not: from now on backwards each row is undone.
    QHash<QString, protocol::PeerStatus> live;
    for (const store::Peer &peer : store.peers()) {
        if (counts(peer))
            live.insert(peer.key, peer.status);
    }
    const store::Timeline &timeline = store.timeline();
    QList<PresenceSpan> backwards;
    for (qsizetype row = timeline.size() - 1; row >= 0; --row) {
        if (timeline.lane(row) != store::Lane::Presence)
            continue;
        const store::TimelineEntry entry = timeline.at(row);
        const store::Peer *peer = store.peer(entry.actor);
        if (peer && (!items::PeerMatches::isPublic(*peer) || (m_passes && !m_passes(peer->key))))
            continue;
        switch (entry.kind) {
        case store::TimelineKind::Joined:
            backwards.append(countStatuses(live, entry.atMs));
            live.remove(entry.actor);
            break;
        case store::TimelineKind::Left:
            backwards.append(countStatuses(live, entry.atMs));
            live.insert(entry.actor, protocol::PeerStatus::Idle);
            break;
        case store::TimelineKind::Status:
            backwards.append(countStatuses(live, entry.atMs));
            if (const auto was = live.find(entry.actor); was != live.end())
                *was = protocol::fromWord<protocol::PeerStatus>(entry.oldValue).value_or(protocol::PeerStatus::Idle);
            break;
        default:
            break;
        }
    }
    if (!timeline.isEmpty() && (backwards.isEmpty() || timeline.atMs(0) < backwards.constLast().fromMs))
        backwards.append(countStatuses(live, timeline.atMs(0)));
    m_presence.clear();
    for (auto span = backwards.crbegin(); span != backwards.crend(); ++span)
        addPresence(*span);
}

void TimelineData::rebuild(const store::MeshStore &store)
{
    clear();
    const QList<store::TrafficEntry> &traffic = store.traffic();
    qint64 firstTraffic = std::numeric_limits<qint64>::max();
    for (const store::TrafficEntry &entry : traffic)
        firstTraffic = std::min(firstTraffic, trafficTime(entry));
    const store::Timeline &timeline = store.timeline();
    for (qsizetype row = 0; row < timeline.size(); ++row) {
        switch (timeline.lane(row)) {
        case store::Lane::Messages:
            // The list of traffic is kept for an hour; before that only the fact is known, not the priority.
            if (timeline.atMs(row) < firstTraffic && (!m_passes || concerns(store, timeline.at(row))))
                addMessage(timeline.atMs(row), protocol::Priority::Next);
            break;
        case store::Lane::Presence:
        case store::Lane::System:
            break;
        default:
            addRow(store, timeline.at(row));
        }
    }
    for (const store::TrafficEntry &entry : traffic) {
        if (concerns(store, entry))
            addMessage(trafficTime(entry), entry.priority);
    }
    rebuildPresence(store);
}

bool TimelineData::absorb(const store::MeshStore &store, const store::ChangeSet &changes, qint64 nowMs)
{
    if (changes.reset)
        return false;
    for (const store::TrafficEntry &entry : changes.traffic) {
        if (concerns(store, entry))
            addMessage(trafficTime(entry), entry.priority);
    }
    if (!changes.peersAdded.isEmpty() || !changes.peersChanged.isEmpty() || !changes.peersRemoved.isEmpty())
        addPresence(countPeers(store, nowMs));

    const store::Timeline &timeline = store.timeline();
    if (changes.timelineReordered)
        return false;
    for (qsizetype row = std::max<qsizetype>(0, timeline.size() - changes.timelineAppended); row < timeline.size();
         ++row) {
        const store::Lane lane = timeline.lane(row);
        if (lane != store::Lane::Messages && lane != store::Lane::Presence && lane != store::Lane::System)
            addRow(store, timeline.at(row));
    }
    return true;
}

} // namespace mesh::views
