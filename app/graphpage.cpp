// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graphpage.h"

#include <QtCore/QDataStream>
#include <QtCore/QDateTime>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <limits>

#include "app/settings.h"
#include "graph/graphview.h"
#include "models/items/displaytext.h"
#include "models/items/graphmodel.h"
#include "models/store/meshstore.h"
#include "views/attentionchips.h"
#include "views/cardplacement.h"
#include "views/edgecard.h"
#include "views/filterbar.h"
#include "views/nodecard.h"
#include "views/peertable.h"
#include "views/savetarget.h"
#include "views/theme.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using items::AttentionKind;
using protocol::ConversationId;
using protocol::ConversationKind;
using views::Theme;

namespace {

constexpr int hoverRestMs = 250;  // the pointer rests on a peer or a line: the user wants to know more
constexpr int edgeSamples = 24;   // places along a line that are asked which is nearest to the pointer
constexpr int edgeHalfWidth = 10; // what of a line its card leaves in sight

graph::GraphStyle graphStyleOf(const Theme &theme)
{
    using Role = Theme::Role;
    graph::GraphStyle style;
    style.background = theme.color(Role::Bg);
    style.panel = theme.color(Role::Panel);
    style.raised = theme.color(Role::Raised);
    style.line = theme.color(Role::Line);
    style.text1 = theme.color(Role::Text1);
    style.text2 = theme.color(Role::Text2);
    style.text3 = theme.color(Role::Text3);
    style.accent = theme.color(Role::Accent);
    style.idle = theme.color(Role::Idle);
    style.working = theme.color(Role::Working);
    style.dnd = theme.color(Role::Dnd);
    style.offline = theme.color(Role::Offline);
    style.now = theme.color(Role::Now);
    style.next = theme.color(Role::Next);
    style.low = theme.color(Role::Low);
    style.font = theme.font(Theme::Text::Second);
    return style;
}

class SettingsFilters final : public items::SavedFilters
{
public:
    explicit SettingsFilters(Settings &settings)
        : m_settings(settings)
    {
    }
    QList<items::SavedFilter> filters(const protocol::MeshId &mesh) const override
    {
        QList<items::SavedFilter> filters;
        const QStringList kept = m_settings.savedFilters(mesh);
        for (qsizetype i = 0; i + 1 < kept.size() && filters.size() < kMost; i += 2)
            filters.append({kept.at(i), kept.at(i + 1)});
        return filters;
    }
    void setFilters(const protocol::MeshId &mesh, const QList<items::SavedFilter> &filters) override
    {
        QStringList kept;
        for (const items::SavedFilter &filter : filters)
            kept << filter.name << filter.text;
        m_settings.setSavedFilters(mesh, kept);
    }

private:
    Settings &m_settings;
};

class SettingsRules final : public items::AttentionSettings
{
public:
    explicit SettingsRules(Settings &settings)
        : m_settings(settings)
    {
    }
    QSet<AttentionKind> off() const override
    {
        QSet<AttentionKind> off;
        for (const QString &word : m_settings.attentionOff()) {
            if (const auto kind = protocol::fromWord<AttentionKind>(word))
                off.insert(*kind);
        }
        return off;
    }
    void setOff(const QSet<AttentionKind> &off) override
    {
        QStringList words;
        for (const AttentionKind kind : items::attentionKinds) {
            if (off.contains(kind))
                words.append(protocol::toWord(kind));
        }
        m_settings.setAttentionOff(words);
    }
    std::optional<int> threshold(AttentionKind kind) const override
    {
        return m_settings.attentionThreshold(protocol::toWord(kind));
    }
    void setThreshold(AttentionKind kind, std::optional<int> value) override
    {
        m_settings.setAttentionThreshold(protocol::toWord(kind), value);
    }

private:
    Settings &m_settings;
};

} // namespace

GraphPage::GraphPage(const Parts &parts, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_savedFilters(std::make_unique<SettingsFilters>(parts.settings))
    , m_rules(std::make_unique<SettingsRules>(parts.settings))
    , m_saveTarget(std::make_unique<views::DialogSaveTarget>())
    , m_model(std::make_unique<items::GraphModel>(parts.clock))
    , m_matches(parts.focus, parts.clock)
    , m_attention(parts.clock)
    , m_hoverTimer(this)
{
    setObjectName(u"graphPage"_s);
    m_attention.setSettings(m_rules.get());
    m_bar = new views::FilterBar(parts.theme, parts.focus, m_matches, m_savedFilters.get(), this);
    m_stack = new QStackedWidget(this);
    m_graph = new graph::GraphView(parts.frames, m_stack);
    m_table = new views::PeerTable(parts.theme, parts.focus, m_matches, m_stack);
    m_stack->addWidget(m_graph);
    m_stack->addWidget(m_table);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_stack, 1);
    m_chips = new views::AttentionChips(parts.theme, m_attention, m_graph);
    m_list = new views::AttentionList(parts.theme, m_attention, this);
    m_nodeCard = new views::NodeCard(parts.theme, parts.clock, m_attention, m_graph);
    m_edgeCard = new views::EdgeCard(parts.theme, parts.clock, m_graph);
    buildTrailing();
    wireGraph();

    connect(m_table, &views::PeerTable::peerActivated, this, &GraphPage::chatRequested);
    connect(m_chips, &views::AttentionChips::activated, this, &GraphPage::attend);
    connect(m_chips, &views::AttentionChips::listRequested, this, &GraphPage::showAttentionList);
    connect(m_chips, &views::AttentionChips::resized, this, &GraphPage::placeOverlays);
    connect(m_list, &views::AttentionList::activated, this, &GraphPage::attend);
    connect(m_nodeCard, &views::NodeCard::chatRequested, this, &GraphPage::chatRequested);
    connect(m_nodeCard, &views::NodeCard::edgeRequested, this, [this](const QString &from, const QString &to) {
        m_cardByHover = false;
        showEdge(from, to);
    });
    connect(m_nodeCard, &views::NodeCard::resized, this, &GraphPage::placeOverlays);
    connect(m_edgeCard, &views::EdgeCard::resized, this, &GraphPage::placeOverlays);
    connect(&m_attention, &items::AttentionModel::itemsChanged, this, [this] {
        const int count = m_attention.rowCount() + m_attention.hidden();
        m_listButton->setText(count > 0 ? QString::number(count) : QString());
        m_listButton->setToolTip(tr("%n peer(s) need attention", nullptr, count));
        markAlarms();
    });
    connect(&m_export, &items::PeerExport::finished, this, &GraphPage::onExportFinished);
    connect(&parts.theme, &Theme::changed, this, &GraphPage::applyTheme);
    applyTheme();
}

GraphPage::~GraphPage() = default;

void GraphPage::buildTrailing()
{
    const auto button = [this](const char *name, const QString &icon, const QString &text) {
        auto *made = new QToolButton(m_bar);
        made->setObjectName(QString::fromLatin1(name));
        made->setIcon(m_parts.theme.icon(icon));
        made->setToolTip(text);
        made->setAccessibleName(text);
        return made;
    };
    m_listButton = button("attentionButton", u"bell"_s, tr("Who needs attention"));
    m_listButton->setProperty("flat", true);
    m_listButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_listButton, &QToolButton::clicked, this, &GraphPage::showAttentionList);
    m_exportButton = button("exportButton", u"download"_s, tr("Export what is shown"));
    m_exportButton->setProperty("flat", true);
    m_exportButton->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(m_exportButton);
    menu->addAction(tr("Peers and traffic as JSON…"), this, [this] { exportPeers(items::ExportFormat::Json); })
        ->setObjectName(u"exportJson"_s);
    menu->addAction(tr("Peers as CSV…"), this, [this] { exportPeers(items::ExportFormat::Csv); })
        ->setObjectName(u"exportCsv"_s);
    menu->addAction(tr("Graph as a picture…"), m_graph, &graph::GraphView::savePicture)
        ->setObjectName(u"exportPicture"_s);
    QAction *stop = menu->addAction(tr("Stop the export"), &m_export, &items::PeerExport::cancel);
    connect(menu, &QMenu::aboutToShow, stop, [this, stop] { stop->setVisible(m_export.isRunning()); });
    m_exportButton->setMenu(menu);
    m_graphButton = button("graphMode", u"graph"_s, tr("Show as a graph"));
    m_tableButton = button("tableMode", u"table"_s, tr("Show as a table"));
    m_graphButton->setProperty("segment", u"first"_s);
    m_tableButton->setProperty("segment", u"last"_s);
    auto *modes = new QButtonGroup(this);
    for (QToolButton *mode : {m_graphButton, m_tableButton}) {
        mode->setCheckable(true);
        modes->addButton(mode);
    }
    m_graphButton->setChecked(true);
    connect(m_graphButton, &QToolButton::clicked, this, [this] { setMode(Mode::Graph); });
    connect(m_tableButton, &QToolButton::clicked, this, [this] { setMode(Mode::Table); });
    m_bar->addTrailing(m_listButton);
    m_bar->addTrailing(m_exportButton);
    auto *pair = new QWidget(m_bar);
    auto *row = new QHBoxLayout(pair);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_graphButton);
    row->addWidget(m_tableButton);
    m_bar->addTrailing(pair);
}

void GraphPage::wireGraph()
{
    m_graph->setModel(m_model.get());
    m_graph->setFocusState(&m_parts.focus);
    m_graph->setReducedMotion(m_parts.settings.reducedMotion());
    connect(&m_parts.settings, &Settings::reducedMotionChanged, m_graph, &graph::GraphView::setReducedMotion);
    connect(m_graph, &graph::GraphView::peerActivated, this, &GraphPage::chatRequested);
    m_graph->setArrangementStore(&m_parts.settings);
    connect(m_graph, &graph::GraphView::edgeSelected, this, [this](const QString &from, const QString &to) {
        m_cardByHover = false;
        showEdge(from, to);
    });
    connect(m_graph, &graph::GraphView::findRequested, this, &GraphPage::focusFilter);
    connect(m_graph, &graph::GraphView::peerSelected, this, &GraphPage::onSelected);
    connect(&m_parts.focus, &items::FocusState::hoveredPeerChanged, this, &GraphPage::onHovered);
    connect(&m_matches, &items::PeerMatches::changed, this, &GraphPage::applyFilter);
    connect(&m_parts.focus, &items::FocusState::filterHidesChanged, this, &GraphPage::applyFilter);
    connect(m_graph, &graph::GraphView::edgeHovered, this, &GraphPage::onEdgeHovered);
    connect(m_graph, &graph::GraphView::pictureSaved, this,
            [this](bool, const QString &sentence) { Q_EMIT noticed(sentence); });
    connect(m_graph, &graph::GraphView::viewMoved, this, &GraphPage::placeOverlays);
    m_hoverTimer.setObjectName(u"hoverTimer"_s);
    m_hoverTimer.setSingleShot(true);
    m_hoverTimer.setInterval(hoverRestMs);
    connect(&m_hoverTimer, &QTimer::timeout, this, &GraphPage::onPointerRested);
    for (QWidget *card : {static_cast<QWidget *>(m_nodeCard), static_cast<QWidget *>(m_edgeCard)})
        card->installEventFilter(this);
}

void GraphPage::setStore(store::MeshStore *store)
{
    m_store = store;
    m_graph->showMesh(m_parts.focus.mesh());
    m_matches.setStore(store);
    m_attention.setStore(store);
    m_hovered.clear();
    m_hoveredEdge = {};
    m_model->setStore(store);
    markAlarms();
    m_table->setStore(store);
    m_nodeCard->setStore(store);
    m_edgeCard->setStore(store);
}

void GraphPage::applyTheme()
{
    m_graph->setStyleTokens(graphStyleOf(m_parts.theme));
    markMode();
    placeOverlays();
}

void GraphPage::applyFilter()
{
    if (m_matches.isFiltering())
        m_model->setFilter([this](const items::GraphNode &node) { return m_matches.passes(node.key); },
                           m_parts.focus.filterHides());
    else
        m_model->setFilter({}, false);
}

// --- graph or table -----------------------------------------------------------------------------------------------

void GraphPage::setMode(Mode mode)
{
    m_stack->setCurrentWidget(mode == Mode::Graph ? static_cast<QWidget *>(m_graph) : m_table);
    (mode == Mode::Graph ? m_graphButton : m_tableButton)->setChecked(true);
    markMode();
    m_stack->currentWidget()->setFocus(Qt::OtherFocusReason);
}

void GraphPage::markMode()
{
    const bool table = mode() == Mode::Table;
    m_graphButton->setIcon(m_parts.theme.icon(u"graph"_s, table ? Theme::Role::Text2 : Theme::Role::OnAccent));
    m_tableButton->setIcon(m_parts.theme.icon(u"table"_s, table ? Theme::Role::OnAccent : Theme::Role::Text2));
}

GraphPage::Mode GraphPage::mode() const
{
    return m_stack->currentWidget() == m_table ? Mode::Table : Mode::Graph;
}

void GraphPage::focusFilter()
{
    m_bar->focusField();
}

// --- attention and cards ------------------------------------------------------------------------------------------

void GraphPage::showAttentionList()
{
    m_list->popUp(*m_listButton);
}

void GraphPage::markAlarms()
{
    QHash<QString, items::GraphAlarm> alarms;
    for (int row = 0; row < m_attention.rowCount(); ++row) {
        const items::AttentionItem item = m_attention.item(row);
        const bool urgent = item.kind == AttentionKind::WaitsForYou || item.kind == AttentionKind::ContextFull;
        for (const QString &key : {item.peer, item.other}) {
            if (!key.isEmpty())
                alarms[key] = std::max(alarms.value(key), urgent ? items::GraphAlarm::Urgent : items::GraphAlarm::Look);
        }
    }
    m_model->setAlarms(alarms);
}

void GraphPage::attend(const items::AttentionItem &item)
{
    m_parts.focus.setSelectedPeer(item.peer);
    m_cardByHover = false;
    if (item.kind == AttentionKind::WaitsForYou) {
        m_parts.focus.setConversation(item.conversation);
        Q_EMIT conversationRequested();
    } else if (item.kind == AttentionKind::Looping) {
        showEdge(item.peer, item.other);
    } else {
        showNode(item.peer);
    }
}

void GraphPage::onSelected(const QString &key)
{
    const QString shown = key.isEmpty() ? m_graph->selectedPeer() : key; // groups are selected in the graph alone
    // Selections made elsewhere, such as by opening a chat, do not put a card over the picture.
    if (shown.isEmpty()) {
        m_nodeCard->showPeer({});
        m_edgeCard->showEdge({}, {});
    } else if (m_graph->underMouse() || m_graph->hasFocus()) {
        m_cardByHover = false;
        showNode(shown);
    } else if (m_nodeCard->isVisible()) {
        showNode(shown);
    }
}

void GraphPage::onHovered(const QString &key)
{
    m_hovered = key;
    if (mode() == Mode::Graph)
        m_hoverTimer.start();
}

void GraphPage::onEdgeHovered(const QString &from, const QString &to)
{
    m_hoveredEdge = {from, to};
    m_hoverTimer.start();
}

void GraphPage::onPointerRested()
{
    views::InspectorCard *card = shownCard();
    if (card && (!m_cardByHover || card->underMouse()))
        return; // a card that a click keeps, or that is being read
    if (!m_hovered.isEmpty()) {
        showNode(m_hovered);
        m_cardByHover = true;
    } else if (!m_hoveredEdge.first.isEmpty()) {
        showEdge(m_hoveredEdge.first, m_hoveredEdge.second);
        m_cardByHover = true;
    } else if (card) {
        m_nodeCard->showPeer({});
        m_edgeCard->showEdge({}, {});
    }
}

void GraphPage::showNode(const QString &key)
{
    m_edgeCard->showEdge({}, {});
    m_nodeCard->showPeer(key);
    placeOverlays();
}

void GraphPage::showEdge(const QString &from, const QString &to)
{
    if (!from.isEmpty())
        m_nodeCard->showPeer({});
    m_shownEdge = {from, to};
    // Under the pointer if it is on that line, else in the middle.
    m_edgeShare = 0.5;
    if (m_hoveredEdge == m_shownEdge) {
        double nearest = std::numeric_limits<double>::max();
        for (int i = 1; i < edgeSamples; ++i) {
            const double share = double(i) / edgeSamples;
            const QPointF way = m_graph->edgePosition(from, to, share) - m_graph->pointerPosition();
            if (const double distance = QPointF::dotProduct(way, way); distance < nearest) {
                nearest = distance;
                m_edgeShare = share;
            }
        }
    }
    m_edgeCard->showEdge(from, to);
    placeOverlays();
}

views::InspectorCard *GraphPage::shownCard() const
{
    if (!m_nodeCard->isHidden())
        return m_nodeCard;
    return m_edgeCard->isHidden() ? nullptr : m_edgeCard;
}

QRectF GraphPage::edgeSubject() const
{
    const auto &[from, to] = m_shownEdge;
    constexpr QPointF nowhere(-1, -1);
    QPointF at = m_graph->edgePosition(from, to, m_edgeShare);
    if (at == nowhere)
        at = m_graph->edgePosition(to, from, 1 - m_edgeShare);
    if (at == nowhere) // nothing passed lately: where the line would be
        at = (m_graph->peerPosition(from) + m_graph->peerPosition(to)) / 2;
    return QRectF(at.x() - edgeHalfWidth, at.y() - edgeHalfWidth, 2 * edgeHalfWidth, 2 * edgeHalfWidth);
}

void GraphPage::placeCard(views::InspectorCard &card)
{
    views::CardSurroundings around;
    around.view = m_graph->rect();
    around.keepOut = m_graph->chrome();
    if (!m_chips->isHidden())
        around.keepOut << QRectF(m_chips->geometry());
    QStringList inSight;
    if (&card == m_nodeCard) {
        around.subject = m_graph->peerBox(m_nodeCard->peer());
        inSight = m_model->neighbours(m_nodeCard->peer());
    } else {
        around.subject = edgeSubject();
        inSight = {m_shownEdge.first, m_shownEdge.second};
    }
    if (around.subject.isNull()) // out of sight: at the side that words are read to
        around.subject = QRectF(m_graph->width(), m_graph->height() / 2.0, 1, 1);
    // Figures below change all the time: a card stays where it is while nothing is wrong with that.
    const bool stays = m_placement.subject == around.subject && m_placement.view == around.view
        && m_placement.card == card.geometry()
        && std::none_of(around.keepOut.cbegin(), around.keepOut.cend(),
                        [&](const QRectF &rect) { return rect.intersects(QRectF(card.geometry())); });
    if (stays)
        return;
    for (const QString &key : std::as_const(inSight))
        around.inSight << m_graph->peerPosition(key);
    card.move(views::placeCard(card.size(), around));
    card.raise();
    m_placement = {around.subject, around.view, card.geometry()};
    m_graph->setCoveredArea(card.geometry());
}

void GraphPage::placeOverlays()
{
    const int margin = m_parts.theme.px(14);
    m_chips->setWidthLimit(std::max(m_parts.theme.px(160), m_graph->width() / 2));
    m_chips->move(m_graph->width() - m_chips->width() - margin, m_parts.theme.px(4));
    m_chips->raise();
    if (views::InspectorCard *card = shownCard())
        placeCard(*card);
}

bool GraphPage::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Leave:
        m_hoverTimer.start();
        break;
    case QEvent::MouseButtonPress:
        m_cardByHover = false; // whoever touches it wants to keep it
        break;
    case QEvent::Hide:
        if (!shownCard()) {
            m_cardByHover = false;
            m_placement = {};
            m_graph->setCoveredArea({});
        }
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void GraphPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The graph gets its size from the layout, after this.
    QMetaObject::invokeMethod(this, &GraphPage::placeOverlays, Qt::QueuedConnection);
}

// --- export -------------------------------------------------------------------------------------------------------

void GraphPage::setSaveTarget(std::unique_ptr<views::SaveTarget> target)
{
    m_saveTarget = std::move(target);
}

void GraphPage::exportPeers(items::ExportFormat format)
{
    if (!m_store || m_export.isRunning())
        return;
    const bool json = format == items::ExportFormat::Json;
    const QString stamp = QDateTime::fromMSecsSinceEpoch(m_parts.clock.nowMs()).toString(u"yyyy-MM-dd-HHmm"_s);
    const QString name = tr("peers-%1").arg(stamp) + (json ? u".json"_s : u".csv"_s);
    m_saveTarget->ask(this, tr("Export what is shown"), name, json ? tr("JSON (*.json)") : tr("CSV (*.csv)"),
                      [this, format](const QString &path) {
                          if (!m_store || m_export.isRunning())
                              return;
                          items::PeerExport::Head head;
                          head.meshName = m_store->connection().meshName;
                          head.filter = m_matches.isFiltering() ? m_parts.focus.filterText() : QString();
                          head.atMs = m_parts.clock.nowMs();
                          head.total = m_matches.total();
                          m_export.start(*m_store, m_table->shownKeys(), head, format, path);
                      });
}

void GraphPage::onExportFinished(bool, const QString &sentence)
{
    Q_EMIT noticed(sentence);
}

} // namespace mesh::app
