// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GraphModel that decides what of it is shown: collapsed groups and the filter.
#include "models/items/graphmodel.h"

#include <algorithm>
#include <cmath>
#include <utility>

using namespace Qt::StringLiterals;

namespace mesh::items {

void GraphModel::setCollapsed(const QString &group, bool collapsed)
{
    if (group.isEmpty() || collapsed == m_collapsed.contains(group))
        return;
    if (collapsed)
        m_collapsed.insert(group);
    else
        m_collapsed.remove(group);
    m_groupsStale = true;
    scheduleAnnounce(true);
}

QStringList GraphModel::collapsedGroups() const
{
    QStringList groups = m_collapsed.values();
    groups.sort();
    return groups;
}

void GraphModel::setCollapsedGroups(const QStringList &groups)
{
    for (const QString &group : collapsedGroups()) {
        if (!groups.contains(group))
            setCollapsed(group, false);
    }
    for (const QString &group : groups)
        setCollapsed(group, true);
}

void GraphModel::foldGroups()
{
    m_groupsStale = false;
    if (m_collapsed.isEmpty() && m_groupNodes.isEmpty())
        return;
    struct Sum
    {
        int members = 0;
        int matching = 0;
        std::array<int, 4> status{};
        bool waiting = false;
        GraphAlarm alarm = GraphAlarm::None;
        qint64 sent = 0;
        qint64 received = 0;
    };
    QHash<QString, Sum> sums;
    for (GraphNode &node : m_nodes) {
        if (node.key.isEmpty() || node.isGroup())
            continue;
        const QString group = node.groups.value(0);
        node.folded = m_collapsed.contains(group);
        if (!node.folded)
            continue;
        Sum &sum = sums[group];
        ++sum.members;
        sum.matching += node.matches ? 1 : 0;
        ++sum.status[size_t(node.status)];
        sum.waiting = sum.waiting || node.waiting;
        sum.alarm = std::max(sum.alarm, node.alarm);
        sum.sent += node.sent;
        sum.received += node.received;
    }
    for (const QString &group : m_groupNodes.keys()) {
        if (sums.contains(group))
            continue;
        const int index = m_groupNodes.take(group);
        m_indexOf.remove(groupKey(group));
        m_neighbours[size_t(index)].clear();
        const quint32 generation = m_nodes[size_t(index)].generation + 1;
        m_nodes[size_t(index)] = {};
        m_nodes[size_t(index)].generation = generation;
        m_free.push_back(index);
    }
    for (auto it = sums.cbegin(); it != sums.cend(); ++it) {
        const QString key = groupKey(it.key());
        int index = m_groupNodes.value(it.key(), -1);
        if (index < 0) {
            index = takePlace();
            m_groupNodes.insert(it.key(), index);
            m_indexOf.insert(key, index);
        }
        GraphNode &node = m_nodes[size_t(index)];
        node.key = key;
        node.name = key;
        node.initials = QString::number(it->members);
        node.groups = {it.key()};
        node.members = it->members;
        node.memberStatus = it->status;
        node.waiting = it->waiting;
        node.alarm = it->alarm;
        node.matches = it->matching > 0;
        node.sent = it->sent;
        node.received = it->received;
        node.sector = m_layout.sectorIndex(it.key());
        const auto pinned = m_pins.constFind(key);
        node.pinned = pinned != m_pins.cend();
        if (node.pinned) {
            node.position = *pinned;
        } else if (node.sector >= 0) {
            const double angle = m_layout.sectors()[size_t(node.sector)].midAngle();
            const std::vector<double> &rows = m_layout.rows();
            const double radius = (rows.front() + rows[std::min<size_t>(1, rows.size() - 1)]) / 2;
            node.position = QPointF(std::cos(angle), std::sin(angle)) * radius;
        }
    }
}

void GraphModel::judge(GraphNode &node)
{
    const bool before = node.matches;
    node.matches = !m_filter || m_filter(node);
    if (node.matches != before)
        m_filteredOut += node.matches ? -1 : 1;
}

void GraphModel::setFilter(std::function<bool(const GraphNode &)> matches, bool hide)
{
    const bool nothing = !matches && !m_filter;
    m_filter = std::move(matches);
    m_hideFiltered = hide;
    if (!nothing)
        refreshFilter();
}

void GraphModel::refreshFilter()
{
    m_filteredOut = 0;
    for (GraphNode &node : m_nodes) {
        if (node.key.isEmpty() || node.isGroup())
            continue;
        node.matches = !m_filter || m_filter(node);
        m_filteredOut += node.matches ? 0 : 1;
    }
    scheduleAnnounce(false);
}

} // namespace mesh::items
