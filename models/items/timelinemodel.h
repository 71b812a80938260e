// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractTableModel>
#include <QtCore/QPointer>

#include "models/store/records.h"

namespace mesh::store {
class MeshStore;
struct ChangeSet;
} // namespace mesh::store

namespace mesh::items {

//! The timeline of one mesh as rows, newest last. Rows are the store's own; the model keeps only their times, to tell
//! views exactly what came and went when late rows were put in between. Text is made on demand.
class TimelineModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TimelineModel)

public:
    enum Column { Time, Lane, Actor, What, OldValue, NewValue, ColumnCount };
    enum Role {
        AtMsRole = Qt::UserRole, //!< qint64, ms since the epoch; for sorting
        LaneRole                 //!< int of store::Lane
    };

    explicit TimelineModel(QObject *parent = nullptr);
    ~TimelineModel() override;

    //! The store shown; nullptr allowed.
    void setStore(store::MeshStore *store);
    //! Takes the changes over from now on (true), or lets them pass until it is switched on again, when it reads
    //! everything anew: for views that are hidden. On at first.
    void setActive(bool active);

    //! Last row at or before a time, -1 if there is none.
    int rowAt(qint64 atMs) const;
    store::Lane lane(int row) const;
    //! Any text of the row holds \a text, in any case.
    bool matches(int row, const QString &text) const;
    //! Keys of the peers that a row is about; empty for rows that are about none.
    QStringList peersOf(int row) const;
    //! The same for a row of the store's timeline.
    static QStringList peersOf(const store::MeshStore &store, const store::TimelineEntry &entry);
    static QString laneName(store::Lane lane);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void reload();
    void onChanged(const store::ChangeSet &changes);
    void removeFront(qsizetype count);
    void append(qsizetype count);
    void reconcile();
    //! The store's row behind one of ours, -1 if it is gone from there.
    qsizetype storeRow(int row) const;
    QString text(const store::TimelineEntry &entry, int column) const;
    QString name(const QString &keyOrName) const;

    QPointer<store::MeshStore> m_store;
    QList<qint64> m_times;
    // The store has all of a batch at once; while it is told to views in steps, rows from m_split on are counted from
    // the store's end, without the m_untold rows there that come last.
    qsizetype m_split = 0;
    qsizetype m_untold = 0;
    bool m_active = true;
};

} // namespace mesh::items
