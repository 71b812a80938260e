// SPDX-License-Identifier: GPL-3.0-or-later
// The traffic half of GraphModel: entries become pulses, rates and neighbours.
#include "models/items/graphmodel.h"

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/store/meshstore.h"

using namespace Qt::StringLiterals;

namespace mesh::items {

namespace {
constexpr float kDecayPerSecond = 0.97716F; // half-life of 30 s
constexpr float kTrafficFloor = 0.05F;
constexpr std::size_t kMostNeighbours = 64;
constexpr qint64 kGoneShownMs = 3000; // a peer that left stays, faded, for a moment
constexpr int kGroupChars = 96;

quint64 pathOf(const GraphPulse &pulse)
{
    return (quint64(quint32(pulse.from)) << 36) | (quint64(quint32(pulse.to + 1)) << 4) | (quint64(pulse.target) << 2)
        | quint64(pulse.priority);
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

bool GraphModel::resolveSender(const store::TrafficEntry &entry, GraphPulse &pulse) const
{
    int index = indexOf(entry.senderKey);
    if (index < 0 && !entry.senderKey.isEmpty())
        index = m_indexesOfMember.value(entry.senderKey, -1);
    if (index < 0 && entry.senderKey.isEmpty())
        index = indexOfName(displayName(entry.senderName));
    if (index < 0)
        return false;
    pulse.from = index;
    pulse.fromGeneration = m_nodes[size_t(index)].generation;
    return true;
}

bool GraphModel::resolveTarget(const QString &spec, GraphPulse &pulse) const
{
    if (spec.startsWith(u'@') && spec != "@all"_L1) {
        const int sector = m_layout.sectorIndex(oneLine(QStringView(spec).mid(1), kGroupChars));
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
    pulse.toGeneration = m_nodes[size_t(index)].generation;
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
    const QString group = oneLine(QStringView(spec).mid(1), kGroupChars);
    int members = 0;
    for (int i = 0; i < int(m_nodes.size()); ++i)
        members += i != pulse.from && m_nodes[size_t(i)].groups.contains(group) ? 1 : 0;
    return members;
}

void GraphModel::addTraffic(const QList<store::TrafficEntry> &entries)
{
    if (m_needsLayout)
        flush();
    QList<GraphPulse> pulses;
    QHash<quint64, qsizetype> pulseOf;
    for (const store::TrafficEntry &entry : entries) {
        ++m_counters.messages;
        GraphPulse pulse;
        pulse.priority = entry.priority;
        if (!resolveSender(entry, pulse) || !resolveTarget(entry.targetSpec, pulse)) {
            ++m_counters.unplaced;
            continue;
        }
        m_nodes[size_t(pulse.from)].traffic += 1;
        if (pulse.target == GraphTarget::Node) {
            m_nodes[size_t(pulse.to)].traffic += 1;
            noteNeighbour(pulse.from, pulse.to);
            noteNeighbour(pulse.to, pulse.from);
        }
        const quint64 path = pathOf(pulse);
        const auto known = pulseOf.constFind(path);
        if (known != pulseOf.cend()) {
            ++pulses[*known].messages;
            ++m_counters.aggregated;
            continue;
        }
        pulseOf.insert(path, pulses.size());
        pulse.recipients = recipientsOf(entry.targetSpec, pulse);
        pulses.append(pulse);
    }
    m_counters.pulses += pulses.size();
    countMessages(int(entries.size()));
    if (!pulses.isEmpty())
        Q_EMIT pulsesArrived(pulses);
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
    const qint64 nowMs = m_clock.nowMs();
    for (size_t i = 0; i < m_nodes.size(); ++i) {
        GraphNode &node = m_nodes[i];
        if (node.key.isEmpty())
            continue;
        if (node.traffic > 0) {
            node.traffic = node.traffic < kTrafficFloor ? 0 : node.traffic * kDecayPerSecond;
            trafficChanged = true;
            busy = true;
        }
        if (node.presence == GraphPresence::Gone) {
            // A clock that was set back must not keep it for ever.
            if (nowMs - node.goneAtMs >= kGoneShownMs || nowMs < node.goneAtMs)
                release(int(i));
            else
                busy = true;
        }
    }
    const int rate = messagesPerMinute();
    if (rate != m_shownRate || trafficChanged) {
        m_shownRate = rate;
        Q_EMIT summaryChanged();
    }
    if (!busy && rate == 0)
        m_secondTimer.stop();
}

} // namespace mesh::items
