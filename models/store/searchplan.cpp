// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/searchplan.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

#include "models/store/meshstore.h"
#include "models/store/searchwords.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

namespace {

constexpr qsizetype kMaxSpans = 200;

QString planTr(const char *text)
{
    return QCoreApplication::translate("SearchPlan", text);
}

QStringList wordsOf(QStringView text)
{
    QStringList words;
    forEachWord(text, [&](const SearchWord &word) { words.append(word.normalised.toString()); });
    return words;
}

//! Every wanted word begins a word of the name.
bool nameMatches(const QStringList &wanted, QStringView name)
{
    if (wanted.isEmpty())
        return false;
    const QStringList have = wordsOf(name);
    return std::all_of(wanted.begin(), wanted.end(), [&](const QString &word) {
        return std::any_of(have.begin(), have.end(), [&](const QString &other) { return other.startsWith(word); });
    });
}

QString titleOf(const Conversation &conversation)
{
    switch (conversation.id.kind) {
    case ConversationKind::Broadcast:
        return u"broadcast everyone all"_s;
    case ConversationKind::System:
        return u"system"_s;
    case ConversationKind::Notes:
        return u"notes"_s;
    default:
        return conversation.title;
    }
}

void addParts(const MeshStore &store, const ConversationId &id, QSet<SearchPlace> &places)
{
    const ConversationId resolved = store.resolve(id);
    places.insert({store.mesh(), resolved});
    const QList<ConversationId> merged = store.mergedInto(resolved);
    for (const ConversationId &part : merged)
        places.insert({store.mesh(), part});
}

struct TextWord
{
    QString normalised;
    TextSpan span;
};

//! How much of the word at \a at is found; 0: not this.
bool termAt(const SearchTerm &term, const std::vector<TextWord> &words, size_t at, QList<TextSpan> &spans)
{
    const size_t count = size_t(term.words.size());
    if (at + count > words.size())
        return false;
    for (size_t i = 0; i < count; ++i) {
        const QString &wanted = term.words.at(qsizetype(i));
        const QString &have = words[at + i].normalised;
        const bool beginning = !term.exact && i + 1 == count;
        if (beginning ? !have.startsWith(wanted) : have != wanted)
            return false;
    }
    const TextSpan &first = words[at].span;
    const TextWord &last = words[at + count - 1];
    // Where normalising kept the length, only the typed beginning is marked; else the word.
    const qsizetype tail = !term.exact && last.normalised.size() == last.span.length
        ? std::min(last.span.length, term.words.last().size())
        : last.span.length;
    spans.append({first.at, last.span.at + tail - first.at});
    return true;
}

} // namespace

size_t qHash(const SearchPlace &place, size_t seed) noexcept
{
    return qHashMulti(seed, place.mesh, place.conversation);
}

bool matchText(const SearchQuery &query, QStringView text, QList<TextSpan> &spans)
{
    spans.clear();
    if (query.terms.isEmpty())
        return true;
    std::vector<TextWord> words;
    forEachWord(text, [&](const SearchWord &word) {
        words.push_back({word.normalised.toString(), {word.at, word.length}});
    });
    for (const SearchTerm &term : query.terms) {
        bool found = false;
        QList<TextSpan> ignored;
        for (size_t at = 0; at < words.size() && spans.size() < kMaxSpans; ++at) {
            found = termAt(term, words, at, term.excluded ? ignored : spans) || found;
            if (found && term.excluded)
                return false;
        }
        if (!found && !term.excluded)
            return false;
    }
    std::sort(spans.begin(), spans.end(), [](const TextSpan &a, const TextSpan &b) { return a.at < b.at; });
    QList<TextSpan> merged;
    for (const TextSpan &span : std::as_const(spans)) {
        if (!merged.isEmpty() && span.at <= merged.last().at + merged.last().length)
            merged.last().length = std::max(merged.last().length, span.at + span.length - merged.last().at);
        else
            merged.append(span);
    }
    spans = merged;
    return true;
}

SearchPlan planSearch(SearchQuery query, const QList<const MeshStore *> &stores,
                      const std::optional<SearchPlace> &within)
{
    SearchPlan plan;
    for (const SearchName &name : std::as_const(query.from)) {
        const QString &typed = name.text;
        if (typed.compare("me"_L1, Qt::CaseInsensitive) == 0) {
            plan.fromMe = true;
            continue;
        }
        const QStringList words = wordsOf(typed);
        if (words.isEmpty())
            query.problems.append({name.at, name.length, planTr("“%1” is no name.").arg(typed), false});
        plan.senderNames.append(words);
        for (const MeshStore *store : stores) {
            for (const Peer &peer : store->peers()) {
                if (!nameMatches(words, peer.name))
                    continue;
                plan.senderKeys.insert(peer.key);
                if (!peer.memberKey.isEmpty())
                    plan.senderKeys.insert(peer.memberKey);
            }
        }
    }
    if (within) {
        plan.limited = true;
        for (const MeshStore *store : stores) {
            if (store->mesh() == within->mesh)
                addParts(*store, within->conversation, plan.places);
        }
        if (plan.places.isEmpty())
            plan.places.insert(*within);
    } else if (!query.in.isEmpty()) {
        plan.limited = true;
        for (const SearchName &name : std::as_const(query.in)) {
            const QString &typed = name.text;
            const QStringList words = wordsOf(typed);
            const qsizetype before = plan.places.size();
            for (const MeshStore *store : stores) {
                const QList<Conversation> conversations = store->conversations();
                for (const Conversation &conversation : conversations) {
                    if (nameMatches(words, titleOf(conversation)))
                        addParts(*store, conversation.id, plan.places);
                }
            }
            if (plan.places.size() == before)
                query.problems.append(
                    {name.at, name.length, planTr("No conversation is called “%1”.").arg(typed), false});
        }
    }
    if (query.unread) {
        QSet<SearchPlace> unread;
        for (const MeshStore *store : stores) {
            const QList<Conversation> conversations = store->conversations();
            for (const Conversation &conversation : conversations) {
                if (conversation.unread == 0)
                    continue;
                QSet<SearchPlace> parts;
                addParts(*store, conversation.id, parts);
                for (const SearchPlace &part : std::as_const(parts))
                    plan.unreadAfterMs.insert(part, conversation.readUpToMs);
                unread += parts;
            }
        }
        plan.places = plan.limited ? plan.places & unread : unread;
        plan.limited = true;
    }
    plan.query = std::move(query);
    return plan;
}

} // namespace mesh::store
