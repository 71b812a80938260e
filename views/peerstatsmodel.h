// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/peertrend.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QHash>
#include <QtCore/QPointer>
#include <QtWidgets/QStyledItemDelegate>

namespace mesh::protocol {
class Clock;
}
namespace mesh::store {
class MeshStore;
struct ChangeSet;
struct Peer;
} // namespace mesh::store

namespace mesh::views {

class Theme;

//! Peers that are there, with what they report about themselves and what follows from it.
class PeerStatsModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Context, Burn, ToFull, Tokens, Messages, ToolCalls, Errors, Cost, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole, //!< double, text for Name; what is not reported sorts below everything
        KeyRole,                 //!< routing key
        ShareRole,               //!< double 0 to 1, invalid where not reported
        TrendRole,               //!< QList<double>
        StatusRole               //!< int of protocol::PeerStatus
    };

    explicit PeerStatsModel(const protocol::Clock &time, QObject *parent = nullptr);
    ~PeerStatsModel() override;

    void setStore(store::MeshStore *store);
    //! Sum over the peers that report it; nullopt if none does.
    std::optional<double> totalBurn() const;
    std::optional<double> totalCost() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    static bool belongs(const store::Peer &peer);
    void reload();
    void onChanged(const store::ChangeSet &changes);
    void insert(const QStringList &keys);
    void remove(const QString &key);
    void sample(const store::Peer &peer);
    QString text(const store::Peer &peer, int column) const;
    QVariant sortValue(const store::Peer &peer, int column) const;

    const protocol::Clock &m_time;
    QPointer<store::MeshStore> m_store;
    QStringList m_keys;
    QHash<QString, int> m_rows;
    QHash<QString, PeerTrend> m_trends;
};

//! Cells of the table: status mark and name, context with its share as a bar and its trend, figures in fixed pitch.
class PeerStatsDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit PeerStatsDelegate(Theme &theme, QObject *parent = nullptr);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintContext(QPainter *painter, const QRectF &cell, const QModelIndex &index) const;

    Theme &m_theme;
};

} // namespace mesh::views
