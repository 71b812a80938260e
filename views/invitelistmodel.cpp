// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/invitelistmodel.h"

#include "models/items/displaytext.h"
#include "views/figures.h"

#include <QtCore/QSet>

#include <algorithm>

namespace mesh::views {

using protocol::InviteRecord;

InviteListModel::InviteListModel(const protocol::Clock &clock, QObject *parent)
    : QAbstractTableModel(parent)
    , m_clock(clock)
{
}

void InviteListModel::update(const QList<InviteRecord> &invites)
{
    QSet<QString> wanted;
    for (const InviteRecord &invite : invites)
        wanted << invite.id;
    for (int row = int(m_invites.size()) - 1; row >= 0; --row) {
        if (wanted.contains(m_invites[row].id))
            continue;
        beginRemoveRows({}, row, row);
        m_invites.removeAt(row);
        m_states.removeAt(row);
        endRemoveRows();
    }
    const qint64 now = m_clock.nowMs();
    for (int row = 0; row < invites.size(); ++row) {
        const InviteRecord &invite = invites[row];
        const auto state = invite.state(now);
        if (row >= m_invites.size() || m_invites[row].id != invite.id) {
            beginInsertRows({}, row, row);
            m_invites.insert(row, invite);
            m_states.insert(row, state);
            endInsertRows();
        } else if (m_invites[row] != invite || m_states[row] != state) {
            m_invites[row] = invite;
            m_states[row] = state;
            Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        }
    }
}

int InviteListModel::rowOf(const QString &id) const
{
    const auto found = std::find_if(m_invites.cbegin(), m_invites.cend(),
                                    [&id](const InviteRecord &invite) { return invite.id == id; });
    return found == m_invites.cend() ? -1 : int(found - m_invites.cbegin());
}

QString InviteListModel::stateText(InviteRecord::State state)
{
    switch (state) {
    case InviteRecord::State::Open:
        //: of an invite: it can still be used
        return tr("open");
    case InviteRecord::State::UsedUp:
        return tr("used up");
    case InviteRecord::State::Expired:
        return tr("expired");
    case InviteRecord::State::Revoked:
        break;
    }
    return tr("revoked");
}

int InviteListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_invites.size());
}

int InviteListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant InviteListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_invites.size())
        return {};
    const InviteRecord &invite = m_invites[index.row()];
    const qint64 now = m_clock.nowMs();
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Role:
            return invite.role == QLatin1StringView("admin") ? tr("admin") : tr("member");
        case Used:
            //: how often an invite was used, of how often it may be
            return tr("%1 of %2").arg(Figures::whole(invite.used), Figures::whole(invite.maxUses));
        case Expires:
            return invite.expiresAtMs > now ? tr("%1 left").arg(Figures::duration(invite.expiresAtMs - now))
                                            : Figures::ago(invite.expiresAtMs, now);
        case Made:
            return Figures::ago(invite.createdAtMs, now);
        case State:
            return stateText(m_states[index.row()]);
        default:
            return {};
        }
    }
    if (role == Qt::ToolTipRole) {
        if (index.column() == Expires)
            return items::exactTime(invite.expiresAtMs);
        if (index.column() == Made)
            return items::exactTime(invite.createdAtMs);
        if (index.column() == State && invite.revokedAtMs != 0)
            return items::exactTime(invite.revokedAtMs);
    }
    return {};
}

QVariant InviteListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Role:
        return tr("Role");
    case Used:
        return tr("Used");
    case Expires:
        return tr("Valid");
    case Made:
        return tr("Made");
    case State:
        return tr("State");
    default:
        return {};
    }
}

} // namespace mesh::views
