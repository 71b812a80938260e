// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QSet>

#include <memory>
#include <optional>

#include "models/protocol/clock.h"
#include "models/session/identitystore.h"
#include "models/session/sessionhost.h"
#include "models/store/eventdrain.h"
#include "models/store/journal.h"
#include "models/store/meshstore.h"

namespace mesh::app {

//! Joins the floors for all meshes that are open: sessions make events, the drain folds them into one store for each
//! mesh and hands them to the journal, and what the journal has committed is confirmed to the broker.
class Workspace final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Workspace)

public:
    //! Without a journal (a replay) nothing is kept and no session is opened. \a clock outlives this.
    Workspace(const protocol::Clock &clock, QObject *parent = nullptr);
    ~Workspace() override;

    //! Begins to keep events. \a path is the journal's file.
    void startJournal(const QString &path, protocol::SecretBytes key);
    //! Makes the network side.
    void startSessions(const QString &installation, session::IdentityStore &identities);

    //! Opens a mesh: what the journal has of it first, then the session. Opening it twice takes the newer profile over.
    void openMesh(const session::MeshProfile &profile);
    void closeMesh(const protocol::MeshId &mesh);
    //! A store for a mesh without a session, for replays.
    store::MeshStore *addStore(const protocol::MeshId &mesh);

    store::MeshStore *store(const protocol::MeshId &mesh) const { return m_stores.value(mesh); }
    //! In the order they were opened.
    const QStringList &meshes() const { return m_order; }
    QString nameOf(const protocol::MeshId &mesh) const;

    //! Asks for up to \a limit messages before a time; historyReady() answers. They come from the journal; of topics
    //! the broker is asked first, as long as it is there, for what the journal does not have. Without a journal nothing
    //! is older.
    void loadHistory(const protocol::MeshId &mesh, const protocol::ConversationId &conversation, qint64 beforeMs,
                     int limit);

    //! The same for what comes after a place, and for what surrounds a target.
    void loadNewer(const protocol::MeshId &mesh, const protocol::ConversationId &conversation,
                   const store::HistoryCursor &after, int limit);
    void loadAround(const protocol::MeshId &mesh, const protocol::ConversationId &conversation,
                    const store::HistoryTarget &target, int limit);

    //! Searches what the journal has; searchFound() answers with the number returned here. 0: there is no journal.
    quint64 search(const store::SearchPlan &plan);

    store::EventDrain &drain() { return m_drain; }
    store::Journal *journal() { return m_journal.get(); }
    //! Where views send commands. Lives as long as this; before startSessions() everything is refused.
    protocol::CommandSink &commands();
    void setVisible(bool visible);
    //! See SessionHost::setSignals(); remembered for sessions that start later.
    void setSignals(bool on);
    //! Events kept in the journal since the program started.
    qint64 journaledEvents() const { return m_journaled; }
    //! Writes what waits and keeps a snapshot of every mesh, so that the next start is quick.
    void finish();

Q_SIGNALS:
    void meshOpened(const mesh::protocol::MeshId &mesh);
    //! What was kept of the mesh is in its store; from here on everything is news.
    void meshLoaded(const mesh::protocol::MeshId &mesh);
    void meshClosed(const mesh::protocol::MeshId &mesh);
    //! A mesh could not be opened: its keys cannot be read now. Its connection shows as failed; ConnectNow tries again.
    void meshFailed(const mesh::protocol::MeshId &mesh, const mesh::protocol::Error &error);
    void historyReady(const mesh::store::HistoryPage &page);
    void searchFound(const mesh::store::SearchPage &page);
    //! See Journal.
    void indexProgress(int percent);
    void indexRebuilt();
    void retentionKnown(const QList<mesh::store::RetentionRule> &rules);
    void historyRemoved(const mesh::protocol::MeshId &mesh, const mesh::protocol::ConversationId &conversation,
                        qint64 upToMs);
    void exported(const QString &path, qint64 count, const QString &error);
    //! Empty when the journal works again.
    void journalTroubled(const QString &sentence);
    //! Worth telling once.
    void noticed(const QString &sentence);

private:
    class Door;

    //! What is wanted while the broker is asked for it.
    struct OlderWanted
    {
        protocol::ConversationId conversation;
        qint64 beforeMs = 0;
        int limit = 0;
    };

    void readHistory(const protocol::MeshId &mesh, const OlderWanted &wanted, std::optional<bool> brokerAtStart);
    void onHistoryPage(store::HistoryPage page);
    void onStoreChanged(const protocol::MeshId &mesh, const store::ChangeSet &changes);
    void onLoaded(const store::JournalStart &start);
    void startSession(const session::MeshProfile &profile);
    void resumeOutbox(const protocol::MeshId &mesh);
    void snapshotAll();
    [[nodiscard]] QList<protocol::ConversationId> mergedInto(const protocol::MeshId &mesh,
                                                             const protocol::ConversationId &conversation) const;

    const protocol::Clock &m_clock;
    store::EventDrain m_drain;
    std::unique_ptr<store::Journal> m_journal;
    std::unique_ptr<session::SessionHost> m_host;
    std::unique_ptr<Door> m_door;
    session::IdentityStore *m_identities = nullptr;
    QHash<protocol::MeshId, store::MeshStore *> m_stores;
    QHash<qint64, OlderWanted> m_olderWanted; // by the command that asks the broker
    QHash<quint64, bool> m_brokerAtStart;     // by request to the journal: the broker has nothing older either
    QHash<protocol::MeshId, session::MeshProfile> m_profiles;
    QSet<protocol::MeshId> m_running; //!< that have a session
    QSet<protocol::MeshId> m_keyless; //!< whose keys could not be read; ConnectNow tries again
    QStringList m_order;
    QTimer m_snapshotTimer;
    bool m_signals = true;
    qint64 m_journaled = 0;
    qint64 m_journaledAtSnapshot = 0;
};

} // namespace mesh::app
