// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/attentionchips.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

#include "views/attentionrules.h"
#include "views/chip.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::AttentionKind;

namespace {

Theme::Role attentionRole(AttentionKind kind)
{
    switch (kind) {
    case AttentionKind::WaitsForYou:
    case AttentionKind::ContextFull:
        return Theme::Role::Now;
    case AttentionKind::Stalled:
    case AttentionKind::Looping:
    case AttentionKind::Flooding:
        return Theme::Role::Working;
    case AttentionKind::Silent:
        break;
    }
    return Theme::Role::Dnd;
}

} // namespace

AttentionChips::AttentionChips(Theme &theme, items::AttentionModel &model, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_model(model)
{
    setObjectName(u"attentionChips"_s);
    for (int i = 0; i < kShown; ++i) {
        auto *chip = new Chip(m_theme, this);
        chip->setObjectName(u"attentionChip-%1"_s.arg(i));
        connect(chip, &Chip::clicked, this, [this, i] {
            if (i < m_model.rowCount())
                Q_EMIT activated(m_model.item(i));
        });
        m_chips.append(chip);
    }
    m_more = new Chip(m_theme, this);
    m_more->setObjectName(u"attentionMore"_s);
    connect(m_more, &Chip::clicked, this, &AttentionChips::listRequested);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &AttentionChips::refresh);
    connect(&m_model, &items::AttentionModel::itemsChanged, this, &AttentionChips::refresh);
    connect(&m_theme, &Theme::changed, this, &AttentionChips::refresh);
    refresh();
}

void AttentionChips::setWidthLimit(int width)
{
    if (m_limit == width)
        return;
    m_limit = width;
    place();
}

void AttentionChips::refresh()
{
    const int rows = m_model.rowCount();
    for (int i = 0; i < kShown && i < rows; ++i) {
        QList<items::AttentionSpan> spans = m_model.spans(i);
        if (const QString age = m_model.age(i); !age.isEmpty())
            spans.append({u" · "_s + age, false});
        m_chips.at(i)->setSpans(spans);
        m_chips.at(i)->setEdge(attentionRole(m_model.item(i).kind));
        m_chips.at(i)->setToolTip(m_model.index(i).data(Qt::ToolTipRole).toString());
    }
    const int more = rows - kShown + m_model.hidden();
    if (more > 0)
        m_more->setSpans({{tr("%n more", nullptr, more), false}});
    for (int i = 0; i < kShown; ++i)
        m_chips.at(i)->setVisible(i < rows);
    m_more->setVisible(more > 0);
    place();
    setVisible(rows > 0);
}

void AttentionChips::place()
{
    const int gap = m_theme.px(6);
    int widest = 0;
    int y = 0;
    QList<Chip *> shown = m_chips;
    shown.append(m_more);
    erase_if(shown, [](const Chip *chip) { return chip->isHidden(); });
    for (const Chip *chip : std::as_const(shown))
        widest = std::max(widest, std::min(chip->sizeHint().width(), m_limit));
    for (Chip *chip : std::as_const(shown)) {
        const int width = std::min(chip->sizeHint().width(), m_limit);
        chip->setGeometry(widest - width, y, width, chip->sizeHint().height());
        y += chip->height() + gap;
    }
    const QSize size(widest, std::max(0, y - gap));
    if (size != this->size()) {
        resize(size);
        Q_EMIT resized();
    }
}

AttentionList::AttentionList(Theme &theme, items::AttentionModel &model, QWidget *parent)
    : QFrame(parent, Qt::Popup)
    , m_theme(theme)
    , m_model(model)
{
    setObjectName(u"attentionList"_s);
    setProperty("card", true);
    auto *column = new QVBoxLayout(this);
    auto *head = new QHBoxLayout;
    m_title = new QLabel(tr("Needs attention"));
    m_title->setProperty("tone", u"title"_s);
    head->addWidget(m_title, 1);
    m_rules = new QToolButton;
    m_rules->setObjectName(u"attentionRules"_s);
    m_rules->setProperty("flat", true);
    m_rules->setText(tr("Rules"));
    m_rules->setCheckable(true);
    connect(m_rules, &QToolButton::toggled, this, &AttentionList::showRules);
    head->addWidget(m_rules);
    column->addLayout(head);
    // Not a stack: that would be as large as the larger of the two.
    m_listPage = new QWidget;
    auto *listColumn = new QVBoxLayout(m_listPage);
    listColumn->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_listPage, 1);
    m_rulesPage = new AttentionRulesPage(theme, model);
    m_rulesPage->hide();
    column->addWidget(m_rulesPage, 1);
    m_list = new QListView;
    m_list->setObjectName(u"attentionListView"_s);
    m_list->setAccessibleName(m_title->text());
    m_list->setModel(&m_model);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    listColumn->addWidget(m_list, 1);
    m_note = new QLabel;
    m_note->setProperty("tone", u"second"_s);
    m_note->setWordWrap(true);
    listColumn->addWidget(m_note);
    // Enter and a click both count as activation here: a row has one meaning.
    connect(m_list, &QListView::clicked, this, &AttentionList::choose);
    connect(m_list, &QListView::activated, this, &AttentionList::choose);
    connect(&m_model, &items::AttentionModel::itemsChanged, this, &AttentionList::refresh);
    refresh();
}

void AttentionList::refresh()
{
    const bool none = m_model.rowCount() == 0;
    m_list->setVisible(!none);
    m_note->setVisible(none || m_model.hidden() > 0);
    m_note->setText(none ? tr("Nobody needs you. Peers that wait, are stalled, loop, go silent, run out of context or "
                              "flood the mesh stand here.")
                         : tr("%n more, less urgent", nullptr, m_model.hidden()));
}

void AttentionList::choose(const QModelIndex &index)
{
    if (!index.isValid() || !isVisible())
        return; // a double click tells twice
    const items::AttentionItem item = m_model.item(index.row());
    hide();
    Q_EMIT activated(item);
}

void AttentionList::showRules(bool on)
{
    m_listPage->setVisible(!on);
    m_rulesPage->setVisible(on);
    m_title->setText(on ? tr("What needs attention") : tr("Needs attention"));
    m_rules->setText(on ? tr("Back to the list") : tr("Rules"));
    fit();
    if (isVisible())
        (on ? static_cast<QWidget *>(m_rulesPage) : m_list)->setFocus(Qt::OtherFocusReason);
}

//! As large as what it shows, its upper right corner where it was.
void AttentionList::fit()
{
    const int width = m_theme.px(430);
    int height = m_theme.px(74 + std::clamp(m_model.rowCount(), 2, 10) * 32);
    layout()->activate();
    if (!m_rulesPage->isHidden())
        height = layout()->totalHeightForWidth(width);
    const int right = x() + this->width();
    resize(width, height);
    move(right - width, y());
}

void AttentionList::popUp(const QWidget &anchor)
{
    m_list->setStyleSheet(
        u"QListView::item { min-height: %1px; padding: 0 %2px; }"_s.arg(m_theme.px(30)).arg(m_theme.px(6)));
    m_rules->setChecked(false);
    fit();
    const QPoint corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height() + m_theme.px(4)));
    move(corner.x() - width(), corner.y());
    show();
    if (m_model.rowCount() > 0) {
        m_list->setCurrentIndex(m_model.index(0));
        m_list->setFocus(Qt::PopupFocusReason);
    }
}

} // namespace mesh::views
