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

MessageBook::Names MessageBook::names(const Message &message)
{
    Names out;
    if (!message.messageId.isEmpty())
        out.append(message.messageId);
    if (!message.clientMessageId.isEmpty()) {
        // The sender chooses this id: nobody else's message may be hidden by using it again.
        out.append(message.own ? u"o:"_s + message.clientMessageId
                               : u"c:"_s + message.senderKey + u':' + message.clientMessageId);
    }
    return out;
}

MessageBook::Place MessageBook::find(const Names &names) const
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

void MessageBook::insert(Message &&message, const Names &names, FoldContext &context)
{
    Record &record = this->record(message.conversation, context);
    // Older than all that is kept: it would go again at the end of the batch. The journal has it.
    if (record.messages.size() >= context.limits.messagesPerConversation && before(message, record.messages.first())) {
        ++context.counters.messagesEvicted;
        return;
    }
    message.seq = ++m_lastSeq;
    message.mention = mentions(message);
    MessagesChange &change = context.changes.messages[message.conversation];
    auto place = record.messages.end();
    if (!record.messages.isEmpty() && !before(record.messages.last(), message)) {
        place = std::lower_bound(record.messages.begin(), record.messages.end(), message, before);
        change.reordered = true;
    }
    ++change.appended;
    for (const QString &name : names)
        m_index.insert(name, {message.conversation, message.seq});
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
        message.receipts = old.receipts;
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
    // Whoever wrote it did not know yet how it would travel.
    if (message.own && message.conversation.kind == ConversationKind::Topic && other.body == BodyKind::Sealed)
        message.body = BodyKind::Sealed;
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
    const Names told = names(message);
    Place place = find(told);
    if (place.seq == 0)
        place = twinOf(message);
    if (place.seq == 0)
        return insert(std::move(message), told, context);
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
    // Notes never leave, so nobody could read them on the way.
    message.body =
        event.conversation.kind == ConversationKind::Direct || event.conversation.kind == ConversationKind::Notes
        ? BodyKind::Sealed
        : BodyKind::Clear;
    message.text = event.text;
    message.replyToId = event.replyToId;
    message.sentAtMs = event.composedAtMs;
    message.forms = FormComposed;
    message.richness = 8; // nobody knows it better
    message.state = OutgoingState::Queued;
    message.stateAtMs = event.composedAtMs;
    const Names told = names(message);
    Place place = find(told);
    if (place.seq == 0)
        place = twinOf(message);
    if (place.seq == 0)
        return insert(std::move(message), told, context);
    merge(place, message, context);
}

namespace {

//! The first telling counts, whichever arrives first. Read is also delivered.
bool noteReceipt(QList<Receipt> &receipts, const protocol::events::OutgoingChanged &event, qint64 atMs)
{
    const auto place = std::lower_bound(receipts.begin(), receipts.end(), event.recipientKey,
                                        [](const Receipt &r, const QString &key) { return r.key < key; });
    const qsizetype at = place - receipts.begin();
    if (at == receipts.size() || receipts.at(at).key != event.recipientKey)
        receipts.insert(at, Receipt{event.recipientKey, 0, 0});
    Receipt &receipt = receipts[at];
    const Receipt before = receipt;
    qint64 &time = event.state == OutgoingState::Read ? receipt.readAtMs : receipt.deliveredAtMs;
    time = earliest(time, atMs);
    return receipt != before;
}

} // namespace

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
        const Place double_ = find({event.messageId});
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
        if (!event.recipientKey.isEmpty())
            changed = noteReceipt(message->receipts, event, atMs) || changed;
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

} // namespace mesh::store
