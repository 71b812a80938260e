// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>

#include <functional>
#include <vector>

#include "models/protocol/event.h"
#include "models/store/journalcodec.h"
#include "models/store/searchwords.h"

namespace mesh::store {

// The search index is a set of segments, each over some thousand messages. A segment holds for each token which of its
// messages have it, in buckets by token, and where its messages are. Every piece is sealed like the bodies are: the
// file shows how many messages a segment has and of what time, and nothing about words, not even how often one occurs.

//! One message as the index sees it.
struct SearchDocument
{
    qint64 row = 0; //!< of table events
    qint64 sentAtMs = 0;
    std::vector<SearchToken> tokens; //!< sorted, each once
};

//! What there is to find in an event; nothing for those that are no message.
[[nodiscard]] std::optional<SearchDocument> searchDocumentOf(const SearchHasher &hasher, qint64 row,
                                                             const protocol::Event &event);
[[nodiscard]] bool hasCode(QStringView text);
[[nodiscard]] bool hasLink(QStringView text);
//! What the Conversation token is made of.
[[nodiscard]] QString searchNameOf(const protocol::MeshId &mesh, const protocol::ConversationId &id);

struct SegmentInfo
{
    qint64 id = 0;
    int level = 0; //!< 0: small, merged with others later
    qint64 firstRow = 0;
    qint64 lastRow = 0;
    qint64 documents = 0;
    qint64 minSentMs = 0;
    qint64 maxSentMs = 0;

    [[nodiscard]] int buckets() const { return level == 0 ? kGroups : kGroups * kBucketsPerGroup; }

    static constexpr int kGroups = 64;         //!< buckets of a small segment
    static constexpr int kBucketsPerGroup = 8; //!< of a big one, for each bucket of a small one
    static constexpr int kDocumentsPerBlock = 1'024;
    static constexpr int kSmallDocuments = 1'024;
    static constexpr int kMergeFactor = 16;
};

//! Where the messages of a segment are: row and time of each, in the order of rows.
struct SegmentPlaces
{
    std::vector<qint64> rows;
    std::vector<qint64> sentAtMs;
};

//! Which messages of a segment, as numbers in it, ascending.
using Ordinals = std::vector<quint32>;

//! Reads segments on any connection. Errors: `index_damaged`, and those of JournalDb.
class SegmentReader final
{
public:
    SegmentReader(JournalDb &db, const JournalKeys &keys);

    [[nodiscard]] protocol::Expected<QList<SegmentInfo>> segments();
    [[nodiscard]] protocol::Expected<Ordinals> find(const SegmentInfo &segment, SearchToken token);
    //! One block of kDocumentsPerBlock places.
    [[nodiscard]] protocol::Expected<SegmentPlaces> places(const SegmentInfo &segment, int block);
    //! All of them.
    [[nodiscard]] protocol::Expected<SegmentPlaces> places(const SegmentInfo &segment);
    //! Every (token, ordinal) whose token belongs to \a group.
    using Visit = std::function<void(SearchToken token, quint32 ordinal)>;
    [[nodiscard]] protocol::Expected<void> visitGroup(const SegmentInfo &segment, int group, const Visit &visit);

private:
    protocol::Expected<QByteArray> piece(const SegmentInfo &segment, int number);

    JournalDb &m_db;
    const JournalKeys &m_keys;
    Statement m_piece;
};

//! Writes segments, inside the caller's transaction. Errors: those of JournalDb, and of reading for merges.
class SegmentWriter final
{
public:
    SegmentWriter(JournalDb &db, const JournalKeys &keys);

    //! A small segment; \a documents in the order of rows, at least one.
    [[nodiscard]] protocol::Expected<void> write(const std::vector<SearchDocument> &documents);
    //! Puts \a sources together into one of \a level, without the messages \a gone names by row, and removes them.
    [[nodiscard]] protocol::Expected<void> merge(QList<SegmentInfo> sources, int level,
                                                 const std::function<bool(qint64 row)> &gone = {});
    [[nodiscard]] protocol::Expected<void> remove(const SegmentInfo &segment);

private:
    struct Posting
    {
        SearchToken token = 0;
        quint32 ordinal = 0;
    };
    using Gather = std::function<protocol::Expected<void>(int group, std::vector<Posting> &out)>;
    protocol::Expected<void> writeSegment(int level, const SegmentPlaces &places, const Gather &gather);
    protocol::Expected<void> writePiece(qint64 segment, int number, const QByteArray &plain);

    JournalDb &m_db;
    const JournalKeys &m_keys;
    Statement m_insertPiece;
};

} // namespace mesh::store
