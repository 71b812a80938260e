// SPDX-License-Identifier: GPL-3.0-or-later
// The traffic half of GraphModel: entries become pulses, rates and neighbours.
#include "models/items/graphmodel.h"

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/protocol/frameevents.h"
#include "models/store/meshstore.h"

using namespace Qt::StringLiterals;

namespace mesh::items {

namespace {
constexpr float kDecayPerSecond = 0.97716F; // half-life of 30 s
constexpr float kTrafficFloor = 0.05F;
constexpr std::size_t kMostNeighbours = 64;
constexpr qint64 kGoneShownNs = 3'000'000'000; // a peer that left stays, faded, for a moment

constexpr qsizetype kMessagesLookedAt = 200; // of a conversation, for those that failed

quint64 edgeKey(int from, int to)
{
    return (quint64(quint32(from)) << 32) | quint32(to);
}
} // namespace

int GraphModel::indexOfName(const QString &name) const
{
    // A name that several peers have tells nothing.
    const auto [first, last] = m_indexesOfName.equal_range(name);
    if (first == last || std::next(first) != last)
        return -1;
    return *first;
}

int GraphModel::shownFor(int index) const
{
    const GraphNode &node = m_nodes[size_t(index)];
    return node.folded ? m_groupNodes.value(node.groups.value(0), index) : index;
}

bool GraphModel::resolveSender(const QString &key, const QString &name, GraphPulse &pulse) const
{
    int index = indexOf(key);
    if (index < 0 && !key.isEmpty())
        index = m_indexesOfMember.value(key, -1);
    if (index < 0 && key.isEmpty())
        index = indexOfName(displayName(name));
    if (index < 0)
        return false;
    pulse.from = index;
    return true;
}

bool GraphModel::resolveTarget(const QString &spec, GraphPulse &pulse) const
{
    if (spec.startsWith(u'@') && spec != "@all"_L1) {
        const int sector = m_layout.sectorIndex(groupName(QStringView(spec).mid(1)));
        pulse.target = sector < 0 ? GraphTarget::Everyone : GraphTarget::Group;
        pulse.to = sector;
        return true;
    }
    if (spec.isEmpty() || spec == u'*' || spec.startsWith(u'#') || spec == "@all"_L1) {
        pulse.target = GraphTarget::Everyone;
        return true;
    }
    int index = indexOf(spec);
    if (index < 0)
        index = m_indexesOfMember.value(spec, -1);
    if (index < 0 || index == pulse.from)
        return false;
    pulse.to = index;
    return true;
}

int GraphModel::recipientsOf(const QString &spec, const GraphPulse &pulse) const
{
    if (pulse.target == GraphTarget::Node)
        return 1;
    if (spec.isEmpty() || spec.startsWith(u'#'))
        return 0; // not known
    if (spec == u'*' || spec == "@all"_L1)
        return std::max(0, peerCount() - 1);
    const QString group = groupName(QStringView(spec).mid(1));
    const bool member = m_nodes[size_t(pulse.from)].groups.contains(group) && !m_nodes[size_t(pulse.from)].isGroup();
    return m_groupSizes.value(group) - (member ? 1 : 0);
}

void GraphModel::fold(const QString &senderKey, const QString &senderName, const QString &target, GraphPulse pulse,
                      Batch &batch)
{
    if (!resolveSender(senderKey, senderName, pulse) || !resolveTarget(target, pulse)) {
        ++m_counters.unplaced;
        return;
    }
    m_nodes[size_t(pulse.from)].traffic += 1;
    if (pulse.target == GraphTarget::Node) {
        m_nodes[size_t(pulse.to)].traffic += 1;
        noteNeighbour(pulse.from, pulse.to);
        noteNeighbour(pulse.to, pulse.from);
    }
    // From here on by who stands for them in the picture.
    const int sender = pulse.from;
    pulse.from = shownFor(pulse.from);
    if (pulse.from != sender)
        m_nodes[size_t(pulse.from)].traffic += 1;
    if (pulse.target == GraphTarget::Node) {
        const int receiver = pulse.to;
        pulse.to = shownFor(pulse.to);
        if (pulse.to == pulse.from) {
            ++m_counters.inside;
            return;
        }
        if (pulse.to != receiver) {
            m_nodes[size_t(pulse.to)].traffic += 1;
            noteNeighbour(pulse.from, pulse.to);
        }
        if (pulse.from != sender)
            noteNeighbour(pulse.from, pulse.to);
        pulse.toGeneration = m_nodes[size_t(pulse.to)].generation;
    }
    pulse.fromGeneration = m_nodes[size_t(pulse.from)].generation;
    noteEdge(pulse);
    const quint64 way = pulse.way();
    const auto known = batch.pulseOf.constFind(way);
    if (known != batch.pulseOf.cend()) {
        ++batch.pulses[*known].messages;
        ++m_counters.aggregated;
        return;
    }
    batch.pulseOf.insert(way, batch.pulses.size());
    pulse.recipients = recipientsOf(target, pulse);
    batch.pulses.append(pulse);
}

void GraphModel::finish(const Batch &batch)
{
    m_counters.pulses += batch.pulses.size();
    if (m_edges.size() > kMostEdges)
        dropOldEdges();
    if (!batch.pulses.isEmpty())
        Q_EMIT pulsesArrived(batch.pulses);
}

void GraphModel::addTraffic(const QList<store::TrafficEntry> &entries)
{
    if (m_needsLayout || m_groupsStale)
        flush();
    Batch batch;
    m_counters.messages += entries.size();
    for (const store::TrafficEntry &entry : entries) {
        GraphPulse pulse;
        pulse.priority = entry.priority;
        fold(entry.senderKey, entry.senderName, entry.targetSpec, pulse, batch);
    }
    countMessages(int(entries.size()));
    finish(batch);
}

void GraphModel::addOther(const QString &senderKey, const QString &target, protocol::Priority priority, GraphMark mark,
                          GraphOutcome outcome)
{
    if (m_needsLayout || m_groupsStale)
        flush();
    if (outcome != GraphOutcome::Sent)
        ++m_counters.failed;
    else if (mark != GraphMark::Message)
        ++m_counters.calls;
    Batch batch;
    GraphPulse pulse;
    pulse.priority = priority;
    pulse.mark = mark;
    pulse.outcome = outcome;
    fold(senderKey, {}, target, pulse, batch);
    countMessages(0); // the second's timer lets sizes shrink again
    if (!m_secondTimer.isActive())
        m_secondTimer.start();
    finish(batch);
}

void GraphModel::noteFailures(const store::ChangeSet &changes)
{
    using protocol::events::OutgoingState;
    for (auto it = changes.messages.cbegin(); it != changes.messages.cend(); ++it) {
        const store::Conversation *conversation = m_store->conversation(it.key());
        if (!conversation)
            continue;
        const QList<store::Message> &messages = m_store->messages(it.key());
        const qsizetype firstNew = messages.size() - it->appended;
        for (qsizetype i = std::max<qsizetype>(0, messages.size() - kMessagesLookedAt); i < messages.size(); ++i) {
            const store::Message &message = messages[i];
            if (!message.own || (i < firstNew && !it->changed.contains(message.seq)))
                continue;
            const bool refused = message.state == OutgoingState::Refused;
            if (!refused && message.state != OutgoingState::Unknown) {
                m_failures.remove(message.seq);
                continue;
            }
            if (m_failures.contains(message.seq))
                continue;
            m_failures.insert(message.seq);
            const protocol::ConversationId to = conversation->target();
            QString target;
            if (to.kind == protocol::ConversationKind::Direct)
                target = to.key;
            else if (to.kind == protocol::ConversationKind::Group)
                target = u'@' + to.key;
            else if (to.kind == protocol::ConversationKind::Topic)
                target = u'#' + to.key;
            else
                target = u"*"_s;
            addOther(m_store->connection().ownKey, target, message.priority, GraphMark::Message,
                     refused ? GraphOutcome::Refused : GraphOutcome::Undelivered);
        }
    }
}

void GraphModel::noteCalls(const store::ChangeSet &changes)
{
    for (const protocol::events::StreamDataReceived &told : changes.streamData) {
        const std::optional<protocol::PeerCall> call = protocol::callFromStream(told.stream, told.data);
        if (!call)
            continue;
        const GraphMark mark = call->file ? GraphMark::FileRequest : GraphMark::ToolCall;
        addOther(call->senderKey, call->targetKey, protocol::Priority::Next, mark, GraphOutcome::Sent);
    }
}

void GraphModel::noteEdge(const GraphPulse &pulse)
{
    if (pulse.target != GraphTarget::Node)
        return;
    const quint64 key = edgeKey(pulse.from, pulse.to);
    auto known = m_edgeOf.constFind(key);
    if (known == m_edgeOf.cend()) {
        known = m_edgeOf.insert(key, int(m_edges.size()));
        m_edges.emplace_back();
    }
    GraphEdge &edge = m_edges[size_t(*known)];
    if (edge.fromGeneration != pulse.fromGeneration || edge.toGeneration != pulse.toGeneration || edge.from < 0) {
        edge = {};
        edge.from = pulse.from;
        edge.to = pulse.to;
        edge.fromGeneration = pulse.fromGeneration;
        edge.toGeneration = pulse.toGeneration;
    }
    if (pulse.outcome != GraphOutcome::Sent)
        ++edge.failed;
    else if (pulse.mark == GraphMark::ToolCall)
        ++edge.calls;
    else if (pulse.mark == GraphMark::FileRequest)
        ++edge.files;
    else
        ++edge.messages[size_t(pulse.priority)];
    edge.lastNs = m_clock.monotonicNs();
}

bool GraphModel::isCurrent(const GraphEdge &edge) const
{
    const auto same = [this](int index, quint32 generation) {
        return index >= 0 && size_t(index) < m_nodes.size() && m_nodes[size_t(index)].generation == generation
            && !m_nodes[size_t(index)].key.isEmpty() && !m_nodes[size_t(index)].folded;
    };
    return same(edge.from, edge.fromGeneration) && same(edge.to, edge.toGeneration);
}

const GraphEdge *GraphModel::edge(const QString &from, const QString &to) const
{
    const auto known = m_edgeOf.constFind(edgeKey(indexOf(from), indexOf(to)));
    if (known == m_edgeOf.cend() || !isCurrent(m_edges[size_t(*known)]))
        return nullptr;
    return &m_edges[size_t(*known)];
}

void GraphModel::reindexEdges()
{
    m_edgeOf.clear();
    for (size_t i = 0; i < m_edges.size(); ++i)
        m_edgeOf.insert(edgeKey(m_edges[i].from, m_edges[i].to), int(i));
}

void GraphModel::dropOldEdges()
{
    const qint64 now = m_clock.monotonicNs();
    const size_t before = m_edges.size();
    std::erase_if(m_edges, [&](const GraphEdge &edge) { return now - edge.lastNs > kEdgeKeptNs || !isCurrent(edge); });
    if (m_edges.size() > kMostEdges) { // the oldest tenth makes room
        const size_t surplus = m_edges.size() - kMostEdges * 9 / 10;
        std::nth_element(m_edges.begin(), m_edges.begin() + std::ptrdiff_t(surplus), m_edges.end(),
                         [](const GraphEdge &a, const GraphEdge &b) { return a.lastNs < b.lastNs; });
        m_edges.erase(m_edges.begin(), m_edges.begin() + std::ptrdiff_t(surplus));
        m_counters.edgesDropped += qint64(surplus);
    }
    if (m_edges.size() != before)
        reindexEdges();
}

void GraphModel::noteNeighbour(int of, int other)
{
    std::vector<Neighbour> &list = m_neighbours[size_t(of)];
    const quint32 generation = m_nodes[size_t(other)].generation;
    const auto same = [&](const Neighbour &n) { return n.index == other && n.generation == generation; };
    const auto it = std::find_if(list.begin(), list.end(), same);
    if (it != list.end())
        std::rotate(it, it + 1, list.end());
    else
        list.push_back({other, generation});
    if (list.size() > kMostNeighbours)
        list.erase(list.begin());
}

QStringList GraphModel::neighbours(const QString &key) const
{
    QStringList keys;
    const int index = indexOf(key);
    if (index < 0)
        return keys;
    for (const Neighbour &neighbour : m_neighbours[size_t(index)]) {
        const GraphNode &node = m_nodes[size_t(neighbour.index)];
        if (node.generation == neighbour.generation && !node.key.isEmpty())
            keys.append(node.key);
    }
    return keys;
}

void GraphModel::countMessages(int count)
{
    const qint64 second = m_clock.monotonicNs() / 1'000'000'000;
    // Buckets between the newest and now had no traffic.
    for (qint64 s = std::max(m_second + 1, second - 59); s <= second; ++s)
        m_perSecond[size_t(s % 60)] = 0;
    m_second = std::max(m_second, second);
    m_perSecond[size_t(m_second % 60)] += count;
    if (count > 0 && !m_secondTimer.isActive())
        m_secondTimer.start();
}

int GraphModel::messagesPerMinute() const
{
    const qint64 second = m_clock.monotonicNs() / 1'000'000'000;
    int sum = 0;
    for (qint64 s = std::max<qint64>(0, std::max(second, m_second) - 59); s <= m_second; ++s)
        sum += m_perSecond[size_t(s % 60)];
    return sum;
}

void GraphModel::onSecond()
{
    countMessages(0);
    bool busy = false;
    bool trafficChanged = false;
    const qint64 nowNs = m_clock.monotonicNs();
    for (size_t i = 0; i < m_nodes.size(); ++i) {
        GraphNode &node = m_nodes[i];
        if (node.key.isEmpty())
            continue;
        if (node.traffic > 0) {
            node.traffic = node.traffic < kTrafficFloor ? 0 : node.traffic * kDecayPerSecond;
            trafficChanged = true;
            busy = true;
        }
        if (node.presence == GraphPresence::Gone && !node.isGroup()) {
            if (nowNs - node.goneAtNs >= kGoneShownNs)
                release(int(i));
            else
                busy = true;
        }
    }
    if (!m_edges.empty()) {
        dropOldEdges();
        busy = busy || !m_edges.empty();
    }
    if (trafficChanged && !m_groupNodes.isEmpty())
        foldGroups(); // their figures are sums
    const int rate = messagesPerMinute();
    if (rate != m_shownRate || trafficChanged) {
        m_shownRate = rate;
        Q_EMIT summaryChanged();
    }
    if (!busy && rate == 0)
        m_secondTimer.stop();
}

} // namespace mesh::items
