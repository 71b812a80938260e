// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMutex>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <deque>
#include <functional>
#include <memory>

#include "models/store/journal.h"
#include "models/store/journalcodec.h"
#include "models/store/journaldb.h"
#include "models/store/journalretention.h"
#include "models/store/searchindex.h"

namespace mesh::store {

//! The one writer of a journal, on its own thread.
class JournalWriter final : public QObject
{
    Q_OBJECT
public:
    JournalWriter(JournalKeys keys, JournalOptions options);
    ~JournalWriter() override;
    Q_DISABLE_COPY_MOVE(JournalWriter)

    //! Thread-safe. True if the writer has to be woken.
    bool enqueue(const protocol::EventList &events);
    //! Thread-safe. The snapshot covers what was enqueued before. True if the writer has to be woken.
    //! \a removals: how many removals by rule in that mesh the snapshot's store has followed.
    bool enqueueSnapshot(const MeshId &mesh, const StoreSnapshot &snapshot, quint64 removals);

    // on the writer's thread
    void open();
    void wake();
    //! Writes what waits; true if nothing is left.
    bool commitPending();
    //! Writes what waits, then calls \a next.
    void barrier(const std::function<void()> &next);
    void forgetMesh(const MeshId &mesh);
    void removeHistory(const MeshId &mesh, const QList<ConversationId> &parts, qint64 upToMs, bool whole);
    void setRetention(const QList<RetentionRule> &rules);
    void applyRetention(qint64 nowMs);
    //! A reader met damage.
    void damageFound(const QString &reason);
    //! A reader met damage in the search index, which is then made anew.
    void rebuildIndex();

Q_SIGNALS:
    void opened(const QStringList &meshes, int migratedFrom);
    void committed(const QStringList &messageIdsToAck);
    void failed(const mesh::protocol::Error &error);
    void recovered(int keptInMemory);
    void setAside(const QString &path, const QString &reason);
    void dropped(qint64 count);
    void indexProgress(int percent);
    void indexRebuilt();
    void retentionKnown(const QList<mesh::store::RetentionRule> &rules);
    void historyRemoved(const mesh::protocol::MeshId &mesh, const mesh::protocol::ConversationId &conversation,
                        qint64 upToMs, qint64 count, bool byRule);
    void removalFinished();

private:
    struct OpenOutcome
    {
        bool ready = false;
        int migratedFrom = 0;
    };
    OpenOutcome tryOpen();
    protocol::Expected<void> migrate(int from);
    protocol::Expected<void> indexOldMessages();
    void moveAside(const QString &reason);
    void prepareStatements();
    void closeDb();
    bool isToldAlready(const protocol::Event &event, const QByteArray &payload, qint64 mesh);
    bool writeBatch(const protocol::EventList &batch, QStringList &acks, int &code);
    qint64 meshRow(const MeshId &mesh);
    bool writeIndex(const protocol::Event &event, qint64 row);
    void learnOwnKey(qint64 mesh, const QString &key);
    void writeSnapshot(const MeshId &mesh, const StoreSnapshot &snapshot);
    void enforceBounds();
    void fail(const protocol::Error &error);
    void dropSome();
    void openIndex();
    void indexLater();
    void indexStep();
    bool indexFailed(const protocol::Error &error);
    void finishRemoval();
    bool removeNow(const MeshId &mesh, const QList<ConversationId> &parts, qint64 upToMs, bool whole, bool byRule);
    void removeWaiting();

    const JournalKeys m_keys;
    const JournalOptions m_options;
    JournalDb m_db;
    Statement m_insertEvent;
    Statement m_insertMessage;
    Statement m_insertMessageRow;
    QHash<MeshId, qint64> m_meshRows;
    QHash<MeshId, PollEncoder> m_encoders;
    qint64 m_nextRow = 1;
    qint64 m_sinceBounds = 0;
    bool m_failing = false;
    bool m_refused = false; // wrong key or newer version: nothing to try again
    QTimer m_timer;
    std::unique_ptr<SearchIndex> m_index; // while the file is open
    QTimer m_indexTimer;
    int m_toldPercent = 100;
    QHash<MeshId, quint64> m_removals; // by rule: a snapshot whose store has not followed them still holds messages
    struct WaitingRemoval
    {
        MeshId mesh;
        QList<ConversationId> parts;
        qint64 upToMs = 0;
        bool whole = false;
    };
    QList<WaitingRemoval> m_waiting; // the user's, asked for while the disk refused
    bool m_removing = false;         // something was removed and may still be in the index or the WAL

    QMutex m_mutex; // guards what follows
    struct PendingSnapshot
    {
        size_t after = 0; // events of m_pending that come before it
        MeshId mesh;
        StoreSnapshot snapshot;
        quint64 removals = 0;
    };
    std::deque<protocol::Event> m_pending;
    QList<PendingSnapshot> m_snapshots;
    bool m_woken = false;
};

} // namespace mesh::store
