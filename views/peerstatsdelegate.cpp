// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/peerstatsmodel.h"

#include "models/items/displaytext.h"
#include "views/figures.h"
#include "views/sparkline.h"
#include "views/theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

namespace mesh::views {

namespace {
constexpr double kTrendSpan = 1'000; //!< tokens; smaller changes stay a flat line
} // namespace

PeerStatsDelegate::PeerStatsDelegate(Theme &theme, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

void PeerStatsDelegate::paintContext(QPainter *painter, const QRectF &cell, const QModelIndex &index) const
{
    const QVariant share = index.data(PeerStatsModel::ShareRole);
    const double wide = m_theme.px(46);
    const bool full = share.isValid() && share.toDouble() >= items::kContextAlarm;
    painter->setFont(m_theme.font(Theme::Text::Number));
    painter->setPen(full ? m_theme.textColor(Theme::Role::Now) : m_theme.color(Theme::Role::Text1));
    painter->drawText(cell, Qt::AlignVCenter | Qt::AlignLeft, index.data().toString());
    if (!share.isValid())
        return;
    const QRectF bar(cell.left() + wide, cell.center().y() - m_theme.px(2), m_theme.px(34), m_theme.px(4));
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_theme.color(Theme::Role::Line));
    painter->drawRoundedRect(bar, 2, 2);
    QRectF used = bar;
    used.setWidth(std::max(bar.height(), bar.width() * std::min(1.0, share.toDouble())));
    painter->setBrush(m_theme.color(full ? Theme::Role::Now : Theme::Role::Text2));
    painter->drawRoundedRect(used, 2, 2);
    const QRectF trend(bar.right() + m_theme.px(6), cell.top() + m_theme.px(6),
                       cell.right() - bar.right() - m_theme.px(8), cell.height() - m_theme.px(12));
    if (trend.width() > m_theme.px(20))
        paintSparkline(*painter, trend, index.data(PeerStatsModel::TrendRole).value<QList<double>>(),
                       m_theme.color(Theme::Role::Low), kTrendSpan);
}

void PeerStatsDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem opt = option;
    initStyleOption(&opt, index);
    const QString text = opt.text;
    opt.text.clear();
    opt.widget->style()->drawControl(QStyle::CE_ItemViewItem, &opt, painter, opt.widget);
    painter->save();
    QRectF cell = QRectF(option.rect).adjusted(m_theme.px(8), 0, -m_theme.px(4), 0);
    const bool missing = text == Figures::notReported();
    if (missing) {
        painter->setFont(m_theme.font(Theme::Text::Label));
        painter->setPen(m_theme.color(Theme::Role::Text3));
    } else if (index.column() == PeerStatsModel::Context) {
        paintContext(painter, cell, index);
        painter->restore();
        return;
    } else if (index.column() == PeerStatsModel::Name) {
        const double side = m_theme.px(8);
        const auto status = protocol::PeerStatus(index.data(PeerStatsModel::StatusRole).toInt());
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        m_theme.paintStatusDot(painter, QPointF(cell.left() + side / 2, cell.center().y()), side, status,
                               m_theme.color(selected ? Theme::Role::Selection : Theme::Role::Panel));
        cell.setLeft(cell.left() + side + m_theme.px(8));
        painter->setFont(m_theme.font(Theme::Text::Body));
        painter->setPen(m_theme.color(Theme::Role::Text1));
    } else {
        painter->setFont(m_theme.font(Theme::Text::Number));
        painter->setPen(m_theme.color(Theme::Role::Text1));
    }
    const QFontMetricsF metrics(painter->font());
    painter->drawText(cell, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                      metrics.elidedText(text, Qt::ElideRight, cell.width()));
    painter->restore();
}

} // namespace mesh::views
