// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QMainWindow>

#include <functional>

#include "models/items/focusstate.h"
#include "models/protocol/clock.h"
#include "models/protocol/expected.h"
#include "models/protocol/types.h"
#include "views/commandpalette.h"

class QAction;
class QLabel;
class QStackedWidget;
class QTabWidget;
class QToolBar;

namespace mesh::graph {
class FrameClock;
}
namespace mesh::items {
class TemplateShelf;
}
namespace mesh::store {
class MeshStore;
struct ChangeSet;
} // namespace mesh::store
namespace mesh::views {
class ChatView;
class ClockBar;
class ConnectionBanner;
class FirstRunPage;
class MeshPanel;
class NoticeBar;
class PeerPanel;
class SideBar;
class StatsPanel;
class StatusLine;
class Theme;
class TimelineView;
} // namespace mesh::views

namespace mesh::app {

class GraphPage;
class HistoryActions;
class HistorySearch;
class Settings;
class TopicActions;
class Workspace;

//! The window: the graph in the middle, conversations left, chat and details right, the timeline below, clock above and
//! the status line at the bottom. It shows one mesh at a time, the one FocusState names. Every part but the graph is a
//! dock.
class MainWindow final : public QMainWindow
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MainWindow)

public:
    //! What the window is built on; all outlive it.
    struct Parts
    {
        views::Theme &theme;
        graph::FrameClock &frames;
        const protocol::Clock &clock;
        items::FocusState &focus;
        Settings &settings;
        Workspace &workspace;
    };

    explicit MainWindow(const Parts &parts);
    ~MainWindow() override;

    enum class Layout { Operate, Chat, LoadTest };

    //! The vault is open: meshes may be joined.
    void setReady();
    //! Three ways in, for somebody who belongs to no mesh yet.
    void showFirstRun(const QString &displayName, const items::TemplateShelf &shelf);
    bool isFirstRun() const;
    //! A sentence in the bar above the graph, until it is closed.
    void showNotice(const QString &sentence);
    //! Nothing can go on until the user acts: the sentence fills the window.
    void showBlocked(const QString &sentence);
    void setPersonalMesh(const protocol::MeshId &mesh, bool personas,
                         std::function<protocol::Expected<QString>(const QString &role)> makeInvite);
    //! The check mark of the personas, where something else switched them.
    void setPersonasShown(bool on);
    //! Out of the task bar and in front of other windows, as far as the desktop lets it.
    void comeToFront();
    //! The window shows a recording; \a file names it.
    void setReplay(const QString &file);
    void showOwnCost(double framesPerSecond, double cpuPercent);
    //! Keeps what is unsaved: drafts and the layout.
    void prepareToEnd();
    //! Finishes what is being drawn elsewhere, so that a grab shows it.
    void settleForScreenshot();
    void applyLayout(Layout layout);
    //! Whether the user reads that conversation now: on the screen, at its end, in the active window.
    bool isReading(const protocol::MeshId &mesh, const protocol::ConversationId &conversation) const;
    //! Comes to the front with that conversation.
    void openConversation(const protocol::MeshId &mesh, const protocol::ConversationId &conversation);
    //! For the title.
    void setUnread(int unread);
    //! Whether the desktop shows notifications by its own service.
    void setNotificationService(bool available) { m_notificationService = available; }

Q_SIGNALS:
    //! The window has been on the screen for the first time.
    void firstPainted();
    //! A new one is made from the template of this key, the usual one when it is empty.
    void personalMeshRequested(const QString &displayName, const QString &templateKey);
    void joinRequested(const QString &displayName);
    void importRequested(const QString &displayName);
    void personasToggled(bool on);
    void invitePeopleRequested();
    void connectSessionsRequested();
    void templatesRequested();

protected:
    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void buildCentre();
    void buildDocks();
    void buildActions();
    QDockWidget *addDock(const char *name, const QString &title, QWidget *content, Qt::DockWidgetArea area);
    void setDocksUnlocked(bool unlocked);
    void setChromeVisible(bool visible);
    void showMesh(const protocol::MeshId &mesh);
    void onStoreChanged(const store::ChangeSet &changes);
    void updateTitle();
    void applyTheme();
    void restoreLayout();
    void openChatWith(const QString &peerKey);
    void showChat();
    void askSeveral(const QString &peerKey);
    void showShortcuts();
    void showNotificationSettings();
    void showPeer(const QString &peerKey);
    void showDetail(QWidget *tab);
    void refreshMeshes();
    void loadOlder(const protocol::ConversationId &conversation, qint64 beforeMs);
    QList<views::PaletteEntry> paletteEntries();
    QAction *addAction(const char *name, const QString &text, const QKeySequence &key, std::function<void()> run);
    void tellVisibility();

    const Parts m_parts;
    store::MeshStore *m_store = nullptr;

    QStackedWidget *m_pages = nullptr;
    QLabel *m_opening = nullptr;
    views::FirstRunPage *m_firstRun = nullptr;
    QWidget *m_meshPage = nullptr;
    views::ConnectionBanner *m_banner = nullptr;
    views::NoticeBar *m_notices = nullptr;
    GraphPage *m_centre = nullptr;
    QToolBar *m_top = nullptr;
    views::ClockBar *m_clockBar = nullptr;
    views::SideBar *m_sideBar = nullptr;
    QTabWidget *m_tabs = nullptr;
    views::ChatView *m_chat = nullptr;
    HistorySearch *m_search = nullptr;
    HistoryActions *m_history = nullptr;
    TopicActions *m_topics = nullptr;
    views::PeerPanel *m_peerPanel = nullptr;
    views::StatsPanel *m_statsPanel = nullptr;
    views::MeshPanel *m_meshPanel = nullptr;
    views::TimelineView *m_timeline = nullptr;
    views::StatusLine *m_statusLine = nullptr;
    views::CommandPalette *m_palette = nullptr;
    QList<QDockWidget *> m_docks;
    QList<QAction *> m_commands;
    QAction *m_unlockDocks = nullptr;
    QAction *m_personas = nullptr;
    QTimer m_figuresTimer;
    QString m_replayFile;
    protocol::MeshId m_personalMesh;
    std::function<protocol::Expected<QString>(const QString &)> m_makeInvite;
    int m_unread = 0;
    bool m_notificationService = false;
    qint64 m_eventsLost = 0;
    bool m_painted = false;
    bool m_ready = false;
};

} // namespace mesh::app
