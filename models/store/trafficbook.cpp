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

//! Whose word on the time of sending counts: the stream tells the broker's time at once, the audit log tells it later,
//! our own link may tell this machine's.
int timeRank(quint8 sources)
{
    if (sources & (1 << int(TrafficSource::Stream)))
        return 2;
    return sources & (1 << int(TrafficSource::Audit)) ? 1 : 0;
}

bool isMulticast(const QString &target)
{
    return target.isEmpty() || target == "*"_L1 || target.startsWith(u'@');
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
    const auto it = m_rates.constFind(key);
    return it == m_rates.cend() ? 0 : it->total(nowMs);
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

quint64 TrafficBook::match(const TrafficEntry &telling, bool isOwnTarget, bool isOwnSender, qint64 windowMs) const
{
    const QString bucket = isOwnTarget ? u"own"_s : isMulticast(telling.targetSpec) ? u"*"_s : telling.targetSpec;
    const auto recent = m_byTarget.constFind(bucket);
    if (recent == m_byTarget.cend())
        return 0;
    constexpr quint8 kOwn = 1 << int(TrafficSource::Own);
    for (const quint64 seq : *recent) {
        const auto at = std::lower_bound(m_entries.cbegin(), m_entries.cend(), seq,
                                         [](const TrafficEntry &entry, quint64 wanted) { return entry.seq < wanted; });
        if (at == m_entries.cend() || at->seq != seq)
            continue;
        const TrafficEntry &entry = *at;
        if (entry.priority != telling.priority || !sameSender(entry, telling))
            continue;
        // A multicast that came to us does not say what it was addressed to; any other target must be the same.
        if (!isOwnTarget && !entry.targetSpec.isEmpty() && !telling.targetSpec.isEmpty()
            && entry.targetSpec != telling.targetSpec)
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
void TrafficBook::count(const TrafficEntry &telling, bool firstFromSender, bool firstToTarget)
{
    const auto touch = [&](const QString &key) -> PeerTraffic & {
        m_touched.insert(key);
        PeerTraffic &traffic = m_byPeer[key];
        traffic.lastMs = std::max(traffic.lastMs, telling.sentAtMs > 0 ? telling.sentAtMs : telling.atMs);
        return traffic;
    };
    if (!telling.senderKey.isEmpty()) {
        PeerTraffic &traffic = touch(telling.senderKey);
        if (firstFromSender) {
            ++traffic.sent;
            m_rates[telling.senderKey].add(telling.atMs);
        }
    }
    if (!isMulticast(telling.targetSpec) && !telling.targetSpec.startsWith(u'#')) {
        PeerTraffic &traffic = touch(telling.targetSpec);
        if (firstToTarget)
            ++traffic.received;
    }
}

void TrafficBook::row(const TrafficEntry &entry, bool add, FoldContext &context)
{
    TimelineEntry row{entry.sentAtMs > 0 ? entry.sentAtMs : entry.atMs,
                      Lane::Messages,
                      TimelineKind::Message,
                      entry.senderKey.isEmpty() ? entry.senderName : entry.senderKey,
                      entry.targetSpec.isEmpty() ? u"*"_s : entry.targetSpec,
                      {},
                      {}};
    if (add)
        context.addRow(std::move(row));
    else
        context.removeRow(std::move(row));
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
    const bool ownTarget = ownKeys.contains(event.targetSpec);
    const QString auditId = event.auditId > 0 ? u"a:"_s + QString::number(event.auditId) : QString();

    quint64 known = 0;
    if (!auditId.isEmpty())
        known = m_byId.value(auditId);
    if (known == 0 && !event.messageId.isEmpty())
        known = m_byId.value(event.messageId);
    if (known == 0)
        known = match(telling, ownTarget, ownKeys.contains(telling.senderKey), context.limits.trafficMatchMs);
    TrafficEntry *entry = known == 0 ? nullptr : bySeq(known);
    if (!entry) {
        telling.seq = ++m_lastSeq;
        if (!auditId.isEmpty())
            m_byId.insert(auditId, telling.seq);
        if (!telling.messageId.isEmpty())
            m_byId.insert(telling.messageId, telling.seq);
        QList<quint64> &recent = m_byTarget[ownTarget                             ? u"own"_s
                                                : isMulticast(telling.targetSpec) ? u"*"_s
                                                                                  : telling.targetSpec];
        recent.append(telling.seq);
        if (recent.size() > kCandidates)
            recent.removeFirst();
        m_entries.append(telling);
        m_rate.add(atMs);
        count(telling, true, true);
        row(telling, true, context);
        context.changes.traffic.append(telling);
        return;
    }
    ++context.counters.duplicateTraffic;
    const TrafficEntry old = *entry;
    if (timeRank(telling.sources) > timeRank(old.sources))
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
    // Addressed to the member or to the session: both are us, and one must be chosen whichever came first.
    if (ownTarget && ownKeys.contains(entry->targetSpec))
        entry->targetSpec = ownKeys.first();
    if (!auditId.isEmpty())
        m_byId.insert(auditId, known);
    if (!telling.messageId.isEmpty())
        m_byId.insert(telling.messageId, known);
    count(telling, old.senderKey.isEmpty(), old.targetSpec.isEmpty());
    if (old.senderKey != entry->senderKey || old.senderName != entry->senderName || old.targetSpec != entry->targetSpec
        || old.sentAtMs != entry->sentAtMs) {
        row(old, false, context);
        row(*entry, true, context);
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
    m_byTarget.removeIf([&](const auto &entry) { return entry.value().last() < oldest; });
    m_rates.removeIf([&](const auto &entry) { return entry.value().isQuiet(nowMs); });
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
                        {peer.at(1).toInteger(), peer.at(2).toInteger(), peer.at(3).toInteger()});
    }
    for (const QJsonValue &value : object[u"audit"].toArray())
        m_byId.insert(value.toArray().at(0).toString(), quint64(value.toArray().at(1).toInteger()) + 1);
}

} // namespace mesh::store
