// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "models/store/foldcontext.h"

namespace mesh::store {

//! Count of things in the last 60 s, in buckets of 5 s.
class RateWindow final
{
public:
    void add(qint64 atMs);
    int total(qint64 nowMs) const;
    bool isQuiet(qint64 nowMs) const { return m_newest < nowMs / kBucketMs - kBuckets; }

private:
    static constexpr qint64 kBucketMs = 5'000;
    static constexpr int kBuckets = 12;
    std::array<quint32, kBuckets> m_counts{};
    qint64 m_newest = -1;
};

//! Who sends to whom. The same message is told by the audit log, by a stream and by our own link; it is one entry.
class TrafficBook final
{
public:
    struct PeerTraffic
    {
        qint64 sent = 0;
        qint64 received = 0;
        qint64 lastMs = 0;
    };

    const QList<TrafficEntry> &entries() const { return m_entries; }
    PeerTraffic of(const QString &key) const { return m_byPeer.value(key); }
    int perMinute(qint64 nowMs, const QString &key) const;

    //! \a ownKeys: our session and member keys, which mean the same recipient.
    void seen(const protocol::events::TrafficSeen &event, qint64 atMs, const QStringList &ownKeys,
              FoldContext &context);
    //! Keys whose figures changed since the last call.
    QSet<QString> takeTouched() { return std::exchange(m_touched, {}); }
    void finish(qint64 nowMs, FoldContext &context);

    QJsonObject save() const;
    void load(const QJsonObject &object);

private:
    TrafficEntry *bySeq(quint64 seq);
    quint64 match(const TrafficEntry &telling, bool isOwnTarget, bool isOwnSender, qint64 windowMs) const;
    static bool sameSender(const TrafficEntry &a, const TrafficEntry &b);
    void count(const TrafficEntry &telling, bool firstFromSender, bool firstToTarget);
    void row(const TrafficEntry &entry, bool add, FoldContext &context);

    QList<TrafficEntry> m_entries;             // ascending by seq
    QHash<QString, quint64> m_byId;            // message ids, and "a:" audit ids
    QHash<QString, QList<quint64>> m_byTarget; // recent, for matching without ids; multicasts under one name
    QHash<QString, PeerTraffic> m_byPeer;
    QHash<QString, RateWindow> m_rates;
    RateWindow m_rate;
    QSet<QString> m_touched;
    quint64 m_lastSeq = 0;
};

} // namespace mesh::store
