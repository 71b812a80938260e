// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMetaType>
#include <QtCore/QObject>
#include <QtCore/QThread>

#include <atomic>
#include <functional>
#include <memory>

#include "models/protocol/event.h"
#include "models/protocol/secretbytes.h"
#include "models/store/historypage.h"
#include "models/store/journalretention.h"
#include "models/store/meshstore.h"
#include "models/store/records.h"
#include "models/store/searchplan.h"

namespace mesh::store {

struct JournalOptions
{
    QString path;               //!< the file; its folder must exist. Made with mode 0600
    int batchMs = 20;           //!< how long appended events gather before a transaction
    int pendingLimit = 200'000; //!< events kept in memory while the disk refuses; past it what can be learnt again goes
    int retryMs = 2'000;        //!< between two tries while the disk refuses
    int maxTraffic = 500'000;   //!< traffic and audit rows kept on disk, for each mesh
    int maxTicks = 200'000;     //!< tick rows kept on disk, for each mesh
    int snapshotsKept = 2;      //!< for each mesh
};

//! What the file holds of one mesh: the newest snapshot and what came after it.
struct JournalStart
{
    MeshId mesh;
    QByteArray snapshot; //!< for MeshStore::restore(); empty if there is none
    protocol::EventList tail;
    qint64 skipped = 0; //!< rows that could not be opened or read, counted and left out
};

struct ExportRequest;
class JournalReader;
class JournalWriter;

//! Keeps events on disk, sealed. One thread of its own writes (SQLite, WAL, batched transactions, synchronous=FULL);
//! readers have a connection and a thread of their own. Every payload is XChaCha20-Poly1305 under a key derived from
//! the one given, with the row's place as associated data. All methods return at once; call them from the thread that
//! made the object.
class Journal final : public QObject
{
    Q_OBJECT
public:
    //! \a key: 32 bytes, from the keychain.
    Journal(protocol::SecretBytes key, JournalOptions options, QObject *parent = nullptr);
    //! Writes what waits, then ends the threads.
    ~Journal() override;
    Q_DISABLE_COPY_MOVE(Journal)

    //! Opens or makes the file, migrating older schemas; opened() or failed() tells.
    void open();
    //! Queues events worth keeping (isWorthKeeping()); may be called before open() has finished.
    void append(const protocol::EventList &events);
    //! Keeps a snapshot that covers everything appended so far. One taken before historyRemoved() told of a removal by
    //! a rule is left out: it would hold what is gone.
    void saveSnapshot(const MeshId &mesh, const StoreSnapshot &snapshot);
    //! Asks for one mesh's contents; loaded() answers. Without \a useSnapshot everything comes as events, for a
    //! snapshot that MeshStore::restore() could not read.
    void load(const MeshId &mesh, bool useSnapshot = true);
    //! Asks for up to \a limit messages (1 to 5,000) before \a before; historyReady() answers with the number returned
    //! here. \a mergedWith: MeshStore::mergedInto(), the former ids of the conversation. \a afterPending: only when
    //! everything appended so far is on disk.
    quint64 loadConversation(const MeshId &mesh, const ConversationId &conversation, HistoryCursor before, int limit,
                             const QList<ConversationId> &mergedWith = {}, bool afterPending = false);
    //! The same for messages after a place, oldest first.
    quint64 loadNewer(const MeshId &mesh, const ConversationId &conversation, HistoryCursor after, int limit,
                      const QList<ConversationId> &mergedWith = {});
    //! The same for what surrounds a target: up to \a limit messages up to it and as many after it.
    quint64 loadAround(const MeshId &mesh, const ConversationId &conversation, const HistoryTarget &target, int limit,
                       const QList<ConversationId> &mergedWith = {});
    //! Searches what is stored; searchFound() answers, in parts when it takes long. Ends a search that still runs,
    //! which then does not answer any more.
    quint64 search(const SearchPlan &plan);
    void cancelSearch();
    //! Writes a conversation into a file, in clear: exported() answers with the number returned here.
    quint64 exportConversation(const ExportRequest &request);
    //! Removes the messages of a conversation sent up to \a upToMs for good, its snapshots with them; \a whole: drafts
    //! and read marks too. historyRemoved() tells, and removalFinished() when neither search index nor write-ahead log
    //! has anything of them any more. What a store in memory has is to be forgotten there first.
    void removeHistory(const MeshId &mesh, const QList<ConversationId> &parts, qint64 upToMs, bool whole);
    //! Keeps the rules, sealed; retentionKnown() tells them, also after opening.
    void setRetention(const QList<RetentionRule> &rules);
    //! Removes what the rules say is too old or too much now.
    void applyRetention(qint64 nowMs);
    //! Removes everything of one mesh from the file.
    void forgetMesh(const MeshId &mesh);
    //! Blocks until everything appended is on disk or refused; true if it is. For shutdown and tests.
    bool flush(int timeoutMs = 10'000);

    //! Whether an event is kept. Measurements, typing, the send queue and what is known of topic keys are not.
    static bool isWorthKeeping(const protocol::Event &event);

Q_SIGNALS:
    //! Ready. \a meshes are those the file knows; \a migratedFrom is 0 or the schema version that was brought forward.
    void opened(const QStringList &meshes, int migratedFrom);
    void loaded(const mesh::store::JournalStart &start);
    void historyReady(const mesh::store::HistoryPage &page);
    void searchFound(const mesh::store::SearchPage &page);
    //! The search index of messages that were there before it is being made, newest first; 100: it has all.
    void indexProgress(int percent);
    //! The search index was damaged, or the file had none; it is made anew from the messages.
    void indexRebuilt();
    void retentionKnown(const QList<mesh::store::RetentionRule> &rules);
    void historyRemoved(const mesh::protocol::MeshId &mesh, const mesh::protocol::ConversationId &conversation,
                        qint64 upToMs, qint64 count);
    void removalFinished();
    //! \a error is empty when \a count messages are in the file; else the file is as it was before.
    void exported(quint64 request, const QString &path, qint64 count, const QString &error);
    //! Durable on disk. The broker ids of messages that wanted an acknowledgement, duplicates of older ones included.
    void committed(const QStringList &messageIdsToAck);
    //! Codes: `disk_full`, `read_only`, `no_access`, `locked`, `wrong_key`, `newer_version`, `io_error`. With the first
    //! four and the last the journal keeps events in memory (the detail says so) and tries again by itself.
    void failed(const mesh::protocol::Error &error);
    //! Writing works again; \a keptInMemory events that had waited are on disk now.
    void recovered(int keptInMemory);
    //! A damaged file was moved to \a path and a new one begun.
    void setAside(const QString &path, const QString &reason);
    //! Events given up because memory was full while the disk refused. Never messages.
    void dropped(qint64 count);

private:
    quint64 read(const std::function<void(JournalReader &, quint64)> &what);

    QThread m_writerThread;
    QThread m_readerThread;
    JournalWriter *m_writer = nullptr; // lives on m_writerThread, which deletes it
    JournalReader *m_reader = nullptr; // lives on m_readerThread, which deletes it
    quint64 m_lastRequest = 0;
    QHash<MeshId, quint64> m_removals;       // by rule, as far as they were told here
    std::atomic<quint64> m_searchWanted = 0; // read by the reader while it searches
};

} // namespace mesh::store

Q_DECLARE_METATYPE(mesh::store::JournalStart)
