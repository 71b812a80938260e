// SPDX-License-Identifier: GPL-3.0-or-later
// What the window can be told to do: its menus, keys and commands, and the dialogs they open.
#include "app/mainwindow.h"

#include <QtGui/QActionGroup>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QToolBar>
#include <QtWidgets/QToolButton>

#include <array>

#include "app/graphpage.h"
#include "app/historyactions.h"
#include "app/historysearch.h"
#include "app/settings.h"
#include "app/topicactions.h"
#include "app/workspace.h"
#include "graph/graphview.h"
#include "models/items/conversationlistmodel.h"
#include "models/items/displaytext.h"
#include "models/items/topicinfo.h"
#include "models/store/meshstore.h"
#include "views/askboard.h"
#include "views/chatview.h"
#include "views/clockbar.h"
#include "views/notificationdialog.h"
#include "views/searchpanel.h"
#include "views/shortcutsheet.h"
#include "views/sidebar.h"
#include "views/theme.h"
#include "views/timelineview.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::MeshId;
using views::Theme;

QAction *MainWindow::addAction(const char *name, const QString &text, const QKeySequence &key,
                               std::function<void()> run)
{
    auto *action = new QAction(text, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcut(key);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, std::move(run));
    QWidget::addAction(action);
    m_commands << action;
    return action;
}

void MainWindow::buildActions()
{
    const auto dockToggle = [this](int index, const char *name, const QKeySequence &key) {
        QAction *action = m_docks[index]->toggleViewAction();
        action->setObjectName(QString::fromLatin1(name));
        action->setShortcut(key);
        QWidget::addAction(action);
        m_commands << action;
        return action;
    };

    auto *menu = new QMenu(this);
    menu->setObjectName("mainMenu"_L1);
    menu->addAction(
        addAction("joinMesh", tr("Join a mesh…"), QKeySequence(tr("Ctrl+J")), [this] { Q_EMIT joinRequested({}); }));
    menu->addAction(
        addAction("importMeshes", tr("Import from the claudemesh CLI…"), {}, [this] { Q_EMIT importRequested({}); }));
    menu->addAction(addAction("startPersonal", tr("Start the personal mesh"), {},
                              [this] { Q_EMIT personalMeshRequested({}, {}); }));
    m_personas = addAction("runPersonas", tr("Personas in the personal mesh"), {}, [this] {
        m_parts.settings.setPersonas(m_personas->isChecked());
        Q_EMIT personasToggled(m_personas->isChecked());
    });
    m_personas->setCheckable(true);
    m_personas->setEnabled(false);
    menu->addAction(m_personas);
    menu->addSeparator();
    menu->addAction(addAction("invitePeople", tr("Invite people…"), QKeySequence(tr("Ctrl+I")),
                              [this] { Q_EMIT invitePeopleRequested(); }));
    menu->addAction(
        addAction("connectSessions", tr("Connect Claude Code…"), {}, [this] { Q_EMIT connectSessionsRequested(); }));
    menu->addAction(addAction("meshTemplates", tr("Mesh templates…"), {}, [this] { Q_EMIT templatesRequested(); }));
    menu->addSeparator();

    m_topics = new TopicActions(m_parts.theme, m_parts.clock, m_parts.focus, m_parts.workspace, this);
    connect(m_topics, &TopicActions::told, this, &MainWindow::showNotice);
    connect(m_topics, &TopicActions::opened, this, &MainWindow::showChat);
    connect(m_chat, &views::ChatView::topicRequested, m_topics, &TopicActions::browse);
    connect(m_chat, &views::ChatView::leaveTopicRequested, m_topics, &TopicActions::leave);
    connect(m_sideBar, &views::SideBar::topicsRequested, m_topics, &TopicActions::browse);
    connect(m_sideBar, &views::SideBar::leaveTopicRequested, m_topics, &TopicActions::leave);
    QMenu *topics = menu->addMenu(tr("Topics"));
    topics->addAction(addAction("browseTopics", tr("Topics of this mesh…"), QKeySequence(tr("Ctrl+Shift+T")),
                                [this] { m_topics->browse(); }));
    topics->addAction(addAction("newTopic", tr("New topic…"), {}, [this] { m_topics->create(); }));
    topics->addAction(addAction("leaveTopic", tr("Leave this topic…"), {}, [this] { m_topics->leaveOpen(); }));
    menu->addSeparator();

    QMenu *view = menu->addMenu(tr("View"));
    view->addAction(dockToggle(0, "toggleConversations", QKeySequence(tr("Ctrl+Shift+1"))));
    view->addAction(dockToggle(1, "toggleDetails", QKeySequence(tr("Ctrl+Shift+2"))));
    view->addAction(dockToggle(2, "toggleTimeline", QKeySequence(tr("Ctrl+Shift+3"))));
    m_unlockDocks = addAction("moveParts", tr("Move and close parts"), QKeySequence(tr("Ctrl+Shift+M")),
                              [this] { setDocksUnlocked(m_unlockDocks->isChecked()); });
    m_unlockDocks->setCheckable(true);
    view->addAction(m_unlockDocks);
    view->addSeparator();
    view->addAction(addAction("layoutOperate", tr("Layout: Operate"), QKeySequence(tr("Ctrl+1")),
                              [this] { applyLayout(Layout::Operate); }));
    view->addAction(
        addAction("layoutChat", tr("Layout: Chat"), QKeySequence(tr("Ctrl+2")), [this] { applyLayout(Layout::Chat); }));
    view->addAction(addAction("layoutLoadTest", tr("Layout: Load test"), QKeySequence(tr("Ctrl+3")),
                              [this] { applyLayout(Layout::LoadTest); }));
    view->addSeparator();
    view->addAction(addAction("fitGraph", tr("Fit the graph"), {}, [this] { m_centre->graph().fit(); }));
    view->addAction(
        addAction("saveGraph", tr("Save a picture of the graph…"), {}, [this] { m_centre->graph().savePicture(); }));
    view->addAction(addAction("graphOrTable", tr("Graph or table"), QKeySequence(tr("Ctrl+T")), [this] {
        const bool graph = m_centre->mode() == GraphPage::Mode::Graph;
        m_centre->setMode(graph ? GraphPage::Mode::Table : GraphPage::Mode::Graph);
    }));
    view->addAction(addAction("filterPeers", tr("Filter peers"), QKeySequence(tr("Ctrl+Shift+P")),
                              [this] { m_centre->focusFilter(); }));
    view->addAction(addAction("showAttention", tr("Who needs attention"), QKeySequence(tr("Ctrl+Shift+N")),
                              [this] { m_centre->showAttentionList(); }));
    view->addAction(
        addAction("goLive", tr("Back to live"), QKeySequence(tr("Ctrl+L")), [this] { m_timeline->goLive(); }));

    QMenu *look = menu->addMenu(tr("Look"));
    for (const auto &[name, text] :
         {std::pair{"system", tr("As the system")}, std::pair{"dark", tr("Dark")}, std::pair{"light", tr("Light")}}) {
        const QString scheme = QString::fromLatin1(name);
        look->addAction(addAction(qPrintable(u"scheme-"_s + scheme), text, {},
                                  [this, scheme] { m_parts.settings.setScheme(scheme); }));
    }
    look->addSeparator();
    auto *sets = new QActionGroup(this);
    for (const auto &[name, text] :
         {std::pair{"standard", tr("Standard colours")}, std::pair{"high-contrast", tr("High contrast")},
          std::pair{"colour-blind", tr("Colour-blind safe")}}) {
        const QString set = QString::fromLatin1(name);
        QAction *action =
            addAction(qPrintable(u"colours-"_s + set), text, {}, [this, set] { m_parts.settings.setColours(set); });
        action->setCheckable(true);
        action->setChecked(m_parts.settings.colours() == set);
        sets->addAction(action);
        look->addAction(action);
    }
    look->addSeparator();
    QAction *motion = addAction("reducedMotion", tr("Less motion"), {},
                                [this] { m_parts.settings.setReducedMotion(!m_parts.settings.reducedMotion()); });
    motion->setCheckable(true);
    motion->setChecked(m_parts.settings.reducedMotion());
    look->addAction(motion);

    menu->addAction(addAction("runClock", tr("Run or pause the clock"), QKeySequence(tr("Ctrl+Space")),
                              [this] { m_clockBar->togglePause(); }));
    menu->addAction(
        addAction("faster", tr("Clock faster"), QKeySequence(tr("Ctrl+.")), [this] { m_clockBar->stepSpeed(1); }));
    menu->addAction(
        addAction("slower", tr("Clock slower"), QKeySequence(tr("Ctrl+,")), [this] { m_clockBar->stepSpeed(-1); }));
    menu->addAction(addAction("askSeveral", tr("Ask several peers…"), QKeySequence(tr("Ctrl+Shift+A")),
                              [this] { askSeveral({}); }));
    QAction *sendSignals = addAction("sendSignals", tr("Tell people when I type and read"), {},
                                     [this] { m_parts.settings.setSignalsSent(!m_parts.settings.signalsSent()); });
    sendSignals->setCheckable(true);
    sendSignals->setChecked(m_parts.settings.signalsSent());
    m_parts.workspace.setSignals(m_parts.settings.signalsSent());
    connect(&m_parts.settings, &Settings::signalsSentChanged, this, [this, sendSignals](bool on) {
        sendSignals->setChecked(on);
        m_parts.workspace.setSignals(on);
    });
    menu->addAction(sendSignals);
    menu->addAction(addAction("notifications", tr("Notifications…"), {}, [this] { showNotificationSettings(); }));
    menu->addAction(
        addAction("shortcuts", tr("Keyboard shortcuts"), QKeySequence(Qt::Key_F1), [this] { showShortcuts(); }));
    menu->addAction(addAction("writeMessage", tr("Write a message"), QKeySequence(tr("Ctrl+M")), [this] {
        m_tabs->setCurrentWidget(m_chat);
        m_chat->focusComposer();
    }));
    m_history = new HistoryActions(m_parts.clock, m_parts.focus, m_parts.workspace, this);
    connect(m_history, &HistoryActions::told, this, &MainWindow::showNotice);
    QMenu *history = menu->addMenu(tr("History of this conversation"));
    history->addAction(addAction("keepHistory", tr("Keep only a part…"), {}, [this] { m_history->chooseRetention(); }));
    history->addAction(
        addAction("exportHistory", tr("Export the conversation…"), {}, [this] { m_history->exportConversation(); }));
    history->addAction(
        addAction("removeHistory", tr("Remove the conversation…"), {}, [this] { m_history->removeConversation(); }));
    menu->addAction(addAction("findHere", tr("Search in this conversation"), QKeySequence::Find,
                              [this] { m_search->begin(true); }));
    menu->addAction(addAction("findEverywhere", tr("Search everything"), QKeySequence(tr("Ctrl+Shift+F")),
                              [this] { m_search->begin(false); }));
    menu->addAction(
        addAction("nextHit", tr("Next hit"), QKeySequence(tr("F3")), [this] { m_search->panel()->step(1); }));
    menu->addAction(addAction("previousHit", tr("Previous hit"), QKeySequence(tr("Shift+F3")),
                              [this] { m_search->panel()->step(-1); }));
    menu->addSeparator();
    menu->addAction(addAction("quit", tr("Quit"), QKeySequence::Quit, [] { QApplication::quit(); }));

    m_palette = new views::CommandPalette(
        m_parts.theme, [this] { return paletteEntries(); }, this);
    QAction *search =
        addAction("searchOrRun", tr("Search or run"), QKeySequence(tr("Ctrl+K")), [this] { m_palette->popUp(); });
    auto *searchBox =
        new QPushButton(tr("Search or run") + u"    "_s + search->shortcut().toString(QKeySequence::NativeText), this);
    searchBox->setObjectName("searchBox"_L1);
    connect(searchBox, &QPushButton::clicked, search, &QAction::trigger);
    m_clockBar->addTrailing(searchBox);
    auto *menuButton = new QToolButton(this);
    menuButton->setObjectName("menuButton"_L1);
    menuButton->setText(u"⋯"_s);
    menuButton->setToolTip(tr("Menu"));
    menuButton->setAccessibleName(tr("Menu"));
    menuButton->setPopupMode(QToolButton::InstantPopup);
    menuButton->setMenu(menu);
    menuButton->setShortcut(QKeySequence(Qt::Key_F10));
    m_clockBar->addTrailing(menuButton);
    m_commands.removeOne(search);
}

QList<views::PaletteEntry> MainWindow::paletteEntries()
{
    QList<views::PaletteEntry> entries;
    if (m_store) {
        // What the side bar lists, in its order: groups and topics nobody has written to yet are among it.
        const auto *list = m_sideBar->model();
        for (int i = 0; i < list->rowCount(); ++i) {
            const auto row = list->row(i);
            if (row.kind == items::ConversationListModel::RowKind::Conversation)
                entries << views::PaletteEntry{row.title, tr("Conversation"), {}, [this, id = row.id] {
                                                   m_parts.focus.setConversation(id);
                                                   showChat();
                                               }};
        }
        const QList<items::TopicInfo> topics = items::topicsOf(*m_store);
        for (const items::TopicInfo &topic : topics) {
            if (!items::isTopicShown(*m_store, topic.id))
                entries << views::PaletteEntry{
                    topic.title, tr("Topic to join"), {}, [this, id = topic.id] {
                        m_parts.focus.setConversation(ConversationId{ConversationKind::Topic, id});
                        showChat();
                    }};
        }
        for (const store::Peer &peer : m_store->peers()) {
            if (peer.self || peer.hidden || peer.presence == store::Presence::Gone || peer.name.isEmpty())
                continue;
            entries << views::PaletteEntry{
                items::displayName(peer.name), tr("Peer"), {}, [this, key = peer.key] { openChatWith(key); }};
        }
    }
    for (const QString &mesh : m_parts.workspace.meshes()) {
        entries << views::PaletteEntry{items::displayName(m_parts.workspace.nameOf(mesh)),
                                       tr("Mesh"),
                                       {},
                                       [this, mesh] { m_parts.focus.setMesh(mesh); }};
    }
    for (QAction *action : std::as_const(m_commands)) {
        if (action->isEnabled())
            entries << views::PaletteEntry{action->text(), tr("Command"),
                                           action->shortcut().toString(QKeySequence::NativeText),
                                           [action] { action->trigger(); }};
    }
    return entries;
}

void MainWindow::askSeveral(const QString &peerKey)
{
    if (!m_store)
        return;
    auto *board =
        new views::AskBoard(m_parts.theme, m_parts.clock, *m_store, m_parts.workspace.commands(), peerKey, this);
    connect(board, &views::AskBoard::linkActivated, m_chat, &views::ChatView::askToOpen);
    board->show();
}

void MainWindow::showShortcuts()
{
    QList<views::ShortcutSheet::Line> lines;
    for (const QAction *action : findChildren<QAction *>()) {
        if (!action->shortcut().isEmpty())
            lines.append({action->shortcut().toString(QKeySequence::NativeText), action->text()});
    }
    auto *sheet = new views::ShortcutSheet(m_parts.theme, lines, this);
    sheet->show();
}

void MainWindow::showNotificationSettings()
{
    auto *dialog = new views::NotificationDialog(m_parts.settings.notifications(), m_notificationService, this);
    connect(dialog, &views::NotificationDialog::policyChanged, &m_parts.settings, &Settings::setNotifications);
    dialog->open();
}

} // namespace mesh::app
