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
        RateWindow rate; // of sending
        // Recent entries to this target that another source may still tell of: without a message id, and with one. A
        // telling that has an id need only be compared with those that have none.
        QList<quint64> idless;
        QList<quint64> named;
        bool touched = false;
    };

    const QList<TrafficEntry> &entries() const { return m_entries; }
    //! nullptr if nothing was seen.
    const PeerTraffic *of(const QString &key) const;
    int perMinute(qint64 nowMs, const QString &key) const;

    //! \a ownKeys: our session and member keys, which mean the same recipient.
    void seen(const protocol::events::TrafficSeen &event, qint64 atMs, const QStringList &ownKeys,
              FoldContext &context);
    //! Keys whose figures changed since the last call.
    QStringList takeTouched();
    void finish(qint64 nowMs, FoldContext &context);

    QJsonObject save() const;
    void load(const QJsonObject &object);

private:
    TrafficEntry *bySeq(quint64 seq);
    //! The entry that a telling without a common id is about; 0 if there is none.
    quint64 match(const PeerTraffic &target, const TrafficEntry &telling, bool isOwnSender, qint64 windowMs) const;
    quint64 matchAmong(const QList<quint64> &candidates, const TrafficEntry &telling, bool isOwnSender,
                       qint64 windowMs) const;
    static void awaitMore(PeerTraffic &target, const TrafficEntry &entry);
    PeerTraffic &touch(QString &key, const TrafficEntry &telling);
    void countSender(TrafficEntry &telling, bool first);
    static bool sameSender(const TrafficEntry &a, const TrafficEntry &b);

    QList<TrafficEntry> m_entries;        // ascending by seq
    QHash<QString, quint64> m_byId;       // message ids, and "a:" audit ids
    QHash<QString, PeerTraffic> m_byPeer; // by key; all multicasts under one name
    RateWindow m_rate;
    QStringList m_touched;
    quint64 m_lastSeq = 0;
};

} // namespace mesh::store
