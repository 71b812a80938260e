// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QSortFilterProxyModel>
#include <QtWidgets/QStyledItemDelegate>

namespace mesh::items {
class PeerMatches;
class TimelineModel;
} // namespace mesh::items

namespace mesh::views {

class Theme;

//! Which events the list shows: by lane, and by text in any column.
class TimelineFilter final : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    //! Besides the values of store::Lane.
    static constexpr int ChangesOnly = -1; //!< neither messages nor ticks
    static constexpr int Everything = -2;

    explicit TimelineFilter(items::TimelineModel &model, QObject *parent = nullptr);
    void setFilter(const QString &text, int lane);
    //! Rows about peers that do not pass are left out; nullptr: none is. Borrowed.
    void setMatches(items::PeerMatches *matches);

protected:
    bool filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const override;

private:
    items::TimelineModel &m_model;
    QString m_text;
    int m_lane = ChangesOnly;
    QPointer<items::PeerMatches> m_matches;
};

//! Rows of the list: times and values in fixed pitch, old values dim, the lane's colour beside its word.
class TimelineRowDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit TimelineRowDelegate(Theme &theme, QObject *parent = nullptr);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    Theme &m_theme;
};

} // namespace mesh::views
