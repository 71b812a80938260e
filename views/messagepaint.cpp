// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QCoreApplication>
#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include "models/items/displaytext.h"
#include "views/avatar.h"
#include "views/messagelayout.h"
#include "views/theme.h"

//! \file
//! The painting half of MessageLayout; geometry is in messagelayout.cpp.
namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

//! Words in the middle of a hairline.
void paintRule(QPainter *painter, const QRectF &rect, const QString &text, const QColor &line, const QColor &ink,
               int side)
{
    const QFontMetricsF metrics(painter->font());
    const double width = metrics.horizontalAdvance(text) + 2 * side;
    const double middle = std::round(rect.center().y());
    painter->fillRect(QRectF(rect.left() + side, middle, (rect.width() - width) / 2 - side, 1), line);
    painter->fillRect(QRectF(rect.center().x() + width / 2, middle, (rect.width() - width) / 2 - side, 1), line);
    painter->setPen(ink);
    painter->drawText(rect, Qt::AlignCenter, text);
}

} // namespace

void MessageLayout::paint(QPainter *painter, const Theme &theme, const MessageStyle &style,
                          const PaintState &state) const
{
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(style.label);
    if (!m_dayText.isEmpty())
        paintRule(painter, m_dayRect, m_dayText, theme.color(Theme::Role::Line), theme.color(Theme::Role::Text3),
                  style.side);
    if (m_row.firstUnread) {
        paintRule(painter, m_dividerRect, tr("New messages"), theme.mix(Theme::Role::Panel, Theme::Role::Accent, 0.5),
                  theme.textColor(Theme::Role::Accent), style.side);
    }

    if (!m_avatarRect.isEmpty()) {
        paintAvatar(painter, theme, m_avatarRect, items::initials(m_row.senderName),
                    m_row.senderHuman ? protocol::PeerKind::Human : protocol::PeerKind::Ai);
        const QString time = items::timeOfDay(m_row.sentAtMs);
        const double timeWidth = QFontMetricsF(style.label).horizontalAdvance(time);
        const double room = m_nameRect.width() - timeWidth - theme.px(60);
        painter->setFont(style.name);
        const QFontMetricsF metrics(style.name);
        const QString name = metrics.elidedText(m_row.senderName, Qt::ElideRight, std::max(room, 40.0));
        const double baseline = m_nameRect.top() + metrics.ascent() + theme.px(1);
        painter->setPen(theme.color(Theme::Role::Text1));
        painter->drawText(QPointF(m_nameRect.left(), baseline), name);
        double x = m_nameRect.left() + metrics.horizontalAdvance(name) + theme.px(6);
        painter->setFont(style.label);
        painter->setPen(theme.color(Theme::Role::Text3));
        painter->drawText(QPointF(x, baseline), time);
        x += timeWidth + theme.px(6);
        if (m_row.priority != protocol::Priority::Next) {
            const bool now = m_row.priority == protocol::Priority::Now;
            const QColor ink = theme.textColor(Theme::priorityRole(m_row.priority));
            theme.paintIcon(painter, now ? u"bolt"_s : u"chevron-down"_s,
                            QRectF(x, baseline - style.icon + theme.px(2), style.icon, style.icon), ink);
            painter->setPen(ink);
            painter->drawText(QPointF(x + style.icon + theme.px(2), baseline),
                              now ? tr("now", "priority of a message") : tr("low", "priority of a message"));
        }
    }

    QColor fill = theme.color(m_row.own ? Theme::Role::Selection : Theme::Role::Raised);
    painter->setBrush(fill);
    painter->setPen(state.current ? QPen(theme.color(Theme::Role::Accent), 1) : QPen(Qt::NoPen));
    painter->drawRoundedRect(state.current ? m_bubble.adjusted(0.5, 0.5, -0.5, -0.5) : m_bubble, style.radius,
                             style.radius);
    if (m_row.own && (m_row.state == protocol::events::OutgoingState::Cancelled))
        painter->setOpacity(0.6);

    const auto from = std::min(state.selectionFrom, state.selectionTo);
    const auto to = std::max(state.selectionFrom, state.selectionTo);
    QTextCharFormat selected;
    selected.setBackground(theme.color(Theme::Role::Accent));
    selected.setForeground(theme.color(Theme::Role::OnAccent));
    for (size_t i = 0; i < m_blocks.size(); ++i) {
        const Block &block = m_blocks[i];
        if (block.code) {
            painter->setBrush(theme.color(Theme::Role::Bg));
            painter->setPen(QPen(theme.color(Theme::Role::Line), 1));
            painter->drawRoundedRect(block.box.adjusted(0.5, 0.5, -0.5, -0.5), style.codeRadius, style.codeRadius);
        }
        QList<QTextLayout::FormatRange> selection;
        if (from != to && int(i) >= from.block && int(i) <= to.block) {
            const int start = int(i) == from.block ? from.offset : 0;
            const int end = int(i) == to.block ? to.offset : int(block.layout->text().size());
            if (end > start)
                selection.append({start, end - start, selected});
        }
        painter->setPen(theme.color(m_notice ? Theme::Role::Text2 : Theme::Role::Text1));
        block.layout->draw(painter, block.origin, selection);
        if (block.code && block.box.contains(state.pointer)) {
            const bool hot = block.copyButton.contains(state.pointer);
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.color(hot ? Theme::Role::Raised : Theme::Role::Bg));
            painter->drawRoundedRect(block.copyButton, 4, 4);
            theme.paintIcon(painter, u"copy"_s, block.copyButton.adjusted(2, 2, -2, -2),
                            theme.color(Theme::Role::Text2));
        }
    }
    painter->setFont(style.label);
    if (!m_expandText.isEmpty()) {
        painter->setPen(theme.textColor(Theme::Role::Accent, Theme::Role::Raised));
        painter->drawText(m_expandRect, Qt::AlignVCenter | Qt::AlignLeft, m_expandText);
    }
    painter->setOpacity(1);

    if (!m_footText.isEmpty()) {
        const QColor ink = m_footBad ? theme.textColor(Theme::Role::Error) : theme.color(Theme::Role::Text3);
        const QColor iconInk = m_row.own && m_row.state == protocol::events::OutgoingState::Read
            ? theme.textColor(Theme::Role::Idle)
            : ink;
        theme.paintIcon(painter, m_footIcon,
                        QRectF(m_footRect.left(), m_footRect.center().y() - style.icon / 2.0, style.icon, style.icon),
                        iconInk);
        painter->setPen(ink);
        painter->drawText(m_footRect.adjusted(style.icon + theme.px(4), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                          m_footText);
    }
    if (!m_actionText.isEmpty()) {
        QFont font = style.label;
        font.setWeight(QFont::DemiBold);
        font.setUnderline(m_actionRect.contains(state.pointer));
        painter->setFont(font);
        painter->setPen(theme.textColor(Theme::Role::Accent));
        painter->drawText(m_actionRect.adjusted(0, 0, 8, 0), Qt::AlignVCenter | Qt::AlignLeft, u"  "_s + m_actionText);
    }
}

} // namespace mesh::views
