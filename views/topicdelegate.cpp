// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/topicdelegate.h"

#include <QtGui/QPainter>

#include "models/protocol/types.h"
#include "views/avatar.h"
#include "views/theme.h"

namespace mesh::views {

TopicDelegate::TopicDelegate(Theme &theme, int inset, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
    , m_inset(inset)
{
}

QSize TopicDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {0, m_theme.px(46)};
}

void TopicDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect rect = option.rect;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    QColor surface = m_theme.color(Theme::Role::Panel);
    if (selected)
        surface = m_theme.color(Theme::Role::Selection);
    else if (m_inset > 0 && option.state.testFlag(QStyle::State_MouseOver))
        surface = m_theme.color(Theme::Role::Hover);
    const double radius = m_theme.px(7);
    painter->setPen(Qt::NoPen);
    painter->setBrush(surface);
    painter->drawRoundedRect(rect, radius, radius);
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(m_theme.color(Theme::Role::Accent), 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    }

    const int side = m_theme.px(30);
    const QRectF avatar(rect.left() + m_theme.px(m_inset), rect.center().y() - side / 2 + 1, side, side);
    paintAvatar(painter, m_theme, avatar, index.data(SignRole).toString(),
                index.data(HumanRole).toBool() ? protocol::PeerKind::Human : protocol::PeerKind::Ai);
    if (const QVariant status = index.data(StatusRole); status.isValid()) {
        const double dot = m_theme.px(7);
        m_theme.paintStatusDot(painter, avatar.bottomRight() - QPointF(dot * 0.3, dot * 0.3), dot,
                               protocol::PeerStatus(status.toInt()), surface);
    }

    const int left = int(avatar.right()) + m_theme.px(10);
    int right = rect.right() - m_theme.px(m_inset > 0 ? 10 : 2);
    if (const QString word = index.data(WordRole).toString(); !word.isEmpty()) {
        const QFont font = m_theme.font(Theme::Text::Label);
        painter->setFont(font);
        const bool marked = index.data(MarkedRole).toBool();
        painter->setPen(marked ? m_theme.textColor(Theme::Role::Success) : m_theme.color(Theme::Role::Text3));
        painter->drawText(QRect(left, rect.top(), right - left, rect.height()), Qt::AlignVCenter | Qt::AlignRight,
                          word);
        right -= QFontMetrics(font).horizontalAdvance(word) + m_theme.px(10);
        if (marked) {
            const double icon = m_theme.px(13);
            m_theme.paintIcon(painter, QStringLiteral("check"),
                              QRectF(right + m_theme.px(6) - icon, rect.center().y() - icon / 2 + 1, icon, icon),
                              m_theme.textColor(Theme::Role::Success));
            right -= int(icon) + m_theme.px(4);
        }
    }
    const int middle = rect.center().y();
    const auto line = [&](int top, Theme::Text text, Theme::Role ink, const QString &words) {
        const QFont font = m_theme.font(text);
        painter->setFont(font);
        painter->setPen(m_theme.color(ink));
        painter->drawText(QRect(left, top, right - left, m_theme.px(18)),
                          Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                          QFontMetrics(font).elidedText(words, Qt::ElideRight, right - left));
    };
    const QString second = index.data(SecondRole).toString();
    line(second.isEmpty() ? middle - m_theme.px(9) : middle - m_theme.px(18), Theme::Text::BodyStrong,
         Theme::Role::Text1, index.data(Qt::DisplayRole).toString());
    if (!second.isEmpty())
        line(middle, Theme::Text::Second, Theme::Role::Text2, second);
    painter->restore();
}

} // namespace mesh::views
