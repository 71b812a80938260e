// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/meshlistmodel.h"

#include "views/figures.h"
#include "views/theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

#include <algorithm>

namespace mesh::views {

MeshListModel::MeshListModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

void MeshListModel::setRows(const QList<MeshListRow> &rows)
{
    const qsizetype most = std::min(m_rows.size(), rows.size());
    qsizetype head = 0;
    while (head < most && m_rows[head].key == rows[head].key)
        ++head;
    qsizetype tail = 0;
    while (tail < most - head && m_rows[m_rows.size() - 1 - tail].key == rows[rows.size() - 1 - tail].key)
        ++tail;
    if (const qsizetype oldEnd = m_rows.size() - tail; oldEnd > head) {
        beginRemoveRows({}, int(head), int(oldEnd) - 1);
        m_rows.remove(head, oldEnd - head);
        endRemoveRows();
    }
    if (const qsizetype newEnd = rows.size() - tail; newEnd > head) {
        beginInsertRows({}, int(head), int(newEnd) - 1);
        for (qsizetype i = head; i < newEnd; ++i)
            m_rows.insert(i, rows[i]);
        endInsertRows();
    }
    qsizetype first = -1;
    for (qsizetype i = 0; i <= rows.size(); ++i) {
        const bool differs = i < rows.size() && !(m_rows[i] == rows[i]);
        if (differs) {
            m_rows[i] = rows[i];
            first = first < 0 ? i : first;
        } else if (first >= 0) {
            Q_EMIT dataChanged(index(int(first)), index(int(i) - 1));
            first = -1;
        }
    }
}

int MeshListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant MeshListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const MeshListRow &row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return row.title;
    case Qt::ToolTipRole:
        return Figures::toolTip(row.toolTip.isEmpty() ? row.title : row.toolTip);
    case Qt::AccessibleTextRole:
        return QStringList{row.title, row.value, row.second}.join(u", ");
    case KeyRole:
        return row.key;
    case SecondRole:
        return row.second;
    case ValueRole:
        return row.value;
    case MonoRole:
        return row.mono;
    case DimRole:
        return row.dim;
    default:
        return {};
    }
}

MeshListDelegate::MeshListDelegate(Theme &theme, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

QSize MeshListDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {m_theme.px(120), m_theme.px(46)};
}

void MeshListDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    const QRectF row = option.rect;
    painter->save();
    if (selected || hovered)
        painter->fillRect(row, m_theme.color(selected ? Theme::Role::Selection : Theme::Role::Hover));
    if (selected)
        painter->fillRect(QRectF(row.left(), row.top(), 2, row.height()), m_theme.color(Theme::Role::Accent));
    const bool dim = index.data(MeshListModel::DimRole).toBool();
    const QRectF inner = row.adjusted(m_theme.px(16), m_theme.px(6), -m_theme.px(14), -m_theme.px(6));
    const double half = inner.height() / 2;

    const QString value = index.data(MeshListModel::ValueRole).toString();
    double right = inner.right();
    if (!value.isEmpty()) {
        painter->setFont(m_theme.font(Theme::Text::Mono));
        painter->setPen(m_theme.color(dim ? Theme::Role::Text3 : Theme::Role::Text1));
        const QFontMetricsF metrics(painter->font());
        const QString shown = metrics.elidedText(value, Qt::ElideRight, inner.width() * 0.55);
        const double wide = metrics.horizontalAdvance(shown) + 1;
        painter->drawText(QRectF(inner.right() - wide, inner.top(), wide, half), Qt::AlignVCenter | Qt::AlignRight,
                          shown);
        right = inner.right() - wide - m_theme.px(10);
    }
    painter->setFont(
        m_theme.font(index.data(MeshListModel::MonoRole).toBool() ? Theme::Text::Mono : Theme::Text::Body));
    painter->setPen(m_theme.color(dim ? Theme::Role::Text3 : Theme::Role::Text1));
    const QFontMetricsF title(painter->font());
    painter->drawText(QRectF(inner.left(), inner.top(), right - inner.left(), half),
                      Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                      title.elidedText(index.data().toString(), Qt::ElideRight, right - inner.left()));
    painter->setFont(m_theme.font(Theme::Text::Label));
    painter->setPen(m_theme.color(Theme::Role::Text3));
    const QFontMetricsF second(painter->font());
    painter->drawText(
        QRectF(inner.left(), inner.top() + half, inner.width(), half),
        Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
        second.elidedText(index.data(MeshListModel::SecondRole).toString(), Qt::ElideRight, inner.width()));
    painter->restore();
}

} // namespace mesh::views
