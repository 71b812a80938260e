// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/completionpopup.h"

#include <QtGui/QPainter>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::Completion;

namespace {

constexpr int kCompletionRow = 32; // px of the drawing

class CompletionDelegate final : public QStyledItemDelegate
{
public:
    CompletionDelegate(const Theme &theme, const CompletionPopup &popup, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
        , m_popup(popup)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {0, m_theme.px(kCompletionRow)};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        if (index.row() >= m_popup.rows().size())
            return;
        const Completion &row = m_popup.rows().at(index.row());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        QRect rect = option.rect.adjusted(m_theme.px(4), 1, -m_theme.px(4), -1);
        const bool current = option.state.testFlag(QStyle::State_Selected);
        if (current) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(m_theme.color(Theme::Role::Selection));
            painter->drawRoundedRect(rect, m_theme.px(6), m_theme.px(6));
        }
        rect.adjust(m_theme.px(8), 0, -m_theme.px(8), 0);
        if (row.kind == Completion::Kind::Peer) {
            const double dot = m_theme.px(8);
            m_theme.paintStatusDot(painter, QPointF(rect.left() + dot / 2, QRectF(rect).center().y()), dot, row.status,
                                   m_theme.color(current ? Theme::Role::Selection : Theme::Role::Panel));
            rect.setLeft(rect.left() + m_theme.px(16));
        }
        painter->setFont(m_theme.font(Theme::Text::Body));
        const QFontMetrics metrics = painter->fontMetrics();
        const QString title = metrics.elidedText(row.title, Qt::ElideRight, rect.width());
        painter->setPen(m_theme.color(Theme::Role::Text1));
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, title);
        rect.setLeft(rect.left() + metrics.horizontalAdvance(title) + m_theme.px(10));
        painter->setFont(m_theme.font(Theme::Text::Second));
        painter->setPen(m_theme.color(Theme::Role::Text3));
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignRight,
                          painter->fontMetrics().elidedText(row.hint, Qt::ElideRight, std::max(0, rect.width())));
        painter->restore();
    }

private:
    const Theme &m_theme;
    const CompletionPopup &m_popup;
};

} // namespace

CompletionPopup::CompletionPopup(Theme &theme, QWidget *parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_list(new QListWidget)
{
    setObjectName(u"completionPopup"_s);
    setAutoFillBackground(true);
    setFocusPolicy(Qt::NoFocus);
    m_list->setObjectName(u"completionList"_s);
    m_list->setAccessibleName(tr("Suggestions"));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setItemDelegate(new CompletionDelegate(m_theme, *this, m_list));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 4, 1, 4);
    layout->addWidget(m_list);
    connect(m_list, &QListWidget::itemClicked, this, [this](QListWidgetItem *item) { choose(m_list->row(item)); });
    connect(&m_theme, &Theme::changed, this, &CompletionPopup::onThemeChanged);
    onThemeChanged();
    hide();
}

void CompletionPopup::onThemeChanged()
{
    setStyleSheet(u"#completionPopup { background: %1; border: 1px solid %2; border-radius: %3px; }"_s
                      .arg(m_theme.color(Theme::Role::Panel).name(), m_theme.color(Theme::Role::Line).name())
                      .arg(m_theme.px(10)));
}

void CompletionPopup::offer(const QList<Completion> &rows, const QPoint &bottomLeft, int width)
{
    const int before = isVisible() ? m_list->currentRow() : -1;
    const QString kept = before >= 0 && before < m_rows.size() ? m_rows.at(before).insert : QString();
    m_rows = rows;
    if (rows.isEmpty()) {
        hide();
        return;
    }
    m_list->clear();
    int current = 0;
    for (int i = 0; i < rows.size(); ++i) {
        auto *item = new QListWidgetItem(rows.at(i).title, m_list);
        item->setData(Qt::AccessibleTextRole, u"%1, %2"_s.arg(rows.at(i).title, rows.at(i).hint));
        if (rows.at(i).insert == kept)
            current = i;
    }
    m_list->setCurrentRow(current);
    const int height = int(rows.size()) * m_theme.px(kCompletionRow) + 10;
    setGeometry(bottomLeft.x(), std::max(0, bottomLeft.y() - height), width, std::min(height, bottomLeft.y()));
    show();
    raise();
}

bool CompletionPopup::handleKey(int key)
{
    if (!isVisible())
        return false;
    const int rows = int(m_rows.size());
    switch (key) {
    case Qt::Key_Up:
        m_list->setCurrentRow((m_list->currentRow() + rows - 1) % rows);
        return true;
    case Qt::Key_Down:
        m_list->setCurrentRow((m_list->currentRow() + 1) % rows);
        return true;
    case Qt::Key_Tab:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose(m_list->currentRow());
        return true;
    case Qt::Key_Escape:
        hide();
        Q_EMIT dismissed();
        return true;
    default:
        return false;
    }
}

void CompletionPopup::choose(int row)
{
    if (row < 0 || row >= m_rows.size())
        return;
    const Completion completion = m_rows.at(row);
    hide();
    Q_EMIT chosen(completion);
}

} // namespace mesh::views
