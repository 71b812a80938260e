// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractTableModel>

#include "models/protocol/clock.h"
#include "models/protocol/invitedesk.h"

namespace mesh::views {

//! The invites of a mesh, newest first, one row each.
class InviteListModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(InviteListModel)

public:
    enum Column { Role, Used, Expires, Made, State, ColumnCount };

    explicit InviteListModel(const protocol::Clock &clock, QObject *parent = nullptr);

    //! Takes the newest list over: rows that are new come in, rows that changed say so, rows that are gone leave.
    void update(const QList<protocol::InviteRecord> &invites);
    const protocol::InviteRecord &at(int row) const { return m_invites[row]; }
    //! The row of an invite, -1 when it is not there.
    int rowOf(const QString &id) const;

    static QString stateText(protocol::InviteRecord::State state);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const protocol::Clock &m_clock;
    QList<protocol::InviteRecord> m_invites;
    QList<protocol::InviteRecord::State> m_states; //!< as shown: an invite expires without being changed
};

} // namespace mesh::views
