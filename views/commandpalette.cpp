// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/commandpalette.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxRows = 9;
constexpr int hintRole = Qt::UserRole;
constexpr int shortcutRole = Qt::UserRole + 1;

class RowDelegate final : public QStyledItemDelegate
{
public:
    RowDelegate(const Theme &theme, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {0, m_theme.px(34)}; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        QRect row = option.rect.adjusted(m_theme.px(4), 1, -m_theme.px(4), -1);
        if (option.state & QStyle::State_Selected) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(m_theme.color(Theme::Role::Selection));
            painter->drawRoundedRect(row, m_theme.px(6), m_theme.px(6));
        }
        row.adjust(m_theme.px(8), 0, -m_theme.px(8), 0);
        painter->setFont(m_theme.font(Theme::Text::Second));
        painter->setPen(m_theme.color(Theme::Role::Text3));
        const QString tail = index.data(shortcutRole).toString().isEmpty() ? index.data(hintRole).toString()
                                                                           : index.data(shortcutRole).toString();
        const int tailWidth = painter->fontMetrics().horizontalAdvance(tail);
        painter->drawText(row, Qt::AlignRight | Qt::AlignVCenter, tail);
        painter->setFont(m_theme.font(Theme::Text::Body));
        painter->setPen(m_theme.color(Theme::Role::Text1));
        row.setRight(row.right() - tailWidth - m_theme.px(12));
        painter->drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, row.width()));
        painter->restore();
    }

private:
    const Theme &m_theme;
};

} // namespace

int paletteScore(QStringView title, QStringView typed)
{
    if (typed.isEmpty())
        return 0;
    int score = 0;
    qsizetype at = 0;
    qsizetype previous = -2;
    for (const QChar wanted : typed) {
        if (wanted.isSpace())
            continue;
        while (at < title.size() && title[at].toCaseFolded() != wanted.toCaseFolded())
            ++at;
        if (at == title.size())
            return -1;
        const bool wordStart = at == 0 || !title[at - 1].isLetterOrNumber();
        score += at == 0 ? 12 : wordStart ? 8 : previous + 1 == at ? 6 : 1;
        previous = at++;
    }
    return score * 64 - int(std::min<qsizetype>(title.size(), 63)); // of equals, the shorter is closer
}

CommandPalette::CommandPalette(Theme &theme, Source source, QWidget *parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_source(std::move(source))
    , m_line(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_empty(new QLabel(tr("Nothing is called that."), this))
{
    setObjectName("commandPalette"_L1);
    setAutoFillBackground(true);
    m_line->setObjectName("paletteLine"_L1);
    m_line->setPlaceholderText(tr("Search or run"));
    m_line->setAccessibleName(tr("Search or run"));
    m_list->setObjectName("paletteList"_L1);
    m_list->setItemDelegate(new RowDelegate(theme, m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_empty->setAlignment(Qt::AlignCenter);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(6);
    column->addWidget(m_line);
    column->addWidget(m_list);
    column->addWidget(m_empty);
    m_line->installEventFilter(this);
    connect(m_line, &QLineEdit::textChanged, this, &CommandPalette::fill);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    connect(&theme, &Theme::changed, this, &CommandPalette::restyle);
    restyle();
    hide();
}

void CommandPalette::restyle()
{
    m_line->setFont(m_theme.font(Theme::Text::Title));
    m_empty->setFont(m_theme.font(Theme::Text::Body));
    m_empty->setMinimumHeight(m_theme.px(48));
    setStyleSheet(u"#commandPalette { background: %1; border: 1px solid %2; border-radius: %3px; }"_s
                      .arg(m_theme.color(Theme::Role::Panel).name(), m_theme.color(Theme::Role::Line).name())
                      .arg(m_theme.px(10)));
}

void CommandPalette::popUp()
{
    m_entries = m_source();
    m_line->clear();
    fill();
    show();
    raise();
    m_line->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::fill()
{
    const QString typed = m_line->text();
    QList<std::pair<int, int>> ranked;
    for (int i = 0; i < m_entries.size(); ++i) {
        if (const int score = paletteScore(m_entries[i].title, typed); score >= 0)
            ranked << std::pair{-score, i};
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    m_shown.clear();
    m_list->clear();
    for (const auto &[score, index] : ranked.first(std::min<qsizetype>(ranked.size(), maxRows))) {
        auto *item = new QListWidgetItem(m_entries[index].title, m_list);
        item->setData(hintRole, m_entries[index].hint);
        item->setData(shortcutRole, m_entries[index].shortcut);
        m_shown << index;
    }
    m_list->setCurrentRow(0);
    m_list->setVisible(!m_shown.isEmpty());
    m_empty->setVisible(m_shown.isEmpty());
    m_list->setFixedHeight(int(m_shown.size()) * m_theme.px(34) + 4);
    const int width = std::min(m_theme.px(560), parentWidget()->width() - m_theme.px(32));
    setFixedWidth(std::max(width, 200));
    adjustSize();
    move((parentWidget()->width() - this->width()) / 2, m_theme.px(56));
}

void CommandPalette::runCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_shown.size())
        return;
    const auto run = m_entries[m_shown[row]].run;
    hide();
    if (run)
        run();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_line && event->type() == QEvent::FocusOut) {
        hide();
        return false;
    }
    if (watched != m_line || event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const int rows = m_list->count();
    switch (key->key()) {
    case Qt::Key_Escape:
        hide();
        parentWidget()->setFocus();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        runCurrent();
        return true;
    case Qt::Key_Down:
    case Qt::Key_Up:
        if (rows > 0)
            m_list->setCurrentRow((m_list->currentRow() + (key->key() == Qt::Key_Down ? 1 : rows - 1)) % rows);
        return true;
    default:
        return QFrame::eventFilter(watched, event);
    }
}

} // namespace mesh::views
