// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QSortFilterProxyModel>

#include "models/items/peermatches.h"

namespace mesh::items {

class PeerListModel;

//! The peers of the graph as a table: those that pass the filter, sorted by any column. What a peer does not report
//! comes last, whichever way it is sorted. Peers that left are in it only while the filter asks for a status.
class PeerTableModel final : public QSortFilterProxyModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PeerTableModel)

public:
    //! \a matches is borrowed and outlives the model; \a focus gives the filter.
    PeerTableModel(PeerListModel &peers, PeerMatches &matches, const FocusState &focus, QObject *parent = nullptr);

    [[nodiscard]] QString keyAt(int row) const;
    //! -1 if the peer is not in the table.
    [[nodiscard]] int rowOf(const QString &key) const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    PeerListModel &m_peers;
    PeerMatches &m_matches;
    const FocusState &m_focus;
};

} // namespace mesh::items
