// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/searchindex.h"

#include <sqlite3.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mesh::store {

using protocol::Error;
using protocol::Event;
using protocol::EventBody;
using protocol::Expected;

namespace {

//! Raised when words are cut or normalised in another way: older indexes are made again.
constexpr int kFormat = 1;
//! The reader looks through the rows after the index by itself; it should never have to read more than these.
constexpr qint64 kMaxRowsBehind = 50'000;
constexpr qint64 kFarBehind = 16LL * SegmentInfo::kSmallDocuments;

} // namespace

std::optional<IndexReach> IndexReach::read(JournalDb &db)
{
    Statement select = db.prepare("SELECT value FROM meta WHERE key='search'");
    if (!select.step())
        return std::nullopt;
    const QList<QByteArray> parts = select.blob(0).split('|');
    if (parts.size() != 3 || parts[0].toInt() != kFormat)
        return std::nullopt;
    return IndexReach{parts[1].toLongLong(), parts[2].toLongLong()};
}

SearchIndex::SearchIndex(JournalDb &db, const JournalKeys &keys)
    : m_db(db)
    , m_keys(keys)
{
}

Expected<void> SearchIndex::transaction(const std::function<Expected<void>()> &work)
{
    if (!m_db.exec("BEGIN IMMEDIATE"))
        return m_db.error();
    Expected<void> done = work();
    if (done && !m_db.exec("COMMIT"))
        done = m_db.error();
    if (!done)
        m_db.exec("ROLLBACK");
    return done;
}

Expected<void> SearchIndex::saveReach(const IndexReach &reach)
{
    Statement write = m_db.prepare("INSERT INTO meta(key, value) VALUES('search', ?)"
                                   " ON CONFLICT(key) DO UPDATE SET value = excluded.value");
    const QByteArray value = QByteArray::number(kFormat) + '|' + QByteArray::number(reach.firstRow) + '|'
        + QByteArray::number(reach.lastRow);
    if (!write.bind(1, value).run())
        return JournalDb::errorFor(write.code());
    return {};
}

Expected<void> SearchIndex::open(qint64 lastRow)
{
    m_lastRow = lastRow;
    m_rowsGone = m_db.scalar("SELECT count(*) FROM (SELECT 1 FROM search_gone LIMIT 1)") > 0;
    const std::optional<IndexReach> reach = IndexReach::read(m_db);
    if (!reach || reach->lastRow > lastRow || reach->firstRow > reach->lastRow + 1)
        return rebuild();
    m_reach = *reach;
    m_small = m_db.scalar("SELECT count(*) FROM search_segments WHERE level = 0");
    Statement behind = m_db.prepare("SELECT count(*) FROM events WHERE row > ? AND kind = 1");
    m_newMessages = behind.bind(1, m_reach.lastRow).step() ? behind.integer(0) : 0;
    return {};
}

Expected<void> SearchIndex::rebuild()
{
    const IndexReach nothing{m_lastRow + 1, m_lastRow};
    Expected<void> cleared = transaction([&]() -> Expected<void> {
        if (!m_db.exec("DELETE FROM search_segments") || !m_db.exec("DELETE FROM search_pieces"))
            return m_db.error();
        return saveReach(nothing);
    });
    if (cleared) {
        m_reach = nothing;
        m_small = 0;
        m_newMessages = 0;
    }
    return cleared;
}

void SearchIndex::written(qint64 messages, qint64 lastRow)
{
    m_newMessages += messages;
    m_lastRow = lastRow;
}

bool SearchIndex::isFarBehind() const
{
    return m_newMessages >= kFarBehind;
}

bool SearchIndex::hasWork() const
{
    return m_newMessages >= SegmentInfo::kSmallDocuments || m_lastRow - m_reach.lastRow > kMaxRowsBehind || m_rowsGone
        || m_small >= SegmentInfo::kMergeFactor || !m_reach.isComplete();
}

Expected<void> SearchIndex::step()
{
    if (m_newMessages >= SegmentInfo::kSmallDocuments || m_lastRow - m_reach.lastRow > kMaxRowsBehind)
        return indexSome(false);
    if (m_rowsGone)
        return forgetRemoved();
    if (m_small >= SegmentInfo::kMergeFactor)
        return mergeSmall();
    if (!m_reach.isComplete())
        return indexSome(true);
    return {};
}

Expected<SearchIndex::Read> SearchIndex::readDocuments(qint64 fromRow, bool backwards)
{
    Read read;
    Statement rows = m_db.prepare(
        backwards ? "SELECT e.row, e.mesh, e.at, e.body, m.mesh FROM events e JOIN meshes m ON m.id = e.mesh"
                    " WHERE e.kind = 1 AND e.row < ? ORDER BY e.row DESC LIMIT ?"
                  : "SELECT e.row, e.mesh, e.at, e.body, m.mesh FROM events e JOIN meshes m ON m.id = e.mesh"
                    " WHERE e.kind = 1 AND e.row > ? ORDER BY e.row LIMIT ?");
    rows.bind(1, fromRow).bind(2, qint64(SegmentInfo::kSmallDocuments));
    while (rows.step()) {
        ++read.messages;
        read.reachedRow = rows.integer(0);
        const qint64 atMs = rows.integer(2);
        const Expected<QByteArray> plain = m_keys.open(
            rows.blob(3), JournalKeys::eventPlace(read.reachedRow, rows.integer(1), atMs, RowKind::Message));
        if (!plain)
            continue; // the reader of events tells of it
        Expected<EventBody> body = PollDecoder().decode(*plain);
        if (!body)
            continue;
        if (auto document =
                searchDocumentOf(m_keys.hasher(), read.reachedRow, Event{rows.text(4), atMs, *std::move(body)}))
            read.documents.push_back(*std::move(document));
    }
    if (rows.code() != SQLITE_DONE)
        return JournalDb::errorFor(rows.code());
    if (read.messages < SegmentInfo::kSmallDocuments)
        read.reachedRow = backwards ? 1 : m_lastRow;
    if (backwards)
        std::reverse(read.documents.begin(), read.documents.end());
    return read;
}

Expected<void> SearchIndex::indexSome(bool backwards)
{
    IndexReach reach = m_reach;
    Read read;
    Expected<void> done = transaction([&]() -> Expected<void> {
        qint64 &edge = backwards ? reach.firstRow : reach.lastRow;
        Expected<Read> got = readDocuments(edge, backwards);
        if (!got)
            return got.error();
        read = *std::move(got);
        edge = read.reachedRow;
        if (!read.documents.empty()) {
            if (Expected<void> written = SegmentWriter(m_db, m_keys).write(read.documents); !written)
                return written;
        }
        return saveReach(reach);
    });
    if (!done)
        return done;
    m_reach = reach;
    m_small += read.documents.empty() ? 0 : 1;
    if (!backwards)
        m_newMessages = reach.lastRow == m_lastRow ? 0 : std::max<qint64>(0, m_newMessages - read.messages);
    return {};
}

Expected<void> SearchIndex::mergeSmall()
{
    const Expected<QList<SegmentInfo>> all = SegmentReader(m_db, m_keys).segments();
    if (!all)
        return all.error();
    QList<SegmentInfo> small;
    for (const SegmentInfo &segment : *all) {
        if (segment.level == 0)
            small.append(segment);
    }
    m_small = small.size();
    if (small.size() < SegmentInfo::kMergeFactor)
        return {};
    small.resize(SegmentInfo::kMergeFactor);
    Expected<void> done = transaction([&] { return SegmentWriter(m_db, m_keys).merge(small, 1); });
    if (done)
        m_small -= SegmentInfo::kMergeFactor;
    return done;
}

//! One segment of those that know removed rows.
Expected<void> SearchIndex::forgetRemoved()
{
    const Expected<QList<SegmentInfo>> segments = SegmentReader(m_db, m_keys).segments();
    if (!segments)
        return segments.error();
    return transaction([&]() -> Expected<void> {
        Statement touched = m_db.prepare("SELECT row FROM search_gone WHERE row BETWEEN ? AND ?");
        Statement done = m_db.prepare("DELETE FROM search_gone WHERE row BETWEEN ? AND ?");
        for (const SegmentInfo &segment : *segments) {
            std::vector<qint64> gone;
            touched.bind(1, segment.firstRow).bind(2, segment.lastRow);
            while (touched.step())
                gone.push_back(touched.integer(0));
            touched.reset();
            if (gone.empty())
                continue;
            Expected<void> merged = SegmentWriter(m_db, m_keys).merge({segment}, segment.level, [&](qint64 row) {
                return std::binary_search(gone.begin(), gone.end(), row);
            });
            if (!merged)
                return merged;
            if (!done.bind(1, segment.firstRow).bind(2, segment.lastRow).run())
                return JournalDb::errorFor(done.code());
            m_small = m_db.scalar("SELECT count(*) FROM search_segments WHERE level = 0");
            return {};
        }
        // What is left was never indexed.
        if (!m_db.exec("DELETE FROM search_gone"))
            return m_db.error();
        m_rowsGone = false;
        return {};
    });
}

} // namespace mesh::store
