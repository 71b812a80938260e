// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractTableModel>
#include <QtCore/QPointer>

#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

//! The shared state of a mesh, one row a key, sorted by key.
class StateModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StateModel)

public:
    enum Column { Key, Value, By, At, ColumnCount };
    Q_ENUM(Column)
    enum Role {
        KeyRole = Qt::UserRole + 1, //!< the key as on the wire
        SortRole,                   //!< raw value of the cell
        JsonRole                    //!< the value as compact JSON, whole
    };

    explicit StateModel(QObject *parent = nullptr);

    //! nullptr empties the model. The store must outlive it or be taken away first.
    void setStore(store::MeshStore *store);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void reload();
    void onChanged(const store::ChangeSet &changes);

    QPointer<store::MeshStore> m_store;
    QStringList m_keys; //!< sorted
};

//! A JSON value on one line: text without quotes, the rest compact.
[[nodiscard]] QString jsonText(const QJsonValue &value);

} // namespace mesh::items
