// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QStyledItemDelegate>

namespace mesh::views {

class Theme;

//! Rows of the lists of topics and of members: a sign, two lines, and a word at the right.
class TopicDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TopicDelegate)

public:
    //! Beside Qt::DisplayRole, the first line. All are texts unless said otherwise.
    enum Role {
        SecondRole = Qt::UserRole + 1,
        WordRole,   //!< at the right
        MarkedRole, //!< bool: the word counts as a sign of success
        SignRole,   //!< letters for the avatar
        HumanRole,  //!< bool
        StatusRole, //!< PeerStatus as int; absent: no dot
        IdRole
    };

    //! \a inset: of the sign from the left edge, in pixels of the drawing; 0 for rows that cannot be chosen.
    TopicDelegate(Theme &theme, int inset, QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    Theme &m_theme;
    int m_inset = 0;
};

} // namespace mesh::views
