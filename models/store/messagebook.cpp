// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/messagebook.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

using namespace Qt::StringLiterals;

namespace mesh::store {

using protocol::BodyKind;

namespace {

//! How far a topic message's two times (ours and the broker's, or queue and history) may lie apart.
constexpr qint64 kTwinMs = 120'000;

QString tieOf(const Message &message)
{
    return message.clientMessageId.isEmpty() ? message.messageId : message.clientMessageId;
}

bool isStrong(OutgoingState state)
{
    return state == OutgoingState::Accepted || state == OutgoingState::Delivered || state == OutgoingState::Read;
}

bool addSorted(QStringList &list, const QString &value)
{
    const auto at = std::lower_bound(list.begin(), list.end(), value);
    if (value.isEmpty() || (at != list.end() && *at == value))
        return false;
    list.insert(at, value);
    return true;
}

template <class T>
bool fill(T &mine, const T &theirs)
{
    if (!mine.isEmpty() || theirs.isEmpty())
        return false;
    mine = theirs;
    return true;
}

qint64 earliest(qint64 a, qint64 b)
{
    return a == 0 ? b : b == 0 ? a : std::min(a, b);
}

} // namespace

// --- looking up

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
    for (const QLatin1StringView kind : {"o:"_L1, "m:"_L1}) {
        if (const auto it = m_index.constFind(kind + id); it != m_index.cend())
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

bool MessageBook::before(const Message &a, const Message &b)
{
    if (a.sentAtMs != b.sentAtMs)
        return a.sentAtMs < b.sentAtMs;
    return tieOf(a) < tieOf(b);
}

const Message *MessageBook::peek(const Place &place) const
{
    const auto it = m_records.constFind(place.conversation);
    if (it == m_records.cend())
        return nullptr;
    // The one wanted is nearly always among the newest.
    for (qsizetype i = it->messages.size(); i-- > 0;) {
        if (it->messages.at(i).seq == place.seq)
            return &it->messages.at(i);
    }
    return nullptr;
}

Message *MessageBook::at(const Place &place)
{
    const Message *message = peek(place);
    if (!message)
        return nullptr;
    QList<Message> &list = m_records[place.conversation].messages;
    const qsizetype row = message - list.constData();
    return &list[row];
}

QStringList MessageBook::names(const Message &message)
{
    QStringList out;
    if (!message.messageId.isEmpty())
        out.append(u"m:"_s + message.messageId);
    if (!message.clientMessageId.isEmpty()) {
        // The sender chooses this id: nobody else's message may be hidden by using it again.
        out.append(message.own ? u"o:"_s + message.clientMessageId
                               : u"c:"_s + message.senderKey + u':' + message.clientMessageId);
    }
    return out;
}

MessageBook::Place MessageBook::find(const QList<QString> &names) const
{
    for (const QString &name : names) {
        if (const auto it = m_index.constFind(name); it != m_index.cend())
            return *it;
    }
    return {};
}

//! A topic's message told in another way (composed here, drained from the queue, read from the history) under another
//! id.
MessageBook::Place MessageBook::twinOf(const Message &message) const
{
    if (message.conversation.kind != ConversationKind::Topic || message.text.isEmpty())
        return {};
    const auto it = m_records.constFind(message.conversation);
    if (it == m_records.cend())
        return {};
    for (const Message &other : it->messages) {
        if ((other.forms & message.forms) == 0 && other.own == message.own && other.text == message.text
            && std::llabs(other.sentAtMs - message.sentAtMs) <= kTwinMs
            && (message.own || other.senderKey == message.senderKey))
            return {other.conversation, other.seq};
    }
    return {};
}

void MessageBook::index(const Message &message)
{
    for (const QString &name : names(message))
        m_index.insert(name, {message.conversation, message.seq});
}

void MessageBook::unindex(const Message &message)
{
    for (const QString &name : names(message))
        m_index.remove(name);
}

void MessageBook::touch(const ConversationId &id, quint64 seq, FoldContext &context)
{
    m_touched.insert(id);
    context.changes.messages[id].changed.insert(seq);
}

bool MessageBook::mentions(const Message &message) const
{
    if (message.own || m_displayName.isEmpty())
        return false;
    for (qsizetype at = 0; (at = message.text.indexOf(u'@', at)) >= 0; ++at) {
        const QStringView rest = QStringView(message.text).sliced(at + 1);
        if (!rest.startsWith(m_displayName, Qt::CaseInsensitive))
            continue;
        const QStringView after = rest.sliced(m_displayName.size());
        if (after.isEmpty() || !(after.front().isLetterOrNumber() || after.front() == u'_' || after.front() == u'-'))
            return true;
    }
    return false;
}

// --- folding

void MessageBook::insert(Message message, FoldContext &context)
{
    message.seq = ++m_lastSeq;
    message.mention = mentions(message);
    Record &record = this->record(message.conversation, context);
    MessagesChange &change = context.changes.messages[message.conversation];
    auto place = record.messages.end();
    if (!record.messages.isEmpty() && !before(record.messages.last(), message)) {
        place = std::lower_bound(record.messages.begin(), record.messages.end(), message, before);
        change.reordered = true;
    }
    ++change.appended;
    index(message);
    m_touched.insert(message.conversation);
    record.messages.insert(place, std::move(message));
}

bool MessageBook::absorbState(Message &message, OutgoingState state, qint64 atMs, const QString &code,
                              const QString &detail)
{
    if (isStrong(state)) {
        if (isStrong(message.state) && state <= message.state)
            return false;
        message.state = state;
        message.code.clear();
        message.detail.clear();
        return true;
    }
    // What was confirmed stays so; among the rest the later word counts (a refused message may be sent again).
    if (isStrong(message.state) || std::pair(atMs, state) <= std::pair(message.stateAtMs, message.state))
        return false;
    message.state = state;
    message.stateAtMs = atMs;
    message.code = code;
    message.detail = detail;
    return true;
}

void MessageBook::merge(const Place &place, const Message &telling, FoldContext &context)
{
    Message *known = at(place);
    if (!known)
        return;
    const Message old = *known;
    Message message = old;
    const bool richer = std::tuple(telling.richness, telling.messageId) > std::tuple(old.richness, old.messageId);
    if (richer) {
        message = telling;
        message.seq = old.seq;
        message.own = old.own || telling.own;
        message.forms = old.forms;
        message.sentAtMs = old.sentAtMs;
        message.ackWanted = old.ackWanted;
        message.state = old.state;
        message.stateAtMs = old.stateAtMs;
        message.code = old.code;
        message.detail = old.detail;
        message.acceptedAtMs = old.acceptedAtMs;
        message.deliveredAtMs = old.deliveredAtMs;
        message.readAtMs = old.readAtMs;
        message.deliveredTo = old.deliveredTo;
        message.readBy = old.readBy;
    }
    const Message &other = richer ? old : telling;
    fill(message.messageId, other.messageId);
    fill(message.clientMessageId, other.clientMessageId);
    fill(message.senderName, other.senderName);
    fill(message.replyToId, other.replyToId);
    fill(message.subtype, other.subtype);
    // Of two ids of one message, one must be chosen the same way whichever came first.
    if (!other.messageId.isEmpty() && other.richness == message.richness)
        message.messageId = std::min(message.messageId, other.messageId);
    message.forms |= telling.forms;
    message.ackWanted = message.ackWanted || telling.ackWanted;
    message.sentAtMs = earliest(old.sentAtMs, telling.sentAtMs);
    if (message.own) {
        absorbState(message, telling.state, telling.stateAtMs, telling.code, telling.detail);
        message.acceptedAtMs = earliest(message.acceptedAtMs, telling.acceptedAtMs);
    }
    message.mention = mentions(message);

    const bool moved =
        message.conversation != old.conversation || message.sentAtMs != old.sentAtMs || tieOf(message) != tieOf(old);
    if (moved) {
        Record &from = m_records[old.conversation];
        from.messages.removeIf([&](const Message &m) { return m.seq == old.seq; });
        context.changes.messages[old.conversation].reordered = true;
        m_touched.insert(old.conversation);
        Record &to = record(message.conversation, context);
        context.changes.messages[message.conversation].reordered = true;
        m_touched.insert(message.conversation);
        to.messages.insert(std::lower_bound(to.messages.begin(), to.messages.end(), message, before), message);
    } else {
        *known = message;
        touch(message.conversation, message.seq, context);
    }
    // Both tellings' ids lead here from now on.
    for (const Message *told : {&old, &telling}) {
        for (const QString &name : names(*told))
            m_index.insert(name, {message.conversation, message.seq});
    }
    index(message);
}

void MessageBook::received(const protocol::events::MessageReceived &event, const IsOwnKey &isOwn, FoldContext &context)
{
    Message message;
    message.messageId = event.messageId;
    message.clientMessageId = event.clientMessageId;
    message.conversation = resolve(event.conversation);
    if (event.conversation.kind == ConversationKind::Direct)
        message.peerKey = event.conversation.key;
    message.senderKey = event.senderKey;
    message.senderName = event.senderName;
    message.own = isOwn(event.senderKey);
    message.priority = event.priority;
    message.body = event.body;
    message.text = event.text;
    message.replyToId = event.replyToId;
    message.subtype = event.subtype;
    message.sentAtMs = event.sentAtMs;
    message.ackWanted = event.ackWanted;
    message.forms = event.ackWanted || event.conversation.kind != ConversationKind::Topic ? FormPushed : FormHistory;
    message.richness = quint8((event.body != BodyKind::Undecryptable ? 4 : 0) + (event.senderMemberId.isEmpty() ? 0 : 2)
                              + (event.senderMemberKey.isEmpty() ? 0 : 1));
    if (message.own)
        message.state = OutgoingState::Accepted; // the broker has it, or we would not hear of it
    Place place = find(names(message));
    if (place.seq == 0)
        place = twinOf(message);
    if (place.seq == 0)
        return insert(std::move(message), context);
    ++context.counters.duplicateMessages;
    merge(place, message, context);
}

void MessageBook::composed(const protocol::events::MessageComposed &event, const QString &ownKey, FoldContext &context)
{
    Message message;
    message.clientMessageId = event.clientMessageId;
    message.conversation = resolve(event.conversation);
    if (event.conversation.kind == ConversationKind::Direct)
        message.peerKey = event.conversation.key;
    message.senderKey = ownKey;
    message.own = true;
    message.priority = event.priority;
    message.body = event.conversation.kind == ConversationKind::Direct ? BodyKind::Sealed : BodyKind::Clear;
    message.text = event.text;
    message.replyToId = event.replyToId;
    message.sentAtMs = event.composedAtMs;
    message.forms = FormComposed;
    message.richness = 8; // nobody knows it better
    message.state = OutgoingState::Queued;
    message.stateAtMs = event.composedAtMs;
    Place place = find(names(message));
    if (place.seq == 0)
        place = twinOf(message);
    if (place.seq == 0)
        return insert(std::move(message), context);
    merge(place, message, context);
}

void MessageBook::outgoing(const protocol::events::OutgoingChanged &event, qint64 atMs, FoldContext &context)
{
    if (event.state == OutgoingState::Sent) {
        if (m_sentAt.size() > 4'096)
            m_sentAt.clear(); // answers that never came
        m_sentAt.insert(event.clientMessageId, atMs);
    } else if (event.state == OutgoingState::Accepted) {
        if (const auto sent = m_sentAt.constFind(event.clientMessageId); sent != m_sentAt.cend()) {
            m_ackDelays.append(double(std::max(qint64(0), atMs - *sent)));
            m_sentAt.erase(sent);
            if (m_ackDelays.size() > context.limits.ackDelaysKept)
                m_ackDelays.removeFirst();
        }
    }
    const Place place = find({u"o:"_s + event.clientMessageId});
    Message *message = at(place);
    if (!message)
        return; // no longer in memory; the journal has it
    bool changed = absorbState(*message, event.state, atMs, event.code, event.detail);
    if (fill(message->messageId, event.messageId)) {
        changed = true;
        // A push or history row with this id may have come first and stands as a message of its own.
        const Place double_ = find({u"m:"_s + event.messageId});
        index(*message);
        if (double_.seq != 0 && double_.seq != message->seq) {
            if (Message *other = at(double_)) {
                const Message telling = *other;
                m_records[double_.conversation].messages.removeIf(
                    [&](const Message &m) { return m.seq == double_.seq; });
                context.changes.messages[double_.conversation].reordered = true;
                m_touched.insert(double_.conversation);
                merge(place, telling, context);
                message = at(place);
            }
        }
    }
    if (!message)
        return;
    const auto mark = [&](qint64 &at, QStringList &who) {
        const qint64 first = earliest(at, atMs);
        changed = changed || first != at;
        at = first;
        changed = addSorted(who, event.recipientKey) || changed;
    };
    if (event.state == OutgoingState::Accepted) {
        message->acceptedAtMs = earliest(message->acceptedAtMs, atMs);
    } else if (event.state == OutgoingState::Delivered) {
        mark(message->deliveredAtMs, message->deliveredTo);
    } else if (event.state == OutgoingState::Read) {
        mark(message->readAtMs, message->readBy);
    }
    if (changed)
        touch(message->conversation, message->seq, context);
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
    const ConversationId id = resolve(event.conversation);
    record(id, context);
    applyParts(id, context);
}

void MessageBook::applyParts(const ConversationId &id, FoldContext &context)
{
    Conversation &shown = m_records[id].shown;
    qint64 readUpTo = 0, draftAt = -1;
    QString draft;
    const QList<ConversationId> ids = QList<ConversationId>{id} + mergedInto(id);
    for (const ConversationId &one : ids) {
        const auto part = m_parts.constFind(one);
        if (part == m_parts.cend())
            continue;
        readUpTo = std::max(readUpTo, part->readUpToMs);
        if (std::tie(part->draftAtMs, part->draft) > std::tie(draftAt, draft)) {
            draftAt = part->draftAtMs;
            draft = part->draft;
        }
    }
    if (shown.readUpToMs != readUpTo || shown.draft != draft)
        context.changes.conversationsChanged.insert(id);
    shown.readUpToMs = readUpTo;
    shown.draft = draft;
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
            continue;
        }
        targets.insert(resolve(id));
        m_records.erase(it);
        m_touched.remove(id);
        context.changes.messages.remove(id);
        context.changes.conversationsChanged.remove(id);
        if (!context.changes.conversationsAdded.remove(id))
            context.changes.conversationsRemoved.insert(id);
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
        if (touchedKeys.contains(part.key().key) && part.key().kind == ConversationKind::Direct)
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

void MessageBook::setIdentity(const QString &displayName, const IsOwnKey &isOwn, FoldContext &context)
{
    m_displayName = displayName;
    for (Record &record : m_records) {
        for (Message &message : record.messages) {
            const bool own = message.own || isOwn(message.senderKey);
            Message again = message;
            again.own = own;
            again.mention = mentions(again);
            if (own != message.own && !isStrong(again.state))
                again.state = OutgoingState::Accepted;
            if (own == message.own && again.mention == message.mention)
                continue;
            message = again;
            index(message);
            touch(record.shown.id, message.seq, context);
        }
    }
}

// --- end of a batch

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
    const qint64 lastAt = record.messages.isEmpty() ? shown.lastAtMs : record.messages.last().sentAtMs;
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
        if (record.shown.unread == 0 && record.shown.draft.isEmpty())
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
        m_records.remove(id);
        m_parts.remove(id);
        context.changes.messages.remove(id);
        context.changes.conversationsChanged.remove(id);
        if (!context.changes.conversationsAdded.remove(id))
            context.changes.conversationsRemoved.insert(id);
        ++context.counters.conversationsDropped;
    }
}

} // namespace mesh::store
