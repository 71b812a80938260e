// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/searchpanel.h"

#include <QtCore/QDateTime>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "models/items/displaytext.h"
#include "models/items/searchresultsmodel.h"
#include "views/searchdelegate.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::SearchResultsModel;
using store::SearchPage;
using store::SearchPlan;
using store::SearchProblem;

namespace {

constexpr int kSearchPageHits = 50;

} // namespace

SearchPanel::SearchPanel(Theme &theme, const protocol::Clock &clock, Searcher searcher, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_searcher(std::move(searcher))
    , m_model(new SearchResultsModel(clock, this))
{
    setObjectName(u"searchPanel"_s);
    setProperty("surface", u"panel"_s);
    setAttribute(Qt::WA_StyledBackground);
    build();
    connect(&m_theme, &Theme::changed, this, &SearchPanel::restyle);
    restyle();
    setHere(false);
    refreshStatus();
}

SearchPanel::~SearchPanel() = default;

void SearchPanel::build()
{
    m_line = new QLineEdit;
    m_line->setObjectName(u"searchLine"_s);
    m_line->setClearButtonEnabled(true);
    m_line->setAccessibleName(tr("Search"));
    m_line->setMaxLength(2'000);
    m_line->installEventFilter(this);
    connect(m_line, &QLineEdit::textChanged, this, [this] { ask(); });

    const auto scope = [](const char *name, const QString &text) {
        auto *button = new QToolButton;
        button->setObjectName(QString::fromLatin1(name));
        button->setText(text);
        button->setCheckable(true);
        button->setAutoRaise(true);
        return button;
    };
    m_everything = scope("searchEverything", tr("Everything"));
    m_here = scope("searchHere", tr("This conversation"));
    auto *group = new QButtonGroup(this);
    group->addButton(m_everything);
    group->addButton(m_here);
    connect(group, &QButtonGroup::buttonClicked, this, [this] {
        ask();
        m_line->setFocus();
    });

    m_problem = new QLabel;
    m_problem->setObjectName(u"searchProblem"_s);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->hide();

    m_list = new QListView;
    m_list->setObjectName(u"searchResults"_s);
    m_list->setAccessibleName(tr("Search results"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new SearchDelegate(m_theme, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->installEventFilter(this);
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) { activate(index.row()); });
    connect(m_list->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        // Near the end, older hits are asked for.
        if (m_page.done && m_page.more && value > m_list->verticalScrollBar()->maximum() - m_list->height())
            ask(true);
    });

    m_empty = new QLabel;
    m_empty->setObjectName(u"searchEmpty"_s);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setProperty("tone", u"second"_s);
    m_empty->setAttribute(Qt::WA_TransparentForMouseEvents);

    m_status = new QLabel;
    m_status->setObjectName(u"searchStatus"_s);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setProperty("tone", u"second"_s);

    auto *scopes = new QHBoxLayout;
    scopes->setSpacing(m_theme.px(4));
    scopes->addWidget(m_everything);
    scopes->addWidget(m_here);
    scopes->addStretch();
    auto *head = new QVBoxLayout;
    head->setContentsMargins(m_theme.px(12), m_theme.px(12), m_theme.px(12), m_theme.px(8));
    head->setSpacing(m_theme.px(6));
    head->addWidget(m_line);
    head->addLayout(scopes);
    head->addWidget(m_problem);
    auto *over = new QGridLayout; // both in one cell
    over->addWidget(m_list, 0, 0);
    over->addWidget(m_empty, 0, 0);
    m_empty->setContentsMargins(m_theme.px(24), 0, m_theme.px(24), 0);
    m_status->setContentsMargins(m_theme.px(14), m_theme.px(6), m_theme.px(14), m_theme.px(8));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addLayout(over, 1);
    column->addWidget(m_status);
    setTabOrder(m_line, m_everything);
    setTabOrder(m_everything, m_here);
    setTabOrder(m_here, m_list);
}

void SearchPanel::restyle()
{
    m_line->setPlaceholderText(tr("Words, \"a phrase\", from:name…"));
    m_problem->setFont(m_theme.font(Theme::Text::Second));
    QPalette palette = m_problem->palette();
    palette.setColor(QPalette::WindowText, m_theme.textColor(Theme::Role::Error));
    m_problem->setPalette(palette);
    m_status->setFont(m_theme.font(Theme::Text::Second));
    m_list->viewport()->update();
}

void SearchPanel::setStoresProvider(std::function<QList<const store::MeshStore *>()> stores)
{
    m_stores = std::move(stores);
}

void SearchPanel::setConversation(const std::optional<store::SearchPlace> &place)
{
    if (m_place == place)
        return;
    m_place = place;
    m_here->setEnabled(m_place.has_value());
    if (!m_place && m_here->isChecked()) {
        setHere(false);
        ask();
    }
    if (m_stores)
        m_model->setStores(m_stores());
    refreshStatus();
}

void SearchPanel::setHere(bool here)
{
    m_here->setEnabled(m_place.has_value());
    const bool narrow = here && m_place.has_value();
    m_here->setChecked(narrow);
    m_everything->setChecked(!narrow);
}

void SearchPanel::begin(bool here)
{
    setHere(here);
    m_line->setFocus(Qt::ShortcutFocusReason);
    m_line->selectAll();
    ask();
}

void SearchPanel::repeat()
{
    if (m_request != 0)
        ask();
}

void SearchPanel::setIndexed(int percent)
{
    m_indexed = percent;
    if (percent == 100)
        repeat(); // what was asked meanwhile did not see everything
    refreshStatus();
}

void SearchPanel::ask(bool further)
{
    const QList<const store::MeshStore *> stores = m_stores ? m_stores() : QList<const store::MeshStore *>();
    m_model->setStores(stores);
    if (further) {
        m_plan.after = m_page.next;
        m_page.more = false; // asked for once
    } else {
        store::SearchQuery query = store::parseSearch(m_line->text(), QDateTime::currentMSecsSinceEpoch());
        m_plan = store::planSearch(std::move(query), stores,
                                   m_here->isChecked() ? m_place : std::optional<store::SearchPlace>());
        m_plan.limit = kSearchPageHits;
        m_page = {};
    }
    m_further = further;
    if (m_plan.query.isEmpty()) {
        m_request = 0;
        m_model->clear();
    } else {
        m_request = m_searcher ? m_searcher(m_plan) : 0;
        if (m_request == 0)
            m_model->clear();
    }
    // The hits of the former question stay until the first of this one are there: nothing flickers while one types.
    const auto &problems = m_plan.query.problems;
    const auto wrong = std::find_if(problems.begin(), problems.end(),
                                    [](const SearchProblem &problem) { return !problem.unfinished; });
    m_problem->setVisible(wrong != problems.end());
    if (wrong != problems.end()) {
        const QString part = m_line->text().mid(wrong->at, wrong->length);
        m_problem->setText(
            part.isEmpty()
                ? wrong->text
                : tr("%1: %2", "what was typed, what is wrong with it").arg(items::oneLine(part, 40), wrong->text));
    }
    refreshStatus();
}

void SearchPanel::showPage(const SearchPage &page)
{
    if (m_request == 0 || page.request != m_request)
        return;
    if (m_further) {
        if (!page.done)
            return; // the whole page at once, so that nothing is added twice
        m_model->append(page.hits);
    } else {
        m_model->show(page.hits);
    }
    m_page = page;
    m_indexed = page.indexedPercent;
    refreshStatus();
}

QString SearchPanel::scopeText() const
{
    if (m_here->isChecked() && m_place)
        return tr("the conversation %1").arg(m_model->placeName(*m_place));
    return tr("everything stored");
}

void SearchPanel::refreshStatus()
{
    QString empty, status;
    const bool nothing = m_model->rowCount() == 0;
    if (m_plan.query.isEmpty()) {
        empty = tr("Search what was said, newest first.\n\nfrom:name   in:conversation   has:code   has:link\n"
                   "before:2026-04-08   after:3d   is:unread   -without");
    } else if (m_request == 0) {
        empty = tr("Nothing is stored here, so there is nothing to search.");
    } else if (m_page.error) {
        empty = m_page.error->code == "index_damaged"_L1
            ? tr("The search index was damaged. It is being made anew from the messages, which are all there.")
            : tr("The search failed: %1 The messages are all there; try again.").arg(m_page.error->detail);
    } else if (m_page.done) {
        if (nothing)
            empty = tr("Nothing found in %1.").arg(scopeText());
        else
            status = m_page.more || m_model->rowCount() > kSearchPageHits
                ? tr("The newest %n hit(s)", nullptr, m_model->rowCount())
                : tr("%n hit(s)", nullptr, m_model->rowCount());
    } else if (m_page.searchedBackToMs > 0) {
        status = tr("Searched back to %1…").arg(items::exactTime(m_page.searchedBackToMs));
    }
    if (m_indexed < 100 && !m_plan.query.isEmpty()) {
        const QString sentence = tr("Older messages are still being indexed (%1 %).").arg(m_indexed);
        if (nothing && !empty.isEmpty())
            empty += u' ' + sentence;
        else
            status += (status.isEmpty() ? QString() : u" · "_s) + sentence;
    }
    m_empty->setText(empty);
    m_empty->setVisible(nothing && !empty.isEmpty());
    m_status->setText(status);
}

void SearchPanel::activate(int row)
{
    if (row < 0 || row >= m_model->rowCount())
        return;
    m_list->setCurrentIndex(m_model->index(row));
    Q_EMIT hitActivated(m_model->hit(row));
}

void SearchPanel::step(int direction)
{
    const int row = m_list->currentIndex().isValid() ? m_list->currentIndex().row() + direction : 0;
    activate(std::clamp(row, 0, std::max(0, m_model->rowCount() - 1)));
}

bool SearchPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        activate(std::max(0, m_list->currentIndex().row()));
        return true;
    case Qt::Key_Down:
    case Qt::Key_Up:
        if (watched == m_line) { // the list is walked without leaving the line
            const int step = key->key() == Qt::Key_Down ? 1 : -1;
            const int row = m_list->currentIndex().isValid() ? m_list->currentIndex().row() + step : 0;
            if (row >= 0 && row < m_model->rowCount())
                m_list->setCurrentIndex(m_model->index(row));
            return true;
        }
        break;
    case Qt::Key_Escape:
        if (watched == m_list)
            m_line->setFocus();
        else if (!m_line->text().isEmpty())
            m_line->clear();
        else
            Q_EMIT leaveRequested();
        return true;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void SearchPanel::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    // A hidden list does no work: a search that still runs is not waited for.
    if (m_request != 0 && !m_page.done)
        m_request = 0;
}

} // namespace mesh::views
