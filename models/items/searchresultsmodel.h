// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractListModel>

#include "models/items/searchexcerpt.h"
#include "models/protocol/clock.h"

namespace mesh::store {
class MeshStore;
}

namespace mesh::items {

//! What a search found, newest first. Another search is another list; what comes later of the same one is added or
//! changed in place.
class SearchResultsModel final : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SearchResultsModel)

public:
    enum Role { SenderRole = Qt::UserRole + 1, PlaceRole, TimeRole, ExcerptRole };

    explicit SearchResultsModel(const protocol::Clock &clock, QObject *parent = nullptr);

    //! Where names come from; the stores outlive the model or are taken away first.
    void setStores(const QList<const store::MeshStore *> &stores);
    [[nodiscard]] const QList<const store::MeshStore *> &stores() const { return m_stores; }

    //! The hits of a search, in place of those before.
    void show(const QList<store::SearchHit> &hits);
    //! Further ones of the same search, behind those there are.
    void append(const QList<store::SearchHit> &hits);
    void clear() { show({}); }

    [[nodiscard]] const store::SearchHit &hit(int row) const { return m_hits.at(row); }
    //! The title of a conversation, as the side bar has it.
    [[nodiscard]] QString placeName(const store::SearchPlace &place) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    [[nodiscard]] const store::MeshStore *storeOf(const protocol::MeshId &mesh) const;
    [[nodiscard]] QString senderName(const store::SearchHit &hit) const;

    const protocol::Clock &m_clock;
    QList<const store::MeshStore *> m_stores;
    QList<store::SearchHit> m_hits;
};

} // namespace mesh::items

Q_DECLARE_METATYPE(QList<mesh::items::ExcerptPart>)
