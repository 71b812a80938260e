// SPDX-License-Identifier: GPL-3.0-or-later
// Conversations: which there are, what belongs to them, what is read and drafted. The messages are in messagebook.cpp.
#include "models/store/messagebook.h"

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace mesh::store {

QList<Conversation> MessageBook::conversations() const
{
    QList<Conversation> out;
    out.reserve(m_records.size());
    for (const Record &record : m_records)
        out.append(record.shown);
    return out;
}

ConversationId MessageBook::resolve(const ConversationId &id) const
{
    ConversationId out = id;
    if (out.kind == ConversationKind::Direct) {
        // A chain is as long as there were returns; each link goes to a key seen earlier, so it ends.
        for (auto former = m_formerKeys.constFind(out.key); former != m_formerKeys.cend();
             former = m_formerKeys.constFind(out.key))
            out.key = *former;
    }
    return out;
}

QList<ConversationId> MessageBook::mergedInto(const ConversationId &id) const
{
    const ConversationId wanted = resolve(id);
    QList<ConversationId> out;
    for (auto it = m_formerKeys.cbegin(); wanted.kind == ConversationKind::Direct && it != m_formerKeys.cend(); ++it) {
        const ConversationId part{ConversationKind::Direct, it.key()};
        if (resolve(part) == wanted)
            out.append(part);
    }
    return out;
}

const Conversation *MessageBook::conversation(const ConversationId &id) const
{
    const auto it = m_records.constFind(resolve(id));
    return it == m_records.cend() ? nullptr : &it->shown;
}

const QList<Message> &MessageBook::messages(const ConversationId &id) const
{
    static const QList<Message> kNone;
    const auto it = m_records.constFind(resolve(id));
    return it == m_records.cend() ? kNone : it->messages;
}

const Message *MessageBook::message(const QString &id) const
{
    for (const QString &name : {u"o:"_s + id, id}) {
        if (const auto it = m_index.constFind(name); it != m_index.cend())
            return peek(*it);
    }
    return nullptr;
}

QString MessageBook::newestKey(const QString &key) const
{
    QString newest = key;
    for (bool further = true; further;) {
        further = false;
        for (auto it = m_formerKeys.cbegin(); it != m_formerKeys.cend(); ++it) {
            if (*it == newest) {
                newest = it.key();
                further = true;
                break;
            }
        }
    }
    return newest;
}

MessageBook::Record &MessageBook::record(const ConversationId &id, FoldContext &context)
{
    const auto it = m_records.find(id);
    if (it != m_records.end())
        return *it;
    Record record;
    record.shown.id = id;
    if (id.kind == ConversationKind::Direct)
        record.shown.peerKey = newestKey(id.key);
    else if (id.kind == ConversationKind::Group)
        record.shown.title = u'@' + id.key;
    if (!context.changes.conversationsRemoved.remove(id))
        context.changes.conversationsAdded.insert(id);
    else
        context.changes.conversationsChanged.insert(id);
    m_touched.insert(id);
    return *m_records.insert(id, std::move(record));
}

void MessageBook::read(const protocol::events::ConversationRead &event, FoldContext &context)
{
    Part &part = m_parts[event.conversation];
    if (event.upToMs <= part.readUpToMs)
        return;
    part.readUpToMs = event.upToMs;
    const ConversationId id = resolve(event.conversation);
    record(id, context);
    applyParts(id, context);
}

void MessageBook::draft(const protocol::events::DraftChanged &event, qint64 atMs, FoldContext &context)
{
    Part &part = m_parts[event.conversation];
    if (atMs < part.draftAtMs)
        return;
    part.draftAtMs = atMs;
    part.draft = event.text;
    part.draftReplyToId = event.replyToId;
    const ConversationId id = resolve(event.conversation);
    record(id, context);
    applyParts(id, context);
}

void MessageBook::arranged(const protocol::events::ConversationArranged &event, qint64 atMs, FoldContext &context)
{
    Part &part = m_parts[event.conversation];
    const Arrangement told{event.pinned, event.archived, event.attention, atMs};
    // Two decisions of one millisecond: the order of arrival must not matter.
    if (std::tie(part.arrangement.atMs, part.arrangement) >= std::tie(told.atMs, told))
        return;
    part.arrangement = told;
    const ConversationId id = resolve(event.conversation);
    record(id, context);
    applyParts(id, context);
}

void MessageBook::applyParts(const ConversationId &id, FoldContext &context)
{
    Conversation &shown = m_records[id].shown;
    qint64 readUpTo = 0, draftAt = -1;
    QString draft, draftReplyTo;
    Arrangement arrangement;
    const QList<ConversationId> ids = QList<ConversationId>{id} + mergedInto(id);
    for (const ConversationId &one : ids) {
        const auto part = m_parts.constFind(one);
        if (part == m_parts.cend())
            continue;
        readUpTo = std::max(readUpTo, part->readUpToMs);
        if (std::tie(part->draftAtMs, part->draft) > std::tie(draftAt, draft)) {
            draftAt = part->draftAtMs;
            draft = part->draft;
            draftReplyTo = part->draftReplyToId;
        }
        if (std::tie(part->arrangement.atMs, part->arrangement) > std::tie(arrangement.atMs, arrangement))
            arrangement = part->arrangement;
    }
    if (shown.readUpToMs != readUpTo || shown.draft != draft || shown.draftReplyToId != draftReplyTo
        || shown.arrangement != arrangement)
        context.changes.conversationsChanged.insert(id);
    shown.readUpToMs = readUpTo;
    shown.draft = draft;
    shown.draftReplyToId = draftReplyTo;
    shown.arrangement = arrangement;
    m_touched.insert(id);
}

void MessageBook::ensure(const ConversationId &id, FoldContext &context)
{
    record(resolve(id), context);
}

void MessageBook::setTitle(const ConversationId &id, const QString &title, FoldContext &context)
{
    const ConversationId resolved = resolve(id);
    const auto it = m_records.find(resolved);
    // The name of a former key must not replace the one of the present key.
    if (it == m_records.end() || it->shown.title == title
        || (resolved.kind == ConversationKind::Direct && it->shown.peerKey != id.key))
        return;
    it->shown.title = title;
    context.changes.conversationsChanged.insert(resolved);
}

//! Takes a conversation out of sight; what was read and drafted of it stays in m_parts.
void MessageBook::removeRecord(const ConversationId &id, FoldContext &context)
{
    m_records.remove(id);
    context.changes.messages.remove(id);
    context.changes.conversationsChanged.remove(id);
    if (!context.changes.conversationsAdded.remove(id))
        context.changes.conversationsRemoved.insert(id);
}

void MessageBook::setReturns(const QHash<QString, QString> &formerKeys, FoldContext &context)
{
    if (formerKeys == m_formerKeys)
        return;
    QSet<QString> touchedKeys; // of conversations that may be put together otherwise now
    const auto note = [&](const QHash<QString, QString> &mine, const QHash<QString, QString> &theirs) {
        for (auto it = mine.cbegin(); it != mine.cend(); ++it) {
            if (theirs.value(it.key()) != *it)
                touchedKeys << it.key() << *it << resolve({ConversationKind::Direct, it.key()}).key;
        }
    };
    note(m_formerKeys, formerKeys);
    const QHash<QString, QString> former = std::exchange(m_formerKeys, formerKeys);
    note(m_formerKeys, former);

    QList<Message> moving;
    QSet<ConversationId> targets;
    for (const QString &key : std::as_const(touchedKeys)) {
        const ConversationId id{ConversationKind::Direct, key};
        targets.insert(resolve(id));
        const auto it = m_records.find(id);
        if (it == m_records.end())
            continue;
        for (const Message &message : std::as_const(it->messages))
            targets.insert(resolve({ConversationKind::Direct, message.peerKey}));
        moving += it->messages;
        if (resolve(id) == id) {
            if (!it->messages.isEmpty())
                context.changes.messages[id].reordered = true;
            it->messages.clear();
            m_touched.insert(id);
            continue;
        }
        targets.insert(resolve(id));
        removeRecord(id, context);
    }
    for (Message &message : moving) {
        message.conversation = resolve({ConversationKind::Direct, message.peerKey});
        Record &target = record(message.conversation, context);
        index(message);
        context.changes.messages[message.conversation].reordered = true;
        target.messages.append(message);
    }
    // Parts without messages (a draft, a mark) are conversations as well.
    for (auto part = m_parts.cbegin(); part != m_parts.cend(); ++part) {
        if (part.key().kind == ConversationKind::Direct && touchedKeys.contains(resolve(part.key()).key))
            record(resolve(part.key()), context);
    }
    for (const ConversationId &id : std::as_const(targets)) {
        const auto it = m_records.find(id);
        if (it == m_records.end())
            continue;
        std::sort(it->messages.begin(), it->messages.end(), &MessageBook::before);
        it->shown.peerKey = newestKey(id.key);
        context.changes.conversationsChanged.insert(id);
        applyParts(id, context);
    }
}

void MessageBook::summarise(Record &record, FoldContext &context)
{
    Conversation &shown = record.shown;
    int unread = 0, mentioned = 0;
    for (qsizetype i = record.messages.size(); i-- > 0;) {
        const Message &message = record.messages.at(i);
        if (message.sentAtMs <= shown.readUpToMs)
            break;
        unread += message.own ? 0 : 1;
        mentioned += message.mention ? 1 : 0;
    }
    const quint64 last = record.messages.isEmpty() ? 0 : record.messages.last().seq;
    const qint64 lastAt = record.messages.isEmpty() ? 0 : record.messages.last().sentAtMs;
    if (std::tuple(unread, mentioned, last, lastAt)
        != std::tuple(shown.unread, shown.mentions, shown.lastMessageSeq, shown.lastAtMs))
        context.changes.conversationsChanged.insert(shown.id);
    shown.unread = unread;
    shown.mentions = mentioned;
    shown.lastMessageSeq = last;
    shown.lastAtMs = lastAt;
}

void MessageBook::finish(FoldContext &context)
{
    for (const ConversationId &id : std::as_const(m_touched)) {
        const auto it = m_records.find(id);
        if (it == m_records.end())
            continue;
        if (id.kind == ConversationKind::Direct && it->messages.isEmpty()) {
            // It was there for messages that turned out to belong elsewhere.
            const QList<ConversationId> ids = QList<ConversationId>{id} + mergedInto(id);
            if (std::none_of(ids.begin(), ids.end(),
                             [&](const ConversationId &one) { return m_parts.contains(one); })) {
                removeRecord(id, context);
                continue;
            }
        }
        const qsizetype over = it->messages.size() - context.limits.messagesPerConversation;
        if (over > 0) {
            MessagesChange &change = context.changes.messages[id];
            for (qsizetype i = 0; i < over; ++i)
                unindex(it->messages.at(i));
            // More went than were there before the batch: counting rows would mislead.
            if (over > it->messages.size() - change.appended)
                change.reordered = true;
            it->messages.remove(0, over);
            change.evicted += int(over);
            context.counters.messagesEvicted += over;
        }
        summarise(*it, context);
    }
    m_touched.clear();
    if (context.counters.batches % 1'024 == 0)
        m_index.removeIf([this](const auto &entry) { return !peek(entry.value()); });
    if (m_records.size() > context.limits.conversations)
        dropConversations(context);
    for (const ConversationId &id : std::as_const(context.changes.conversationsAdded))
        context.changes.conversationsChanged.remove(id);
}

void MessageBook::dropConversations(FoldContext &context)
{
    QList<std::pair<qint64, ConversationId>> quiet;
    for (const Record &record : std::as_const(m_records)) {
        if (record.shown.id.kind != ConversationKind::Notes && record.shown.unread == 0 && !record.shown.hasDraft()
            && record.shown.arrangement == Arrangement{})
            quiet.append({record.shown.lastAtMs, record.shown.id});
    }
    std::sort(quiet.begin(), quiet.end(), [](const auto &a, const auto &b) {
        return std::tie(a.first, a.second.key) < std::tie(b.first, b.second.key);
    });
    for (const auto &[lastAt, id] : std::as_const(quiet)) {
        if (m_records.size() <= context.limits.conversations)
            break;
        for (const Message &message : std::as_const(m_records[id].messages))
            unindex(message);
        removeRecord(id, context);
        m_parts.remove(id);
        ++context.counters.conversationsDropped;
    }
}

} // namespace mesh::store
