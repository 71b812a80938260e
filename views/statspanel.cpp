// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/statspanel.h"

#include "models/items/focusstate.h"
#include "models/protocol/clock.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/peerstatsmodel.h"
#include "views/theme.h"

#include <QtCore/QLocale>
#include <QtCore/QSortFilterProxyModel>
#include <QtGui/QAction>
#include <QtWidgets/QFrame>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {
constexpr int kRefreshMs = 2'000;
}

StatsPanel::StatsPanel(Theme &theme, const protocol::Clock &time, items::FocusState *focus, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_time(time)
    , m_focus(focus)
{
    setObjectName(u"statsPanel"_s);
    //: name of a panel for screen readers
    setAccessibleName(tr("Peer figures"));
    auto *column = new QVBoxLayout(this);
    QWidget *totals = buildTotals();
    column->addWidget(totals);
    m_filter = new QLineEdit;
    m_filter->setObjectName(u"statsFilter"_s);
    m_filter->setPlaceholderText(tr("Filter by name"));
    m_filter->setAccessibleName(tr("Filter peers"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(m_theme.icon(u"search"_s, Theme::Role::Text3), QLineEdit::LeadingPosition);
    static_cast<QGridLayout *>(totals->layout())->addWidget(m_filter, 2, 0, 1, 2);

    m_model = new PeerStatsModel(m_time, this);
    m_proxy = new QSortFilterProxyModel(this);
    m_proxy->setSourceModel(m_model);
    m_proxy->setSortRole(PeerStatsModel::SortRole);
    m_proxy->setFilterKeyColumn(PeerStatsModel::Name);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_proxy->setDynamicSortFilter(true);
    m_table = new QTableView;
    m_table->setObjectName(u"statsTable"_s);
    m_table->setAccessibleName(tr("Figures of each peer"));
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new PeerStatsDelegate(m_theme, m_table));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(PeerStatsModel::Context, Qt::DescendingOrder);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_empty = new QLabel;
    m_empty->setObjectName(u"statsEmpty"_s);
    m_empty->setProperty("tone", u"second"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_pages = new QStackedWidget;
    m_pages->addWidget(m_table);
    m_pages->addWidget(m_empty);
    column->addWidget(m_pages, 1);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_proxy->setFilterFixedString(text.trimmed());
        updatePage();
    });
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_proxy, signal, this, &StatsPanel::updatePage);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &StatsPanel::updatePage);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        // Only what the user chose; rows that move under a selection choose nothing.
        if (m_focus && index.isValid() && m_table->hasFocus())
            m_focus->setSelectedPeer(index.data(PeerStatsModel::KeyRole).toString());
    });
    m_timer.setInterval(kRefreshMs);
    connect(&m_timer, &QTimer::timeout, this, &StatsPanel::refreshTotals);
    connect(&m_theme, &Theme::changed, this, &StatsPanel::restyle);
    restyle();
    updatePage();
    refreshTotals();
}

StatsPanel::~StatsPanel() = default;

QWidget *StatsPanel::buildTotals()
{
    m_totals = new QWidget;
    auto *grid = new QGridLayout(m_totals);
    grid->setContentsMargins(0, 0, 0, 0);
    const std::array<std::pair<const char *, QString>, 4> tiles{
        std::pair{"statsPeers", tr("peers working")}, std::pair{"statsRate", tr("messages a minute")},
        std::pair{"statsBurn", tr("tokens a minute")}, std::pair{"statsCost", tr("cost so far")}};
    for (size_t i = 0; i < tiles.size(); ++i) {
        auto *card = new QFrame;
        card->setProperty("card", true);
        auto *column = new QVBoxLayout(card);
        column->setSpacing(1);
        auto *value = new QLabel;
        value->setObjectName(QLatin1StringView(tiles[i].first));
        value->setProperty("tone", u"title"_s);
        value->setAccessibleName(tiles[i].second);
        auto *caption = new QLabel(tiles[i].second);
        caption->setProperty("tone", u"label"_s);
        column->addWidget(value);
        column->addWidget(caption);
        m_totalValues.append(value);
        grid->addWidget(card, int(i) / 2, int(i) % 2);
    }
    return m_totals;
}

void StatsPanel::restyle()
{
    layout()->setContentsMargins(m_theme.px(14), m_theme.px(12), 0, 0);
    layout()->setSpacing(m_theme.px(10));
    m_totals->layout()->setContentsMargins(0, 0, m_theme.px(14), 0);
    m_totals->layout()->setSpacing(m_theme.px(8));
    for (QLabel *value : std::as_const(m_totalValues))
        value->parentWidget()->layout()->setContentsMargins(m_theme.px(12), m_theme.px(8), m_theme.px(12),
                                                            m_theme.px(8));
    m_table->verticalHeader()->setDefaultSectionSize(m_theme.px(30));
    const std::array widths{122, 148, 84, 92, 84, 92, 84, 84, 84};
    for (int i = 0; i < int(widths.size()); ++i)
        m_table->horizontalHeader()->resizeSection(i, m_theme.px(widths[size_t(i)]));
}

void StatsPanel::setStore(store::MeshStore *store)
{
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    m_model->setStore(store);
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &StatsPanel::onChanged);
    updatePage();
    refreshTotals();
}

void StatsPanel::onChanged(const store::ChangeSet &changes)
{
    if (isVisible()
        && (changes.reset || !changes.peersAdded.isEmpty() || !changes.peersChanged.isEmpty()
            || !changes.peersRemoved.isEmpty()))
        refreshTotals();
}

void StatsPanel::refreshTotals()
{
    int live = 0;
    int working = 0;
    if (m_store) {
        for (const store::Peer &peer : m_store->peers()) {
            if (peer.presence == store::Presence::Gone || peer.hidden || peer.self || peer.stub)
                continue;
            ++live;
            working += peer.status == protocol::PeerStatus::Working ? 1 : 0;
        }
    }
    //: so many of so many
    m_totalValues[0]->setText(tr("%1 of %2").arg(working).arg(live));
    m_totalValues[1]->setText(m_store ? Figures::whole(m_store->messagesPerMinute(m_time.nowMs())) : u"–"_s);
    const std::optional<double> burn = m_model->totalBurn();
    m_totalValues[2]->setText(burn ? Figures::compact(*burn) : Figures::notReported());
    const std::optional<double> cost = m_model->totalCost();
    m_totalValues[3]->setText(cost ? u"$%1"_s.arg(QLocale().toString(*cost, 'f', 2)) : Figures::notReported());
}

void StatsPanel::updatePage()
{
    const bool any = m_proxy->rowCount() > 0;
    m_pages->setCurrentIndex(any ? 0 : 1);
    m_empty->setText(m_model->rowCount() > 0 ? tr("No peer matches the filter.")
                                             : tr("When peers are in the mesh, their context use, tokens and cost "
                                                  "appear here as far as they report them."));
}

void StatsPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refreshTotals();
    m_timer.start();
}

void StatsPanel::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_timer.stop();
}

} // namespace mesh::views
