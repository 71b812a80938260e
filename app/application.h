// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>

#include <memory>

#include "app/commandline.h"
#include "models/items/focusstate.h"
#include "models/protocol/clock.h"
#include "models/session/identitystore.h"
#include "models/session/keyvault.h"
#include "models/store/replay.h"

namespace mesh::graph {
class FrameClock;
}
namespace mesh::views {
class Theme;
}

namespace mesh::app {

class DataFolder;
class LinkDoor;
class MainWindow;
class MeshPages;
class NotificationService;
class Notifier;
class Onboarding;
class PersonalMesh;
class Settings;
class TrayBadge;
class Workspace;

//! The composition root: makes every part, joins them, and leads from the command line to a window that works.
class Application final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Application)

public:
    explicit Application(CommandLine line, QObject *parent = nullptr);
    ~Application() override;

    //! Shows the window. The result is the exit code to end with at once, or nothing to enter the event loop.
    std::optional<int> start();

    MainWindow &window() { return *m_window; }
    Workspace &workspace() { return *m_workspace; }

private:
    void buildWindow();
    void startNotifications();
    void startReplay();
    void playRecording(const protocol::Expected<store::Recording> &recording);
    void onVaultOpened();
    void onJournalKey(protocol::Expected<protocol::SecretBytes> key);
    void openVault();
    void followCommandLine();
    void startPersonalMesh(const QString &displayName, const QString &templateKey = {});
    void openMesh(const session::MeshProfile &profile);
    void chooseMesh();
    //! An invite link came while the program runs: shown to be joined, or kept until that is possible.
    void openLink(const QString &link);
    void showSamples();
    void finish();
    QString displayName() const;
    void takeScreenshot();
    //! Tells an error where somebody can read it; without a person to ask the program ends with code 2.
    void refuse(const protocol::Error &error);
    void sampleOwnCost();

    const CommandLine m_line;
    protocol::SystemClock m_clock;
    store::ReplayClock m_shownClock{m_clock}; //!< of what the window shows: a recording has its own time
    std::unique_ptr<DataFolder> m_folder;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<views::Theme> m_theme;
    std::unique_ptr<graph::FrameClock> m_frames;
    items::FocusState m_focus;
    std::unique_ptr<session::KeyVault> m_vault;
    std::unique_ptr<session::IdentityStore> m_identities;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<NotificationService> m_notifications;
    std::unique_ptr<TrayBadge> m_tray;
    std::unique_ptr<Notifier> m_notifier;
    std::unique_ptr<PersonalMesh> m_personal;
    std::unique_ptr<store::ReplaySource> m_replay;
    std::unique_ptr<LinkDoor> m_door;
    Onboarding *m_onboarding = nullptr; // owned by the window
    MeshPages *m_pages = nullptr;       // the same
    QString m_waitingLink;
    bool m_vaultAsked = false;
    bool m_mayJoin = false; //!< the vault is open
    QTimer m_costTimer;
    QElapsedTimer m_costElapsed;
    qint64 m_cpuMs = 0;
    quint64 m_framesAtSample = 0;
    bool m_finished = false;
};

} // namespace mesh::app
