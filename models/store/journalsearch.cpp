// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/journalsearch.h"

#include <QtCore/QElapsedTimer>

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

namespace {

//! The first hits of a long search are shown after this long, and what is new after each further one.
constexpr qint64 kTellEveryMs = 120;

Message messageOf(const MessageReceived &event)
{
    Message message;
    message.messageId = event.messageId;
    message.clientMessageId = event.clientMessageId;
    message.conversation = event.conversation;
    message.peerKey = event.conversation.kind == ConversationKind::Direct ? event.conversation.key : QString();
    message.senderKey = event.senderKey;
    message.senderName = event.senderName;
    message.priority = event.priority;
    message.body = event.body;
    message.text = event.text;
    message.replyToId = event.replyToId;
    message.subtype = event.subtype;
    message.sentAtMs = event.sentAtMs;
    return message;
}

Message messageOf(const MessageComposed &event)
{
    Message message;
    message.clientMessageId = event.clientMessageId;
    message.conversation = event.conversation;
    message.own = true;
    message.priority = event.priority;
    message.body = BodyKind::Sealed;
    message.text = event.text;
    message.replyToId = event.replyToId;
    message.sentAtMs = event.composedAtMs;
    return message;
}

bool nameHas(const QStringList &wanted, QStringView name)
{
    QStringList have;
    forEachWord(name, [&](const SearchWord &word) { have.append(word.normalised.toString()); });
    return !wanted.isEmpty() && std::all_of(wanted.begin(), wanted.end(), [&](const QString &word) {
        return std::any_of(have.begin(), have.end(), [&](const QString &other) { return other.startsWith(word); });
    });
}

//! Whether the filters besides the words hold.
bool passes(const SearchPlan &plan, const SearchHit &hit)
{
    const Message &message = hit.message;
    const SearchQuery &query = plan.query;
    if ((query.beforeMs && message.sentAtMs >= *query.beforeMs) || (query.afterMs && message.sentAtMs < *query.afterMs))
        return false;
    const SearchPlace place{hit.mesh, message.conversation};
    if (plan.limited && !plan.places.contains(place))
        return false;
    if (query.unread) {
        const auto after = plan.unreadAfterMs.constFind(place);
        if (message.own || after == plan.unreadAfterMs.cend() || message.sentAtMs <= *after)
            return false;
    }
    if ((query.hasCode && !hasCode(message.text)) || (query.hasLink && !hasLink(message.text)))
        return false;
    if (query.from.isEmpty())
        return true;
    return (plan.fromMe && message.own) || plan.senderKeys.contains(message.senderKey)
        || std::any_of(plan.senderNames.begin(), plan.senderNames.end(),
                       [&](const QStringList &words) { return nameHas(words, message.senderName); });
}

} // namespace

JournalSearch::JournalSearch(const JournalKeys &keys, QString path)
    : m_keys(keys)
    , m_path(std::move(path))
{
}

void JournalSearch::forget()
{
    m_tail.clear();
    m_tailRow = 0;
    m_ownKeys.clear();
}

std::vector<JournalSearch::Clause> JournalSearch::clausesOf(const SearchPlan &plan) const
{
    using Field = SearchHasher::Field;
    const SearchHasher &hasher = m_keys.hasher();
    std::vector<std::pair<qsizetype, Clause>> clauses; // with a guess at how much it narrows
    const auto add = [&](qsizetype weight, Clause tokens) { clauses.emplace_back(weight, std::move(tokens)); };
    for (const SearchTerm &term : plan.query.terms) {
        for (qsizetype i = 0; i < term.words.size() && !term.excluded; ++i) {
            const QString &word = term.words.at(i);
            if (term.exact || i + 1 < term.words.size())
                add(2 * word.size() + 1, {{hasher.token(Field::Word, word)}});
            else
                add(2 * word.size(),
                    {{hasher.token(Field::Prefix, QStringView(word).first(SearchHasher::prefixLength(word.size())))}});
        }
    }
    if (!plan.query.from.isEmpty()) {
        Clause senders;
        for (const QString &key : plan.senderKeys)
            senders.push_back({hasher.token(Field::Sender, key)});
        for (const QStringList &words : plan.senderNames) {
            Alternative named; // all words of it: many peers may be called agent-something
            for (const QString &word : words)
                named.push_back(
                    hasher.token(Field::NamePrefix, QStringView(word).first(SearchHasher::prefixLength(word.size()))));
            if (!named.empty())
                senders.push_back(std::move(named));
        }
        if (plan.fromMe) {
            senders.push_back({hasher.token(Field::Flag, u"own")});
            for (const QStringList &keys : m_ownKeys) {
                for (const QString &key : keys)
                    senders.push_back({hasher.token(Field::Sender, key)});
            }
        }
        add(8, std::move(senders));
    }
    if (plan.limited) {
        Clause places;
        for (const SearchPlace &place : plan.places)
            places.push_back({hasher.token(Field::Conversation, searchNameOf(place.mesh, place.conversation))});
        add(7, std::move(places));
    }
    if (plan.query.hasCode)
        add(3, {{hasher.token(Field::Flag, u"code")}});
    if (plan.query.hasLink)
        add(4, {{hasher.token(Field::Flag, u"link")}});
    // What narrows most comes first: where it has nothing, the rest need not be looked up.
    std::stable_sort(clauses.begin(), clauses.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    std::vector<Clause> out;
    for (auto &[weight, clause] : clauses)
        out.push_back(std::move(clause));
    return out;
}

Expected<void> JournalSearch::readTail(JournalDb &db, qint64 afterRow)
{
    const qint64 newestRow = db.scalar("SELECT coalesce(max(row), 0) FROM events");
    if (newestRow < m_tailRow)
        forget();
    m_tail.erase(m_tail.begin(), std::find_if(m_tail.begin(), m_tail.end(), [&](const SearchDocument &document) {
                     return document.row > afterRow;
                 }));
    m_tailRow = std::max(m_tailRow, afterRow);
    Statement rows =
        db.prepare("SELECT e.row, e.mesh, e.at, e.body, m.mesh FROM events e JOIN meshes m ON m.id = e.mesh"
                   " WHERE e.kind = 1 AND e.row > ? ORDER BY e.row");
    rows.bind(1, m_tailRow);
    while (rows.step()) {
        const qint64 row = rows.integer(0);
        const qint64 atMs = rows.integer(2);
        const Expected<QByteArray> plain =
            m_keys.open(rows.blob(3), JournalKeys::eventPlace(row, rows.integer(1), atMs, RowKind::Message));
        Expected<EventBody> body = plain ? PollDecoder().decode(*plain) : Expected<EventBody>(plain.error());
        if (body) {
            if (auto document = searchDocumentOf(m_keys.hasher(), row, Event{rows.text(4), atMs, *std::move(body)}))
                m_tail.push_back(*std::move(document));
        }
        m_tailRow = row;
    }
    if (rows.code() != SQLITE_DONE)
        return JournalDb::errorFor(rows.code());
    m_tailRow = std::max(m_tailRow, newestRow);
    return {};
}

void JournalSearch::searchTail(const std::vector<Clause> &clauses, std::vector<Candidate> &out) const
{
    for (const SearchDocument &document : m_tail) {
        const bool all = std::all_of(clauses.begin(), clauses.end(), [&](const Clause &clause) {
            return std::any_of(clause.begin(), clause.end(), [&](const Alternative &tokens) {
                return std::all_of(tokens.begin(), tokens.end(), [&](SearchToken token) {
                    return std::binary_search(document.tokens.begin(), document.tokens.end(), token);
                });
            });
        });
        if (all)
            out.push_back({document.sentAtMs, document.row});
    }
}

Expected<void> JournalSearch::searchSegment(SegmentReader &reader, const SegmentInfo &segment,
                                            const std::vector<Clause> &clauses, std::vector<Candidate> &out)
{
    const auto narrow = [](std::optional<Ordinals> &some, Ordinals more) { // nothing yet: all
        if (some) {
            Ordinals both;
            std::set_intersection(some->begin(), some->end(), more.begin(), more.end(), std::back_inserter(both));
            more = std::move(both);
        }
        some = std::move(more);
    };
    std::optional<Ordinals> found;
    for (const Clause &clause : clauses) {
        Ordinals either;
        for (const Alternative &tokens : clause) {
            std::optional<Ordinals> have;
            for (const SearchToken token : tokens) {
                Expected<Ordinals> withToken = reader.find(segment, token);
                if (!withToken)
                    return withToken.error();
                narrow(have, *std::move(withToken));
                if (have->empty())
                    break;
            }
            if (!have || have->empty())
                continue;
            Ordinals both;
            std::set_union(either.begin(), either.end(), have->begin(), have->end(), std::back_inserter(both));
            either = std::move(both);
        }
        narrow(found, std::move(either));
        if (found->empty())
            return {};
    }
    if (!found) {
        found.emplace(size_t(segment.documents));
        std::iota(found->begin(), found->end(), 0U);
    }
    SegmentPlaces places;
    int block = -1;
    for (const quint32 ordinal : *found) {
        if (const int wanted = int(ordinal / SegmentInfo::kDocumentsPerBlock); wanted != block) {
            Expected<SegmentPlaces> read = reader.places(segment, wanted);
            if (!read)
                return read.error();
            places = *std::move(read);
            block = wanted;
        }
        const size_t at = ordinal % SegmentInfo::kDocumentsPerBlock;
        out.push_back({places.sentAtMs[at], places.rows[at]});
    }
    return {};
}

Expected<std::optional<SearchHit>> JournalSearch::verify(Statement &event, qint64 row, const SearchPlan &plan) const
{
    std::optional<SearchHit> nothing;
    const bool there = event.bind(1, row).step();
    const int code = event.code();
    if (!there) {
        event.reset();
        return code == SQLITE_DONE ? Expected<std::optional<SearchHit>>(nothing) : JournalDb::errorFor(code);
    }
    const Expected<QByteArray> plain =
        m_keys.open(event.blob(3),
                    JournalKeys::eventPlace(row, event.integer(0), event.integer(1), RowKind(int(event.integer(2)))));
    SearchHit hit;
    hit.mesh = event.text(4);
    hit.row = row;
    event.reset();
    Expected<EventBody> body = plain ? PollDecoder().decode(*plain) : Expected<EventBody>(plain.error());
    if (!body)
        return nothing;
    if (const auto *received = getIf<MessageReceived>(&*body)) {
        hit.message = messageOf(*received);
        hit.message.own = m_ownKeys.value(hit.mesh).contains(received->senderKey);
    } else if (const auto *composed = getIf<MessageComposed>(&*body)) {
        hit.message = messageOf(*composed);
        hit.message.senderKey = m_ownKeys.value(hit.mesh).value(0);
    } else {
        return nothing;
    }
    if (!passes(plan, hit) || !matchText(plan.query, hit.message.text, hit.spans))
        return nothing;
    return std::optional(std::move(hit));
}

Expected<std::optional<SearchPage>> JournalSearch::run(const SearchPlan &plan, const IsCancelled &isCancelled,
                                                       const Tell &tell)
{
    std::optional<SearchPage> cancelled;
    SearchPage page;
    page.done = true;
    JournalDb db;
    if (Expected<void> opened = db.openReadOnly(m_path); !opened)
        return opened.error();
    if (!db.exec("BEGIN")) // the index and the rows as they are at one moment
        return db.error();
    const std::optional<IndexReach> reach = IndexReach::read(db);
    if (!reach) { // an older journal whose index was not begun yet
        page.indexedPercent = 0;
        return std::optional(page);
    }
    page.indexedPercent = reach->percent();
    m_ownKeys.clear();
    for (Statement meshes = db.prepare("SELECT mesh, own FROM meshes"); meshes.step();)
        m_ownKeys.insert(meshes.text(0), meshes.text(1).split(u' ', Qt::SkipEmptyParts));

    const std::vector<Clause> clauses = clausesOf(plan);
    if (plan.limited && plan.places.isEmpty())
        return std::optional(page);
    SegmentReader reader(db, m_keys);
    Expected<QList<SegmentInfo>> segments = reader.segments();
    if (!segments)
        return segments.error();
    qint64 newest = plan.query.beforeMs ? *plan.query.beforeMs - 1 : std::numeric_limits<qint64>::max();
    const qint64 oldest = plan.query.afterMs.value_or(std::numeric_limits<qint64>::min());
    const bool paged = plan.after != SearchCursor();
    if (paged)
        newest = std::min(newest, plan.after.sentAtMs);
    segments->removeIf([&](const SegmentInfo &s) { return s.minSentMs > newest || s.maxSentMs < oldest; });
    // By the newest message in each; what a segment holds is not looked at before its time has come.
    std::sort(segments->begin(), segments->end(),
              [](const SegmentInfo &a, const SegmentInfo &b) { return a.maxSentMs > b.maxSentMs; });

    std::vector<Candidate> heap;
    const auto admit = [&](std::vector<Candidate> found) {
        std::erase_if(found, [&](const Candidate &c) {
            return c.sentAtMs > newest || c.sentAtMs < oldest
                || (paged && !(c < Candidate{plan.after.sentAtMs, plan.after.row}));
        });
        heap.insert(heap.end(), found.begin(), found.end());
        std::make_heap(heap.begin(), heap.end());
    };
    if (Expected<void> read = readTail(db, reach->lastRow); !read)
        return read.error();
    std::vector<Candidate> found;
    searchTail(clauses, found);
    admit(std::exchange(found, {}));

    Statement event = db.prepare("SELECT e.mesh, e.at, e.kind, e.body, m.mesh FROM events e"
                                 " JOIN meshes m ON m.id = e.mesh WHERE e.row = ?");
    QSet<QString> known; // one message may have been told several times
    QElapsedTimer sinceTold;
    sinceTold.start();
    qsizetype next = 0;
    while (next < segments->size() || !heap.empty()) {
        if (isCancelled())
            return cancelled;
        if (sinceTold.elapsed() >= kTellEveryMs) {
            sinceTold.restart();
            SearchPage part = page;
            part.done = false;
            part.searchedBackToMs = heap.empty() ? segments->at(next).maxSentMs : heap.front().sentAtMs;
            tell(part);
        }
        if (heap.empty() || (next < segments->size() && heap.front().sentAtMs <= segments->at(next).maxSentMs)) {
            if (Expected<void> searched = searchSegment(reader, segments->at(next++), clauses, found); !searched)
                return searched.error();
            admit(std::exchange(found, {}));
            continue;
        }
        std::pop_heap(heap.begin(), heap.end());
        const Candidate candidate = heap.back();
        heap.pop_back();
        ++page.opened;
        Expected<std::optional<SearchHit>> hit = verify(event, candidate.row, plan);
        if (!hit)
            return hit.error();
        if (!*hit)
            continue;
        const Message &message = (*hit)->message;
        bool fresh = true;
        for (const QString &name : {message.messageId, message.clientMessageId}) {
            if (!name.isEmpty()) {
                fresh = fresh && !known.contains((*hit)->mesh + name);
                known.insert((*hit)->mesh + name);
            }
        }
        if (!fresh)
            continue;
        if (page.hits.size() >= std::clamp(plan.limit, 1, 1'000)) {
            page.more = true;
            break;
        }
        page.next = {message.sentAtMs, (*hit)->row};
        page.hits.append(*std::move(*hit));
    }
    return std::optional(page);
}

} // namespace mesh::store
