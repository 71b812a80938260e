// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/peerbook.h"
#include "models/store/storejson.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;

QJsonObject PeerBook::save() const
{
    QJsonArray peers;
    for (auto it = m_records.cbegin(); it != m_records.cend(); ++it) {
        const Record &r = *it;
        QJsonObject o{{u"key"_s, it.key()},
                      {u"rowAt"_s, r.rowAtMs},
                      {u"rowChanged"_s, r.rowChangedMs},
                      {u"status"_s, toWord(r.statusShown)},
                      {u"statusSince"_s, r.statusSinceMs},
                      {u"pushAt"_s, r.pushAtMs},
                      {u"pushName"_s, r.pushName},
                      {u"pushGroups"_s, toArray(r.pushGroups)},
                      {u"pushSummary"_s, r.pushSummary},
                      {u"heardName"_s, r.heardName},
                      {u"heardNameAt"_s, r.heardNameMs},
                      {u"heardMember"_s, r.heardMemberKey},
                      {u"firstSeen"_s, r.firstSeenMs},
                      {u"lastSeen"_s, r.lastSeenMs},
                      {u"course"_s, trackToArray(r.course, [](There there) { return QJsonValue(int(there)); })}};
        if (r.row)
            o.insert(u"row"_s, toJson(*r.row));
        const Peer &peer = *m_peers.constFind(it.key());
        o.insert(u"traffic"_s, QJsonArray{peer.sent, peer.received, peer.lastTrafficMs});
        peers.append(o);
    }
    QJsonArray lists;
    for (const ListSeen &list : m_lists) {
        // The usual list equals the one before.
        QJsonArray entry{list.atMs};
        if (lists.isEmpty() || list.keys != m_lists.at(lists.size() - 1).keys)
            entry.append(QJsonArray::fromStringList(list.keys.values()));
        lists.append(entry);
    }
    QJsonObject left;
    for (auto it = m_leftByName.cbegin(); it != m_leftByName.cend(); ++it)
        left.insert(it.key(), *it);
    return {{u"peers"_s, peers},
            {u"own"_s, QJsonArray::fromStringList(m_ownKeys)},
            {u"lists"_s, lists},
            {u"firstList"_s, m_firstListMs},
            {u"left"_s, left}};
}

void PeerBook::load(const QJsonObject &object)
{
    *this = PeerBook();
    for (const QJsonValue &key : object[u"own"].toArray())
        m_ownKeys.append(key.toString());
    m_firstListMs = object[u"firstList"].toInteger(-1);
    QSet<QString> keys;
    for (const QJsonValue &value : object[u"lists"].toArray()) {
        const QJsonArray entry = value.toArray();
        if (entry.size() > 1) {
            keys.clear();
            for (const QJsonValue &key : entry.at(1).toArray())
                keys.insert(key.toString());
        }
        m_lists.append({entry.at(0).toInteger(), keys});
    }
    const QJsonObject left = object[u"left"].toObject();
    for (auto it = left.begin(); it != left.end(); ++it)
        m_leftByName.insert(it.key(), it.value().toInteger());

    const StoreLimits limits;
    StoreCounters counters;
    ChangeSet changes;
    Timeline timeline;
    FoldContext context{limits, counters, changes, timeline};
    for (const QJsonValue &value : object[u"peers"].toArray()) {
        const QJsonObject o = value.toObject();
        const QString key = o[u"key"].toString();
        if (key.isEmpty())
            continue;
        Record &r = record(key, context);
        r.rowAtMs = o[u"rowAt"].toInteger(-1);
        r.rowChangedMs = o[u"rowChanged"].toInteger(-1);
        r.statusShown = fromWord<PeerStatus>(o[u"status"].toString()).value_or(PeerStatus::Idle);
        r.statusSinceMs = o[u"statusSince"].toInteger();
        r.pushAtMs = o[u"pushAt"].toInteger(-1);
        r.pushName = o[u"pushName"].toString();
        r.pushGroups = fromArray<GroupRef>(o[u"pushGroups"]);
        r.pushSummary = o[u"pushSummary"].toString();
        r.heardName = o[u"heardName"].toString();
        r.heardNameMs = o[u"heardNameAt"].toInteger(-1);
        r.heardMemberKey = o[u"heardMember"].toString();
        r.firstSeenMs = o[u"firstSeen"].toInteger();
        r.lastSeenMs = o[u"lastSeen"].toInteger();
        trackFromArray(r.course, o[u"course"], [](const QJsonValue &v) { return There(std::clamp(v.toInt(), 0, 2)); });
        if (const QJsonObject row = o[u"row"].toObject(); !row.isEmpty()) {
            if (Expected<PeerRow> read = fromJson<PeerRow>(row, FieldRules::lenient()))
                r.row = *std::move(read);
        }
        const QJsonArray traffic = o[u"traffic"].toArray();
        Peer &peer = m_peers[key];
        peer.sent = traffic.at(0).toInteger();
        peer.received = traffic.at(1).toInteger();
        peer.lastTrafficMs = traffic.at(2).toInteger();
        refresh(key, context);
    }
}

} // namespace mesh::store
