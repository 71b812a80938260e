// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/filterbar.h"

#include <QtGui/QAction>
#include <QtGui/QInputMethodEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QStandardItemModel>
#include <QtGui/QTextCharFormat>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

#include "models/items/displaytext.h"
#include "views/chip.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {
constexpr int kMostChips = 8;
constexpr int kFieldWidth = 250;
constexpr int kTypingMs = 180; // half a word is no filter yet
} // namespace

FilterBar::FilterBar(Theme &theme, items::FocusState &focus, items::PeerMatches &matches, items::SavedFilters *saved,
                     QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_focus(focus)
    , m_matches(matches)
    , m_saved(saved)
{
    setObjectName(u"filterBar"_s);
    setProperty("surface", u"bg"_s);
    setAttribute(Qt::WA_StyledBackground);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_row = new QHBoxLayout;
    column->addLayout(m_row);

    m_edit = new QLineEdit;
    m_edit->setObjectName(u"filterEdit"_s);
    m_edit->setPlaceholderText(tr("Filter: type:ai -group:test"));
    m_edit->setAccessibleName(tr("Filter peers"));
    m_edit->setToolTip(tr("Which peers to show: names, or type: status: group: model: channel: host: cwd: unread: "
                          "context>80 idle>5m. A minus turns a condition round."));
    m_edit->setClearButtonEnabled(true);
    m_edit->setMaxLength(int(items::PeerFilter::kMaxChars));
    m_edit->addAction(m_theme.icon(u"search"_s, Theme::Role::Text3), QLineEdit::LeadingPosition);
    m_edit->installEventFilter(this);
    m_row->addWidget(m_edit, 2);

    m_savedButton = new QToolButton;
    m_savedButton->setObjectName(u"savedFilters"_s);
    m_savedButton->setProperty("flat", true);
    m_savedButton->setIcon(m_theme.icon(u"filter"_s));
    m_savedButton->setToolTip(tr("Saved filters"));
    m_savedButton->setAccessibleName(tr("Saved filters"));
    m_savedButton->setPopupMode(QToolButton::InstantPopup);
    m_savedMenu = new QMenu(m_savedButton);
    m_savedMenu->setObjectName(u"savedFiltersMenu"_s);
    m_savedButton->setMenu(m_savedMenu);
    m_savedButton->setVisible(m_saved);
    connect(m_savedMenu, &QMenu::aboutToShow, this, &FilterBar::fillSavedMenu);
    m_row->addWidget(m_savedButton);

    m_hide = new QToolButton;
    m_hide->setObjectName(u"filterHides"_s);
    m_hide->setProperty("quiet", true);
    m_hide->setCheckable(true);
    m_hide->setText(tr("Hide others"));
    m_hide->setToolTip(tr("Leave the other peers out of the graph instead of dimming them"));
    connect(m_hide, &QToolButton::toggled, &m_focus, &items::FocusState::setFilterHides);
    connect(&m_focus, &items::FocusState::filterHidesChanged, m_hide, &QToolButton::setChecked);
    m_row->addWidget(m_hide);

    m_count = new QLabel;
    m_count->setObjectName(u"filterCount"_s);
    m_count->setProperty("tone", u"label"_s);
    m_row->addWidget(m_count);
    m_chipArea = new QWidget;
    m_chipArea->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_chipArea->setMinimumWidth(0);
    m_chipArea->installEventFilter(this);
    m_row->addWidget(m_chipArea, 3);

    m_error = new QLabel;
    m_error->setObjectName(u"filterError"_s);
    m_error->setProperty("tone", u"error"_s);
    m_error->setTextFormat(Qt::PlainText);
    m_error->setWordWrap(true);
    m_error->hide();
    column->addWidget(m_error);

    m_offers = new QStandardItemModel(this);
    m_completer = new QCompleter(m_offers, this);
    m_completer->setWidget(m_edit);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->popup()->setProperty("card", true);
    connect(m_completer, qOverload<const QModelIndex &>(&QCompleter::activated), this, &FilterBar::take);

    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    connect(&m_typing, &QTimer::timeout, this, &FilterBar::apply);
    connect(m_edit, &QLineEdit::returnPressed, this, &FilterBar::apply);
    connect(m_edit, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (text.isEmpty())
            apply();
        else
            m_typing.start();
    });
    connect(m_edit, &QLineEdit::textEdited, this, [this](const QString &text) {
        // Between two conditions the list would only be in the way; the arrow key asks for it.
        const int at = m_edit->cursorPosition();
        if (at > 0 && !text.at(at - 1).isSpace())
            offerCompletions();
        else
            m_completer->popup()->hide();
    });
    connect(&m_focus, &items::FocusState::filterTextChanged, this, &FilterBar::showFilter);
    connect(&m_matches, &items::PeerMatches::countsChanged, this, [this] {
        if (isVisible())
            showCounts();
    });
    connect(&m_theme, &Theme::changed, this, &FilterBar::restyle);
    restyle();
    showFilter();
}

void FilterBar::restyle()
{
    m_row->setContentsMargins(m_theme.px(14), m_theme.px(10), m_theme.px(14), m_theme.px(6));
    m_row->setSpacing(m_theme.px(8));
    m_error->setContentsMargins(m_theme.px(16), 0, m_theme.px(14), m_theme.px(6));
    m_edit->setMinimumWidth(m_theme.px(190));
    m_edit->setMaximumWidth(m_theme.px(kFieldWidth * 2));
    m_chipArea->setFixedHeight(m_theme.px(30));
    m_completer->popup()->setStyleSheet(
        u"QListView::item { min-height: %1px; padding: 0 %2px; }"_s.arg(m_theme.px(26)).arg(m_theme.px(8)));
    underline();
    placeChips();
}

void FilterBar::focusField()
{
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
}

void FilterBar::addTrailing(QWidget *widget)
{
    m_row->addWidget(widget);
}

void FilterBar::apply()
{
    m_typing.stop();
    m_focus.setFilterText(m_edit->text());
}

void FilterBar::showFilter()
{
    if (m_edit->text() != m_focus.filterText())
        m_edit->setText(m_focus.filterText());
    m_typing.stop(); // the field and the filter are the same now
    const auto &error = m_focus.filterError();
    m_error->setText(error ? error->sentence : QString());
    m_error->setVisible(error.has_value());
    m_edit->setAccessibleDescription(m_error->text());
    underline();
    showCounts();
}

void FilterBar::underline()
{
    // A line edit has no formats of its own; what an input method may do, we may do.
    QList<QInputMethodEvent::Attribute> attributes;
    if (const auto &error = m_focus.filterError(); error && error->length > 0) {
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(m_theme.color(Theme::Role::Error));
        format.setForeground(m_theme.textColor(Theme::Role::Error, Theme::Role::Bg));
        attributes.append(QInputMethodEvent::Attribute(
            QInputMethodEvent::TextFormat, int(error->at) - m_edit->cursorPosition(), int(error->length), format));
    }
    QInputMethodEvent event(QString(), attributes);
    QApplication::sendEvent(m_edit, &event);
}

void FilterBar::showCounts()
{
    m_shownChips = m_matches.chips();
    m_shownChips.resize(std::min<qsizetype>(m_shownChips.size(), kMostChips));
    while (m_chips.size() < m_shownChips.size()) {
        auto *chip = new Chip(m_theme, m_chipArea);
        chip->setCheckable(true);
        const qsizetype place = m_chips.size();
        connect(chip, &Chip::clicked, this, [this, place] {
            if (place < m_shownChips.size())
                m_matches.toggle(items::PeerMatches::Chip(m_shownChips.at(place)));
        });
        m_chips.append(chip);
    }
    for (qsizetype i = 0; i < m_shownChips.size(); ++i) {
        const auto &chip = m_shownChips.at(i);
        m_chips.at(i)->setObjectName(u"filterChip-"_s + chip.term);
        m_chips.at(i)->setSpans({{chip.label + u' ', false}, {QString::number(chip.count), true}});
        m_chips.at(i)->setChecked(chip.active);
        m_chips.at(i)->setToolTip(chip.active ? tr("In force. Click to take it away.")
                                              : tr("Click to show these only."));
    }
    const bool filtering = m_matches.isFiltering();
    m_hide->setVisible(filtering);
    m_count->setVisible(filtering);
    if (filtering) {
        //: peers that pass the filter, of all
        m_count->setText(m_matches.shown() == 0 ? tr("Nobody of %1").arg(m_matches.total())
                                                : tr("%1 of %2").arg(m_matches.shown()).arg(m_matches.total()));
    }
    placeChips();
}

void FilterBar::placeChips()
{
    const int gap = m_theme.px(8);
    int x = 0;
    bool room = true;
    for (qsizetype i = 0; i < m_chips.size(); ++i) {
        Chip *chip = m_chips.at(i);
        const QSize size = chip->sizeHint();
        if (i >= m_shownChips.size())
            chip->setObjectName({});
        room = room && i < m_shownChips.size() && x + size.width() <= m_chipArea->width();
        chip->setVisible(room);
        if (!room)
            continue;
        chip->setGeometry(x, (m_chipArea->height() - size.height()) / 2, size.width(), size.height());
        x += size.width() + gap;
    }
}

void FilterBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeChips();
}

void FilterBar::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    showCounts();
}

bool FilterBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_chipArea && event->type() == QEvent::Resize)
        placeChips();
    if (watched == m_edit && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Escape && !m_edit->text().isEmpty()) {
            m_edit->clear();
            return true;
        }
        if (key->key() == Qt::Key_Down || (key->key() == Qt::Key_Space && key->modifiers() & Qt::ControlModifier)) {
            offerCompletions();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void FilterBar::offerCompletions()
{
    m_completions = items::completeFilter(m_edit->text(), m_edit->cursorPosition(), m_matches.vocabulary());
    // What stands there already is no help.
    erase_if(m_completions, [this](const items::FilterCompletion &offer) {
        return m_edit->text().mid(offer.at, offer.length) == offer.insert;
    });
    m_offers->clear();
    for (const items::FilterCompletion &offer : std::as_const(m_completions)) {
        auto *item = new QStandardItem(offer.insert);
        item->setToolTip(offer.hint);
        item->setEditable(false);
        m_offers->appendRow(item);
    }
    if (m_completions.isEmpty()) {
        m_completer->popup()->hide();
        return;
    }
    m_completer->complete();
    m_completer->popup()->setCurrentIndex({}); // Enter takes nothing that was not chosen
}

void FilterBar::take(const QModelIndex &completion)
{
    if (completion.row() < 0 || completion.row() >= m_completions.size())
        return;
    const items::FilterCompletion offer = m_completions.at(completion.row());
    QString text = m_edit->text();
    if (offer.at + offer.length > text.size())
        return;
    const bool atEnd = offer.at + offer.length == text.size();
    const QString insert = offer.insert + (offer.complete && atEnd ? u" "_s : QString());
    m_edit->setText(text.replace(offer.at, offer.length, insert));
    m_edit->setCursorPosition(int(offer.at + insert.size()));
    if (offer.complete)
        apply();
    // Later: the popup closes itself after a click, which would take the next offers away again.
    if (!offer.complete)
        QMetaObject::invokeMethod(this, &FilterBar::offerCompletions, Qt::QueuedConnection);
}

void FilterBar::fillSavedMenu()
{
    delete m_savedMenu->findChild<QMenu *>(u"removeFilterMenu"_s, Qt::FindDirectChildrenOnly);
    m_savedMenu->clear();
    const auto filters = m_saved->filters(m_focus.mesh());
    for (const items::SavedFilter &filter : filters) {
        QAction *action = m_savedMenu->addAction(items::oneLine(filter.name, 48).replace(u'&', "&&"_L1), this,
                                                 [this, text = filter.text] { m_focus.setFilterText(text); });
        action->setToolTip(items::oneLine(filter.text, 120));
        action->setCheckable(true);
        action->setChecked(filter.text == m_focus.filterText());
    }
    if (filters.isEmpty())
        m_savedMenu->addAction(tr("No filter is saved for this mesh"))->setEnabled(false);
    m_savedMenu->addSeparator();
    QAction *keep = m_savedMenu->addAction(tr("Save this filter…"), this, &FilterBar::askForName);
    keep->setObjectName(u"saveFilter"_s);
    keep->setEnabled(!m_focus.filter().isEmpty() && !m_focus.filterError());
    if (filters.isEmpty())
        return;
    QMenu *remove = m_savedMenu->addMenu(tr("Remove"));
    remove->setObjectName(u"removeFilterMenu"_s);
    for (const items::SavedFilter &filter : filters) {
        remove->addAction(items::oneLine(filter.name, 48).replace(u'&', "&&"_L1), this, [this, filter] {
            QList<items::SavedFilter> left = m_saved->filters(m_focus.mesh());
            left.removeOne(filter);
            m_saved->setFilters(m_focus.mesh(), left);
        });
    }
}

void FilterBar::askForName()
{
    auto *dialog = new QInputDialog(this);
    dialog->setObjectName(u"filterNameDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save the filter"));
    dialog->setLabelText(tr("Name of the filter “%1”").arg(items::oneLine(m_focus.filterText(), 60)));
    connect(dialog, &QInputDialog::textValueSelected, this, &FilterBar::save);
    dialog->open();
}

void FilterBar::save(const QString &name)
{
    const QString shown = items::oneLine(name, items::SavedFilters::kNameChars);
    if (shown.isEmpty() || m_focus.filterError())
        return;
    QList<items::SavedFilter> filters = m_saved->filters(m_focus.mesh());
    // The same name again means the newer text.
    erase_if(filters, [&](const items::SavedFilter &filter) { return filter.name == shown; });
    filters.append({shown, m_focus.filterText().trimmed()});
    while (filters.size() > items::SavedFilters::kMost)
        filters.removeFirst();
    m_saved->setFilters(m_focus.mesh(), filters);
}

} // namespace mesh::views
