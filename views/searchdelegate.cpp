// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/searchdelegate.h"

#include <QtGui/QPainter>
#include <QtGui/QTextLayout>

#include "models/items/searchresultsmodel.h"
#include "views/theme.h"

namespace mesh::views {

using items::ExcerptPart;
using items::SearchResultsModel;

namespace {

constexpr int kExcerptLines = 2;

} // namespace

SearchDelegate::SearchDelegate(Theme &theme, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

QSize SearchDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    const int second = QFontMetrics(m_theme.font(Theme::Text::Second)).lineSpacing();
    const int body = QFontMetrics(m_theme.font(Theme::Text::BodyStrong)).lineSpacing();
    return {0, body + kExcerptLines * second + m_theme.px(20)};
}

void SearchDelegate::paintExcerpt(QPainter *painter, const QRect &rect, const QModelIndex &index) const
{
    const auto parts = index.data(SearchResultsModel::ExcerptRole).value<QList<ExcerptPart>>();
    QString text;
    QList<QTextLayout::FormatRange> formats;
    for (const ExcerptPart &part : parts) {
        if (part.found) {
            QTextLayout::FormatRange range;
            range.start = int(text.size());
            range.length = int(part.text.size());
            range.format.setFontWeight(QFont::DemiBold);
            range.format.setForeground(m_theme.color(Theme::Role::Text1));
            range.format.setBackground(m_theme.mix(Theme::Role::Panel, Theme::Role::Accent, 0.3));
            formats.append(range);
        }
        text += part.text;
    }
    QTextLayout layout(text, m_theme.font(Theme::Text::Second));
    layout.setFormats(formats);
    layout.beginLayout();
    double top = 0;
    for (int line = 0; line < kExcerptLines; ++line) {
        QTextLine one = layout.createLine();
        if (!one.isValid())
            break;
        one.setLineWidth(rect.width());
        one.setPosition({0, top});
        top += one.height();
    }
    layout.endLayout();
    painter->setPen(m_theme.color(Theme::Role::Text2));
    layout.draw(painter, rect.topLeft());
}

void SearchDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect rect = option.rect;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (selected)
        painter->fillRect(rect, m_theme.color(Theme::Role::Selection));
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(rect, m_theme.color(Theme::Role::Hover));
    if (selected)
        painter->fillRect(QRect(rect.left(), rect.top(), m_theme.px(2), rect.height()),
                          m_theme.color(Theme::Role::Accent));
    painter->fillRect(QRect(rect.left() + m_theme.px(14), rect.bottom(), rect.width() - m_theme.px(28), 1),
                      m_theme.color(Theme::Role::Line));

    const QRect inner = rect.adjusted(m_theme.px(14), m_theme.px(8), -m_theme.px(14), -m_theme.px(8));
    const QFont strong = m_theme.font(Theme::Text::BodyStrong);
    const QFont label = m_theme.font(Theme::Text::Label);
    const int line = QFontMetrics(strong).lineSpacing();
    const QRect head(inner.left(), inner.top(), inner.width(), line);

    const QString time = index.data(SearchResultsModel::TimeRole).toString();
    painter->setFont(label);
    painter->setPen(m_theme.color(Theme::Role::Text3));
    painter->drawText(head, Qt::AlignRight | Qt::AlignVCenter, time);
    int right = head.right() - QFontMetrics(label).horizontalAdvance(time) - m_theme.px(8);

    const QString sender = index.data(SearchResultsModel::SenderRole).toString();
    painter->setFont(strong);
    painter->setPen(m_theme.color(Theme::Role::Text1));
    const QFontMetrics metrics(strong);
    const QString shown = metrics.elidedText(sender, Qt::ElideRight, std::max(0, (right - head.left()) * 3 / 5));
    painter->drawText(head, Qt::AlignLeft | Qt::AlignVCenter, shown);
    const int placeLeft = head.left() + metrics.horizontalAdvance(shown) + m_theme.px(8);
    const QString place = index.data(SearchResultsModel::PlaceRole).toString();
    if (place != sender && right > placeLeft) {
        const QFont second = m_theme.font(Theme::Text::Second);
        painter->setFont(second);
        painter->setPen(m_theme.color(Theme::Role::Text3));
        painter->drawText(
            QRect(placeLeft, head.top(), right - placeLeft, line), Qt::AlignLeft | Qt::AlignVCenter,
            QFontMetrics(second).elidedText(tr("in %1", "conversation").arg(place), Qt::ElideRight, right - placeLeft));
    }
    paintExcerpt(painter, inner.adjusted(0, line + m_theme.px(2), 0, 0), index);
    painter->restore();
}

} // namespace mesh::views
