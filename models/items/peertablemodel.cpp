// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/peertablemodel.h"

#include "models/items/peerlistmodel.h"

namespace mesh::items {

namespace {

//! A cell that says nothing: an empty text, a time never told, a figure not reported.
bool saysNothing(const QVariant &value)
{
    return value.typeId() == QMetaType::QString ? value.toString().isEmpty() : value.toDouble() < 0;
}

} // namespace

PeerTableModel::PeerTableModel(PeerListModel &peers, PeerMatches &matches, const FocusState &focus, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_peers(peers)
    , m_matches(matches)
    , m_focus(focus)
{
    setSortRole(PeerListModel::SortRole);
    setDynamicSortFilter(true);
    setSourceModel(&peers);
    connect(&m_matches, &PeerMatches::changed, this, [this] { invalidateFilter(); });
    connect(&m_focus, &FocusState::filterChanged, this, [this] { invalidateFilter(); });
}

QString PeerTableModel::keyAt(int row) const
{
    return index(row, 0).data(PeerListModel::KeyRole).toString();
}

int PeerTableModel::rowOf(const QString &key) const
{
    const int row = m_peers.rowOf(key);
    return row < 0 ? -1 : mapFromSource(m_peers.index(row, 0)).row();
}

bool PeerTableModel::filterAcceptsRow(int sourceRow, const QModelIndex &) const
{
    const QModelIndex index = m_peers.index(sourceRow, 0);
    if (store::Presence(index.data(PeerListModel::PresenceRole).toInt()) == store::Presence::Gone
        && !m_focus.filter().asksForStatus())
        return false;
    return m_matches.passes(m_peers.keyAt(sourceRow));
}

bool PeerTableModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const QVariant a = left.data(PeerListModel::SortRole);
    const QVariant b = right.data(PeerListModel::SortRole);
    const bool emptyA = saysNothing(a);
    const bool emptyB = saysNothing(b);
    if (emptyA != emptyB)
        return emptyA == (sortOrder() == Qt::DescendingOrder);
    const QPartialOrdering order = QVariant::compare(a, b);
    if (order != QPartialOrdering::Equivalent && order != QPartialOrdering::Unordered)
        return order == QPartialOrdering::Less;
    // Equal cells keep one order, so that rows do not swap places while figures elsewhere change.
    return m_peers.keyAt(left.row()) < m_peers.keyAt(right.row());
}

} // namespace mesh::items
