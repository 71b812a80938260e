// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include <QtCore/QFile>
#include <QtCore/QTimer>
#include <QtWidgets/QApplication>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

#include "app/datafolder.h"
#include "app/linkdoor.h"
#include "app/mainwindow.h"
#include "app/meshpages.h"
#include "app/notificationservice.h"
#include "app/notifier.h"
#include "app/onboarding.h"
#include "app/personalmesh.h"
#include "app/settings.h"
#include "app/traybadge.h"
#include "app/workspace.h"
#include "graph/frameclock.h"
#include "models/protocol/logging.h"
#include "views/theme.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::Expected;
using protocol::SecretBytes;
using session::MeshProfile;

namespace {

constexpr int costIntervalMs = 2000;
constexpr auto longestToPaint = std::chrono::milliseconds(700); // a window that starts hidden is not painted at all

views::Theme::ColourSet colourSetOf(const QString &stored)
{
    using enum views::Theme::ColourSet;
    return stored == "high-contrast"_L1 ? HighContrast : stored == "colour-blind"_L1 ? ColourBlind : Standard;
}

views::Theme::Scheme schemeOf(CommandLine::Scheme asked, const QString &stored)
{
    if (asked == CommandLine::Scheme::Dark || (asked == CommandLine::Scheme::System && stored == "dark"_L1))
        return views::Theme::Scheme::Dark;
    if (asked == CommandLine::Scheme::Light || (asked == CommandLine::Scheme::System && stored == "light"_L1))
        return views::Theme::Scheme::Light;
    return views::Theme::Scheme::System;
}

void complain(const QString &sentence)
{
    std::fprintf(stderr, "claudemesh-desktop: %s\n", qPrintable(sentence));
}

} // namespace

Application::Application(CommandLine line, QObject *parent)
    : QObject(parent)
    , m_line(std::move(line))
{
}

Application::~Application()
{
    finish();
}

std::optional<int> Application::start()
{
    auto folder = DataFolder::open(m_line.dataDir);
    if (!folder) {
        // Started from a link, or a second time from the menu: the window that is there takes over.
        if (folder.error().code == "in_use"_L1 && m_line.isPlain()
            && LinkDoor::handOver(m_line.dataDir, m_line.joinLink))
            return 0;
        complain(folder.error().detail);
        return 2;
    }
    m_folder = std::move(*folder);
    m_waitingLink = m_line.joinLink;
    m_door = std::make_unique<LinkDoor>();
    connect(m_door.get(), &LinkDoor::linkReceived, this, &Application::openLink);
    if (const auto opened = m_door->open(m_folder->path()); !opened)
        qCWarning(lcApp) << "links cannot be handed over:" << opened.error().detail;
    m_settings = std::make_unique<Settings>(m_folder->file(u"settings.ini"));
    if (!m_line.name.isEmpty())
        m_settings->setDisplayName(m_line.name);
    m_theme = std::make_unique<views::Theme>();
    m_theme->setScheme(schemeOf(m_line.scheme, m_settings->scheme()));
    m_theme->setColourSet(colourSetOf(m_settings->colours()));
    m_theme->installBase();
    m_frames = std::make_unique<graph::FrameClock>(m_clock);
    m_workspace = std::make_unique<Workspace>(m_clock);
    // Before any view hears of a frame, so that it shows what came until then.
    connect(m_frames.get(), &graph::FrameClock::frame, &m_workspace->drain(), &store::EventDrain::drainForFrame);
    m_vault = std::make_unique<session::KeyVault>(session::KeyVault::Options{.folder = m_folder->path()});
    buildWindow();
    m_theme->install();
    m_window->show();

    if (!m_line.replayFile.isEmpty()) {
        startReplay();
    } else {
        startNotifications();
        connect(m_vault.get(), &session::KeyVault::opened, this, &Application::onVaultOpened);
        connect(m_vault.get(), &session::KeyVault::failed, this, &Application::refuse);
        connect(m_onboarding, &Onboarding::vaultRefused, this, &Application::refuse);
        // A key from a passphrase takes half a second and a quarter of a gigabyte: not while the window is being
        // painted.
        connect(m_window.get(), &MainWindow::firstPainted, this, &Application::openVault);
        QTimer::singleShot(longestToPaint, this, &Application::openVault);
    }
    connect(m_window.get(), &MainWindow::firstPainted, this, [] { qCInfo(lcApp) << "window painted"; });
    if (!m_line.screenshotFile.isEmpty())
        connect(m_window.get(), &MainWindow::firstPainted, this, [this] {
            QTimer::singleShot(int(m_line.screenshotAfterS * 1000), this, &Application::takeScreenshot);
        });
    connect(qApp, &QCoreApplication::aboutToQuit, this, &Application::finish);
    connect(&m_costTimer, &QTimer::timeout, this, &Application::sampleOwnCost);
    m_costElapsed.start();
    m_costTimer.start(costIntervalMs);
    return std::nullopt;
}

void Application::openVault()
{
    if (!std::exchange(m_vaultAsked, true))
        m_vault->open();
}

void Application::buildWindow()
{
    m_window = std::make_unique<MainWindow>(
        MainWindow::Parts{*m_theme, *m_frames, m_shownClock, m_focus, *m_settings, *m_workspace});
    if (m_line.windowSize)
        m_window->resize(*m_line.windowSize);
    m_onboarding = new Onboarding(*m_theme, m_clock, *m_vault, m_window.get());
    m_onboarding->setUnattended(!m_line.screenshotFile.isEmpty());
    connect(m_onboarding, &Onboarding::memberOf, this, &Application::openMesh);
    connect(m_onboarding, &Onboarding::cancelled, this, &Application::chooseMesh);
    m_pages = new MeshPages(*m_theme, m_clock, *m_workspace, m_folder->file(u"templates"), m_window.get());
    connect(m_pages, &MeshPages::noticed, m_window.get(), &MainWindow::showNotice);
    connect(m_pages, &MeshPages::samplesRequested, this, &Application::showSamples);
    connect(m_window.get(), &MainWindow::invitePeopleRequested, m_pages, &MeshPages::invitePeople);
    connect(m_window.get(), &MainWindow::connectSessionsRequested, m_pages, &MeshPages::connectSessions);
    connect(m_window.get(), &MainWindow::templatesRequested, m_pages, &MeshPages::showTemplates);
    connect(&m_focus, &items::FocusState::meshChanged, m_pages, &MeshPages::setCurrent);
    connect(m_window.get(), &MainWindow::personalMeshRequested, this, &Application::startPersonalMesh);
    connect(m_window.get(), &MainWindow::joinRequested, this,
            [this](const QString &name) { m_onboarding->join({}, name.isEmpty() ? displayName() : name); });
    connect(m_window.get(), &MainWindow::importRequested, this,
            [this](const QString &name) { m_onboarding->importFrom({}, name.isEmpty() ? displayName() : name); });
    connect(m_window.get(), &MainWindow::personasToggled, this, [this](bool on) {
        if (m_personal)
            m_personal->setPersonasRunning(on);
    });
    connect(m_settings.get(), &Settings::coloursChanged, this,
            [this](const QString &name) { m_theme->setColourSet(colourSetOf(name)); });
    connect(m_settings.get(), &Settings::schemeChanged, this,
            [this](const QString &name) { m_theme->setScheme(schemeOf(CommandLine::Scheme::System, name)); });
    connect(m_workspace.get(), &Workspace::meshFailed, this, [this](const protocol::MeshId &mesh, const Error &error) {
        m_window->showNotice(tr("%1 cannot be opened: %2").arg(m_workspace->nameOf(mesh), error.detail));
    });
}

void Application::startNotifications()
{
    m_notifications = std::make_unique<NotificationService>(QDBusConnection::sessionBus());
    m_tray = std::make_unique<TrayBadge>(*m_theme);
    m_notifier =
        std::make_unique<Notifier>(m_clock, *m_notifications, m_workspace->commands(),
                                   [this](const protocol::MeshId &mesh, const protocol::ConversationId &conversation) {
                                       return m_window->isReading(mesh, conversation);
                                   });
    m_notifier->setTray(m_tray->icon());
    m_notifier->setPolicy(m_settings->notifications());
    connect(m_settings.get(), &Settings::notificationsChanged, this,
            [this] { m_notifier->setPolicy(m_settings->notifications()); });
    connect(m_notifications.get(), &NotificationService::availableChanged, m_window.get(),
            &MainWindow::setNotificationService);
    connect(m_workspace.get(), &Workspace::meshLoaded, this,
            [this](const protocol::MeshId &mesh) { m_notifier->watch(m_workspace->store(mesh)); });
    connect(m_notifier.get(), &Notifier::unreadChanged, m_window.get(), &MainWindow::setUnread);
    connect(m_notifier.get(), &Notifier::unreadChanged, m_tray.get(), &TrayBadge::setUnread);
    connect(m_notifier.get(), &Notifier::openRequested, m_window.get(), &MainWindow::openConversation);
    connect(m_tray.get(), &TrayBadge::activated, m_window.get(), [this] {
        m_window->show();
        m_window->raise();
        m_window->activateWindow();
    });
}

QString Application::displayName() const
{
    return m_line.name.isEmpty() ? m_settings->displayName() : m_line.name;
}

// --- identities ---------------------------------------------------------------------------------------------------

void Application::onVaultOpened()
{
    m_identities = std::make_unique<session::IdentityStore>(*m_vault, m_folder->file(u"meshes.json"));
    if (const auto loaded = m_identities->load(); !loaded) {
        refuse(loaded.error());
        return;
    }
    m_onboarding->setIdentities(m_identities.get());
    m_identities->storageKey(u"journal"_s, [this](Expected<SecretBytes> key) { onJournalKey(std::move(key)); });
}

void Application::onJournalKey(Expected<SecretBytes> key)
{
    if (!key) {
        refuse(key.error());
        return;
    }
    m_workspace->startJournal(m_folder->subfolder(u"journal") + u"/journal.db"_s, std::move(*key));
    m_workspace->startSessions(m_vault->installation(), *m_identities);
    m_window->setReady();
    for (const MeshProfile &profile : m_identities->profiles()) {
        if (!profile.personal)
            m_workspace->openMesh(profile);
    }
    followCommandLine();
}

void Application::followCommandLine()
{
    const auto &profiles = m_identities->profiles();
    const bool hasPersonal =
        std::any_of(profiles.begin(), profiles.end(), [](const MeshProfile &profile) { return profile.personal; });
    if (m_line.personal || hasPersonal)
        startPersonalMesh(displayName());
    m_mayJoin = true;
    if (!m_waitingLink.isEmpty())
        m_onboarding->join(std::exchange(m_waitingLink, {}), displayName());
    else if (!m_line.importDir.isEmpty())
        m_onboarding->importFrom(m_line.importDir, displayName());
    else
        chooseMesh();
}

void Application::startPersonalMesh(const QString &name, const QString &templateKey)
{
    if (!m_identities)
        return;
    if (!name.isEmpty())
        m_settings->setDisplayName(name);
    if (m_personal) {
        m_focus.setMesh(m_personal->meshId());
        return;
    }
    m_personal = std::make_unique<PersonalMesh>(*m_identities, m_clock, m_folder->subfolder(u"personal-mesh"));
    connect(m_personal.get(), &PersonalMesh::ready, this, [this, templateKey](const MeshProfile &profile) {
        openMesh(profile);
        m_pages->setPersonal(profile, m_personal->invites(), displayName());
        const bool personas = m_line.personal || m_settings->personas();
        m_personal->setPersonasRunning(personas);
        m_window->setPersonalMesh(profile.meshId, personas,
                                  [this](const QString &role) { return m_personal->makeInvite(role); });
        if (!m_personal->isNew())
            return;
        m_pages->applyQuietly(templateKey, profile.meshId);
        if (!personas && m_line.screenshotFile.isEmpty())
            m_pages->connectSessions(); // nobody else is in it: this is the way to change that
    });
    connect(m_personal.get(), &PersonalMesh::failed, this, [this](const Error &error) {
        m_window->showNotice(tr("The personal mesh cannot start: %1").arg(error.detail));
        m_pages->clearPersonal();
        m_personal.release()->deleteLater();
        chooseMesh();
    });
    connect(m_personal.get(), &PersonalMesh::troubled, m_window.get(), &MainWindow::showNotice);
    m_personal->start(displayName());
}

void Application::showSamples()
{
    m_settings->setPersonas(true);
    m_window->setPersonasShown(true);
    m_personal->setPersonasRunning(true);
}

void Application::openLink(const QString &link)
{
    m_window->comeToFront();
    if (link.isEmpty())
        return;
    if (!m_line.replayFile.isEmpty())
        m_window->showNotice(tr("This window plays a recording. Close it, then open the invite again."));
    else if (m_mayJoin)
        m_onboarding->join(link, displayName());
    else
        m_waitingLink = link;
}

void Application::openMesh(const MeshProfile &profile)
{
    m_workspace->openMesh(profile);
    const bool asked = m_line.meshSlug.isEmpty() ? m_settings->lastMesh() == profile.meshId || m_focus.mesh().isEmpty()
                                                 : m_line.meshSlug == profile.slug;
    // Whoever has just joined wants to see that mesh; at start the one asked for, or shown last, comes first.
    if (asked || m_window->isFirstRun())
        m_focus.setMesh(profile.meshId);
}

void Application::chooseMesh()
{
    if (m_focus.mesh().isEmpty() && m_workspace->meshes().isEmpty() && !m_personal) {
        m_window->showFirstRun(displayName(), m_pages->shelf());
        return;
    }
    if (!m_focus.mesh().isEmpty() || m_workspace->meshes().isEmpty())
        return;
    QString chosen = m_workspace->meshes().first();
    for (const MeshProfile &profile : m_identities->profiles()) {
        const bool wanted =
            m_line.meshSlug.isEmpty() ? profile.meshId == m_settings->lastMesh() : profile.slug == m_line.meshSlug;
        if (wanted && m_workspace->store(profile.meshId))
            chosen = profile.meshId;
    }
    m_focus.setMesh(chosen);
}

// --- replay -------------------------------------------------------------------------------------------------------

void Application::startReplay()
{
    m_window->setReady();
    auto recording = store::readRecording(m_line.replayFile);
    if (recording || recording.error().code != "key_needed"_L1) {
        playRecording(recording);
        return;
    }
    // One of this program's own journals: its key is in the vault.
    connect(m_vault.get(), &session::KeyVault::failed, this, &Application::refuse);
    connect(m_onboarding, &Onboarding::vaultRefused, this, &Application::refuse);
    connect(m_vault.get(), &session::KeyVault::opened, this, [this] {
        m_identities = std::make_unique<session::IdentityStore>(*m_vault, m_folder->file(u"meshes.json"));
        m_identities->storageKey(u"journal"_s, [this](Expected<SecretBytes> key) {
            if (!key) {
                refuse(key.error());
                return;
            }
            store::ReadOptions options;
            options.key = &*key;
            playRecording(store::readRecording(m_line.replayFile, options));
        });
    });
    m_vault->open();
}

void Application::playRecording(const Expected<store::Recording> &recording)
{
    if (!recording) {
        refuse(recording.error());
        return;
    }
    if (recording->events.isEmpty()) {
        refuse(Error{u"empty"_s, tr("%1 holds nothing that can be shown.").arg(m_line.replayFile)});
        return;
    }
    for (const QString &mesh : recording->meshes)
        m_workspace->addStore(mesh);
    m_replay = std::make_unique<store::ReplaySource>(*recording, m_line.replaySpeed, m_clock);
    m_shownClock.follow(m_replay.get());
    connect(m_replay.get(), &store::ReplaySource::eventsReady, this,
            [this](const protocol::EventList &events) { m_workspace->drain().post(events); });
    m_focus.setMesh(recording->meshes.first());
    if (recording->skipped > 0) {
        m_window->showNotice(
            tr("%n line(s) of the recording could not be read and were left out.", nullptr, int(recording->skipped)));
    }
    m_window->setReplay(m_line.replayFile);
    m_replay->start();
}

// --- ends ---------------------------------------------------------------------------------------------------------

void Application::refuse(const Error &error)
{
    qCWarning(lcApp) << "refused:" << error.code;
    if (!m_line.screenshotFile.isEmpty()) {
        complain(error.detail);
        QCoreApplication::exit(2);
        return;
    }
    m_window->showBlocked(error.detail);
}

void Application::takeScreenshot()
{
    m_window->settleForScreenshot();
    if (m_window->grab().save(m_line.screenshotFile, "PNG")) {
        QCoreApplication::exit(0);
        return;
    }
    complain(tr("The screenshot cannot be written to %1.").arg(m_line.screenshotFile));
    QCoreApplication::exit(2);
}

void Application::sampleOwnCost()
{
    const qint64 cpuMs = qint64(std::clock()) * 1000 / CLOCKS_PER_SEC;
    const double seconds = double(m_costElapsed.restart()) / 1000;
    const double fps = double(m_frames->frames() - m_framesAtSample) / seconds;
    const double percent = double(cpuMs - m_cpuMs) / seconds / 10;
    m_cpuMs = cpuMs;
    m_framesAtSample = m_frames->frames();
    m_window->showOwnCost(fps, percent);
}

void Application::finish()
{
    if (m_finished || !m_workspace)
        return;
    m_finished = true;
    m_door.reset();
    m_pages->clearPersonal();
    m_window->prepareToEnd();
    m_notifier.reset(); // nothing stays on the desktop that leads nowhere
    m_workspace->finish();
    m_personal.reset(); // last, so that nobody sees the broker go
}

} // namespace mesh::app
