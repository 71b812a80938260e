// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QStyledItemDelegate>

#include "models/items/conversationlistmodel.h"

namespace mesh::items {
class FocusState;
}

namespace mesh::views {

class Theme;

//! Paints the rows of the side bar: section heads, and rows of two lines with sign, status, time and badge.
class SideBarDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SideBarDelegate)

public:
    SideBarDelegate(Theme &theme, items::ConversationListModel &model, items::FocusState *focus, QObject *parent);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    using Row = items::ConversationListModel::Row;

    void paintHeader(QPainter *painter, const QRect &rect, const Row &row) const;
    //! \return the width it took
    int paintBadge(QPainter *painter, const QPointF &rightCentre, int count, bool strong) const;
    void paintPreview(QPainter *painter, const QRect &rect, const Row &row) const;

    Theme &m_theme;
    items::ConversationListModel &m_model;
    QPointer<items::FocusState> m_focus;
};

} // namespace mesh::views
