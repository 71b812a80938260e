// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mainwindow.h"

#include <QtCore/QFileInfo>
#include <QtCore/QTimer>
#include <QtGui/QCloseEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QToolBar>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <array>

#include "app/graphpage.h"
#include "app/historyactions.h"
#include "app/historysearch.h"
#include "app/settings.h"
#include "app/workspace.h"
#include "graph/graphview.h"
#include "models/items/conversationlistmodel.h"
#include "models/items/displaytext.h"
#include "models/items/messagelistmodel.h"
#include "models/protocol/safetynumber.h"
#include "models/store/meshstore.h"
#include "views/chatview.h"
#include "views/clockbar.h"
#include "views/connectionbanner.h"
#include "views/firstrunpage.h"
#include "views/meshpanel.h"
#include "views/messagelistview.h"
#include "views/noticebar.h"
#include "views/peerpanel.h"
#include "views/searchpanel.h"
#include "views/sidebar.h"
#include "views/statspanel.h"
#include "views/statusline.h"
#include "views/theme.h"
#include "views/timelineview.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::MeshId;
using views::Theme;

namespace {

constexpr int stateVersion = 1; // of QMainWindow::saveState(); raise it when docks change
constexpr int figuresEveryMs = 1000;
constexpr int openingToldAfterMs = 300;
constexpr int historyPage = 100; // messages; a few screens

} // namespace

MainWindow::MainWindow(const Parts &parts)
    : m_parts(parts)
{
    setObjectName("mainWindow"_L1);
    setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    setCorner(Qt::TopLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::TopRightCorner, Qt::RightDockWidgetArea);
    buildCentre();
    buildDocks();
    buildActions();

    connect(&parts.focus, &items::FocusState::meshChanged, this, &MainWindow::showMesh);
    connect(&parts.focus, &items::FocusState::conversationChanged, this, [this] { m_tabs->setCurrentWidget(m_chat); });
    connect(&parts.theme, &Theme::changed, this, &MainWindow::applyTheme);
    connect(&parts.workspace, &Workspace::journalTroubled, m_statusLine, &views::StatusLine::setJournalFailure);
    connect(&parts.workspace, &Workspace::noticed, this, &MainWindow::showNotice);
    connect(&parts.workspace, &Workspace::historyReady, this, [this](const store::HistoryPage &page) {
        if (page.mesh == m_parts.focus.mesh())
            m_chat->model()->prependOlder(page.conversation, page.messages, page.atStart, page.beginning);
    });
    connect(&parts.workspace, &Workspace::meshOpened, this, &MainWindow::refreshMeshes);
    connect(&parts.workspace, &Workspace::meshClosed, this, [this](const MeshId &mesh) {
        if (m_parts.focus.mesh() == mesh)
            m_parts.focus.setMesh(m_parts.workspace.meshes().value(0));
    });
    connect(&parts.workspace.drain(), &store::EventDrain::overflowed, this,
            [this](qint64 lost) { m_eventsLost += lost; });
    connect(&m_figuresTimer, &QTimer::timeout, this, [this] {
        if (!m_store || !isVisible() || isMinimized())
            return;
        refreshMeshes();
        m_statusLine->setMessagesPerMinute(m_store->messagesPerMinute(m_parts.clock.nowMs()));
        const auto delay = m_store->ackDelay();
        m_statusLine->setAckDelay(delay.samples > 0 ? std::optional(delay.p95Ms) : std::nullopt);
        m_statusLine->setFramesLost(m_eventsLost, m_store->connection().framesRejected,
                                    m_store->connection().lastRejectedCode);
        if (m_parts.workspace.journal())
            m_statusLine->setJournalEvents(m_parts.workspace.journaledEvents());
    });
    m_figuresTimer.start(figuresEveryMs);

    applyTheme();
    setChromeVisible(false);
    updateTitle();
    resize(1440, 900);
    restoreLayout();
}

MainWindow::~MainWindow() = default;

// --- building -----------------------------------------------------------------------------------------------------

void MainWindow::buildCentre()
{
    Theme &theme = m_parts.theme;
    auto *sink = &m_parts.workspace.commands();
    m_pages = new QStackedWidget(this);
    m_pages->setObjectName("pages"_L1);
    setCentralWidget(m_pages);

    m_opening = new QLabel(m_pages);
    m_opening->setObjectName("openingPage"_L1);
    m_opening->setAlignment(Qt::AlignCenter);
    m_opening->setWordWrap(true);
    m_opening->setMargin(48);
    m_opening->setProperty("surface", u"bg"_s);
    m_opening->setProperty("tone", u"second"_s);
    // Most keychains answer before anyone could read it.
    QTimer::singleShot(openingToldAfterMs, m_opening, [this] {
        if (m_pages->currentWidget() == m_opening && m_opening->text().isEmpty() && !m_ready)
            m_opening->setText(tr("Opening your keys…"));
    });
    m_pages->addWidget(m_opening);

    m_meshPage = new QWidget(m_pages);
    m_banner = new views::ConnectionBanner(theme, m_parts.clock, sink, m_meshPage);
    m_notices = new views::NoticeBar(theme, m_meshPage);
    m_centre = new GraphPage({theme, m_parts.frames, m_parts.clock, m_parts.focus, m_parts.settings}, m_meshPage);
    auto *column = new QVBoxLayout(m_meshPage);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_notices);
    column->addWidget(m_centre, 1);
    m_pages->addWidget(m_meshPage);
    connect(m_centre, &GraphPage::chatRequested, this, &MainWindow::openChatWith);
    connect(m_centre, &GraphPage::conversationRequested, this, [this] {
        m_tabs->setCurrentWidget(m_chat);
        m_chat->focusComposer();
    });
    connect(m_centre, &GraphPage::noticed, this, &MainWindow::showNotice);

    m_clockBar = new views::ClockBar(theme, m_parts.clock, sink, this);
    m_top = new QToolBar(tr("Clock"), this);
    m_top->setObjectName("clockToolBar"_L1);
    m_top->setMovable(false);
    m_top->setContextMenuPolicy(Qt::PreventContextMenu);
    m_top->toggleViewAction()->setEnabled(false);
    m_top->addWidget(m_clockBar);
    addToolBar(Qt::TopToolBarArea, m_top);

    m_statusLine = new views::StatusLine(theme, this);
    statusBar()->setObjectName("statusBar"_L1);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(0, 0, 0, 0);
    statusBar()->addWidget(m_statusLine, 1);
}

QDockWidget *MainWindow::addDock(const char *name, const QString &title, QWidget *content, Qt::DockWidgetArea area)
{
    auto *dock = new QDockWidget(title, this);
    dock->setObjectName(QString::fromLatin1(name));
    dock->setWidget(content);
    addDockWidget(area, dock);
    m_docks << dock;
    return dock;
}

void MainWindow::buildDocks()
{
    Theme &theme = m_parts.theme;
    auto *sink = &m_parts.workspace.commands();
    auto *focus = &m_parts.focus;

    m_sideBar = new views::SideBar(theme, m_parts.clock, focus, sink, this);
    m_sideBar->setMatches(&m_centre->matches());
    connect(m_sideBar, &views::SideBar::meshChosen, focus, &items::FocusState::setMesh);
    connect(m_sideBar, &views::SideBar::addMeshRequested, this, [this] { Q_EMIT joinRequested({}); });
    connect(m_sideBar, &views::SideBar::conversationOpened, this, [this] {
        m_tabs->setCurrentWidget(m_chat);
        m_chat->focusComposer();
    });
    connect(m_sideBar, &views::SideBar::peerRequested, this, &MainWindow::showPeer);
    QDockWidget *side = addDock("conversationsDock", tr("Conversations"), m_sideBar, Qt::LeftDockWidgetArea);
    // The side bar's head names the mesh and its link; said twice it would only take room.
    // Docks are hidden once more while the window is destroyed, when it is no MainWindow any longer.
    connect(side, &QDockWidget::visibilityChanged, m_clockBar,
            [bar = m_clockBar](bool shown) { bar->setMeshShown(!shown); });

    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName("detailTabs"_L1);
    m_tabs->setDocumentMode(true);
    m_chat = new views::ChatView(theme, m_parts.clock, focus, sink, m_tabs);
    m_peerPanel = new views::PeerPanel(theme, m_parts.clock, focus, m_tabs);
    m_statsPanel = new views::StatsPanel(theme, m_parts.clock, focus, m_tabs);
    m_meshPanel = new views::MeshPanel(theme, m_parts.clock, sink, m_tabs);
    m_tabs->addTab(m_chat, tr("Chat"));
    m_search = new HistorySearch(theme, m_parts.clock, *focus, m_parts.workspace, *m_chat, m_tabs);
    m_tabs->addTab(m_search->panel(), tr("Search"));
    connect(m_search, &HistorySearch::panelWanted, this, [this] { showDetail(m_search->panel()); });
    connect(m_search, &HistorySearch::chatWanted, this, [this] { showDetail(m_chat); });
    m_tabs->addTab(m_peerPanel, tr("Peer"));
    m_tabs->addTab(m_statsPanel, tr("Stats"));
    m_tabs->addTab(m_meshPanel, tr("Mesh"));
    connect(m_chat, &views::ChatView::olderWanted, this, &MainWindow::loadOlder);
    connect(m_chat, &views::ChatView::peerRequested, this, &MainWindow::showPeer);
    connect(m_chat, &views::ChatView::askSeveralRequested, this, &MainWindow::askSeveral);
    connect(m_chat, &views::ChatView::leaveRequested, m_sideBar, &views::SideBar::focusList);
    addDock("detailDock", tr("Chat and details"), m_tabs, Qt::RightDockWidgetArea);
    m_peerPanel->setSafetyNumberProvider([](const QString &own, const QString &peer) {
        const auto a = protocol::PublicKey::fromHex(own);
        const auto b = protocol::PublicKey::fromHex(peer);
        return a && b ? protocol::safetyNumber(*a, *b) : QString();
    });
    connect(m_peerPanel, &views::PeerPanel::messageRequested, this, &MainWindow::openChatWith);

    m_timeline = new views::TimelineView(theme, m_parts.clock, focus, this);
    m_timeline->setMatches(&m_centre->matches());
    addDock("timelineDock", tr("Timeline"), m_timeline, Qt::BottomDockWidgetArea);
}

// --- what is shown ------------------------------------------------------------------------------------------------

void MainWindow::setReady()
{
    m_ready = true;
    if (m_pages->currentWidget() == m_opening)
        m_opening->clear();
}

void MainWindow::showFirstRun(const QString &displayName, const items::TemplateShelf &shelf)
{
    if (!m_firstRun) {
        m_firstRun = new views::FirstRunPage(m_parts.theme, displayName, shelf, m_pages);
        m_pages->addWidget(m_firstRun);
        connect(m_firstRun, &views::FirstRunPage::personalMeshRequested, this,
                [this](const QString &name, const QString &templateKey) {
                    m_firstRun->setBusy(true, tr("Making your personal mesh…"));
                    Q_EMIT personalMeshRequested(name, templateKey);
                });
        connect(m_firstRun, &views::FirstRunPage::inviteRequested, this, &MainWindow::joinRequested);
        connect(m_firstRun, &views::FirstRunPage::importRequested, this, &MainWindow::importRequested);
    }
    m_firstRun->setBusy(false);
    setChromeVisible(false);
    m_pages->setCurrentWidget(m_firstRun);
}

bool MainWindow::isFirstRun() const
{
    return m_firstRun && m_pages->currentWidget() == m_firstRun;
}

void MainWindow::showNotice(const QString &sentence)
{
    m_notices->add(sentence);
    if (isFirstRun())
        m_firstRun->setProblem(sentence);
}

void MainWindow::showBlocked(const QString &sentence)
{
    setChromeVisible(false);
    m_opening->setText(sentence);
    m_pages->setCurrentWidget(m_opening);
}

void MainWindow::setChromeVisible(bool visible)
{
    m_top->setVisible(visible);
    statusBar()->setVisible(visible);
    if (!visible) {
        for (QDockWidget *dock : std::as_const(m_docks))
            dock->hide();
    }
}

void MainWindow::showMesh(const MeshId &mesh)
{
    store::MeshStore *store = m_parts.workspace.store(mesh);
    if (m_store == store && store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;

    m_centre->setStore(store);
    m_clockBar->setStore(store);
    m_banner->setStore(store);
    m_sideBar->setStore(store);
    m_chat->setStore(store);
    m_peerPanel->setStore(store);
    m_statsPanel->setStore(store);
    m_meshPanel->setStore(store);
    m_timeline->setStore(store);
    m_statusLine->setStore(store);
    m_meshPanel->setInviteProvider(mesh == m_personalMesh ? m_makeInvite : nullptr);
    if (!store)
        return;
    connect(store, &store::MeshStore::changed, this, &MainWindow::onStoreChanged);
    if (m_replayFile.isEmpty())
        m_parts.settings.setLastMesh(mesh);
    if (m_pages->currentWidget() != m_meshPage) {
        setChromeVisible(true);
        restoreLayout();
        m_pages->setCurrentWidget(m_meshPage);
    }
    updateTitle();
}

void MainWindow::onStoreChanged(const store::ChangeSet &)
{
    updateTitle();
}

void MainWindow::updateTitle()
{
    QString title;
    if (!m_replayFile.isEmpty())
        title = tr("Recording %1").arg(QFileInfo(m_replayFile).fileName());
    else if (m_store)
        title = items::displayName(m_parts.workspace.nameOf(m_store->mesh()));
    if (m_unread > 0)
        title = tr("(%1) %2", "unread messages, title").arg(m_unread).arg(title);
    if (title != windowTitle())
        setWindowTitle(title);
}

void MainWindow::setPersonalMesh(const MeshId &mesh, bool personas,
                                 std::function<protocol::Expected<QString>(const QString &)> makeInvite)
{
    m_personalMesh = mesh;
    m_makeInvite = std::move(makeInvite);
    m_personas->setEnabled(true);
    m_personas->setChecked(personas);
    if (m_store && m_store->mesh() == mesh)
        m_meshPanel->setInviteProvider(m_makeInvite);
}

void MainWindow::setPersonasShown(bool on)
{
    m_personas->setChecked(on);
}

void MainWindow::comeToFront()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::setReplay(const QString &file)
{
    m_replayFile = file;
    updateTitle();
}

void MainWindow::showOwnCost(double framesPerSecond, double cpuPercent)
{
    m_statusLine->setOwnCost(framesPerSecond > 0 ? std::optional(framesPerSecond) : std::nullopt, cpuPercent);
}

void MainWindow::openChatWith(const QString &peerKey)
{
    m_parts.focus.setConversation(ConversationId{ConversationKind::Direct, peerKey});
    showChat();
}

void MainWindow::showChat()
{
    showDetail(m_chat);
    m_chat->focusComposer();
}

void MainWindow::showDetail(QWidget *tab)
{
    m_tabs->setCurrentWidget(tab);
    for (QDockWidget *dock : std::as_const(m_docks)) {
        if (dock->widget() == m_tabs)
            dock->show();
    }
}

bool MainWindow::isReading(const MeshId &mesh, const ConversationId &conversation) const
{
    const auto &open = m_parts.focus.conversation();
    return m_store && m_store->mesh() == mesh && open && m_store->resolve(*open) == m_store->resolve(conversation)
        && isActiveWindow() && !isMinimized() && m_chat->isVisible() && m_chat->list()->isAtBottom();
}

void MainWindow::openConversation(const MeshId &mesh, const ConversationId &conversation)
{
    if (isMinimized())
        showNormal();
    show();
    raise();
    activateWindow();
    m_parts.focus.setMesh(mesh);
    m_parts.focus.setConversation(conversation);
    showChat();
}

void MainWindow::setUnread(int unread)
{
    m_unread = unread;
    updateTitle();
}

void MainWindow::showPeer(const QString &peerKey)
{
    m_parts.focus.setSelectedPeer(peerKey);
    m_tabs->setCurrentWidget(m_peerPanel);
}

void MainWindow::refreshMeshes()
{
    QList<views::MeshChoice> choices;
    for (const QString &mesh : m_parts.workspace.meshes()) {
        const store::MeshStore *store = m_parts.workspace.store(mesh);
        views::MeshChoice choice{
            .id = mesh, .name = m_parts.workspace.nameOf(mesh), .personal = mesh == m_personalMesh};
        choice.state = store->connection().state;
        const auto conversations = store->conversations();
        for (const store::Conversation &conversation : conversations)
            choice.unread += conversation.unread;
        choices << choice;
    }
    m_sideBar->setMeshes(choices);
}

void MainWindow::loadOlder(const ConversationId &conversation, qint64 beforeMs)
{
    m_parts.workspace.loadHistory(m_parts.focus.mesh(), conversation, beforeMs, historyPage);
}

// --- layout and look ----------------------------------------------------------------------------------------------

void MainWindow::setDocksUnlocked(bool unlocked)
{
    for (QDockWidget *dock : std::as_const(m_docks)) {
        // An empty title bar keeps the calm look; unlocked, the usual one has handles and buttons.
        QWidget *old = dock->titleBarWidget();
        dock->setTitleBarWidget(unlocked ? nullptr : new QWidget(dock));
        delete old;
    }
    m_unlockDocks->setChecked(unlocked);
}

void MainWindow::applyLayout(Layout layout)
{
    const auto show = [this](bool conversations, bool details, bool timeline) {
        const std::array wanted{conversations, details, timeline};
        for (int i = 0; i < m_docks.size(); ++i) {
            m_docks[i]->setFloating(false);
            m_docks[i]->setVisible(wanted[size_t(i)]);
        }
    };
    addDockWidget(Qt::LeftDockWidgetArea, m_docks[0]);
    addDockWidget(Qt::RightDockWidgetArea, m_docks[1]);
    addDockWidget(Qt::BottomDockWidgetArea, m_docks[2]);
    const int px = m_parts.theme.px(1);
    switch (layout) {
    case Layout::Operate:
        show(true, true, true);
        resizeDocks({m_docks[0], m_docks[1]}, {248 * px, 370 * px}, Qt::Horizontal);
        resizeDocks({m_docks[2]}, {220 * px}, Qt::Vertical);
        break;
    case Layout::Chat:
        show(true, true, false);
        resizeDocks({m_docks[0], m_docks[1]}, {248 * px, 640 * px}, Qt::Horizontal);
        m_tabs->setCurrentWidget(m_chat);
        break;
    case Layout::LoadTest:
        show(false, true, true);
        resizeDocks({m_docks[1]}, {420 * px}, Qt::Horizontal);
        resizeDocks({m_docks[2]}, {320 * px}, Qt::Vertical);
        m_tabs->setCurrentWidget(m_statsPanel);
        break;
    }
}

void MainWindow::prepareToEnd()
{
    m_chat->flushDraft();
    // Before a mesh was shown the docks are hidden, which nobody chose.
    if (m_store)
        m_parts.settings.setWindow(saveGeometry(), saveState(stateVersion));
}

void MainWindow::restoreLayout()
{
    setDocksUnlocked(false);
    if (!m_store) {
        restoreGeometry(m_parts.settings.windowGeometry());
        return;
    }
    if (!restoreState(m_parts.settings.windowState(), stateVersion))
        applyLayout(Layout::Operate);
    setChromeVisible(true);
}

void MainWindow::applyTheme()
{
    Theme &theme = m_parts.theme;
    m_opening->setFont(theme.font(Theme::Text::Title));
    if (auto *search = findChild<QPushButton *>("searchBox"_L1)) {
        search->setFont(theme.font(Theme::Text::Second));
        search->setIcon(theme.icon(u"search"_s, Theme::Role::Text3));
    }
}

void MainWindow::settleForScreenshot()
{
    m_parts.workspace.drain().drainNow();
    m_centre->graph().finishRaster();
}

// --- events -------------------------------------------------------------------------------------------------------

void MainWindow::tellVisibility()
{
    m_parts.workspace.setVisible(isVisible() && !isMinimized());
}

bool MainWindow::event(QEvent *event)
{
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::Paint && !m_painted) {
        m_painted = true;
        QMetaObject::invokeMethod(this, &MainWindow::firstPainted, Qt::QueuedConnection);
    }
    return handled;
}

void MainWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        tellVisibility();
}

void MainWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    tellVisibility();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    tellVisibility();
}

} // namespace mesh::app
