// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <atomic>

#include "models/store/journal.h"
#include "models/store/journalcodec.h"
#include "models/store/journalsearch.h"

namespace mesh::store {

//! Reads a journal on a connection of its own.
class JournalReader final : public QObject
{
    Q_OBJECT
public:
    JournalReader(JournalKeys keys, QString path);
    ~JournalReader() override;
    Q_DISABLE_COPY_MOVE(JournalReader)

    //! Newest snapshot that opens, and what came after it; everything without \a useSnapshot.
    protocol::Expected<JournalStart> read(const MeshId &mesh, bool useSnapshot);
    //! Up to \a limit messages before or after a place. The first of \a parts names the conversation.
    protocol::Expected<HistoryPage> readPage(const MeshId &mesh, const QList<ConversationId> &parts, HistoryCursor from,
                                             int limit, HistoryPage::Piece piece = HistoryPage::Piece::Before);
    //! Up to \a limit messages on each side of a target.
    protocol::Expected<HistoryPage> readAround(const MeshId &mesh, const QList<ConversationId> &parts,
                                               const HistoryTarget &target, int limit);
    //! Meshes in the file. Errors: `wrong_key` and those of JournalDb.
    protocol::Expected<QStringList> meshes();

    void load(const MeshId &mesh, bool useSnapshot);
    void loadConversation(quint64 request, const MeshId &mesh, const QList<ConversationId> &parts, HistoryCursor before,
                          int limit);
    void loadNewer(quint64 request, const MeshId &mesh, const QList<ConversationId> &parts, HistoryCursor after,
                   int limit);
    void loadAround(quint64 request, const MeshId &mesh, const QList<ConversationId> &parts,
                    const HistoryTarget &target, int limit);
    //! \a wanted: the request that somebody waits for; another number ends this one.
    void search(quint64 request, const SearchPlan &plan, const std::atomic<quint64> &wanted);
    void exportConversation(quint64 number, const ExportRequest &request);
    //! The file is another one now.
    void forget() { m_search.forget(); }

Q_SIGNALS:
    void loaded(const mesh::store::JournalStart &start);
    void historyReady(const mesh::store::HistoryPage &page);
    void searchFound(const mesh::store::SearchPage &page);
    void exported(quint64 request, const QString &path, qint64 count, const QString &error);
    void damaged(const QString &reason);
    void indexDamaged();
    void failed(const mesh::protocol::Error &error);

private:
    void answer(HistoryPage asked, protocol::Expected<HistoryPage> page);

    const JournalKeys m_keys;
    const QString m_path;
    JournalSearch m_search;
};

} // namespace mesh::store
