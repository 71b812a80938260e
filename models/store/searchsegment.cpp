// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/searchsegment.h"

#include "models/store/journal.h"

#include <sqlite3.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

namespace {

constexpr int kTokenBytes = 6;
constexpr int kPiecesPerSegment = 1'024; //!< numbers of pieces: buckets first, then places
constexpr int kFirstPlaces = 512;
static_assert(SegmentInfo::kGroups * SegmentInfo::kBucketsPerGroup <= kFirstPlaces);

Error damagedIndex()
{
    return {u"index_damaged"_s, Journal::tr("The search index is damaged."), ErrorBand::Persistent};
}

void putNumber(QByteArray &out, quint64 value)
{
    while (value >= 0x80) {
        out.append(char(value | 0x80));
        value >>= 7;
    }
    out.append(char(value));
}

void putSigned(QByteArray &out, qint64 value)
{
    putNumber(out, (quint64(value) << 1) ^ quint64(value >> 63));
}

//! Reads what the above wrote; on bytes that end too early every further number is 0 and ok() is false.
class NumberReader final
{
public:
    explicit NumberReader(QByteArrayView bytes)
        : m_bytes(bytes)
    {
    }
    bool atEnd() const { return m_at >= m_bytes.size(); }
    bool ok() const { return m_ok; }
    quint64 number()
    {
        quint64 value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (m_at >= m_bytes.size())
                break;
            const auto byte = quint8(m_bytes[m_at++]);
            value |= quint64(byte & 0x7f) << shift;
            if (!(byte & 0x80))
                return value;
        }
        m_ok = false;
        return 0;
    }
    qint64 signedNumber()
    {
        const quint64 value = number();
        return qint64(value >> 1) ^ -qint64(value & 1);
    }
    SearchToken token()
    {
        SearchToken value = 0;
        if (m_bytes.size() - m_at < kTokenBytes) {
            m_ok = false;
            m_at = m_bytes.size();
            return 0;
        }
        for (int i = 0; i < kTokenBytes; ++i)
            value |= SearchToken(quint8(m_bytes[m_at + i])) << (8 * i);
        m_at += kTokenBytes;
        return value;
    }
    QByteArrayView take(quint64 count)
    {
        if (count > quint64(m_bytes.size() - m_at)) {
            m_ok = false;
            m_at = m_bytes.size();
            return {};
        }
        const QByteArrayView taken = m_bytes.sliced(m_at, qsizetype(count));
        m_at += qsizetype(count);
        return taken;
    }

private:
    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    bool m_ok = true;
};

int groupOf(SearchToken token)
{
    return int(token % SegmentInfo::kGroups);
}

int bucketOf(const SegmentInfo &segment, SearchToken token)
{
    return segment.level == 0 ? groupOf(token)
                              : groupOf(token) * SegmentInfo::kBucketsPerGroup
            + int((token / SegmentInfo::kGroups) % SegmentInfo::kBucketsPerGroup);
}

QByteArray placeOfPiece(qint64 segment, int number)
{
    return "search|" + QByteArray::number(segment) + '|' + QByteArray::number(number);
}

//! Walks one bucket; \a wants says whose ordinals are to be read.
template <class Wants, class Visit>
bool walkBucket(QByteArrayView bucket, qint64 documents, Wants wants, Visit visit)
{
    NumberReader reader(bucket);
    while (!reader.atEnd()) {
        const SearchToken token = reader.token();
        const QByteArrayView list = reader.take(reader.number());
        if (!reader.ok())
            return false;
        if (!wants(token))
            continue;
        NumberReader ordinals(list);
        qint64 last = -1;
        while (!ordinals.atEnd()) {
            const quint64 step = ordinals.number();
            if (!ordinals.ok() || step >= quint64(documents - last))
                return false;
            last += qint64(step) + 1;
            if (last >= documents)
                return false;
            visit(token, quint32(last));
        }
    }
    return reader.ok();
}

} // namespace

bool hasCode(QStringView text)
{
    const qsizetype first = text.indexOf(u'`');
    return (first >= 0 && text.indexOf(u'`', first + 2) > 0) || text.startsWith("~~~"_L1) || text.contains("\n~~~"_L1);
}

bool hasLink(QStringView text)
{
    for (qsizetype at = text.indexOf("://"_L1); at >= 0; at = text.indexOf("://"_L1, at + 3)) {
        if (at > 0 && text[at - 1].isLetter() && at + 3 < text.size() && !text[at + 3].isSpace())
            return true;
    }
    return text.contains("mailto:"_L1, Qt::CaseInsensitive);
}

QString searchNameOf(const MeshId &mesh, const ConversationId &id)
{
    return mesh + u'|' + QString::number(int(id.kind)) + u'|' + id.key;
}

std::optional<SearchDocument> searchDocumentOf(const SearchHasher &hasher, qint64 row, const Event &event)
{
    using Field = SearchHasher::Field;
    SearchDocument document;
    document.row = row;
    std::vector<SearchToken> &tokens = document.tokens;
    QStringView text;
    if (const auto *received = getIf<MessageReceived>(&event.body)) {
        document.sentAtMs = received->sentAtMs;
        text = received->text;
        tokens.push_back(hasher.token(Field::Conversation, searchNameOf(event.mesh, received->conversation)));
        for (const QString &key : {received->senderKey, received->senderMemberKey}) {
            if (!key.isEmpty())
                tokens.push_back(hasher.token(Field::Sender, key));
        }
        forEachWord(received->senderName,
                    [&](const SearchWord &word) { hasher.prefixes(Field::NamePrefix, word.normalised, tokens); });
    } else if (const auto *composed = getIf<MessageComposed>(&event.body)) {
        document.sentAtMs = composed->composedAtMs;
        text = composed->text;
        tokens.push_back(hasher.token(Field::Conversation, searchNameOf(event.mesh, composed->conversation)));
        tokens.push_back(hasher.token(Field::Flag, u"own"));
    } else {
        return std::nullopt;
    }
    tokens.push_back(hasher.token(Field::Mesh, event.mesh));
    if (hasCode(text))
        tokens.push_back(hasher.token(Field::Flag, u"code"));
    if (hasLink(text))
        tokens.push_back(hasher.token(Field::Flag, u"link"));
    forEachWord(text, [&](const SearchWord &word) {
        tokens.push_back(hasher.token(Field::Word, word.normalised));
        hasher.prefixes(Field::Prefix, word.normalised, tokens);
    });
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    return document;
}

// --- reading --------------------------------------------------------------------------------------------------------

SegmentReader::SegmentReader(JournalDb &db, const JournalKeys &keys)
    : m_db(db)
    , m_keys(keys)
    , m_piece(db.prepare("SELECT body FROM search_pieces WHERE number = ?"))
{
}

Expected<QList<SegmentInfo>> SegmentReader::segments()
{
    QList<SegmentInfo> out;
    Statement rows = m_db.prepare("SELECT id, level, first, last, documents, min_sent, max_sent FROM search_segments"
                                  " ORDER BY first");
    while (rows.step()) {
        SegmentInfo info{rows.integer(0), int(rows.integer(1)), rows.integer(2), rows.integer(3),
                         rows.integer(4), rows.integer(5),      rows.integer(6)};
        if (info.documents <= 0
            || info.documents > qint64(kPiecesPerSegment - kFirstPlaces) * SegmentInfo::kDocumentsPerBlock)
            return damagedIndex();
        out.append(info);
    }
    if (rows.code() != SQLITE_DONE)
        return JournalDb::errorFor(rows.code());
    return out;
}

Expected<QByteArray> SegmentReader::piece(const SegmentInfo &segment, int number)
{
    const bool found = m_piece.bind(1, segment.id * kPiecesPerSegment + number).step();
    const int code = m_piece.code();
    const QByteArray sealed = found ? m_piece.blob(0) : QByteArray();
    m_piece.reset();
    if (!found)
        return code == SQLITE_DONE ? damagedIndex() : JournalDb::errorFor(code);
    Expected<QByteArray> plain = m_keys.open(sealed, placeOfPiece(segment.id, number));
    if (!plain)
        return damagedIndex();
    return plain;
}

Expected<Ordinals> SegmentReader::find(const SegmentInfo &segment, SearchToken token)
{
    const Expected<QByteArray> bucket = piece(segment, bucketOf(segment, token));
    if (!bucket)
        return bucket.error();
    Ordinals out;
    if (!walkBucket(
            *bucket, segment.documents, [&](SearchToken other) { return other == token; },
            [&](SearchToken, quint32 ordinal) { out.push_back(ordinal); }))
        return damagedIndex();
    return out;
}

Expected<SegmentPlaces> SegmentReader::places(const SegmentInfo &segment, int block)
{
    const Expected<QByteArray> plain = piece(segment, kFirstPlaces + block);
    if (!plain)
        return plain.error();
    const qint64 wanted = std::min(qint64(SegmentInfo::kDocumentsPerBlock),
                                   segment.documents - qint64(block) * SegmentInfo::kDocumentsPerBlock);
    SegmentPlaces places;
    NumberReader reader(*plain);
    qint64 row = 0, sent = 0;
    while (!reader.atEnd() && qint64(places.rows.size()) < wanted) {
        places.rows.push_back(row += reader.signedNumber());
        places.sentAtMs.push_back(sent += reader.signedNumber());
    }
    if (!reader.ok() || !reader.atEnd() || qint64(places.rows.size()) != wanted)
        return damagedIndex();
    return places;
}

Expected<SegmentPlaces> SegmentReader::places(const SegmentInfo &segment)
{
    SegmentPlaces all;
    for (int block = 0; qint64(block) * SegmentInfo::kDocumentsPerBlock < segment.documents; ++block) {
        const Expected<SegmentPlaces> part = places(segment, block);
        if (!part)
            return part.error();
        all.rows.insert(all.rows.end(), part->rows.begin(), part->rows.end());
        all.sentAtMs.insert(all.sentAtMs.end(), part->sentAtMs.begin(), part->sentAtMs.end());
    }
    return all;
}

Expected<void> SegmentReader::visitGroup(const SegmentInfo &segment, int group, const Visit &visit)
{
    const int perGroup = segment.buckets() / SegmentInfo::kGroups;
    for (int i = 0; i < perGroup; ++i) {
        const Expected<QByteArray> bucket = piece(segment, group * perGroup + i);
        if (!bucket)
            return bucket.error();
        if (!walkBucket(
                *bucket, segment.documents, [](SearchToken) { return true; }, visit))
            return damagedIndex();
    }
    return {};
}

// --- writing --------------------------------------------------------------------------------------------------------

SegmentWriter::SegmentWriter(JournalDb &db, const JournalKeys &keys)
    : m_db(db)
    , m_keys(keys)
    , m_insertPiece(db.prepare("INSERT INTO search_pieces(number, body) VALUES(?, ?)"))
{
}

Expected<void> SegmentWriter::writePiece(qint64 segment, int number, const QByteArray &plain)
{
    const Expected<QByteArray> sealed = m_keys.seal(plain, placeOfPiece(segment, number));
    if (!sealed)
        return sealed.error();
    if (!m_insertPiece.bind(1, segment * kPiecesPerSegment + number).bind(2, *sealed).run())
        return JournalDb::errorFor(m_insertPiece.code());
    return {};
}

Expected<void> SegmentWriter::writeSegment(int level, const SegmentPlaces &places, const Gather &gather)
{
    SegmentInfo info;
    info.level = level;
    info.documents = qint64(places.rows.size());
    const auto [oldest, newest] = std::minmax_element(places.sentAtMs.begin(), places.sentAtMs.end());
    Statement insert = m_db.prepare("INSERT INTO search_segments(level, first, last, documents, min_sent, max_sent)"
                                    " VALUES(?, ?, ?, ?, ?, ?)");
    if (!insert.bind(1, qint64(level))
             .bind(2, places.rows.front())
             .bind(3, places.rows.back())
             .bind(4, info.documents)
             .bind(5, *oldest)
             .bind(6, *newest)
             .run())
        return JournalDb::errorFor(insert.code());
    info.id = m_db.scalar("SELECT last_insert_rowid()");

    const int perGroup = info.buckets() / SegmentInfo::kGroups;
    std::vector<Posting> postings;
    QByteArray list;
    for (int group = 0; group < SegmentInfo::kGroups; ++group) {
        postings.clear();
        if (Expected<void> gathered = gather(group, postings); !gathered)
            return gathered;
        std::sort(postings.begin(), postings.end(), [](const Posting &a, const Posting &b) {
            return a.token != b.token ? a.token < b.token : a.ordinal < b.ordinal;
        });
        std::vector<QByteArray> buckets;
        buckets.resize(size_t(perGroup));
        for (size_t i = 0; i < postings.size();) {
            const SearchToken token = postings[i].token;
            list.resize(0);
            qint64 last = -1;
            for (; i < postings.size() && postings[i].token == token; ++i) {
                putNumber(list, quint64(qint64(postings[i].ordinal) - last - 1));
                last = qint64(postings[i].ordinal);
            }
            QByteArray &bucket = buckets[size_t(bucketOf(info, token) % perGroup)];
            for (int byte = 0; byte < kTokenBytes; ++byte)
                bucket.append(char(token >> (8 * byte)));
            putNumber(bucket, quint64(list.size()));
            bucket.append(list);
        }
        for (int i = 0; i < perGroup; ++i) {
            if (Expected<void> written = writePiece(info.id, group * perGroup + i, buckets[size_t(i)]); !written)
                return written;
        }
    }
    for (size_t begin = 0; begin < places.rows.size(); begin += SegmentInfo::kDocumentsPerBlock) {
        const size_t end = std::min(begin + SegmentInfo::kDocumentsPerBlock, places.rows.size());
        QByteArray block;
        qint64 row = 0, sent = 0;
        for (size_t i = begin; i < end; ++i) {
            putSigned(block, places.rows[i] - std::exchange(row, places.rows[i]));
            putSigned(block, places.sentAtMs[i] - std::exchange(sent, places.sentAtMs[i]));
        }
        const int number = kFirstPlaces + int(begin / SegmentInfo::kDocumentsPerBlock);
        if (Expected<void> written = writePiece(info.id, number, block); !written)
            return written;
    }
    return {};
}

Expected<void> SegmentWriter::write(const std::vector<SearchDocument> &documents)
{
    SegmentPlaces places;
    std::vector<std::vector<Posting>> groups(SegmentInfo::kGroups);
    for (const SearchDocument &document : documents) {
        const auto ordinal = quint32(places.rows.size());
        places.rows.push_back(document.row);
        places.sentAtMs.push_back(document.sentAtMs);
        for (const SearchToken token : document.tokens)
            groups[size_t(groupOf(token))].push_back({token, ordinal});
    }
    return writeSegment(0, places, [&](int group, std::vector<Posting> &out) -> Expected<void> {
        out = std::move(groups[size_t(group)]);
        return {};
    });
}

Expected<void> SegmentWriter::merge(QList<SegmentInfo> sources, int level, const std::function<bool(qint64 row)> &gone)
{
    constexpr quint32 kNone = ~0U;
    std::sort(sources.begin(), sources.end(),
              [](const SegmentInfo &a, const SegmentInfo &b) { return a.firstRow < b.firstRow; });
    SegmentReader reader(m_db, m_keys);
    SegmentPlaces places;
    std::vector<std::vector<quint32>> ordinals; // for each source, what its ordinals become
    for (const SegmentInfo &source : std::as_const(sources)) {
        const Expected<SegmentPlaces> old = reader.places(source);
        if (!old)
            return old.error();
        std::vector<quint32> becomes;
        for (size_t i = 0; i < old->rows.size(); ++i) {
            if (gone && gone(old->rows[i])) {
                becomes.push_back(kNone);
                continue;
            }
            becomes.push_back(quint32(places.rows.size()));
            places.rows.push_back(old->rows[i]);
            places.sentAtMs.push_back(old->sentAtMs[i]);
        }
        ordinals.push_back(std::move(becomes));
    }
    if (!places.rows.empty()) {
        Expected<void> written =
            writeSegment(level, places, [&](int group, std::vector<Posting> &out) -> Expected<void> {
                for (qsizetype i = 0; i < sources.size(); ++i) {
                    Expected<void> visited =
                        reader.visitGroup(sources.at(i), group, [&](SearchToken token, quint32 ordinal) {
                            if (const quint32 now = ordinals[size_t(i)][ordinal]; now != kNone)
                                out.push_back({token, now});
                        });
                    if (!visited)
                        return visited;
                }
                return {};
            });
        if (!written)
            return written;
    }
    for (const SegmentInfo &source : std::as_const(sources)) {
        if (Expected<void> removed = remove(source); !removed)
            return removed;
    }
    return {};
}

Expected<void> SegmentWriter::remove(const SegmentInfo &segment)
{
    Statement pieces = m_db.prepare("DELETE FROM search_pieces WHERE number >= ? AND number < ?");
    if (!pieces.bind(1, segment.id * kPiecesPerSegment).bind(2, (segment.id + 1) * kPiecesPerSegment).run())
        return JournalDb::errorFor(pieces.code());
    Statement info = m_db.prepare("DELETE FROM search_segments WHERE id = ?");
    if (!info.bind(1, segment.id).run())
        return JournalDb::errorFor(info.code());
    return {};
}

} // namespace mesh::store
