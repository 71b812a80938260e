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

void MessageLayout::paintBeginning(QPainter *painter, const Theme &theme, const MessageStyle &style) const
{
    const QFontMetricsF metrics(style.name);
    const double icon = theme.px(18);
    const double gap = theme.px(8);
    const QString words = metrics.elidedText(tr("Beginning of %1", "a topic").arg(m_row.beginning), Qt::ElideRight,
                                             m_beginningRect.width() - icon - gap - 2 * style.side);
    const double width = icon + gap + metrics.horizontalAdvance(words);
    const double left = std::round(m_beginningRect.center().x() - width / 2);
    const double middle = m_beginningRect.center().y() + theme.px(6);
    theme.paintIcon(painter, u"hash"_s, QRectF(left, middle - icon / 2, icon, icon), theme.color(Theme::Role::Text3));
    painter->setFont(style.name);
    painter->setPen(theme.color(Theme::Role::Text2));
    painter->drawText(QRectF(left + icon + gap, m_beginningRect.top() + theme.px(6), width, m_beginningRect.height()),
                      Qt::AlignVCenter | Qt::AlignLeft, words);
    painter->setFont(style.label);
}

void MessageLayout::paintHead(QPainter *painter, const Theme &theme, const MessageStyle &style) const
{
    paintAvatar(painter, theme, m_avatarRect, items::initials(m_row.senderName),
                m_row.senderHuman ? protocol::PeerKind::Human : protocol::PeerKind::Ai);
    const QString time = items::timeOfDay(m_row.sentAtMs);
    const double timeWidth = QFontMetricsF(style.label).horizontalAdvance(time);
    const QString like = m_row.keyChanged ? tr("key changed")
        : m_row.imitates.isEmpty()        ? QString()
                                          : tr("not %1", "a name that looks like another's").arg(m_row.imitates);
    const double room = m_nameRect.width() - timeWidth - theme.px(60);
    painter->setFont(style.name);
    const QFontMetricsF metrics(style.name);
    const QString name = metrics.elidedText(m_row.senderName, Qt::ElideRight, std::max(room, 40.0));
    const double baseline = m_nameRect.top() + metrics.ascent() + theme.px(1);
    painter->setPen(theme.color(Theme::Role::Text1));
    painter->drawText(QPointF(m_nameRect.left(), baseline), name);
    double x = m_nameRect.left() + metrics.horizontalAdvance(name) + theme.px(6);
    painter->setFont(style.label);
    const auto note = [&](const QString &icon, const QColor &ink, const QString &words) {
        theme.paintIcon(painter, icon, QRectF(x, baseline - style.icon + theme.px(2), style.icon, style.icon), ink);
        painter->setPen(ink);
        x += style.icon + theme.px(2);
        const QString shown = QFontMetricsF(style.label).elidedText(words, Qt::ElideRight, m_nameRect.right() - x);
        painter->drawText(QPointF(x, baseline), shown);
        x += QFontMetricsF(style.label).horizontalAdvance(shown) + theme.px(6);
    };
    if (!like.isEmpty())
        note(u"alert"_s, theme.textColor(Theme::Role::Error), like);
    painter->setPen(theme.color(Theme::Role::Text3));
    painter->drawText(QPointF(x, baseline), time);
    x += timeWidth + theme.px(6);
    if (m_row.priority != protocol::Priority::Next) {
        const bool now = m_row.priority == protocol::Priority::Now;
        note(now ? u"bolt"_s : u"chevron-down"_s, theme.textColor(Theme::priorityRole(m_row.priority)),
             now ? tr("now", "priority of a message") : tr("low", "priority of a message"));
    }
}

void MessageLayout::paintReply(QPainter *painter, const Theme &theme, const MessageStyle &style,
                               const PaintState &state) const
{
    const bool hot = m_replyRect.contains(state.pointer);
    const Theme::Role surface = m_row.own ? Theme::Role::Selection : Theme::Role::Raised;
    painter->fillRect(QRectF(m_replyRect.left(), m_replyRect.top() + 1, 2, m_replyRect.height() - 2),
                      theme.color(Theme::Role::Accent));
    const QRectF text = m_replyRect.adjusted(style.quote, 0, 0, 0);
    QFont font = style.name;
    font.setUnderline(hot);
    painter->setFont(font);
    painter->setPen(theme.textColor(Theme::Role::Accent, surface));
    painter->drawText(QRectF(text.left(), text.top(), text.width(), style.nameHeight),
                      Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, m_replySender);
    painter->setFont(style.label);
    painter->setPen(theme.color(Theme::Role::Text2));
    painter->drawText(QRectF(text.left(), text.top() + style.nameHeight, text.width(), style.labelHeight),
                      Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, m_replyText);
}

void MessageLayout::paintFoot(QPainter *painter, const Theme &theme, const MessageStyle &style,
                              const PaintState &state) const
{
    painter->setFont(style.label);
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

void MessageLayout::paint(QPainter *painter, const Theme &theme, const MessageStyle &style,
                          const PaintState &state) const
{
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(style.label);
    if (!m_row.beginning.isEmpty())
        paintBeginning(painter, theme, style);
    if (!m_dayText.isEmpty())
        paintRule(painter, m_dayRect, m_dayText, theme.color(Theme::Role::Line), theme.color(Theme::Role::Text3),
                  style.side);
    if (!m_row.notice.isEmpty()) {
        const Theme::Role role = m_row.noticeBad ? Theme::Role::Error : Theme::Role::Text3;
        const QString words =
            QFontMetricsF(style.label).elidedText(m_row.notice, Qt::ElideRight, m_width - 6.0 * style.side);
        paintRule(painter, m_noticeRect, words,
                  m_row.noticeBad ? theme.mix(Theme::Role::Panel, role, 0.5) : theme.color(Theme::Role::Line),
                  m_row.noticeBad ? theme.textColor(role) : theme.color(role), style.side);
    }
    if (m_row.firstUnread) {
        paintRule(painter, m_dividerRect, tr("New messages"), theme.mix(Theme::Role::Panel, Theme::Role::Accent, 0.5),
                  theme.textColor(Theme::Role::Accent), style.side);
    }
    if (state.flash > 0) {
        QColor glow = theme.color(Theme::Role::Accent);
        glow.setAlphaF(float(0.16 * state.flash));
        painter->fillRect(QRectF(0, m_bubble.top() - style.padY, m_width, m_bubble.height() + 2 * style.padY), glow);
    }
    if (!m_avatarRect.isEmpty())
        paintHead(painter, theme, style);

    const QColor fill = theme.color(m_row.own ? Theme::Role::Selection : Theme::Role::Raised);
    painter->setBrush(fill);
    painter->setPen(state.current ? QPen(theme.color(Theme::Role::Accent), 1) : QPen(Qt::NoPen));
    painter->drawRoundedRect(state.current ? m_bubble.adjusted(0.5, 0.5, -0.5, -0.5) : m_bubble, style.radius,
                             style.radius);
    if (m_row.mention) // a mark that is form, not colour alone: nothing else has a bar at the bubble's edge
        painter->fillRect(QRectF(m_bubble.left() - theme.px(5), m_bubble.top() + style.radius, theme.px(3),
                                 std::max(0.0, m_bubble.height() - 2 * style.radius)),
                          theme.color(Theme::Role::Accent));
    if (m_row.own && (m_row.state == protocol::events::OutgoingState::Cancelled))
        painter->setOpacity(0.6);
    if (!m_replyRect.isEmpty())
        paintReply(painter, theme, style, state);

    painter->save();
    painter->translate(m_textOrigin);
    BlockLayout::PaintState text;
    text.selectionFrom = state.selectionFrom;
    text.selectionTo = state.selectionTo;
    text.pointer = state.pointer - m_textOrigin;
    text.ink = theme.color(m_notice ? Theme::Role::Text2 : Theme::Role::Text1);
    m_text->paint(painter, theme, style, text);
    painter->restore();

    painter->setFont(style.label);
    if (!m_expandText.isEmpty()) {
        painter->setPen(theme.textColor(Theme::Role::Accent, Theme::Role::Raised));
        painter->drawText(m_expandRect, Qt::AlignVCenter | Qt::AlignLeft, m_expandText);
    }
    painter->setOpacity(1);
    paintFoot(painter, theme, style, state);
}

} // namespace mesh::views
