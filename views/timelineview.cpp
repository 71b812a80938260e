// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timelineview.h"

#include "models/items/focusstate.h"
#include "models/items/peermatches.h"
#include "models/items/timelinemodel.h"
#include "models/protocol/clock.h"
#include "models/store/meshstore.h"
#include "views/theme.h"
#include "views/timelinecanvas.h"
#include "views/timelinefilter.h"

#include <QtCore/QItemSelectionModel>
#include <QtGui/QAction>
#include <QtGui/QResizeEvent>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QStyle>
#include <QtWidgets/QTableView>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <utility>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {
constexpr int kAdvanceMs = 250;
constexpr int kFilterDelayMs = 120;
constexpr int kMatchesDelayMs = 2'000;
} // namespace

TimelineView::TimelineView(Theme &theme, const protocol::Clock &time, items::FocusState *focus, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_time(time)
    , m_focus(focus)
{
    setObjectName(u"timelineView"_s);
    //: name of the timeline for screen readers
    setAccessibleName(tr("Timeline"));
    setProperty("surface", u"panel"_s);
    setAttribute(Qt::WA_StyledBackground);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_pages = new QStackedWidget(this);
    column->addWidget(m_pages);

    m_canvas = new TimelineCanvas(m_theme);
    m_pages->addWidget(m_canvas);
    m_pages->addWidget(buildList());
    buildOverlay();

    connect(m_canvas, &TimelineCanvas::cursorRequested, this, [this](std::optional<qint64> atMs) {
        if (!atMs)
            goLive();
        else if (m_focus)
            m_focus->setTimeCursorMs(atMs);
    });
    connect(m_canvas, &TimelineCanvas::followingChanged, this, &TimelineView::updateLiveButton);
    if (m_focus)
        connect(m_focus, &items::FocusState::timeCursorChanged, this, &TimelineView::syncCursor);
    m_timer.setInterval(kAdvanceMs);
    connect(&m_timer, &QTimer::timeout, this, &TimelineView::advance);
    m_filterDelay.setSingleShot(true);
    m_filterDelay.setInterval(kFilterDelayMs);
    connect(&m_filterDelay, &QTimer::timeout, this, &TimelineView::applyFilter);
    m_matchesDelay.setSingleShot(true);
    m_matchesDelay.setInterval(kMatchesDelayMs);
    connect(&m_matchesDelay, &QTimer::timeout, this, &TimelineView::applyMatches);
    connect(&m_theme, &Theme::changed, this, &TimelineView::restyle);
    restyle();
    syncCursor();
    updateLiveButton();
    updateEmptyState();
}

TimelineView::~TimelineView() = default;

QWidget *TimelineView::buildList()
{
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    m_listHead = new QWidget;
    auto *head = new QHBoxLayout(m_listHead);
    m_lane = new QComboBox;
    m_lane->setObjectName(u"timelineLane"_s);
    m_lane->setAccessibleName(tr("Kinds of events shown"));
    //: choice of events in a list: all but the frequent ones
    m_lane->addItem(tr("Changes"), TimelineFilter::ChangesOnly);
    m_lane->setItemData(0, tr("Everything but messages and clock ticks"), Qt::ToolTipRole);
    m_lane->addItem(tr("Everything"), TimelineFilter::Everything);
    using store::Lane;
    for (const Lane lane :
         {Lane::State, Lane::Memory, Lane::Presence, Lane::Tasks, Lane::Messages, Lane::Ticks, Lane::System})
        m_lane->addItem(items::TimelineModel::laneName(lane), int(lane));
    m_filter = new QLineEdit;
    m_filter->setObjectName(u"timelineFilter"_s);
    m_filter->setPlaceholderText(tr("Filter by key, value or name"));
    m_filter->setAccessibleName(tr("Filter events"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(m_theme.icon(u"search"_s, Theme::Role::Text3), QLineEdit::LeadingPosition);
    m_count = new QLabel;
    m_count->setObjectName(u"timelineCount"_s);
    m_count->setProperty("tone", u"label"_s);
    head->addWidget(m_lane);
    head->addWidget(m_filter, 1);
    head->addWidget(m_count);
    column->addWidget(m_listHead);

    m_model = new items::TimelineModel(this);
    m_model->setActive(false);
    m_proxy = new TimelineFilter(*m_model, this);
    m_list = new QTableView;
    m_list->setObjectName(u"timelineList"_s);
    m_list->setAccessibleName(tr("Events, newest last"));
    m_list->setModel(m_proxy);
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setShowGrid(false);
    m_list->setWordWrap(false);
    m_list->setTabKeyNavigation(false);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->verticalHeader()->hide();
    m_list->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_list->horizontalHeader()->setHighlightSections(false);
    m_list->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_list->setItemDelegate(new TimelineRowDelegate(m_theme, m_list));
    m_empty = new QLabel;
    m_empty->setObjectName(u"timelineEmpty"_s);
    m_empty->setProperty("tone", u"second"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_listPages = new QStackedWidget;
    m_listPages->addWidget(m_list);
    m_listPages->addWidget(m_empty);
    column->addWidget(m_listPages, 1);

    connect(m_lane, &QComboBox::currentIndexChanged, this, &TimelineView::applyFilter);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { m_filterDelay.start(); });
    // Newest last: the list stays at its end unless the user scrolled away from it.
    connect(m_proxy, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar *bar = m_list->verticalScrollBar();
        m_atEnd = bar->value() >= bar->maximum();
    });
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_atEnd)
            m_list->scrollToBottom();
        updateEmptyState();
    });
    connect(m_proxy, &QAbstractItemModel::rowsRemoved, this, &TimelineView::updateEmptyState);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &TimelineView::updateEmptyState);
    connect(m_list, &QTableView::activated, this, [this](const QModelIndex &index) {
        if (m_focus)
            m_focus->setTimeCursorMs(index.data(items::TimelineModel::AtMsRole).toLongLong());
    });
    return page;
}

void TimelineView::buildOverlay()
{
    const auto makeMode = [this](const char *name, const QString &icon, const QString &tip, const QString &segment) {
        auto *button = new QToolButton(this);
        button->setObjectName(QLatin1StringView(name));
        button->setIcon(m_theme.icon(icon));
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        button->setCheckable(true);
        button->setAutoExclusive(true);
        button->setProperty("segment", segment);
        return button;
    };
    m_modes = new QWidget(this);
    auto *row = new QHBoxLayout(m_modes);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_lanesButton = makeMode("timelineLanesMode", u"timeline"_s, tr("Show events as lanes along time"), u"first"_s);
    m_listButton = makeMode("timelineListMode", u"list"_s, tr("Show events as a list"), u"last"_s);
    m_lanesButton->setChecked(true);
    row->addWidget(m_lanesButton);
    row->addWidget(m_listButton);
    connect(m_lanesButton, &QToolButton::clicked, this, [this] { setMode(Mode::Lanes); });
    connect(m_listButton, &QToolButton::clicked, this, [this] { setMode(Mode::List); });

    m_live = new QPushButton(this);
    m_live->setObjectName(u"timelineLive"_s);
    //: button that leads from a past moment back to the present
    m_live->setText(tr("Live"));
    connect(m_live, &QPushButton::clicked, this, &TimelineView::goLive);
}

void TimelineView::updateModeIcons()
{
    const bool list = mode() == Mode::List;
    m_lanesButton->setIcon(m_theme.icon(u"timeline"_s, list ? Theme::Role::Text2 : Theme::Role::OnAccent));
    m_listButton->setIcon(m_theme.icon(u"list"_s, list ? Theme::Role::OnAccent : Theme::Role::Text2));
}

void TimelineView::placeOverlay()
{
    const int head = m_theme.px(28);
    const QSize modes = m_modes->sizeHint();
    m_modes->setGeometry(m_theme.px(12), (head - modes.height()) / 2, modes.width(), modes.height());
    const QSize live = m_live->sizeHint();
    m_canvas->setHeadReserve(live.width() + m_theme.px(16));
    m_live->setGeometry(width() - live.width() - m_theme.px(8), (head - live.height()) / 2, live.width(),
                        live.height());
    m_listHead->layout()->setContentsMargins(m_theme.px(104), m_theme.px(3), live.width() + m_theme.px(20),
                                             m_theme.px(3));
}

void TimelineView::restyle()
{
    const int control = m_theme.px(22);
    for (QToolButton *button : {m_lanesButton, m_listButton}) {
        button->setIconSize({m_theme.px(14), m_theme.px(14)});
        button->setStyleSheet(
            u"padding: 0 %1px; min-height: %2px; max-height: %2px;"_s.arg(m_theme.px(8)).arg(control - 2));
    }
    updateModeIcons();
    m_live->setStyleSheet(
        u"padding: 0 %1px; min-height: %2px; max-height: %2px;"_s.arg(m_theme.px(8)).arg(control - 2));
    m_live->setIconSize({m_theme.px(12), m_theme.px(12)});
    m_list->verticalHeader()->setDefaultSectionSize(m_theme.px(24));
    auto *header = m_list->horizontalHeader();
    const std::array widths{74, 84, 130, 170, 190};
    for (int i = 0; i < int(widths.size()); ++i)
        header->resizeSection(i, m_theme.px(widths[size_t(i)]));
    header->setStretchLastSection(true);
    updateLiveButton();
    placeOverlay();
}

void TimelineView::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &TimelineView::onChanged);
    m_model->setStore(store);
    m_stale = true;
    if (isVisible())
        catchUp();
    updateEmptyState();
}

void TimelineView::setMode(Mode mode)
{
    m_lanesButton->setChecked(mode == Mode::Lanes);
    m_listButton->setChecked(mode == Mode::List);
    m_pages->setCurrentIndex(mode == Mode::List ? 1 : 0);
    updateModeIcons();
    m_model->setActive(isVisible() && mode == Mode::List);
    if (mode == Mode::Lanes && isVisible())
        catchUp();
    if (mode == Mode::List)
        m_list->scrollToBottom();
    updateEmptyState();
}

TimelineView::Mode TimelineView::mode() const
{
    return m_pages->currentIndex() == 1 ? Mode::List : Mode::Lanes;
}

void TimelineView::goLive()
{
    if (m_focus)
        m_focus->setTimeCursorMs(std::nullopt);
    m_canvas->setFollowing(true);
    m_list->scrollToBottom();
    updateLiveButton();
}

void TimelineView::onChanged(const store::ChangeSet &changes)
{
    if (!isVisible() || m_stale) {
        m_stale = true;
        return;
    }
    // Late rows are put in order by the next advance(), a few times a second at most.
    if (!m_canvas->data().absorb(*m_store, changes, m_time.nowMs()))
        m_stale = true;
    else if (mode() == Mode::Lanes)
        m_canvas->refresh();
}

void TimelineView::catchUp()
{
    if (m_stale) {
        m_stale = false;
        if (m_store)
            m_canvas->data().rebuild(*m_store);
        else
            m_canvas->data().clear();
        m_canvas->refresh();
    }
    m_canvas->setNow(m_time.nowMs());
}

void TimelineView::advance()
{
    if (mode() == Mode::Lanes)
        catchUp();
}

void TimelineView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    catchUp();
    m_model->setActive(mode() == Mode::List);
    m_timer.start();
}

void TimelineView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_timer.stop();
    m_model->setActive(false);
    m_stale = true;
}

void TimelineView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeOverlay();
}

void TimelineView::syncCursor()
{
    const std::optional<qint64> cursor = m_focus ? m_focus->timeCursorMs() : std::nullopt;
    m_canvas->setCursor(cursor);
    if (cursor) {
        if (m_canvas->isFollowing())
            m_canvas->setFollowing(false);
        // A cursor that another view set may lie outside; it is brought into view.
        TimelineAxis axis = m_canvas->axis();
        if (*cursor < axis.startMs || *cursor > axis.endMs()) {
            axis.startMs = *cursor - axis.spanMs / 2;
            m_canvas->setAxis(axis);
        }
        const int row = m_model->rowAt(*cursor);
        if (mode() == Mode::List && row >= 0) {
            const QModelIndex index = m_proxy->mapFromSource(m_model->index(row, 0));
            if (index.isValid())
                m_list->setCurrentIndex(index);
        }
    }
    updateLiveButton();
}

void TimelineView::updateLiveButton()
{
    const bool past = m_focus && m_focus->timeCursorMs().has_value();
    const bool live = !past && m_canvas->isFollowing();
    m_live->setIcon(m_theme.icon(live ? u"record"_s : u"forward"_s,
                                 past       ? Theme::Role::OnAccent
                                     : live ? Theme::Role::Idle
                                            : Theme::Role::Text2));
    m_live->setProperty("primary", past);
    m_live->style()->unpolish(m_live);
    m_live->style()->polish(m_live);
    m_live->setToolTip(live       ? tr("The window shows now")
                           : past ? tr("The window shows a past moment. Return to now (End)")
                                  : tr("Follow the present again"));
    placeOverlay();
}

void TimelineView::setMatches(items::PeerMatches *matches)
{
    if (m_matches)
        m_matches->disconnect(this);
    m_matches = matches;
    m_proxy->setMatches(matches);
    if (m_matches) {
        connect(m_matches, &items::PeerMatches::changed, this, [this](const QSet<QString> &keys) {
            if (keys.isEmpty())
                applyMatches(); // the user typed: at once
            else if (!m_matchesDelay.isActive())
                m_matchesDelay.start();
        });
        // A filter that everybody passes, or that goes, changes nobody: it is told by the counts.
        connect(m_matches, &items::PeerMatches::countsChanged, this, [this] {
            if (m_matches->isFiltering() != m_canvas->isFiltered())
                applyMatches();
        });
    }
    applyMatches();
}

void TimelineView::applyMatches()
{
    m_matchesDelay.stop();
    const bool filtering = m_matches && m_matches->isFiltering();
    TimelineData::Passes passes;
    if (filtering)
        passes = [matches = m_matches](const QString &key) { return !matches || matches->passes(key); };
    m_canvas->data().setFilter(std::move(passes));
    m_canvas->setFiltered(filtering);
    m_stale = true;
    if (isVisible() && mode() == Mode::Lanes)
        catchUp();
}

void TimelineView::applyFilter()
{
    m_filterDelay.stop();
    m_proxy->setFilter(m_filter->text().trimmed(), m_lane->currentData().toInt());
    m_list->scrollToBottom();
    updateEmptyState();
}

void TimelineView::updateEmptyState()
{
    const int shown = m_proxy->rowCount();
    const int all = m_model->rowCount();
    m_listPages->setCurrentIndex(shown > 0 ? 0 : 1);
    if (!m_store)
        m_empty->setText(tr("No mesh is open."));
    else if (all == 0 || m_filter->text().trimmed().isEmpty())
        m_empty->setText(tr("Nothing of this kind happened yet. State and memory changes, presence and tasks appear "
                            "here, newest last."));
    else
        m_empty->setText(tr("No event matches the filter."));
    //: number of events in the list
    m_count->setText(tr("%n event(s)", nullptr, shown));
}

} // namespace mesh::views
