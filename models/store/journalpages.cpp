// SPDX-License-Identifier: GPL-3.0-or-later
// Pages of one conversation's history. The rest of the reader is in journalreader.cpp.
#include "models/store/journalreader.h"

#include "models/store/messagebook.h"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <tuple>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

namespace {

constexpr int kMostMessages = 5'000; // of one page

struct HistoryHit
{
    HistoryCursor place;
    QByteArray message;
};

bool isBefore(const HistoryHit &a, const HistoryHit &b)
{
    return std::tie(a.place.sentAtMs, a.place.row) < std::tie(b.place.sentAtMs, b.place.row);
}

//! One mesh of an open file.
class PageReader final
{
public:
    PageReader(JournalDb &db, const JournalKeys &keys, MeshId mesh, QList<ConversationId> parts)
        : m_db(db)
        , m_keys(keys)
        , m_mesh(std::move(mesh))
        , m_parts(std::move(parts))
    {
    }

    //! False: nothing was ever kept of the mesh.
    Expected<bool> begin()
    {
        Statement find = m_db.prepare("SELECT id, own FROM meshes WHERE mesh=?");
        if (!find.isValid())
            return JournalDb::errorFor(find.code());
        if (!find.bind(1, m_mesh).step())
            return false;
        m_meshRow = find.integer(0);
        m_ownKeys = find.text(1).split(u' ', Qt::SkipEmptyParts);
        m_event = m_db.prepare("SELECT at, kind, body FROM events WHERE row=?");
        return true;
    }

    //! Up to \a limit places on one side of \a from, nearest first.
    Expected<QList<HistoryHit>> hits(HistoryCursor from, int limit, bool newer)
    {
        QList<HistoryHit> found;
        for (const ConversationId &part : std::as_const(m_parts)) {
            const QByteArray token = m_keys.conversationToken(m_mesh, part);
            Statement select =
                m_db.prepare(newer ? "SELECT sent, row, msg FROM messages WHERE conv=? AND (sent, row) > (?, ?)"
                                     " ORDER BY sent, row LIMIT ?"
                                   : "SELECT sent, row, msg FROM messages WHERE conv=? AND (sent, row) < (?, ?)"
                                     " ORDER BY sent DESC, row DESC LIMIT ?");
            select.bind(1, token).bind(2, from.sentAtMs).bind(3, from.row).bind(4, qint64(limit));
            while (select.step())
                found.append({{select.integer(0), select.integer(1)}, select.blob(2)});
            if (select.code() != SQLITE_DONE)
                return JournalDb::errorFor(select.code());
        }
        std::sort(found.begin(), found.end(),
                  [&](const HistoryHit &a, const HistoryHit &b) { return newer ? isBefore(a, b) : isBefore(b, a); });
        if (found.size() > limit)
            found.resize(limit);
        return found;
    }

    //! Where a message is; nullopt if it is not stored in this conversation.
    std::optional<HistoryCursor> placeOf(const QString &id)
    {
        const QByteArray rest = '|' + m_mesh.toUtf8() + '|' + id.toUtf8();
        for (const char *kind : {"m", "o"}) {
            if (const auto place = placeOfToken(m_keys.token(kind + rest)))
                return place;
        }
        // The broker's id of an own message stands only in what the broker said of it.
        for (const ConversationId &part : std::as_const(m_parts)) {
            const QByteArray token = m_keys.conversationToken(m_mesh, part);
            Statement told = m_db.prepare("SELECT m.sent, m.row, r.row FROM messages m JOIN message_rows r"
                                          " ON r.msg = m.msg AND r.row <> m.row WHERE m.conv=? ORDER BY m.sent DESC");
            told.bind(1, token);
            while (told.step()) {
                const auto body = eventAt(told.integer(2));
                const auto *outgoing = body ? getIf<OutgoingChanged>(&body->second) : nullptr;
                if (outgoing && outgoing->messageId == id)
                    return HistoryCursor{told.integer(0), told.integer(1)};
            }
        }
        return std::nullopt;
    }

    //! The messages, from every row that tells of them, in the order it was told.
    QList<Message> messages(const QList<HistoryHit> &found, const ConversationId &conversation)
    {
        QList<qint64> wanted;
        Statement rowsOf = m_db.prepare("SELECT row FROM message_rows WHERE msg=?");
        for (const HistoryHit &hit : found) {
            rowsOf.bind(1, hit.message);
            while (rowsOf.step())
                wanted.append(rowsOf.integer(0));
            rowsOf.reset();
        }
        std::sort(wanted.begin(), wanted.end());
        wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());

        StoreLimits limits;
        limits.messagesPerConversation = std::numeric_limits<int>::max();
        StoreCounters counters;
        ChangeSet changes;
        Timeline timeline;
        FoldContext context{limits, counters, changes, timeline};
        MessageBook book;
        const auto isOwn = [&](const QString &key) { return m_ownKeys.contains(key); };
        for (const qint64 row : std::as_const(wanted)) {
            auto told = eventAt(row);
            if (!told)
                continue;
            if (auto *received = getIf<MessageReceived>(&told->second)) {
                received->conversation = conversation; // parts that were merged are one
                book.received(*received, isOwn, context);
            } else if (auto *composed = getIf<MessageComposed>(&told->second)) {
                composed->conversation = conversation;
                book.composed(*composed, m_ownKeys.value(0), context);
            } else if (const auto *outgoing = getIf<OutgoingChanged>(&told->second)) {
                book.outgoing(*outgoing, told->first, context);
            }
        }
        QList<Message> out = book.messages(conversation);
        for (Message &message : out)
            message.seq = 0;
        return out;
    }

private:
    //! When it was told, and what; nullopt if the row cannot be opened.
    std::optional<std::pair<qint64, EventBody>> eventAt(qint64 row)
    {
        if (!m_event.bind(1, row).step()) {
            m_event.reset();
            return std::nullopt;
        }
        const qint64 atMs = m_event.integer(0);
        Expected<QByteArray> plain = m_keys.open(
            m_event.blob(2), JournalKeys::eventPlace(row, m_meshRow, atMs, RowKind(int(m_event.integer(1)))));
        m_event.reset();
        Expected<EventBody> body = plain ? PollDecoder().decode(*plain) : Expected<EventBody>(plain.error());
        if (!body)
            return std::nullopt;
        return std::pair(atMs, *std::move(body));
    }

    std::optional<HistoryCursor> placeOfToken(const QByteArray &message)
    {
        Statement rows = m_db.prepare("SELECT row FROM message_rows WHERE msg=?");
        rows.bind(1, message);
        while (rows.step()) {
            const auto told = eventAt(rows.integer(0));
            const auto *received = told ? getIf<MessageReceived>(&told->second) : nullptr;
            const auto *composed = told ? getIf<MessageComposed>(&told->second) : nullptr;
            if (!received && !composed)
                continue;
            const qint64 sentAtMs = received ? received->sentAtMs : composed->composedAtMs;
            for (const ConversationId &part : std::as_const(m_parts)) {
                const QByteArray token = m_keys.conversationToken(m_mesh, part);
                Statement place = m_db.prepare("SELECT row FROM messages WHERE conv=? AND sent=? AND msg=?");
                if (place.bind(1, token).bind(2, sentAtMs).bind(3, message).step())
                    return HistoryCursor{sentAtMs, place.integer(0)};
            }
        }
        return std::nullopt;
    }

    JournalDb &m_db;
    const JournalKeys &m_keys;
    const MeshId m_mesh;
    const QList<ConversationId> m_parts;
    qint64 m_meshRow = 0;
    QStringList m_ownKeys;
    Statement m_event;
};

} // namespace

Expected<HistoryPage> JournalReader::readPage(const MeshId &mesh, const QList<ConversationId> &parts,
                                              HistoryCursor from, int limit, HistoryPage::Piece piece)
{
    HistoryPage page;
    page.mesh = mesh;
    page.conversation = parts.value(0);
    page.piece = piece;
    page.from = from;
    JournalDb db;
    if (Expected<void> opened = db.openReadOnly(m_path); !opened)
        return opened.error();
    PageReader reader(db, m_keys, mesh, parts);
    const bool newer = piece == HistoryPage::Piece::After;
    (newer ? page.atEnd : page.atStart) = true;
    const Expected<bool> known = reader.begin();
    if (!known)
        return known.error();
    if (!*known)
        return page;
    if (from.sentAtMs == 0 && !newer)
        from = {std::numeric_limits<qint64>::max(), std::numeric_limits<qint64>::max()};
    Expected<QList<HistoryHit>> hits = reader.hits(from, limit + 1, newer);
    if (!hits)
        return hits.error();
    (newer ? page.atEnd : page.atStart) = hits->size() <= limit;
    if (hits->size() > limit)
        hits->resize(limit);
    if (hits->isEmpty())
        return page;
    page.next = (newer ? hits->first() : hits->last()).place;
    page.newest = (newer ? hits->last() : hits->first()).place;
    page.messages = reader.messages(*hits, page.conversation);
    return page;
}

Expected<HistoryPage> JournalReader::readAround(const MeshId &mesh, const QList<ConversationId> &parts,
                                                const HistoryTarget &target, int limit)
{
    HistoryPage page;
    page.mesh = mesh;
    page.conversation = parts.value(0);
    page.piece = HistoryPage::Piece::Around;
    page.target = target;
    JournalDb db;
    if (Expected<void> opened = db.openReadOnly(m_path); !opened)
        return opened.error();
    PageReader reader(db, m_keys, mesh, parts);
    const Expected<bool> known = reader.begin();
    if (!known)
        return known.error();
    std::optional<HistoryCursor> place;
    if (*known && !target.messageId.isEmpty())
        place = reader.placeOf(target.messageId);
    else if (*known && target.sentAtMs > 0)
        place = HistoryCursor{target.sentAtMs, 0};
    if (!place)
        return page;
    page.found = true;
    // The target itself belongs to the older half.
    Expected<QList<HistoryHit>> older = reader.hits({place->sentAtMs, place->row + 1}, limit + 1, false);
    if (!older)
        return older.error();
    Expected<QList<HistoryHit>> newer = reader.hits(*place, limit + 1, true);
    if (!newer)
        return newer.error();
    page.atStart = older->size() <= limit;
    page.atEnd = newer->size() <= limit;
    older->resize(std::min<qsizetype>(older->size(), limit));
    newer->resize(std::min<qsizetype>(newer->size(), limit));
    QList<HistoryHit> hits = *older + *newer;
    if (hits.isEmpty())
        return page;
    const auto [first, last] = std::minmax_element(hits.cbegin(), hits.cend(), isBefore);
    page.next = first->place;
    page.newest = last->place;
    page.messages = reader.messages(hits, page.conversation);
    return page;
}

//! \a asked: the page as it is known before anything was read.
void JournalReader::answer(HistoryPage asked, Expected<HistoryPage> page)
{
    if (!page) {
        if (page.error().code == "damaged"_L1)
            Q_EMIT damaged(page.error().detail);
        asked.error = page.error();
        Q_EMIT historyReady(asked);
        return;
    }
    page->request = asked.request;
    Q_EMIT historyReady(*page);
}

void JournalReader::loadConversation(quint64 request, const MeshId &mesh, const QList<ConversationId> &parts,
                                     HistoryCursor before, int limit)
{
    HistoryPage asked;
    asked.request = request;
    asked.mesh = mesh;
    asked.conversation = parts.value(0);
    answer(asked, readPage(mesh, parts, before, std::clamp(limit, 1, kMostMessages)));
}

void JournalReader::loadNewer(quint64 request, const MeshId &mesh, const QList<ConversationId> &parts,
                              HistoryCursor after, int limit)
{
    HistoryPage asked;
    asked.request = request;
    asked.mesh = mesh;
    asked.conversation = parts.value(0);
    asked.piece = HistoryPage::Piece::After;
    answer(asked, readPage(mesh, parts, after, std::clamp(limit, 1, kMostMessages), asked.piece));
}

void JournalReader::loadAround(quint64 request, const MeshId &mesh, const QList<ConversationId> &parts,
                               const HistoryTarget &target, int limit)
{
    HistoryPage asked;
    asked.request = request;
    asked.mesh = mesh;
    asked.conversation = parts.value(0);
    asked.piece = HistoryPage::Piece::Around;
    asked.target = target;
    answer(asked, readAround(mesh, parts, target, std::clamp(limit, 1, kMostMessages)));
}

} // namespace mesh::store
