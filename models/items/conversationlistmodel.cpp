// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/conversationlistmodel.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <QtCore/QTimer>

#include "models/items/peermatches.h"
#include "models/items/rowranges.h"
#include "models/items/topicinfo.h"

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;

namespace {

//! A question mark that ends a sentence, not one inside an address or a piece of code.
bool asksSomething(QStringView text)
{
    for (qsizetype at = text.indexOf(u'?'); at >= 0; at = text.indexOf(u'?', at + 1)) {
        if (at > 0 && !text[at - 1].isSpace() && (at + 1 == text.size() || text[at + 1].isSpace()))
            return true;
    }
    return false;
}

//! Something that interrupts is unread, even if quieter words followed it.
bool hasUnreadNow(const store::Conversation &conversation, const QList<store::Message> &messages)
{
    int unread = conversation.unread;
    for (auto it = messages.crbegin(); it != messages.crend() && unread > 0; ++it) {
        if (it->own)
            continue;
        if (it->priority == protocol::Priority::Now && it->subtype.isEmpty())
            return true;
        --unread;
    }
    return false;
}

} // namespace

ConversationListModel::ConversationListModel(const protocol::Clock &clock, QObject *parent)
    : QAbstractListModel(parent)
    , m_clock(clock)
{
}

void ConversationListModel::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &ConversationListModel::onChanged);
    reload();
}

void ConversationListModel::setMatches(PeerMatches *matches)
{
    if (m_matches)
        m_matches->disconnect(this);
    m_matches = matches;
    const auto follow = [this] {
        if (m_store)
            moveTo(wanted());
    };
    if (m_matches)
        connect(m_matches, &PeerMatches::changed, this, follow);
    follow();
}

bool ConversationListModel::needsUser(const store::Conversation &conversation, const QList<store::Message> &messages)
{
    if (conversation.id.kind != ConversationKind::Direct || messages.isEmpty())
        return false;
    const store::Message &last = messages.last();
    if (last.own)
        return false;
    if (hasUnreadNow(conversation, messages))
        return true;
    return last.subtype.isEmpty() && last.body != protocol::BodyKind::Undecryptable && asksSomething(last.text);
}

bool ConversationListModel::isListedPeer(const store::Peer &peer) const
{
    return !peer.self && !peer.hidden && !peer.controlPlane && !peer.stub && peer.presence != store::Presence::Gone
        && !m_store->conversation({ConversationKind::Direct, peer.key}) && (!m_matches || m_matches->passes(peer.key));
}

QList<ConversationListModel::Entry> ConversationListModel::wanted() const
{
    QList<Entry> rows;
    if (!m_store)
        return rows;

    struct Sorted
    {
        qint64 atMs = 0;
        QString name;
        ConversationId id;
        bool pinned = false;
        int need = 0;
        bool operator<(const Sorted &o) const
        {
            if (pinned != o.pinned)
                return pinned;
            if (need != o.need)
                return need > o.need;
            if (atMs != o.atMs)
                return atMs > o.atMs;
            const int byName = QString::compare(name, o.name, Qt::CaseInsensitive);
            return byName != 0 ? byName < 0 : id.key < o.id.key;
        }
    };
    QList<Sorted> needs;
    QList<Sorted> direct;
    QList<Sorted> groups;
    QList<Sorted> peers;
    QList<Sorted> archive;
    QSet<ConversationId> known;
    const std::optional<ConversationId> kept = m_kept ? std::optional(m_store->resolve(*m_kept)) : std::nullopt;

    const QList<store::Conversation> conversations = m_store->conversations();
    for (const store::Conversation &c : conversations) {
        known.insert(c.id);
        if ((c.id.kind == ConversationKind::System && c.lastAtMs == 0) || c.id.kind == ConversationKind::Notes)
            continue; // notes have their own place
        // One that was left is read and joined from the page of topics.
        if (c.id.kind == ConversationKind::Topic && c.id != kept && !isTopicShown(*m_store, c.id.key))
            continue;
        const Sorted entry{c.lastAtMs, c.title, c.id, c.arrangement.pinned, m_order == Order::Need ? need(c) : 0};
        if (m_unreadOnly && c.id != kept && c.unread == 0 && c.mentions == 0 && !c.hasDraft())
            continue;
        if (c.isArchived() && (!m_unreadOnly || c.id == kept)) {
            archive.append(entry);
            continue;
        }
        if (m_unreadOnly && c.isArchived())
            continue;
        if (c.id.kind != ConversationKind::Direct)
            groups.append(entry);
        else if (needsUser(c, m_store->messages(c.id)))
            needs.append(entry);
        else
            direct.append(entry);
    }
    const auto offer = [&](const ConversationId &id, const QString &name) {
        if (!known.contains(id)) {
            known.insert(id);
            if (!m_unreadOnly || id == kept)
                groups.append({0, name, id, false, 0});
        }
    };
    const QMap<QString, int> groupNames = m_store->groups();
    for (auto it = groupNames.cbegin(); it != groupNames.cend(); ++it)
        offer({ConversationKind::Group, it.key()}, it.key());
    for (const auto &topic : m_store->listings().topics) {
        const ConversationId id{ConversationKind::Topic, topic.id};
        if (id == kept || isTopicShown(*m_store, topic.id))
            offer(id, topic.name);
    }
    const ConversationId notes{ConversationKind::Notes, {}};
    const store::Conversation *noted = m_store->conversation(notes);
    const bool met =
        m_store->connection().lastOnlineMs > 0 || m_store->connection().online() || !m_store->peers().isEmpty();
    if ((met || noted) && (!m_unreadOnly || notes == kept || (noted && noted->hasDraft())))
        rows.append({RowKind::Conversation, Section::Notes, notes});
    if (met)
        offer({ConversationKind::Broadcast, {}}, u"\U0010FFFF"_s); // after all names while nothing was said
    for (const store::Peer &peer : m_store->peers()) {
        const ConversationId id{ConversationKind::Direct, peer.key};
        if (isListedPeer(peer) && (!m_unreadOnly || id == kept))
            peers.append({0, peer.name, id, false, 0});
    }

    const auto add = [&](Section section, QList<Sorted> &list, RowKind kind) {
        if (list.isEmpty())
            return;
        std::sort(list.begin(), list.end());
        rows.append({RowKind::Header, section, {}});
        for (const Sorted &entry : std::as_const(list))
            rows.append({kind, section, entry.id});
    };
    add(Section::NeedsYou, needs, RowKind::Conversation);
    add(Section::Direct, direct, RowKind::Conversation);
    add(Section::Groups, groups, RowKind::Conversation);
    add(Section::Peers, peers, RowKind::Peer);
    if (!m_archiveOpen && !archive.isEmpty()) {
        rows.append({RowKind::Header, Section::Archive, {}});
        archive.removeIf([&](const Sorted &entry) { return entry.id != kept; });
        for (const Sorted &entry : std::as_const(archive))
            rows.append({RowKind::Conversation, Section::Archive, entry.id});
    } else {
        add(Section::Archive, archive, RowKind::Conversation);
    }
    return rows;
}

int ConversationListModel::need(const store::Conversation &conversation)
{
    using protocol::events::Attention;
    const Attention attention = conversation.arrangement.attention;
    if (conversation.mentions > 0 && attention != Attention::Nothing)
        return 3;
    if (conversation.unread > 0 && attention == Attention::All)
        return 2;
    return conversation.hasDraft() ? 1 : 0;
}

void ConversationListModel::rearrange()
{
    if (m_store)
        moveTo(wanted());
}

void ConversationListModel::setOrder(Order order)
{
    if (std::exchange(m_order, order) != order)
        rearrange();
}

void ConversationListModel::setUnreadOnly(bool on)
{
    if (std::exchange(m_unreadOnly, on) != on)
        rearrange();
}

void ConversationListModel::setKept(const std::optional<ConversationId> &id)
{
    if (std::exchange(m_kept, id) != id && (m_unreadOnly || !m_archiveOpen))
        rearrange();
}

void ConversationListModel::setArchiveOpen(bool open)
{
    if (std::exchange(m_archiveOpen, open) == open)
        return;
    rearrange();
    if (const int row = m_rowOf.value({RowKind::Header, Section::Archive, {}}, -1); row >= 0)
        emitChanged({row});
}

void ConversationListModel::reload()
{
    m_likeness.clear();
    m_trust.clear();
    beginResetModel();
    m_entries = wanted();
    reindex();
    endResetModel();
}

void ConversationListModel::reindex()
{
    m_rowOf.clear();
    m_rowOf.reserve(m_entries.size());
    for (int i = 0; i < m_entries.size(); ++i)
        m_rowOf.insert(m_entries.at(i), i);
}

void ConversationListModel::moveTo(const QList<Entry> &target)
{
    if (target == m_entries) {
        // The same rows in the same order, but perhaps some crossed a section's head.
        for (int i = 0; i < target.size(); ++i)
            m_entries[i].section = target.at(i).section;
        return;
    }
    const QSet<Entry> staying(target.cbegin(), target.cend());
    std::vector<int> gone;
    for (int i = 0; i < m_entries.size(); ++i) {
        if (!staying.contains(m_entries.at(i)))
            gone.push_back(i);
    }
    forEachRangeBackwards(gone, [&](int first, int last) {
        beginRemoveRows({}, first, last);
        m_entries.remove(first, last - first + 1);
        endRemoveRows();
    });
    QSet<Entry> present(m_entries.cbegin(), m_entries.cend());
    std::vector<int> resectioned;
    for (int i = 0; i < target.size(); ++i) {
        if (i < m_entries.size() && m_entries.at(i) == target.at(i)) {
            if (m_entries.at(i).section != target.at(i).section) {
                m_entries[i].section = target.at(i).section;
                resectioned.push_back(i);
            }
            continue;
        }
        if (!present.contains(target.at(i))) {
            int end = i + 1;
            while (end < target.size() && !present.contains(target.at(end)))
                ++end;
            beginInsertRows({}, i, end - 1);
            for (int k = i; k < end; ++k)
                m_entries.insert(k, target.at(k));
            endInsertRows();
            i = end - 1;
            continue;
        }
        const int from = int(m_entries.indexOf(target.at(i), i));
        beginMoveRows({}, from, from, {}, i);
        m_entries.move(from, i);
        m_entries[i].section = target.at(i).section;
        endMoveRows();
        resectioned.push_back(i);
    }
    reindex();
    emitChanged(std::move(resectioned));
}

void ConversationListModel::emitChanged(std::vector<int> rows)
{
    forEachRange(rows, [&](int first, int last) { Q_EMIT dataChanged(index(first), index(last)); });
}

void ConversationListModel::onChanged(const store::ChangeSet &changes)
{
    m_likeness.note(changes);
    m_trust.note(changes);
    if (changes.reset) {
        reload();
        return;
    }
    bool structure = !changes.peersAdded.isEmpty() || !changes.peersRemoved.isEmpty() || !changes.messages.isEmpty()
        || !changes.conversationsAdded.isEmpty() || !changes.conversationsChanged.isEmpty()
        || !changes.conversationsRemoved.isEmpty() || changes.connection
        || changes.listings.testFlag(store::Listed::Topics) || changes.listings.testFlag(store::Listed::TopicMembers);
    bool groupCounts = structure;
    for (const QString &key : changes.peersChanged) {
        const store::Peer *peer = m_store->peer(key);
        const bool listed = peer && isListedPeer(*peer);
        const bool shown = m_rowOf.contains({RowKind::Peer, Section::Peers, {ConversationKind::Direct, key}});
        structure = structure || listed != shown || (peer && !peer->groups.isEmpty());
        groupCounts = true;
    }
    if (structure)
        moveTo(wanted());

    std::vector<int> rows;
    const auto touch = [&](const ConversationId &id) {
        if (const int row = rowOf(id); row >= 0)
            rows.push_back(row);
    };
    for (const auto *set : {&changes.conversationsAdded, &changes.conversationsChanged}) {
        for (const ConversationId &id : *set)
            touch(id);
    }
    for (auto it = changes.messages.cbegin(); it != changes.messages.cend(); ++it)
        touch(it.key());
    for (const QString &key : changes.typing) {
        // A typing sign ends by itself; nothing on the wire says so.
        const auto typing = m_store->typing().constFind(key);
        if (typing == m_store->typing().cend())
            continue;
        const bool direct = typing->conversation.kind == ConversationKind::Direct;
        const ConversationId where = direct ? ConversationId{ConversationKind::Direct, key} : typing->conversation;
        touch(where);
        if (!typing->on)
            continue;
        const qint64 left = std::clamp<qint64>(typing->untilMs - m_clock.nowMs() + 50, 0, 60'000);
        QTimer::singleShot(std::chrono::milliseconds(left), this, [this, where] {
            if (const int row = rowOf(where); row >= 0)
                emitChanged({row});
        });
    }
    for (const auto *set : {&changes.peersAdded, &changes.peersChanged}) {
        for (const QString &key : *set)
            touch({ConversationKind::Direct, key});
    }
    if (!changes.verified.isEmpty()) { // names that look alike and former keys may count otherwise now
        for (int i = 0; i < m_entries.size(); ++i)
            rows.push_back(i);
    }
    if (groupCounts) {
        for (int i = 0; i < m_entries.size(); ++i) {
            if (m_entries.at(i).kind == RowKind::Header || m_entries.at(i).section == Section::Groups)
                rows.push_back(i);
        }
    }
    emitChanged(std::move(rows));
}

void ConversationListModel::refreshTimes()
{
    if (!m_entries.isEmpty())
        Q_EMIT dataChanged(index(0), index(int(m_entries.size()) - 1), {TimeRole, Qt::DisplayRole});
}

int ConversationListModel::rowOf(const ConversationId &id) const
{
    if (!m_store)
        return -1;
    const ConversationId kept = m_store->resolve(id);
    int row = m_rowOf.value({RowKind::Conversation, Section::Direct, kept}, -1);
    if (row < 0)
        row = m_rowOf.value({RowKind::Peer, Section::Peers, kept}, -1);
    return row;
}

int ConversationListModel::totalUnread() const
{
    int sum = 0;
    if (m_store) {
        const auto conversations = m_store->conversations();
        for (const store::Conversation &c : conversations) {
            if (c.id.kind == ConversationKind::Topic && !isTopicShown(*m_store, c.id.key))
                continue;
            if (c.arrangement.attention != protocol::events::Attention::Nothing)
                sum += c.arrangement.attention == protocol::events::Attention::All ? c.unread : c.mentions;
        }
    }
    return sum;
}

int ConversationListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

Qt::ItemFlags ConversationListModel::flags(const QModelIndex &index) const
{
    if (!index.isValid() || index.row() >= m_entries.size())
        return Qt::NoItemFlags;
    const Entry &entry = m_entries.at(index.row());
    if (entry.kind == RowKind::Header && entry.section == Section::Archive) // it opens and closes
        return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (entry.kind == RowKind::Header)
        return Qt::ItemNeverHasChildren;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

} // namespace mesh::items
