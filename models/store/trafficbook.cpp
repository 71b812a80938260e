// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/trafficbook.h"

#include "models/store/storejson.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace mesh::store {

using protocol::events::TrafficSource;

namespace {

//! The audit log is polled, so it may tell of our own traffic this much later than the link did.
constexpr qint64 kOwnMatchMs = 60'000;
//! Entries of one target looked at for a match.
constexpr qsizetype kCandidates = 256;
constexpr qsizetype kPeersKept = 20'000;

bool isMulticast(const QString &target)
{
    return target.isEmpty() || target == "*"_L1 || target.startsWith(u'@');
}

//! Where multicasts wait for their other tellings: one that came to us does not say what it was addressed to.
const QString &multicastKey()
{
    static const QString kName = u"*"_s;
    return kName;
}

TimelineEntry rowOf(const TrafficEntry &entry)
{
    return {entry.sentAtMs > 0 ? entry.sentAtMs : entry.atMs,
            Lane::Messages,
            TimelineKind::Message,
            entry.senderKey.isEmpty() ? entry.senderName : entry.senderKey,
            entry.targetSpec.isEmpty() ? multicastKey() : entry.targetSpec,
            {},
            {}};
}

} // namespace

void RateWindow::add(qint64 atMs)
{
    const qint64 bucket = atMs / kBucketMs;
    if (bucket <= m_newest - kBuckets)
        return;
    if (bucket > m_newest) {
        for (qint64 b = std::max(m_newest + 1, bucket - kBuckets + 1); b <= bucket; ++b)
            m_counts[size_t(b % kBuckets)] = 0;
        m_newest = bucket;
    }
    ++m_counts[size_t(bucket % kBuckets)];
}

int RateWindow::total(qint64 nowMs) const
{
    const qint64 now = nowMs / kBucketMs;
    qint64 sum = 0;
    for (qint64 b = std::max(qint64(0), now - kBuckets + 1); b <= std::min(now, m_newest); ++b) {
        if (b > m_newest - kBuckets)
            sum += m_counts[size_t(b % kBuckets)];
    }
    return int(sum);
}

int TrafficBook::perMinute(qint64 nowMs, const QString &key) const
{
    if (key.isEmpty())
        return m_rate.total(nowMs);
    const auto it = m_byPeer.constFind(key);
    return it == m_byPeer.cend() ? 0 : it->rate.total(nowMs);
}

TrafficEntry *TrafficBook::bySeq(quint64 seq)
{
    const auto at = std::lower_bound(m_entries.cbegin(), m_entries.cend(), seq,
                                     [](const TrafficEntry &entry, quint64 wanted) { return entry.seq < wanted; });
    if (at == m_entries.cend() || at->seq != seq)
        return nullptr;
    return &m_entries[at - m_entries.cbegin()];
}

bool TrafficBook::sameSender(const TrafficEntry &a, const TrafficEntry &b)
{
    if (!a.senderKey.isEmpty() && !b.senderKey.isEmpty())
        return a.senderKey == b.senderKey;
    // A telling without a key had a name that fits no peer or several. Without names it cannot be told apart either.
    return a.senderName.isEmpty() || b.senderName.isEmpty() || a.senderName == b.senderName;
}

const TrafficBook::PeerTraffic *TrafficBook::of(const QString &key) const
{
    const auto it = m_byPeer.constFind(key);
    return it == m_byPeer.cend() ? nullptr : &*it;
}

QStringList TrafficBook::takeTouched()
{
    for (const QString &key : std::as_const(m_touched))
        m_byPeer[key].touched = false;
    return std::exchange(m_touched, {});
}

void TrafficBook::awaitMore(PeerTraffic &target, const TrafficEntry &entry)
{
    QList<quint64> &recent = entry.messageId.isEmpty() ? target.idless : target.named;
    recent.append(entry.seq);
    if (recent.size() > kCandidates)
        recent.removeFirst();
}

quint64 TrafficBook::match(const PeerTraffic &target, const TrafficEntry &telling, bool isOwnSender,
                           qint64 windowMs) const
{
    quint64 found = matchAmong(target.idless, telling, isOwnSender, windowMs);
    if (telling.messageId.isEmpty()) {
        const quint64 named = matchAmong(target.named, telling, isOwnSender, windowMs);
        if (named != 0 && (found == 0 || named < found))
            found = named;
    }
    return found;
}

quint64 TrafficBook::matchAmong(const QList<quint64> &candidates, const TrafficEntry &telling, bool isOwnSender,
                                qint64 windowMs) const
{
    constexpr quint8 kOwn = 1 << int(TrafficSource::Own);
    for (const quint64 seq : candidates) {
        const auto at = std::lower_bound(m_entries.cbegin(), m_entries.cend(), seq,
                                         [](const TrafficEntry &entry, quint64 wanted) { return entry.seq < wanted; });
        if (at == m_entries.cend() || at->seq != seq)
            continue;
        const TrafficEntry &entry = *at;
        if (entry.priority != telling.priority || !sameSender(entry, telling))
            continue;
        // A multicast that came to us does not say what it was addressed to; any other target must be the same.
        if (!entry.targetSpec.isEmpty() && !telling.targetSpec.isEmpty() && entry.targetSpec != telling.targetSpec)
            continue;
        if (!entry.messageId.isEmpty() && !telling.messageId.isEmpty() && entry.messageId != telling.messageId)
            continue;
        if (entry.sources & telling.sources) {
            // One source tells each message once; told again it is the same only if every word is.
            if (entry.sentAtMs == telling.sentAtMs && entry.messageId == telling.messageId
                && telling.messageId.isEmpty() && (telling.sources & (1 << int(TrafficSource::Audit))) == 0)
                return seq;
            continue;
        }
        const bool near = std::llabs(entry.sentAtMs - telling.sentAtMs) <= windowMs;
        // Our own sending is told in this machine's time, which may be off, and later in the broker's.
        const bool nearOwn = isOwnSender && ((entry.sources | telling.sources) & kOwn)
            && std::llabs(entry.atMs - telling.atMs) <= kOwnMatchMs;
        if (near || nearOwn)
            return seq;
    }
    return 0;
}

//! Every telling says when the message was sent, and the newest word stays; the message itself counts once.
TrafficBook::PeerTraffic &TrafficBook::touch(QString &key, const TrafficEntry &telling)
{
    auto traffic = m_byPeer.find(key);
    if (traffic == m_byPeer.end())
        traffic = m_byPeer.insert(key, {});
    key = traffic.key(); // thousands of entries share the text of one key
    traffic->lastMs = std::max(traffic->lastMs, telling.sentAtMs > 0 ? telling.sentAtMs : telling.atMs);
    if (!std::exchange(traffic->touched, true))
        m_touched.append(key);
    return *traffic;
}

void TrafficBook::countSender(TrafficEntry &telling, bool first)
{
    if (telling.senderKey.isEmpty())
        return;
    PeerTraffic &traffic = touch(telling.senderKey, telling);
    if (first) {
        ++traffic.sent;
        traffic.rate.add(telling.atMs);
    }
}

void TrafficBook::seen(const protocol::events::TrafficSeen &event, qint64 atMs, const QStringList &ownKeys,
                       FoldContext &context)
{
    TrafficEntry telling;
    telling.messageId = event.messageId;
    telling.senderKey = event.senderKey;
    telling.senderName = event.senderName;
    telling.targetSpec = event.targetSpec;
    telling.priority = event.priority;
    telling.sentAtMs = event.sentAtMs;
    telling.atMs = atMs;
    telling.sources = quint8(1 << int(event.source));
    // Addressed to the member or to the session: both are us.
    if (ownKeys.contains(event.targetSpec))
        telling.targetSpec = ownKeys.first();

    quint64 known = 0;
    QString auditId;
    if (event.auditId > 0) {
        auditId = u"a:"_s + QString::number(event.auditId);
        known = m_byId.value(auditId);
    }
    quint64 *byMessage = event.messageId.isEmpty() ? nullptr : &m_byId[event.messageId];
    if (known == 0 && byMessage)
        known = *byMessage;
    TrafficEntry *entry = known == 0 ? nullptr : bySeq(known);
    const bool multicast = isMulticast(telling.targetSpec);
    PeerTraffic &target = multicast ? m_byPeer[multicastKey()] : touch(telling.targetSpec, telling);
    if (!entry) {
        known = match(target, telling, ownKeys.contains(telling.senderKey), context.limits.trafficMatchMs);
        entry = known == 0 ? nullptr : bySeq(known);
    }
    if (!entry) {
        telling.seq = ++m_lastSeq;
        if (byMessage)
            *byMessage = telling.seq;
        if (!auditId.isEmpty())
            m_byId.insert(auditId, telling.seq);
        awaitMore(target, telling);
        if (!multicast)
            ++target.received;
        countSender(telling, true); // last: it may move `target`
        m_entries.append(telling);
        m_rate.add(atMs);
        context.addRow(rowOf(telling));
        context.changes.traffic.append(std::move(telling));
        return;
    }
    ++context.counters.duplicateTraffic;
    const TrafficEntry old = *entry;
    // The earliest of the times told: the link and the stream tell at once, the audit log writes its row after
    // queueing.
    if (old.sentAtMs == 0 || (telling.sentAtMs > 0 && telling.sentAtMs < old.sentAtMs))
        entry->sentAtMs = telling.sentAtMs;
    entry->sources |= telling.sources;
    entry->atMs = std::min(old.atMs, telling.atMs);
    const auto fill = [](QString &mine, const QString &theirs) {
        if (mine.isEmpty())
            mine = theirs;
    };
    fill(entry->messageId, telling.messageId);
    fill(entry->senderKey, telling.senderKey);
    fill(entry->senderName, telling.senderName);
    fill(entry->targetSpec, telling.targetSpec);
    if (byMessage)
        *byMessage = known;
    if (!auditId.isEmpty())
        m_byId.insert(auditId, known); // last: it may move the other
    if (old.messageId.isEmpty() && !entry->messageId.isEmpty()) {
        target.idless.removeOne(known);
        awaitMore(target, *entry);
    }
    countSender(telling, old.senderKey.isEmpty());
    if (const TimelineEntry before = rowOf(old), now = rowOf(*entry); before != now) {
        context.removeRow(before);
        context.addRow(now);
    }
    for (TrafficEntry &fresh : context.changes.traffic) {
        if (fresh.seq == entry->seq)
            fresh = *entry;
    }
}

void TrafficBook::finish(qint64 nowMs, FoldContext &context)
{
    qsizetype gone = std::max(qsizetype(0), m_entries.size() - context.limits.traffic);
    context.counters.trafficDropped += gone;
    while (gone < m_entries.size() && nowMs - m_entries.at(gone).atMs > context.limits.trafficKeptMs)
        ++gone;
    if (gone > 0) {
        for (qsizetype i = 0; i < gone; ++i)
            m_byId.remove(m_entries.at(i).messageId);
        m_entries.remove(0, gone);
    }
    if (context.counters.batches % 512 != 0)
        return;
    const quint64 oldest = m_entries.isEmpty() ? m_lastSeq + 1 : m_entries.first().seq;
    m_byId.removeIf([&](const auto &entry) { return entry.value() < oldest; });
    if (m_byPeer.size() > kPeersKept) {
        const qint64 horizon = nowMs - context.limits.goneKeptMs;
        m_byPeer.removeIf([&](const auto &entry) { return entry.value().lastMs < horizon; });
    }
}

QJsonObject TrafficBook::save() const
{
    QJsonArray peers;
    for (auto it = m_byPeer.cbegin(); it != m_byPeer.cend(); ++it)
        peers.append(QJsonArray{it.key(), it->sent, it->received, it->lastMs});
    QJsonArray audit;
    for (auto it = m_byId.cbegin(); it != m_byId.cend(); ++it) {
        if (it.key().startsWith("a:"_L1) && !m_entries.isEmpty() && *it >= m_entries.first().seq)
            audit.append(QJsonArray{it.key(), qint64(*it - m_entries.first().seq)});
    }
    return {{u"entries"_s, toArray(m_entries)}, {u"peers"_s, peers}, {u"audit"_s, audit}};
}

void TrafficBook::load(const QJsonObject &object)
{
    *this = TrafficBook();
    m_entries = fromArray<TrafficEntry>(object[u"entries"]);
    for (TrafficEntry &entry : m_entries) {
        entry.seq = ++m_lastSeq;
        if (!entry.messageId.isEmpty())
            m_byId.insert(entry.messageId, entry.seq);
    }
    for (const QJsonValue &value : object[u"peers"].toArray()) {
        const QJsonArray peer = value.toArray();
        m_byPeer.insert(peer.at(0).toString(),
                        {peer.at(1).toInteger(), peer.at(2).toInteger(), peer.at(3).toInteger(), {}, {}, {}, false});
    }
    for (const QJsonValue &value : object[u"audit"].toArray())
        m_byId.insert(value.toArray().at(0).toString(), quint64(value.toArray().at(1).toInteger()) + 1);
}

} // namespace mesh::store
