// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/graphmodel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "models/items/displaytext.h"
#include "models/items/peermatches.h"
#include "models/store/meshstore.h"

using namespace Qt::StringLiterals;

namespace mesh::items {

namespace {

constexpr std::chrono::milliseconds kBreath{1}; // without one it would be the same turn of the event loop
constexpr int kSummaryChars = 280;
constexpr int kDetailChars = 96;

//! A moment: what a copy that stands still takes for now, also when the clock it was made by is gone.
class FrozenClock final : public QObject, public protocol::Clock
{
public:
    explicit FrozenClock(const protocol::Clock &clock)
        : m_nowMs(clock.nowMs())
        , m_monotonicNs(clock.monotonicNs())
    {
    }
    qint64 nowMs() const override { return m_nowMs; }
    qint64 monotonicNs() const override { return m_monotonicNs; }

private:
    const qint64 m_nowMs;
    const qint64 m_monotonicNs;
};

GraphPresence presenceOf(store::Presence presence)
{
    switch (presence) {
    case store::Presence::Live:
        return GraphPresence::Live;
    case store::Presence::Grace:
        return GraphPresence::Grace;
    case store::Presence::Gone:
        break;
    }
    return GraphPresence::Gone;
}

} // namespace

GraphModel::GraphModel(const protocol::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
{
    m_secondTimer.setInterval(std::chrono::seconds(1));
    connect(&m_secondTimer, &QTimer::timeout, this, &GraphModel::onSecond);
    m_announceTimer.setSingleShot(true);
    m_announceTimer.setInterval(0);
    connect(&m_announceTimer, &QTimer::timeout, this, &GraphModel::flush);
}

GraphModel::~GraphModel() = default;

void GraphModel::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &GraphModel::onChanged);
    m_layout.reset({});
    m_firstPeerNs = -1;
    m_late.reset();
    reloadAll();
}

void GraphModel::reloadAll()
{
    releaseAll();
    if (m_store) {
        // Whoever was in the picture before returns to its place before others may take it.
        QList<const store::Peer *> newcomers;
        for (const store::Peer &peer : m_store->peers()) {
            if (m_layout.remembers(peer.key))
                upsertPeer(peer);
            else
                newcomers.append(&peer);
        }
        for (const store::Peer *peer : std::as_const(newcomers))
            upsertPeer(*peer);
        for (const store::Conversation &conversation : m_store->conversations())
            refreshWaiting(conversation.id);
        refreshSummary();
    }
    flush();
}

void GraphModel::onChanged(const store::ChangeSet &changes)
{
    takeLate(); // first things first
    // Thousands at once were dear enough for the store: what the user does meanwhile comes before their places.
    if (!changes.reset && changes.peersAdded.size() + changes.peersChanged.size() > kMostPeersAtOnce) {
        m_late = std::make_unique<store::ChangeSet>(changes);
        QTimer::singleShot(kBreath, this, &GraphModel::takeLate);
        return;
    }
    take(changes);
}

void GraphModel::takeLate()
{
    if (const auto late = std::exchange(m_late, nullptr); late && m_store)
        take(*late);
}

void GraphModel::take(const store::ChangeSet &changes)
{
    if (changes.reset) {
        reloadAll();
        return;
    }
    for (const auto *keys : {&changes.peersAdded, &changes.peersChanged}) {
        for (const QString &key : *keys) {
            if (const store::Peer *peer = m_store->peer(key))
                upsertPeer(*peer);
        }
    }
    for (const QString &key : changes.peersRemoved)
        removePeer(key);
    for (const auto *ids :
         {&changes.conversationsAdded, &changes.conversationsChanged, &changes.conversationsRemoved}) {
        for (const protocol::ConversationId &id : *ids)
            refreshWaiting(id);
    }
    if (changes.connection)
        refreshSummary();
    if (!changes.traffic.isEmpty())
        addTraffic(changes.traffic);
    noteFailures(changes);
    noteCalls(changes);
    if (m_announceTimer.isActive())
        flush();
}

void GraphModel::refreshSummary()
{
    const store::Connection &connection = m_store->connection();
    setMeshName(connection.meshName.isEmpty() ? connection.meshSlug : connection.meshName);
}

void GraphModel::setMeshName(const QString &name)
{
    const QString shown = oneLine(name, kDetailChars);
    if (shown == m_meshName)
        return;
    m_meshName = shown;
    Q_EMIT summaryChanged();
}

void GraphModel::refreshWaiting(const protocol::ConversationId &id)
{
    if (id.kind != protocol::ConversationKind::Direct || !m_store)
        return;
    QString waits;
    const store::Conversation *conversation = m_store->conversation(id);
    if (conversation && conversation->id == id && conversation->unread > 0) {
        const QList<store::Message> &messages = m_store->messages(id);
        const auto last = messages.crbegin();
        for (auto it = last; it != messages.crend() && it - last < conversation->unread; ++it) {
            if (!it->own && it->priority == protocol::Priority::Now) {
                waits = conversation->target().key;
                break;
            }
        }
    }
    const QString before = m_waitingOfConversation.take(id);
    if (!waits.isEmpty())
        m_waitingOfConversation.insert(id, waits);
    if (before == waits)
        return;
    m_waiting.remove(before);
    if (!waits.isEmpty())
        m_waiting.insert(waits);
    markWaiting(before);
    markWaiting(waits);
}

void GraphModel::markWaiting(const QString &key)
{
    const int index = indexOf(key);
    if (index < 0)
        return;
    m_nodes[size_t(index)].waiting = m_waiting.contains(key);
    scheduleAnnounce(false);
}

void GraphModel::setWaiting(const QSet<QString> &keys)
{
    const QSet<QString> before = std::exchange(m_waiting, keys);
    for (const QString &key : before | keys)
        markWaiting(key);
}

void GraphModel::setAlarms(const QHash<QString, GraphAlarm> &alarms)
{
    if (alarms == m_alarms)
        return;
    const QHash<QString, GraphAlarm> before = std::exchange(m_alarms, alarms);
    for (const auto *list : {&before, &alarms}) {
        for (auto it = list->cbegin(); it != list->cend(); ++it) {
            if (const int index = indexOf(it.key()); index >= 0)
                m_nodes[size_t(index)].alarm = m_alarms.value(it.key(), GraphAlarm::None);
        }
    }
    scheduleAnnounce(false);
}

void GraphModel::upsertPeer(const store::Peer &peer)
{
    const bool shown = !peer.key.isEmpty() && !isGroupKey(peer.key) && PeerMatches::isPublic(peer);
    int index = indexOf(peer.key);
    const bool gone = peer.presence == store::Presence::Gone;
    if (!shown || (index < 0 && gone)) {
        removePeer(peer.key);
        return;
    }
    if (index < 0) {
        index = takePlace();
        m_indexOf.insert(peer.key, index);
        if (m_firstPeerNs < 0)
            m_firstPeerNs = m_clock.monotonicNs();
        if (!peer.memberKey.isEmpty()) {
            m_indexesOfMember.insert(peer.memberKey, index);
            m_memberOf.insert(index, peer.memberKey);
        }
    }

    GraphNode &node = m_nodes[size_t(index)];
    node.sent = peer.sent;
    node.received = peer.received;
    const Look look{peer.memberKey,    peer.name,
                    peer.summary,      peer.model,
                    peer.cwd,          peer.hostname,
                    peer.groups,       peer.kind,
                    peer.status,       presenceOf(peer.presence),
                    peer.self,         peer.stats.contextShare().value_or(-1),
                    peer.statusSinceMs};
    if (!node.key.isEmpty() && m_looks[size_t(index)] == look)
        return; // only its traffic: sizes follow once a second
    m_looks[size_t(index)] = look;
    m_here += (gone ? 0 : 1) - (!node.key.isEmpty() && node.presence != GraphPresence::Gone ? 1 : 0);
    countGroups(node, -1);
    const QString name = displayName(peer.name, peer.key);
    if (node.key.isEmpty() || node.name != name) {
        m_indexesOfName.remove(node.name, index);
        m_indexesOfName.insert(name, index);
        node.name = name;
        node.initials = initials(name);
    }
    node.key = peer.key;
    node.groups.clear();
    for (const protocol::GroupRef &group : peer.groups)
        node.groups.append(groupName(group.name));
    countGroups(node, 1);
    node.summary = oneLine(peer.summary, kSummaryChars);
    node.model = oneLine(peer.model, kDetailChars);
    node.cwd = oneLine(peer.cwd, kDetailChars);
    node.hostname = oneLine(peer.hostname, kDetailChars);
    node.kind = peer.kind;
    node.status = gone ? protocol::PeerStatus::Offline : peer.status;
    node.presence = look.presence;
    node.self = peer.self;
    node.waiting = m_waiting.contains(peer.key);
    node.alarm = m_alarms.value(peer.key, GraphAlarm::None);
    node.context = float(std::clamp(look.context, -1.0, 1.0));
    node.statusSinceMs = peer.statusSinceMs;
    node.goneAtNs = gone ? m_clock.monotonicNs() : 0;
    if (gone && !m_secondTimer.isActive())
        m_secondTimer.start();

    // A peer keeps its place while its first group stays the same.
    const QString group = node.groups.value(0);
    const int sector = m_layout.sectorOf(node.key);
    const bool moved = sector >= 0 && m_layout.sectors()[size_t(sector)].group != group;
    if (sector < 0 || moved) {
        m_layout.remove(node.key);
        if (m_needsLayout || !findSlot(node.key, group))
            m_needsLayout = true;
    }
    const auto pinned = m_pins.constFind(node.key);
    node.pinned = pinned != m_pins.cend();
    node.position = node.pinned ? *pinned : m_layout.position(node.key);
    node.sector = m_layout.sectorOf(node.key);
    judge(node);
    scheduleAnnounce(moved);
}

bool GraphModel::findSlot(const QString &key, const QString &group)
{
    if (m_layout.add({key, group}, GraphLayout::Growth::Prepared))
        return true;
    const bool learning = m_clock.monotonicNs() - m_firstPeerNs < kSettleNs;
    return !learning && ++m_placesSought <= kMostPlacesSought && m_layout.add({key, group});
}

void GraphModel::countGroups(const GraphNode &node, int by)
{
    for (const QString &group : node.groups) {
        if ((m_groupSizes[group] += by) == 0)
            m_groupSizes.remove(group);
    }
}

QString GraphModel::groupName(QStringView name)
{
    return oneLine(name, kDetailChars);
}

int GraphModel::takePlace()
{
    if (m_free.empty()) {
        m_nodes.emplace_back();
        m_neighbours.emplace_back();
        m_looks.emplace_back();
        return int(m_nodes.size()) - 1;
    }
    const int index = m_free.back();
    m_free.pop_back();
    return index;
}

void GraphModel::removePeer(const QString &key)
{
    const int index = indexOf(key);
    if (index >= 0 && !m_nodes[size_t(index)].isGroup())
        release(index);
}

void GraphModel::release(int index)
{
    GraphNode &node = m_nodes[size_t(index)];
    m_filteredOut -= node.matches || node.isGroup() ? 0 : 1;
    if (!node.isGroup()) {
        m_here -= node.presence == GraphPresence::Gone ? 0 : 1;
        countGroups(node, -1);
    }
    m_layout.remove(node.key);
    m_indexOf.remove(node.key);
    m_indexesOfName.remove(node.name, index);
    m_indexesOfMember.remove(m_memberOf.take(index), index);
    m_neighbours[size_t(index)].clear();
    GraphNode empty;
    empty.generation = node.generation + 1;
    node = empty;
    m_free.push_back(index);
    scheduleAnnounce(false);
}

void GraphModel::clear()
{
    releaseAll();
    m_layout.reset({});
    m_firstPeerNs = -1;
}

void GraphModel::releaseAll()
{
    for (const int index : m_indexOf.values())
        release(index);
    m_groupNodes.clear();
    m_edges.clear();
    m_edgeOf.clear();
    m_failures.clear();
    m_waiting.clear();
    m_waitingOfConversation.clear();
    m_counters = {};
    m_perSecond.fill(0);
    m_shownRate = 0;
    m_secondTimer.stop();
    setMeshName({});
    scheduleAnnounce(true);
}

const GraphNode *GraphModel::node(const QString &key) const
{
    const int index = indexOf(key);
    return index < 0 ? nullptr : &m_nodes[size_t(index)];
}

void GraphModel::scheduleAnnounce(bool moved)
{
    m_placesMoved = m_placesMoved || moved;
    if (!m_announceTimer.isActive())
        m_announceTimer.start();
}

void GraphModel::flush()
{
    m_announceTimer.stop();
    m_placesSought = 0;
    if (std::exchange(m_needsLayout, false)) {
        layOutEverybody();
        m_placesMoved = true;
    }
    foldGroups();
    Q_EMIT nodesChanged(std::exchange(m_placesMoved, false));
}

void GraphModel::layOutEverybody()
{
    std::vector<const GraphNode *> order;
    order.reserve(size_t(m_indexOf.size()));
    for (const GraphNode &node : m_nodes) {
        if (!node.key.isEmpty() && !node.isGroup())
            order.push_back(&node);
    }
    std::sort(order.begin(), order.end(), [](const GraphNode *a, const GraphNode *b) {
        const int byName = a->name.compare(b->name, Qt::CaseInsensitive);
        return byName != 0 ? byName < 0 : a->key < b->key;
    });
    QList<GraphLayout::Member> members;
    members.reserve(qsizetype(order.size()));
    for (const GraphNode *node : order)
        members.append({node->key, node->groups.value(0)});
    m_layout.reset(members);
    for (GraphNode &node : m_nodes) {
        if (node.key.isEmpty() || node.isGroup())
            continue;
        node.sector = m_layout.sectorOf(node.key);
        if (!node.pinned)
            node.position = m_layout.position(node.key);
    }
}

void GraphModel::relayout()
{
    m_needsLayout = true;
    flush();
}

void GraphModel::pin(const QString &key, QPointF position)
{
    if (!std::isfinite(position.x()) || !std::isfinite(position.y()))
        return;
    m_pins.insert(key, position);
    const int index = indexOf(key);
    if (index < 0)
        return;
    GraphNode &node = m_nodes[size_t(index)];
    node.pinned = true;
    node.position = position;
    scheduleAnnounce(true);
}

void GraphModel::unpin(const QString &key)
{
    m_pins.remove(key);
    const int index = indexOf(key);
    if (index < 0)
        return;
    GraphNode &node = m_nodes[size_t(index)];
    node.pinned = false;
    if (!node.isGroup()) // a group's node finds its place by itself
        node.position = m_layout.position(key);
    scheduleAnnounce(true);
}

void GraphModel::unpinAll()
{
    for (const QString &key : m_pins.keys())
        unpin(key);
}

void GraphModel::setPins(const QMap<QString, QPointF> &pins)
{
    unpinAll();
    for (auto it = pins.cbegin(); it != pins.cend(); ++it)
        pin(it.key(), it.value());
}

std::unique_ptr<GraphModel> GraphModel::frozen() const
{
    auto *still = new FrozenClock(m_clock);
    auto copy = std::make_unique<GraphModel>(*still);
    still->setParent(copy.get());
    copy->m_nodes = m_nodes;
    copy->m_neighbours = m_neighbours;
    copy->m_indexOf = m_indexOf;
    copy->m_layout = m_layout;
    copy->m_pins = m_pins;
    copy->m_collapsed = m_collapsed;
    copy->m_groupNodes = m_groupNodes;
    copy->m_edges = m_edges;
    copy->m_edgeOf = m_edgeOf;
    copy->m_meshName = m_meshName;
    copy->m_counters = m_counters;
    copy->m_perSecond = m_perSecond;
    copy->m_second = m_second;
    copy->m_here = m_here;
    copy->m_filteredOut = m_filteredOut;
    copy->m_hideFiltered = m_hideFiltered;
    if (m_filter) // what it said is in the nodes; it may ask what lives on this thread
        copy->m_filter = [](const GraphNode &node) { return node.matches; };
    return copy;
}

} // namespace mesh::items
