// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/peerbook.h"

#include "models/protocol/frameevents.h"
#include "models/store/storejson.h"

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace mesh::store {

using protocol::events::PresenceChange;

namespace {

constexpr int kCourseKept = 32;
//! The broker holds the lease of a lost connection this long (wire reference 1.3).
constexpr qint64 kLeaseMs = 90'000;
//! How much later than the end of a lease a poll may tell of it.
constexpr qint64 kLeaseSlackMs = 30'000;

PeerKind kindOf(const std::optional<QString> &type)
{
    if (type == "human"_L1)
        return PeerKind::Human;
    if (type == "connector"_L1 || type == "bridge"_L1)
        return PeerKind::Connector;
    return PeerKind::Ai;
}

QString groupText(const QList<protocol::GroupRef> &groups)
{
    QStringList names;
    for (const protocol::GroupRef &group : groups)
        names.append(group.name);
    names.sort();
    return names.join(u", "_s);
}

} // namespace

const Peer *PeerBook::find(const QString &key) const
{
    const auto it = m_peers.constFind(key);
    return it == m_peers.cend() ? nullptr : &*it;
}

QList<const Peer *> PeerBook::ofMember(const QString &memberKey) const
{
    QList<const Peer *> out;
    for (auto [it, end] = m_byMember.equal_range(memberKey); it != end; ++it) {
        if (const Peer *peer = find(*it))
            out.append(peer);
    }
    std::sort(out.begin(), out.end(), [](const Peer *a, const Peer *b) { return a->key < b->key; });
    return out;
}

const Peer *PeerBook::uniqueByName(const QString &name) const
{
    const Peer *found = nullptr;
    for (const Peer &peer : m_peers) {
        if (peer.presence == Presence::Gone || peer.hidden || peer.name.compare(name, Qt::CaseInsensitive) != 0)
            continue;
        if (found)
            return nullptr;
        found = &peer;
    }
    return found;
}

void PeerBook::setOwnKeys(const QString &key, FoldContext &context)
{
    if (key.isEmpty() || m_ownKeys.contains(key))
        return;
    m_ownKeys.insert(std::lower_bound(m_ownKeys.begin(), m_ownKeys.end(), key), key);
    if (m_peers.contains(key))
        refresh(key, context);
}

PeerBook::Record &PeerBook::record(const QString &key, FoldContext &context)
{
    const auto it = m_records.find(key);
    if (it != m_records.end())
        return *it;
    Peer peer;
    peer.key = key;
    m_peers.insert(key, peer);
    context.changes.peersAdded.insert(key);
    context.changes.peersRemoved.remove(key);
    return *m_records.insert(key, Record{});
}

void PeerBook::seen(Record &record, qint64 atMs)
{
    if (record.firstSeenMs == 0 || atMs < record.firstSeenMs)
        record.firstSeenMs = atMs;
    record.lastSeenMs = std::max(record.lastSeenMs, atMs);
}

void PeerBook::place(const QString &key, Record &record, qint64 atMs, bool weak, There there, FoldContext &context)
{
    using Point = ChangeTrack<There>::Point;
    const auto rowOf = [&](const Point *before, const Point &now) -> std::optional<TimelineEntry> {
        const bool was = before && before->value != There::Gone;
        const bool is = now.value != There::Gone;
        // Who was there when we came did not join then.
        if (was == is || (is && now.weak && now.atMs == m_firstListMs))
            return std::nullopt;
        return TimelineEntry{now.atMs, Lane::Presence, is ? TimelineKind::Joined : TimelineKind::Left, key, {}, {}, {}};
    };
    qint64 dropped = 0;
    if (context.follow(record.course, {atMs, weak, there}, kCourseKept, dropped, rowOf))
        m_returnsStale = true;
}

void PeerBook::listed(const protocol::events::PeersListed &event, qint64 atMs, FoldContext &context)
{
    const auto before = [](const ListSeen &a, qint64 ms) { return a.atMs < ms; };
    const auto at = std::lower_bound(m_lists.begin(), m_lists.end(), atMs, before);
    if (at != m_lists.end() && at->atMs == atMs)
        return; // told before
    const bool newest = at == m_lists.end();
    ListSeen list{atMs, {}};
    list.keys.reserve(event.peers.size());
    if (const qsizetype more = event.peers.size() - m_records.size();
        more > 0) { // growing by doubling moves all, often
        m_records.reserve(m_records.size() + more);
        m_peers.reserve(m_peers.size() + more);
    }
    for (const protocol::PeerRow &row : event.peers) {
        if (!row.pubkey.isEmpty())
            list.keys.insert(row.pubkey);
    }
    if (newest && !m_lists.isEmpty() && m_lists.last().keys == list.keys)
        list.keys = m_lists.last().keys; // the usual case shares one set
    if (m_firstListMs < 0 || atMs < m_firstListMs)
        m_firstListMs = atMs;

    // In the order the timeline keeps them, so that each goes behind the one before.
    std::vector<const protocol::PeerRow *> rows;
    for (const protocol::PeerRow &row : event.peers) {
        if (!row.pubkey.isEmpty())
            rows.push_back(&row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto *a, const auto *b) { return a->pubkey < b->pubkey; });
    for (const protocol::PeerRow *row : rows) {
        Record &record = this->record(row->pubkey, context);
        seen(record, atMs);
        place(row->pubkey, record, atMs, true, There::Live, context);
        applyRow(row->pubkey, record, *row, atMs, context);
        refresh(row->pubkey, context);
    }
    const QStringList known = m_records.keys();
    for (const QString &key : known) {
        if (list.keys.contains(key))
            continue;
        Record &record = m_records[key];
        // Nobody is gone who was not there before; and the list leaves out who hides.
        const bool wasThere = !record.course.isEmpty() && record.course.points().first().atMs <= atMs;
        if (!wasThere || (record.course.current() == There::Hidden && record.course.points().last().atMs <= atMs))
            continue;
        if (record.course.current() == There::Gone && record.course.points().last().atMs <= atMs)
            continue;
        place(key, record, atMs, true, There::Gone, context);
        refresh(key, context);
    }
    m_lists.insert(newest ? m_lists.end() : at, std::move(list));
    if (m_lists.size() > context.limits.presenceListsKept)
        m_lists.removeFirst();
}

void PeerBook::applyRow(const QString &key, Record &record, const protocol::PeerRow &row, qint64 atMs,
                        FoldContext &context)
{
    if (atMs < record.rowAtMs)
        return;
    const bool first = !record.row;
    const bool differs = first || !(*record.row == row);
    record.rowAtMs = atMs;
    if (!differs)
        return;
    record.rowChangedMs = atMs;
    if (!first) {
        const protocol::PeerRow &old = *record.row;
        const auto changed = [&](TimelineKind kind, const QString &from, const QString &to) {
            if (from != to)
                context.addRow({atMs, Lane::Presence, kind, key, {}, from, to});
        };
        changed(TimelineKind::Status, toWord(old.status), toWord(row.status));
        changed(TimelineKind::Summary, old.summary.value_or(QString()), row.summary.value_or(QString()));
        changed(TimelineKind::Groups, groupText(old.groups), groupText(row.groups));
        changed(TimelineKind::Renamed, old.displayName, row.displayName);
    }
    if (first || record.row->status != row.status) {
        record.statusShown = row.status;
        record.statusSinceMs = atMs;
    }
    record.row = row;
}

void PeerBook::presence(const protocol::events::PeerPresence &event, qint64 atMs, FoldContext &context)
{
    if (event.key.isEmpty())
        return;
    Record &record = this->record(event.key, context);
    const There there = event.change == PresenceChange::Left ? There::Gone
        : event.change == PresenceChange::Hidden             ? There::Hidden
                                                             : There::Live;
    if (there != There::Gone)
        seen(record, atMs);
    place(event.key, record, atMs, false, there, context);
    if (atMs >= record.pushAtMs) {
        const bool told = event.change == PresenceChange::Joined || event.change == PresenceChange::Returned;
        record.pushAtMs = atMs;
        if (!event.name.isEmpty())
            record.pushName = event.name;
        if (told) {
            record.pushGroups = event.groups;
            record.pushSummary = event.summary;
        }
    }
    // A push that is told late: what the lists since then said of this peer was not remembered for it.
    for (const ListSeen &list : std::as_const(m_lists)) {
        if (list.atMs < atMs)
            continue;
        const bool contains = list.keys.contains(event.key);
        if (contains)
            place(event.key, record, list.atMs, true, There::Live, context);
        else if (!(there == There::Hidden && record.course.current() == There::Hidden))
            place(event.key, record, list.atMs, true, There::Gone, context);
    }
    refresh(event.key, context);
}

void PeerBook::heardOf(const QString &key, const QString &memberKey, const QString &name, qint64 atMs,
                       FoldContext &context)
{
    if (key.isEmpty() || key == "system"_L1 || key.contains(u':'))
        return; // not a peer: the broker itself, or a webhook
    Record &record = this->record(key, context);
    const qint64 firstSeen = record.firstSeenMs;
    seen(record, atMs);
    bool news = record.firstSeenMs != firstSeen;
    if (!memberKey.isEmpty() && record.heardMemberKey != memberKey) {
        record.heardMemberKey = memberKey;
        news = true;
    }
    if (!name.isEmpty() && atMs >= record.heardNameMs) {
        news = news || record.heardName != name;
        record.heardName = name;
        record.heardNameMs = atMs;
    }
    if (news)
        refresh(key, context);
    else
        m_peers[key].lastSeenMs = record.lastSeenMs;
}

void PeerBook::auditLeft(const QString &name, qint64 atMs)
{
    qint64 &at = m_leftByName[name];
    at = std::max(at, atMs);
}

void PeerBook::setTraffic(const QString &key, qint64 sent, qint64 received, qint64 lastMs, FoldContext &context)
{
    const auto it = m_peers.find(key);
    if (it == m_peers.end() || (it->sent == sent && it->received == received && it->lastTrafficMs == lastMs))
        return;
    it->sent = sent;
    it->received = received;
    it->lastTrafficMs = lastMs;
    context.changes.peersChanged.insert(key);
}

void PeerBook::refresh(const QString &key, FoldContext &context)
{
    const Record &record = m_records[key];
    Peer &shown = m_peers[key];
    Peer peer;
    peer.key = key;
    peer.sent = shown.sent;
    peer.received = shown.received;
    peer.lastTrafficMs = shown.lastTrafficMs;
    peer.self = m_ownKeys.contains(key);
    peer.stub = record.course.isEmpty();
    const bool pushNewer = record.pushAtMs > record.rowAtMs;
    bool hiddenByItself = !record.course.isEmpty() && record.course.current() == There::Hidden;
    if (record.row) {
        const protocol::PeerRow &row = *record.row;
        peer.memberKey = row.memberPubkey;
        peer.sessionId = row.sessionId;
        peer.name = row.displayName;
        peer.kind = kindOf(row.peerType);
        peer.status = record.statusShown;
        peer.statusSinceMs = record.statusSinceMs;
        peer.controlPlane = row.peerRole == "control-plane"_L1;
        peer.groups = row.groups;
        peer.summary = row.summary.value_or(QString());
        peer.cwd = row.cwd;
        peer.hostname = row.hostname.value_or(QString());
        peer.channel = row.channel.value_or(QString());
        peer.model = row.model.value_or(QString());
        if (row.profile) {
            peer.title = row.profile->title.value_or(QString());
            peer.bio = row.profile->bio.value_or(QString());
            peer.capabilities = row.profile->capabilities.value_or(QStringList());
        }
        if (row.stats)
            peer.stats = PeerStats::fromJson(*row.stats);
        peer.connectedAtMs = protocol::isoToMs(row.connectedAt).value_or(0);
        hiddenByItself = hiddenByItself || row.visible == false;
    } else if (pushNewer) {
        peer.groups = record.pushGroups;
        peer.summary = record.pushSummary;
    }
    if (peer.memberKey.isEmpty())
        peer.memberKey = record.heardMemberKey;
    if (peer.name.isEmpty())
        peer.name = !record.pushName.isEmpty() ? record.pushName : record.heardName;
    // The project's own tools hide daemons, which are AI by type; connectors and humans on a plain hello are shown.
    peer.hidden = !peer.self && (hiddenByItself || (peer.controlPlane && peer.kind == PeerKind::Ai));
    const bool there = !record.course.isEmpty() && record.course.current() != There::Gone;
    peer.presence = !there ? Presence::Gone : m_inGrace.contains(key) ? Presence::Grace : Presence::Live;
    if (!there) {
        peer.status = PeerStatus::Offline;
        if (!record.course.isEmpty()) {
            peer.goneAtMs = record.course.changes().last().atMs;
            peer.statusSinceMs = peer.goneAtMs;
        }
    }
    peer.firstSeenMs = record.firstSeenMs;
    peer.lastSeenMs = record.lastSeenMs;

    if (peer.memberKey != shown.memberKey || peer.name != shown.name || peer.firstSeenMs != shown.firstSeenMs)
        m_returnsStale = true;
    if (peer.name != shown.name)
        m_renamed.insert(key);
    if (peer.memberKey != shown.memberKey) {
        if (!shown.memberKey.isEmpty())
            m_byMember.remove(shown.memberKey, key);
        if (!peer.memberKey.isEmpty())
            m_byMember.insert(peer.memberKey, key);
    }
    const qint64 lastSeenShown = shown.lastSeenMs;
    shown.lastSeenMs = peer.lastSeenMs;
    if (peer == shown)
        return; // having been seen again is no change that a view would draw
    shown.lastSeenMs = lastSeenShown;
    shown = peer;
    if (!context.changes.peersAdded.contains(key))
        context.changes.peersChanged.insert(key);
}

QHash<QString, QString> PeerBook::returns() const
{
    QHash<QString, QString> out;
    const QStringList members = m_byMember.uniqueKeys();
    for (const QString &member : members) {
        if (m_byMember.count(member) < 2)
            continue;
        QList<const Peer *> sessions = ofMember(member);
        std::stable_sort(sessions.begin(), sessions.end(),
                         [](const Peer *a, const Peer *b) { return a->firstSeenMs < b->firstSeenMs; });
        QSet<const Peer *> taken; // who has a successor
        for (qsizetype i = 1; i < sessions.size(); ++i) {
            const Peer *next = sessions.at(i);
            for (qsizetype j = i; j-- > 0;) {
                const Peer *former = sessions.at(j);
                if (taken.contains(former) || former->name != next->name || former->name.isEmpty()
                    || former->firstSeenMs == next->firstSeenMs)
                    continue;
                // Where it was when the other had appeared and its own lease was over.
                const auto &course = m_records.constFind(former->key)->course;
                std::optional<There> there;
                for (const auto &point : course.points()) {
                    if (point.atMs <= next->firstSeenMs + kLeaseMs + kLeaseSlackMs)
                        there = point.value;
                }
                if (there != There::Gone)
                    continue;
                out.insert(next->key, former->key);
                taken.insert(former);
                break;
            }
        }
    }
    return out;
}

void PeerBook::inferGrace(qint64 nowMs, FoldContext &context)
{
    if (m_leftByName.isEmpty() && m_inGrace.isEmpty())
        return;
    QSet<QString> inGrace;
    for (auto it = m_leftByName.begin(); it != m_leftByName.end();) {
        const Peer *peer = nowMs - *it < kLeaseMs ? uniqueByName(it.key()) : nullptr;
        const Record *record = peer ? &m_records[peer->key] : nullptr;
        if (record && !peer->self && std::max({record->rowChangedMs, record->pushAtMs, peer->lastTrafficMs}) < *it)
            inGrace.insert(peer->key);
        it = nowMs - *it < kLeaseMs ? std::next(it) : m_leftByName.erase(it);
    }
    const QSet<QString> before = std::exchange(m_inGrace, inGrace);
    const QSet<QString> either = before | inGrace;
    for (const QString &key : either) {
        if (before.contains(key) != inGrace.contains(key) && m_peers.contains(key))
            refresh(key, context);
    }
}

void PeerBook::finish(qint64 nowMs, const std::function<bool(const QString &)> &keep, FoldContext &context)
{
    inferGrace(nowMs, context);
    if (m_peers.size() > context.limits.peers || (context.counters.batches % 256) == 0)
        dropSome(nowMs, keep, context);
}

void PeerBook::dropSome(qint64 nowMs, const std::function<bool(const QString &)> &keep, FoldContext &context)
{
    QList<std::pair<qint64, QString>> gone; // by when they were last seen
    for (const Peer &peer : std::as_const(m_peers)) {
        if (peer.presence == Presence::Gone && !peer.self)
            gone.append({peer.lastSeenMs, peer.key});
    }
    std::sort(gone.begin(), gone.end());
    qsizetype over = m_peers.size() - context.limits.peers;
    for (const auto &[lastSeen, key] : std::as_const(gone)) {
        const bool old = nowMs - lastSeen > context.limits.goneKeptMs;
        if (over <= 0 && !old)
            break;
        if (over <= 0 && keep(key))
            continue;
        m_byMember.remove(m_peers.value(key).memberKey, key);
        m_peers.remove(key);
        m_records.remove(key);
        m_returnsStale = true;
        context.changes.peersChanged.remove(key);
        if (!context.changes.peersAdded.remove(key))
            context.changes.peersRemoved.insert(key);
        ++context.counters.peersDropped;
        --over;
    }
}

} // namespace mesh::store
