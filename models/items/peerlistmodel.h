// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractTableModel>
#include <QtCore/QHash>
#include <QtCore/QPointer>

#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

//! All peers of a mesh that people care about (no hidden daemons), ours and the gone ones included, as a table. Rows
//! come in the order they were learnt of; sort with a proxy over SortRole.
class PeerListModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PeerListModel)

public:
    enum Column {
        Name,
        Status,
        Kind,
        Groups,
        Model,
        Context,
        Sent,
        Received,
        LastTraffic,
        Host,
        Summary,
        Folder,
        Channel,
        Tokens,
        Cost,
        StatusSince,
        ColumnCount
    };
    Q_ENUM(Column)
    enum Role {
        KeyRole = Qt::UserRole + 1, //!< routing key
        SortRole,                   //!< raw value of the cell
        StatusRole,                 //!< protocol::PeerStatus as int
        KindRole,                   //!< protocol::PeerKind as int
        PresenceRole,               //!< store::Presence as int
        SelfRole,
        MemberKeyRole
    };

    explicit PeerListModel(QObject *parent = nullptr);

    //! nullptr empties the model. The store must outlive it or be taken away first.
    void setStore(store::MeshStore *store);
    [[nodiscard]] store::MeshStore *store() const { return m_store; }

    //! -1 if the key is not in the model.
    [[nodiscard]] int rowOf(const QString &key) const { return m_rowOf.value(key, -1); }
    [[nodiscard]] QString keyAt(int row) const { return m_keys.value(row); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void reload();
    void onChanged(const store::ChangeSet &changes);
    void removeKeys(const QSet<QString> &keys);
    void reindexFrom(int row);
    [[nodiscard]] static bool isShown(const store::Peer &peer);

    QPointer<store::MeshStore> m_store;
    QStringList m_keys;
    QHash<QString, int> m_rowOf;
};

} // namespace mesh::items
