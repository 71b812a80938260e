// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/messagelistmodel.h"

#include <algorithm>
#include <utility>

#include "models/items/displaytext.h"
#include "models/items/rowranges.h"
#include "models/items/topicinfo.h"

namespace mesh::items {

using protocol::ConversationId;
using protocol::events::OutgoingState;

namespace {

constexpr int kReplyChars = 120;

constexpr quint64 kJournalSeq = 1ULL << 63; // the store's numbers never get there

bool waits(const store::Message &message)
{
    return message.own && message.state == OutgoingState::Queued;
}

} // namespace

MessageListModel::MessageListModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

void MessageListModel::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &MessageListModel::onChanged);
    reload();
}

void MessageListModel::setConversation(const std::optional<ConversationId> &id)
{
    std::optional<ConversationId> kept = id;
    if (kept && m_store)
        kept = m_store->resolve(*kept);
    if (m_conversation == kept)
        return;
    m_conversation = kept;
    reload();
}

void MessageListModel::reload()
{
    m_likeness.clear();
    m_trust.clear();
    beginResetModel();
    m_rows.clear();
    m_older = m_gap = 0;
    m_newest = {};
    m_olderBeforeMs = 0;
    m_atStart = m_beginning = false;
    m_dividerSeq = 0;
    m_changedAtMs = 0;
    readMarks();
    if (m_store && m_conversation) {
        m_conversation = m_store->resolve(*m_conversation);
        m_changedAtMs = directKey().isEmpty() ? 0 : m_trust.changedAtMs(*m_store, directKey());
        m_rows = m_store->messages(*m_conversation);
        m_rows.detach(); // a shared list would make the store copy its own at the next message
        const store::Conversation *conversation = m_store->conversation(*m_conversation);
        if (conversation && conversation->unread > 0) {
            const auto first = std::find_if(m_rows.cbegin(), m_rows.cend(), [&](const store::Message &m) {
                return !m.own && m.sentAtMs > conversation->readUpToMs;
            });
            if (first != m_rows.cend())
                m_dividerSeq = first->seq;
        }
    }
    endResetModel();
}

void MessageListModel::onChanged(const store::ChangeSet &changes)
{
    m_likeness.note(changes);
    const bool trust = m_trust.note(changes);
    if (changes.reset) {
        reload();
        return;
    }
    if (!m_conversation)
        return;
    if (trust)
        onTrustChanged();
    const ConversationId kept = m_store->resolve(*m_conversation);
    if (kept != *m_conversation) {
        // The rows of both are in one conversation now: their numbers stay, so this is a merge and not a reset.
        m_conversation = kept;
        mergeReordered(m_store->messages(kept));
        Q_EMIT conversationMoved(kept);
        return;
    }
    onTopicLists(changes);
    const auto change = changes.messages.constFind(kept);
    if (change != changes.messages.cend())
        applyChange(*change);

    // Names of senders that were not known before.
    std::vector<int> renamed;
    if (!changes.peersAdded.isEmpty() || !changes.peersChanged.isEmpty()) {
        for (int i = std::max(0, int(m_rows.size()) - m_store->limits().messagesPerConversation); i < m_rows.size();
             ++i) {
            const store::Message &message = m_rows.at(i);
            if (!message.own && message.senderName.isEmpty()
                && (changes.peersAdded.contains(message.senderKey) || changes.peersChanged.contains(message.senderKey)))
                renamed.push_back(i);
        }
    }
    emitRows(std::move(renamed));
}

//! The lists of the mesh say more than the messages do: who has read what, and why something does not open.
void MessageListModel::onTopicLists(const store::ChangeSet &changes)
{
    if (m_conversation->kind != protocol::ConversationKind::Topic)
        return;
    if (changes.connection && m_store->connection().online() && !m_beginning)
        m_atStart = false; // there may be more than was to be had offline
    const bool members = changes.listings.testFlag(store::Listed::TopicMembers);
    if (!members && !changes.listings.testFlag(store::Listed::TopicKeys))
        return;
    const QList<qint64> marks = m_readMarks;
    readMarks();
    std::vector<int> rows;
    for (int i = 0; i < m_rows.size(); ++i) {
        const store::Message &message = m_rows.at(i);
        if (message.own ? marks != m_readMarks || waits(message) : message.body == protocol::BodyKind::Undecryptable)
            rows.push_back(i);
    }
    emitRows(std::move(rows));
}

void MessageListModel::readMarks()
{
    m_readMarks.clear();
    if (!m_store || !m_conversation || m_conversation->kind != protocol::ConversationKind::Topic)
        return;
    // Marks are the broker's times. Where its clock is ahead, a mark of before the message must not count for it.
    const qint64 ahead = std::max<qint64>(0, m_store->connection().clockOffsetMs.value_or(0));
    const QList<TopicMember> members = membersOf(*m_store, m_conversation->key);
    for (const TopicMember &member : members) {
        if (!member.self)
            m_readMarks.append(member.readUpToMs > 0 ? member.readUpToMs - ahead : 0);
    }
}

void MessageListModel::applyChange(const store::MessagesChange &change)
{
    const QList<store::Message> &window = m_store->messages(*m_conversation);
    // What went out of the store's window stays on the screen. Rows that came and went in one batch were never here.
    if (!change.reordered) {
        m_older = std::min<qsizetype>(m_rows.size(), m_older + change.evicted);
    } else if (change.evicted > 0) {
        QSet<quint64> staying;
        for (const store::Message &message : window)
            staying.insert(message.seq);
        for (int left = change.evicted; left > 0 && m_older < m_rows.size(); --left, ++m_older) {
            if (staying.contains(m_rows.at(m_older).seq))
                break;
        }
    }
    if (change.reordered || m_rows.size() - m_older + change.appended != window.size()) {
        mergeReordered(window);
        trimOlder();
        return;
    }
    std::vector<int> changed;
    if (!change.changed.isEmpty()) {
        const int end = int(m_rows.size());
        bool queueMoved = false;
        for (int i = int(m_older); i < end; ++i) {
            const store::Message &now = window.at(i - m_older);
            if (!change.changed.contains(now.seq))
                continue;
            queueMoved = queueMoved || waits(m_rows.at(i)) != waits(now);
            m_rows[i] = now;
            changed.push_back(i);
        }
        if (queueMoved) { // places in the queue are counted, so those behind moved up
            for (int i = int(m_older); i < end; ++i) {
                if (waits(m_rows.at(i)))
                    changed.push_back(i);
            }
        }
    }
    emitRows(std::move(changed));
    if (change.appended > 0)
        appendRows(window.mid(window.size() - change.appended));
    trimOlder();
}

void MessageListModel::appendRows(const QList<store::Message> &rows)
{
    const int first = int(m_rows.size());
    beginInsertRows({}, first, first + int(rows.size()) - 1);
    m_rows += rows;
    endInsertRows();
    if (first > 0) // it may not be the last of its group any more
        emitRows({first - 1});
}

void MessageListModel::mergeReordered(const QList<store::Message> &window)
{
    QHash<quint64, int> target;
    target.reserve(window.size());
    for (int i = 0; i < window.size(); ++i)
        target.insert(window.at(i).seq, i);
    // Rows of the window that the older part holds already would stand twice.
    std::vector<int> gone;
    for (int i = 0; i < m_rows.size(); ++i) {
        const bool inWindow = target.contains(m_rows.at(i).seq);
        if (i < m_older ? inWindow : !inWindow)
            gone.push_back(i);
    }
    forEachRangeBackwards(gone, [&](int first, int last) {
        beginRemoveRows({}, first, last);
        m_rows.remove(first, last - first + 1);
        if (first < m_gap)
            m_gap -= std::min<qsizetype>(m_gap, last + 1) - first;
        if (first < m_older)
            m_older -= std::min<qsizetype>(m_older, last + 1) - first;
        endRemoveRows();
    });
    QSet<quint64> present;
    for (qsizetype i = m_older; i < m_rows.size(); ++i)
        present.insert(m_rows.at(i).seq);
    for (int i = 0; i < window.size(); ++i) {
        const int at = int(m_older) + i;
        if (at < m_rows.size() && m_rows.at(at).seq == window.at(i).seq)
            continue;
        if (!present.contains(window.at(i).seq)) {
            int end = i + 1;
            while (end < window.size() && !present.contains(window.at(end).seq))
                ++end;
            beginInsertRows({}, at, at + (end - i) - 1);
            for (int k = i; k < end; ++k)
                m_rows.insert(int(m_older) + k, window.at(k));
            endInsertRows();
            i = end - 1;
            continue;
        }
        int from = at;
        while (m_rows.at(from).seq != window.at(i).seq)
            ++from;
        beginMoveRows({}, from, from, {}, at);
        m_rows.move(from, at);
        endMoveRows();
    }
    for (int i = 0; i < window.size(); ++i)
        m_rows[m_older + i] = window.at(i);
    if (!window.isEmpty())
        Q_EMIT dataChanged(index(std::max(0, int(m_older) - 1)), index(int(m_rows.size()) - 1));
}

void MessageListModel::trimOlder()
{
    const qsizetype excess = m_older - kMaxOlder;
    if (excess <= 0)
        return;
    beginRemoveRows({}, 0, int(excess) - 1);
    m_rows.remove(0, excess);
    m_older -= excess;
    m_gap = std::max<qsizetype>(0, m_gap - excess);
    m_olderBeforeMs = 0;
    m_atStart = m_beginning = false;
    endRemoveRows();
    emitRows({0});
}

QSet<QString> MessageListModel::idsFrom(qsizetype row) const
{
    QSet<QString> known;
    for (qsizetype i = row; i < m_rows.size(); ++i) {
        const store::Message &message = m_rows.at(i);
        if (!message.messageId.isEmpty())
            known.insert(message.messageId);
        if (!message.clientMessageId.isEmpty())
            known.insert(message.clientMessageId);
    }
    return known;
}

//! With numbers of their own.
QList<store::Message> MessageListModel::unknownOf(const QList<store::Message> &messages, const QSet<QString> &known)
{
    QList<store::Message> fresh;
    for (const store::Message &message : messages) {
        if ((!message.messageId.isEmpty() && known.contains(message.messageId))
            || (!message.clientMessageId.isEmpty() && known.contains(message.clientMessageId)))
            continue;
        fresh.append(message);
        fresh.last().seq = kJournalSeq | ++m_lastOwnSeq;
    }
    return fresh;
}

qint64 MessageListModel::olderBeforeMs() const
{
    if (m_olderBeforeMs > 0)
        return m_olderBeforeMs;
    return m_rows.isEmpty() ? 0 : m_rows.first().sentAtMs + 1; // others of the same moment may be missing
}

void MessageListModel::prependOlder(const ConversationId &conversation, const QList<store::Message> &messages,
                                    bool atStart, bool beginning)
{
    if (!m_conversation || !m_store || m_store->resolve(conversation) != *m_conversation)
        return;
    const QList<store::Message> fresh = unknownOf(messages, idsFrom(0));
    if (!fresh.isEmpty() && !m_rows.isEmpty() && fresh.last().sentAtMs > m_rows.first().sentAtMs) {
        Q_EMIT olderArrived(); // asked for before a jump: it does not belong in front of what is here now
        return;
    }
    m_atStart = atStart;
    // A page of nothing new: the next one must get past its moment, or the same would come again.
    m_olderBeforeMs = fresh.isEmpty() && !messages.isEmpty() ? messages.first().sentAtMs : 0;
    const bool begins = beginning && !std::exchange(m_beginning, beginning);
    if (fresh.isEmpty()) {
        if (begins && !m_rows.isEmpty())
            emitRows({0});
        Q_EMIT olderArrived();
        return;
    }
    beginInsertRows({}, 0, int(fresh.size()) - 1);
    m_rows = fresh + m_rows;
    m_older += fresh.size();
    if (m_gap > 0)
        m_gap += fresh.size();
    endInsertRows();
    if (fresh.size() < m_rows.size())
        emitRows({int(fresh.size())});
    Q_EMIT olderArrived();
}

void MessageListModel::showAround(const store::HistoryPage &page)
{
    if (!m_conversation || !m_store || m_store->resolve(page.conversation) != *m_conversation)
        return;
    if (m_older > 0) {
        beginRemoveRows({}, 0, int(m_older) - 1);
        m_rows.remove(0, m_older);
        m_older = m_gap = 0;
        endRemoveRows();
    }
    const QList<store::Message> fresh = unknownOf(page.messages, idsFrom(0));
    m_atStart = page.atStart;
    m_beginning = false;
    m_olderBeforeMs = 0;
    m_newest = page.newest;
    if (!fresh.isEmpty()) {
        // What is in the window already joins both.
        const bool joined = page.atEnd || fresh.size() < page.messages.size();
        beginInsertRows({}, 0, int(fresh.size()) - 1);
        m_rows = fresh + m_rows;
        m_older = fresh.size();
        m_gap = joined ? 0 : fresh.size();
        endInsertRows();
    }
    if (fresh.size() < m_rows.size())
        emitRows({int(fresh.size())});
}

void MessageListModel::appendNewer(const store::HistoryPage &page)
{
    if (!m_conversation || !m_store || m_store->resolve(page.conversation) != *m_conversation || m_gap == 0)
        return;
    if (page.from != m_newest) {
        Q_EMIT newerArrived(); // asked for before another jump
        return;
    }
    const QList<store::Message> fresh = unknownOf(page.messages, idsFrom(0));
    const bool joined = page.atEnd || fresh.size() < page.messages.size();
    if (!page.messages.isEmpty())
        m_newest = page.newest;
    const int at = int(m_gap);
    if (!fresh.isEmpty()) {
        beginInsertRows({}, at, at + int(fresh.size()) - 1);
        m_rows.insert(at, fresh.size(), store::Message());
        std::copy(fresh.cbegin(), fresh.cend(), m_rows.begin() + at);
        m_older += fresh.size();
        m_gap += fresh.size();
        endInsertRows();
    }
    std::vector<int> beside{at - 1};
    if (m_gap < m_rows.size())
        beside.push_back(int(m_gap));
    if (joined)
        m_gap = 0;
    emitRows(std::move(beside));
    Q_EMIT newerArrived();
}

void MessageListModel::forgetBeforeGap()
{
    if (m_gap == 0)
        return;
    const int count = int(m_gap);
    beginRemoveRows({}, 0, count - 1);
    m_rows.remove(0, count);
    m_older -= count;
    m_gap = 0;
    m_atStart = false;
    m_olderBeforeMs = 0;
    endRemoveRows();
    if (!m_rows.isEmpty())
        emitRows({0});
}

void MessageListModel::emitRows(std::vector<int> rows)
{
    forEachRange(rows, [&](int first, int last) { Q_EMIT dataChanged(index(first), index(last)); });
}

int MessageListModel::rowOfSeq(quint64 seq) const
{
    for (qsizetype i = m_rows.size() - 1; i >= 0; --i) {
        if (m_rows.at(i).seq == seq)
            return int(i);
    }
    return -1;
}

int MessageListModel::rowOfMessage(const QString &id) const
{
    for (qsizetype i = m_rows.size() - 1; i >= 0 && !id.isEmpty(); --i) {
        if (m_rows.at(i).messageId == id || m_rows.at(i).clientMessageId == id)
            return int(i);
    }
    return -1;
}

void MessageListModel::fillTopic(MessageRow &row, const store::Message &message) const
{
    using protocol::events::TopicKeyState;
    const TopicKeyState key = m_store->listings().topicKeys.value(m_conversation->key);
    if (message.body == protocol::BodyKind::Undecryptable) {
        switch (key) {
        case TopicKeyState::Held:
            row.closedReason = tr("Encrypted with another key than the topic's; it cannot be opened.");
            break;
        case TopicKeyState::Unavailable:
            row.closedReason = tr("Encrypted for members. This broker gives no keys out.");
            break;
        case TopicKeyState::Unknown:
        case TopicKeyState::Clear:
        case TopicKeyState::Waiting:
            row.closedReason = isInTopic(*m_store, m_conversation->key) == false
                ? tr("Encrypted for members. Join the topic to be given its key.")
                : tr("Encrypted. It opens as soon as a member passes the topic's key on to you.");
            break;
        }
    }
    row.waitsForKey = waits(message) && (key == TopicKeyState::Unknown || key == TopicKeyState::Waiting);
    if (!message.own || (message.state != OutgoingState::Accepted && message.state != OutgoingState::Delivered))
        return;
    row.members = int(m_readMarks.size());
    for (const qint64 mark : m_readMarks) {
        if (mark < message.sentAtMs || mark == 0)
            continue;
        ++row.readers;
        row.readAtMs = row.readAtMs == 0 ? mark : std::min(row.readAtMs, mark);
    }
    if (row.readers > 0)
        row.state = OutgoingState::Read;
}

void MessageListModel::setFirstUnreadRow(int row)
{
    const quint64 seq = row >= 0 && row < m_rows.size() ? m_rows.at(row).seq : 0;
    if (seq == m_dividerSeq)
        return;
    const int before = firstUnreadRow();
    m_dividerSeq = seq;
    std::vector<int> rows;
    for (const int r : {before, row}) {
        if (r >= 0 && r < m_rows.size())
            rows.push_back(r);
    }
    emitRows(std::move(rows));
}

bool MessageListModel::startsGroup(const store::Message &before, const store::Message &message)
{
    return before.own != message.own || before.senderKey != message.senderKey || before.subtype != message.subtype
        || message.sentAtMs - before.sentAtMs > kGroupGapMs || localDay(before.sentAtMs) != localDay(message.sentAtMs);
}

QString MessageListModel::nameFor(const store::Message &message) const
{
    if (!message.senderName.isEmpty())
        return displayName(message.senderName, message.senderKey);
    return displayName(m_store ? m_store->nameOf(message.senderKey) : QString(), message.senderKey);
}

CopyLine MessageListModel::copyLine(int row) const
{
    const store::Message &message = m_rows.at(row);
    return {message.own ? tr("You") : nameFor(message), message.sentAtMs, message.text};
}

void MessageListModel::fillReply(MessageRow &row) const
{
    if (row.replyToId.isEmpty())
        return;
    const int at = rowOfMessage(row.replyToId);
    const store::Message *origin = at >= 0 ? &m_rows.at(at) : m_store ? m_store->message(row.replyToId) : nullptr;
    if (!origin)
        return;
    row.replySender = origin->own ? tr("You") : nameFor(*origin);
    row.replyText = oneLine(origin->text, kReplyChars);
}

QString MessageListModel::directKey() const
{
    if (!m_store || !m_conversation || m_conversation->kind != protocol::ConversationKind::Direct)
        return {};
    const store::Conversation *conversation = m_store->conversation(*m_conversation);
    return conversation ? conversation->peerKey : m_conversation->key;
}

//! The line about a changed key stands above the first message under the new one, as far as that is loaded.
void MessageListModel::fillNotice(MessageRow &row, int number) const
{
    const QString key = directKey();
    const qint64 changedAtMs = key.isEmpty() ? 0 : m_trust.changedAtMs(*m_store, key);
    if (m_gap > 0 && number == m_gap)
        row.notice = tr("What is in between has not been read yet");
    if (changedAtMs == 0 || row.sentAtMs < changedAtMs || (number > 0 && m_rows.at(number - 1).sentAtMs >= changedAtMs))
        return;
    row.noticeBad = true;
    row.notice = tr("%1's key changed", "peer").arg(displayName(m_store->nameOf(key), key));
}

void MessageListModel::onTrustChanged()
{
    const qint64 changedAtMs = directKey().isEmpty() ? 0 : m_trust.changedAtMs(*m_store, directKey());
    if (std::exchange(m_changedAtMs, changedAtMs) != changedAtMs && !m_rows.isEmpty())
        Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1));
}

int MessageListModel::rowAtTime(qint64 atMs) const
{
    const auto found = std::lower_bound(m_rows.cbegin(), m_rows.cend(), atMs,
                                        [](const store::Message &m, qint64 at) { return m.sentAtMs < at; });
    return int(found - m_rows.cbegin());
}

MessageRow MessageListModel::row(int number) const
{
    MessageRow row;
    if (number < 0 || number >= m_rows.size())
        return row;
    const store::Message &message = m_rows.at(number);
    row.seq = message.seq;
    row.messageId = message.messageId;
    row.clientMessageId = message.clientMessageId;
    row.senderKey = message.senderKey;
    row.senderName = nameFor(message);
    if (m_store && !message.own) {
        if (const store::Peer *peer = m_store->peer(message.senderKey))
            row.senderHuman = peer->kind == protocol::PeerKind::Human;
    }
    if (m_store && !message.own) {
        row.keyChanged = m_trust.of(*m_store, message.senderKey) == KeyTrust::Changed;
        if (!row.keyChanged)
            row.imitates = m_likeness.imitated(*m_store, message.senderKey);
    }
    row.note = message.conversation.kind == protocol::ConversationKind::Notes;
    row.mention = message.mention;
    row.recipients = int(message.deliveredTo.size());
    row.text = safeText(message.text);
    row.replyToId = message.replyToId;
    row.subtype = message.subtype;
    row.own = message.own;
    row.priority = message.priority;
    row.body = message.body;
    row.state = message.state;
    row.code = message.code;
    row.detail = oneLine(message.detail, 200);
    row.sentAtMs = message.sentAtMs;
    row.deliveredAtMs = message.deliveredAtMs;
    row.readAtMs = message.readAtMs;
    fillReply(row);
    fillNotice(row, number);
    if (m_store && m_conversation && m_conversation->kind == protocol::ConversationKind::Topic) {
        fillTopic(row, message);
        if (number == 0 && m_beginning) {
            const std::optional<TopicInfo> topic = topicOf(*m_store, m_conversation->key);
            const store::Conversation *known = m_store->conversation(*m_conversation);
            row.beginning = topic ? topic->title : known ? displayName(known->title) : m_conversation->key;
        }
    }
    if (waits(message)) {
        row.queuePosition = 1;
        for (int i = number - 1; i >= m_older; --i)
            row.queuePosition += waits(m_rows.at(i));
    }
    row.firstUnread = m_dividerSeq != 0 && message.seq == m_dividerSeq;
    row.startsDay = number == 0 || localDay(m_rows.at(number - 1).sentAtMs) != localDay(message.sentAtMs);
    row.startsGroup =
        number == 0 || (m_gap > 0 && number == m_gap) || row.firstUnread || startsGroup(m_rows.at(number - 1), message);
    row.endsGroup = number + 1 == m_rows.size() || (m_gap > 0 && number + 1 == m_gap)
        || m_rows.at(number + 1).seq == m_dividerSeq || startsGroup(message, m_rows.at(number + 1));
    return row;
}

int MessageListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant MessageListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const store::Message &message = m_rows.at(index.row());
    switch (role) {
    case SeqRole:
        return QVariant::fromValue(message.seq);
    case OwnRole:
        return message.own;
    case SenderRole:
        return nameFor(message);
    case SentAtRole:
        return message.sentAtMs;
    case StateRole:
        return int(message.state);
    case Qt::DisplayRole:
        return safeText(message.text);
    case Qt::ToolTipRole:
        return exactTime(message.sentAtMs);
    case Qt::AccessibleTextRole:
        return tr("%1 at %2: %3", "sender, time, text")
            .arg(message.own ? tr("You") : nameFor(message), timeOfDay(message.sentAtMs), safeText(message.text));
    default:
        return {};
    }
}

} // namespace mesh::items
