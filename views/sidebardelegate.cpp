// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/sidebardelegate.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include <algorithm>

#include "models/items/focusstate.h"
#include "views/avatar.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::ConversationListModel;
using protocol::events::OutgoingState;

namespace {

QString stateIcon(OutgoingState state)
{
    switch (state) {
    case OutgoingState::Queued:
    case OutgoingState::Sent:
        return u"clock"_s;
    case OutgoingState::Accepted:
        return u"check"_s;
    case OutgoingState::Delivered:
    case OutgoingState::Read:
        return u"check-double"_s;
    case OutgoingState::Refused:
    case OutgoingState::Unknown:
        return u"alert"_s;
    case OutgoingState::Cancelled:
        break;
    }
    return u"close"_s;
}

} // namespace

SideBarDelegate::SideBarDelegate(Theme &theme, ConversationListModel &model, items::FocusState *focus, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
    , m_model(model)
    , m_focus(focus)
{
}

QSize SideBarDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const bool header =
        index.data(ConversationListModel::KindRole).toInt() == int(ConversationListModel::RowKind::Header);
    return {0, m_theme.px(header ? 38 : 50)};
}

void SideBarDelegate::paintHeader(QPainter *painter, const QRect &rect, const Row &row) const
{
    painter->setFont(m_theme.font(Theme::Text::LabelStrong));
    painter->setPen(m_theme.color(Theme::Role::Text3));
    const QRect text = rect.adjusted(m_theme.px(14), m_theme.px(8), -m_theme.px(14), 0);
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft, row.title);
    if (row.section == ConversationListModel::Section::NeedsYou) {
        paintBadge(painter, QPointF(text.right(), QRectF(text).center().y()), row.count, true);
    } else if (row.section == ConversationListModel::Section::Archive) {
        const double side = m_theme.px(12);
        painter->setFont(m_theme.font(Theme::Text::Label));
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignRight, QString::number(row.count));
        m_theme.paintIcon(
            painter, row.folded ? u"chevron-right"_s : u"chevron-down"_s,
            QRectF(text.left() + QFontMetricsF(m_theme.font(Theme::Text::LabelStrong)).horizontalAdvance(row.title)
                       + m_theme.px(4),
                   QRectF(text).center().y() - side / 2, side, side),
            m_theme.color(Theme::Role::Text3));
    } else if (row.section == ConversationListModel::Section::Peers) {
        painter->setFont(m_theme.font(Theme::Text::Label));
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignRight, QString::number(row.count));
    }
}

int SideBarDelegate::paintBadge(QPainter *painter, const QPointF &rightCentre, int count, bool strong) const
{
    const QString text = count > 999 ? u"999+"_s : QString::number(count);
    QFont font = m_theme.font(Theme::Text::LabelStrong);
    font.setLetterSpacing(QFont::AbsoluteSpacing, 0);
    painter->setFont(font);
    const double height = m_theme.px(18);
    const double width = std::max(height, QFontMetricsF(font).horizontalAdvance(text) + m_theme.px(10));
    const QRectF box(rightCentre.x() - width, rightCentre.y() - height / 2, width, height);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_theme.color(strong ? Theme::Role::Accent : Theme::Role::Line));
    painter->drawRoundedRect(box, height / 2, height / 2);
    painter->setPen(m_theme.color(strong ? Theme::Role::OnAccent : Theme::Role::Text1));
    painter->drawText(box, Qt::AlignCenter, text);
    return int(width);
}

void SideBarDelegate::paintPreview(QPainter *painter, const QRect &rect, const Row &row) const
{
    int left = rect.left();
    const QFont font = m_theme.font(Theme::Text::Second);
    const QFontMetrics metrics(font);
    painter->setFont(font);
    if (row.typing) {
        painter->setPen(m_theme.textColor(Theme::Role::Idle));
    } else if (row.previewKind == ConversationListModel::Preview::Draft) {
        const QString word = tr("Draft: ");
        painter->setPen(m_theme.textColor(Theme::Role::Accent));
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, word);
        left += metrics.horizontalAdvance(word);
        painter->setPen(m_theme.color(Theme::Role::Text2));
    } else if (row.previewKind == ConversationListModel::Preview::Own) {
        const int side = m_theme.px(14);
        const bool bad = row.ownState == OutgoingState::Refused || row.ownState == OutgoingState::Unknown;
        const QColor ink = bad                    ? m_theme.textColor(Theme::Role::Error)
            : row.ownState == OutgoingState::Read ? m_theme.textColor(Theme::Role::Idle)
                                                  : m_theme.color(Theme::Role::Text2);
        m_theme.paintIcon(painter, stateIcon(row.ownState),
                          QRectF(left, rect.center().y() - side / 2.0 + 0.5, side, side), ink);
        left += side + m_theme.px(4);
        painter->setPen(m_theme.color(Theme::Role::Text2));
    } else {
        painter->setPen(m_theme.color(Theme::Role::Text2));
    }
    const QRect text(left, rect.top(), rect.right() - left + 1, rect.height());
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                      metrics.elidedText(row.preview, Qt::ElideRight, text.width()));
}

void SideBarDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Row row = m_model.row(index.row());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect rect = option.rect;
    if (row.kind == ConversationListModel::RowKind::Header) {
        paintHeader(painter, rect, row);
        painter->restore();
        return;
    }

    const bool active = m_focus && m_focus->conversation() && m_model.rowOf(*m_focus->conversation()) == index.row();
    const bool notes = row.id.kind == protocol::ConversationKind::Notes;
    QColor surface = m_theme.color(notes ? Theme::Role::Raised : Theme::Role::Panel);
    if (active)
        surface = m_theme.color(Theme::Role::Selection);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        surface = m_theme.color(Theme::Role::Hover);
    painter->fillRect(rect, surface);
    if (active)
        painter->fillRect(QRect(rect.left(), rect.top(), m_theme.px(2), rect.height()),
                          m_theme.color(Theme::Role::Accent));
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(m_theme.color(Theme::Role::Accent), 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(rect).adjusted(m_theme.px(4) + 0.5, 1.5, -m_theme.px(4) - 0.5, -1.5),
                                 m_theme.px(7), m_theme.px(7));
    }

    if (notes) // it stands apart from whom one talks with
        painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), m_theme.color(Theme::Role::Line));
    const int side = m_theme.px(30);
    const QRectF avatar(rect.left() + m_theme.px(14), rect.center().y() - side / 2 + 1, side, side);
    paintAvatar(painter, m_theme, avatar, row.initials, row.peerKind);
    if (row.id.kind == protocol::ConversationKind::Direct) {
        const double dot = m_theme.px(7);
        const QPointF centre = avatar.bottomRight() - QPointF(dot * 0.3, dot * 0.3);
        m_theme.paintStatusDot(painter, centre, dot, row.status, surface);
        if (row.section == ConversationListModel::Section::NeedsYou) {
            // A ring says "waits for you" without hiding the status.
            painter->setBrush(Qt::NoBrush);
            painter->setPen(QPen(m_theme.color(Theme::Role::Now), 1.5));
            painter->drawRoundedRect(avatar.adjusted(-1.5, -1.5, 1.5, 1.5), avatar.width() * 0.25 + 1.5,
                                     avatar.width() * 0.25 + 1.5);
            m_theme.paintStatusDot(painter, centre, dot, row.status, surface);
        }
    }

    const int left = int(avatar.right()) + m_theme.px(10);
    int right = rect.right() - m_theme.px(14);
    const int middle = rect.center().y();
    const QRect top(left, middle - m_theme.px(18), right - left, m_theme.px(18));
    QRect bottom(left, middle, right - left, m_theme.px(18));

    int nameRight = right;
    if (!row.time.isEmpty()) {
        const QFont font = m_theme.font(Theme::Text::Label);
        painter->setFont(font);
        painter->setPen(m_theme.color(Theme::Role::Text3));
        painter->drawText(top, Qt::AlignVCenter | Qt::AlignRight, row.time);
        nameRight -= QFontMetrics(font).horizontalAdvance(row.time) + m_theme.px(8);
    }
    if (row.unread > 0) {
        const bool loud = row.attention == protocol::events::Attention::All
            || (row.mentions > 0 && row.attention == protocol::events::Attention::Mentions);
        const int width = paintBadge(painter, QPointF(right, QRectF(bottom).center().y()), row.unread, loud);
        bottom.setRight(right - width - m_theme.px(6));
    }
    const auto mark = [&](const QString &icon, Theme::Role role) {
        const double side = m_theme.px(14);
        m_theme.paintIcon(painter, icon,
                          QRectF(bottom.right() - side, QRectF(bottom).center().y() - side / 2, side, side),
                          m_theme.textColor(role));
        bottom.setRight(bottom.right() - int(side) - m_theme.px(4));
    };
    if (row.mentions > 1) {
        const QFont font = m_theme.font(Theme::Text::LabelStrong);
        const QString count = QString::number(row.mentions);
        painter->setFont(font);
        painter->setPen(m_theme.textColor(Theme::Role::Accent));
        painter->drawText(bottom, Qt::AlignVCenter | Qt::AlignRight, count);
        bottom.setRight(bottom.right() - QFontMetrics(font).horizontalAdvance(count) - m_theme.px(1));
    }
    if (row.mentions > 0)
        mark(u"at"_s, Theme::Role::Accent);
    if (row.attention != protocol::events::Attention::All)
        mark(u"bell-off"_s, Theme::Role::Text3);
    if (row.pinned)
        mark(u"pin"_s, Theme::Role::Text3);
    if (!row.imitates.isEmpty() || row.trust == items::KeyTrust::Changed)
        mark(u"alert"_s, Theme::Role::Error);
    else if (row.trust == items::KeyTrust::Unknown && row.kind == ConversationListModel::RowKind::Conversation)
        mark(u"key"_s, Theme::Role::Text3); // not verified yet
    QFont nameFont = m_theme.font(row.unread > 0 || active ? Theme::Text::BodyStrong : Theme::Text::Body);
    if (row.unread == 0 && !active)
        nameFont.setWeight(QFont::Medium);
    painter->setFont(nameFont);
    const bool away = row.id.kind == protocol::ConversationKind::Direct && row.status == protocol::PeerStatus::Offline;
    painter->setPen(m_theme.color(away ? Theme::Role::Text2 : Theme::Role::Text1));
    painter->drawText(QRect(left, top.top(), nameRight - left, top.height()),
                      Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                      QFontMetrics(nameFont).elidedText(row.title, Qt::ElideRight, nameRight - left));
    paintPreview(painter, bottom, row);
    painter->restore();
}

} // namespace mesh::views
