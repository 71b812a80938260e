// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timelinefilter.h"

#include "models/items/peermatches.h"
#include "models/items/timelinemodel.h"
#include "views/theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

#include <algorithm>

namespace mesh::views {

using namespace Qt::StringLiterals;

TimelineFilter::TimelineFilter(items::TimelineModel &model, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_model(model)
{
    setDynamicSortFilter(true);
    setSourceModel(&model);
}

void TimelineFilter::setFilter(const QString &text, int lane)
{
    if (m_text == text && m_lane == lane)
        return;
    m_text = text;
    m_lane = lane;
    invalidateFilter();
}

void TimelineFilter::setMatches(items::PeerMatches *matches)
{
    if (m_matches)
        m_matches->disconnect(this);
    m_matches = matches;
    if (m_matches)
        connect(m_matches, &items::PeerMatches::changed, this, [this] { invalidateFilter(); });
    invalidateFilter();
}

bool TimelineFilter::filterAcceptsRow(int sourceRow, const QModelIndex &) const
{
    const store::Lane lane = m_model.lane(sourceRow);
    if (m_lane == ChangesOnly && (lane == store::Lane::Messages || lane == store::Lane::Ticks))
        return false;
    if (m_lane >= 0 && int(lane) != m_lane)
        return false;
    if (m_matches && m_matches->isFiltering()) {
        const QStringList peers = m_model.peersOf(sourceRow);
        if (!peers.isEmpty() && std::none_of(peers.cbegin(), peers.cend(), [this](const QString &key) {
                return m_matches->passes(key);
            }))
            return false;
    }
    return m_text.isEmpty() || m_model.matches(sourceRow, m_text);
}

TimelineRowDelegate::TimelineRowDelegate(Theme &theme, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

namespace {

Theme::Role laneRole(store::Lane lane)
{
    switch (lane) {
    case store::Lane::Messages:
        return Theme::Role::Next;
    case store::Lane::Presence:
        return Theme::Role::Idle;
    case store::Lane::State:
        return Theme::Role::Accent;
    case store::Lane::Memory:
        return Theme::Role::Dnd;
    case store::Lane::Tasks:
        return Theme::Role::Low;
    case store::Lane::Ticks:
    case store::Lane::System:
        break;
    }
    return Theme::Role::Offline;
}

} // namespace

void TimelineRowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem opt = option;
    initStyleOption(&opt, index);
    const QString text = opt.text;
    opt.text.clear();
    opt.widget->style()->drawControl(QStyle::CE_ItemViewItem, &opt, painter, opt.widget);

    using Model = items::TimelineModel;
    const int column = index.column();
    QFont font = m_theme.font(Theme::Text::Second);
    QColor ink = m_theme.color(Theme::Role::Text1);
    QRectF cell = QRectF(option.rect).adjusted(m_theme.px(8), 0, -m_theme.px(4), 0);
    switch (column) {
    case Model::Time:
        font = m_theme.font(Theme::Text::Number);
        ink = m_theme.color(Theme::Role::Text2);
        break;
    case Model::Lane: {
        ink = m_theme.color(Theme::Role::Text2);
        const auto lane = store::Lane(index.data(Model::LaneRole).toInt());
        const double side = m_theme.px(7);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(laneRole(lane)));
        const QRectF mark(cell.left(), cell.center().y() - side / 2, side, side);
        if (lane == store::Lane::Memory)
            painter->drawPolygon(
                QPolygonF({QPointF(mark.center().x(), mark.top()), QPointF(mark.right(), mark.center().y()),
                           QPointF(mark.center().x(), mark.bottom()), QPointF(mark.left(), mark.center().y())}));
        else
            painter->drawRoundedRect(mark, 2, 2);
        painter->restore();
        cell.setLeft(cell.left() + side + m_theme.px(6));
        break;
    }
    case Model::Actor:
        font = m_theme.font(Theme::Text::SecondStrong);
        break;
    case Model::OldValue:
        font = m_theme.font(Theme::Text::Mono);
        ink = m_theme.color(Theme::Role::Text3);
        break;
    case Model::NewValue:
        font = m_theme.font(Theme::Text::Mono);
        break;
    default:
        ink = m_theme.color(Theme::Role::Text2);
        break;
    }
    if (text.isEmpty())
        return;
    painter->save();
    painter->setFont(font);
    painter->setPen(ink);
    const QFontMetricsF metrics(font);
    painter->drawText(cell, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                      metrics.elidedText(text, Qt::ElideRight, cell.width()));
    painter->restore();
}

} // namespace mesh::views
