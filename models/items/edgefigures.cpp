// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/edgefigures.h"

#include <QtCore/QSet>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/items/graphmodel.h"
#include "models/store/meshstore.h"

namespace mesh::items {

namespace {

constexpr qint64 kEdgeMinuteMs = 60'000;

qint64 trafficTimeOf(const store::TrafficEntry &entry)
{
    return entry.sentAtMs > 0 ? entry.sentAtMs : entry.atMs;
}

//! Traffic names a session, or a member that stands for all of its sessions.
bool namesPeer(const store::Peer *peer, const QString &key, const QString &spec)
{
    return spec == key || (peer && !peer->memberKey.isEmpty() && spec == peer->memberKey);
}

//! One end of a line: a peer, or all members of a collapsed group.
struct EdgeEnd
{
    QSet<QString> keys;  //!< they send with
    QSet<QString> specs; //!< messages to them are addressed to

    static EdgeEnd of(const store::MeshStore &store, const QString &key)
    {
        EdgeEnd end;
        const auto add = [&end](const store::Peer &peer) {
            end.keys.insert(peer.key);
            end.specs.insert(peer.key);
            if (!peer.memberKey.isEmpty())
                end.specs.insert(peer.memberKey);
        };
        if (const store::Peer *peer = store.peer(key); peer && !GraphModel::isGroupKey(key)) {
            add(*peer);
            return end;
        }
        for (const store::Peer &peer : store.peers()) {
            if (!peer.groups.isEmpty() && GraphModel::isGroupKey(key)
                && GraphModel::groupKey(GraphModel::groupName(peer.groups.constFirst().name)) == key)
                add(peer);
        }
        return end;
    }
};

void readConversation(const store::MeshStore &store, const QString &self, const QString &other, EdgeFigures &figures)
{
    figures.readable = true;
    const QList<store::Message> &messages = store.messages(store.resolve({protocol::ConversationKind::Direct, other}));
    QList<double> delays;
    for (const store::Message &message : messages) {
        if (message.own && message.deliveredAtMs > 0 && message.deliveredAtMs >= message.sentAtMs)
            delays.append(double(message.deliveredAtMs - message.sentAtMs));
    }
    figures.delaySamples = int(delays.size());
    if (!delays.isEmpty()) {
        figures.delayP50Ms = percentileOf(delays, 0.5);
        figures.delayP95Ms = percentileOf(delays, 0.95);
    }
    for (qsizetype i = std::max<qsizetype>(0, messages.size() - EdgeFigures::kRecent); i < messages.size(); ++i) {
        const store::Message &message = messages.at(i);
        if (message.body != protocol::BodyKind::Undecryptable)
            figures.recent.append({message.own ? self : other, message.text, message.sentAtMs});
    }
}

} // namespace

double percentileOf(QList<double> &values, double share)
{
    if (values.isEmpty())
        return std::numeric_limits<double>::quiet_NaN();
    std::sort(values.begin(), values.end());
    const auto rank = qsizetype(std::ceil(share * double(values.size())));
    return values.at(std::clamp<qsizetype>(rank - 1, 0, values.size() - 1));
}

EdgeFigures EdgeFigures::of(const store::MeshStore &store, const QString &a, const QString &b, qint64 nowMs)
{
    EdgeFigures figures;
    figures.a = a;
    figures.b = b;
    const EdgeEnd endA = EdgeEnd::of(store, a);
    const EdgeEnd endB = EdgeEnd::of(store, b);
    for (const store::TrafficEntry &entry : store.traffic()) {
        Way *way = nullptr;
        if (endA.keys.contains(entry.senderKey) && endB.specs.contains(entry.targetSpec))
            way = &figures.there;
        else if (endB.keys.contains(entry.senderKey) && endA.specs.contains(entry.targetSpec))
            way = &figures.back;
        if (!way)
            continue;
        const qint64 atMs = trafficTimeOf(entry);
        ++way->messages;
        ++way->byPriority[size_t(entry.priority)];
        way->lastMinute += nowMs - atMs < kEdgeMinuteMs ? 1 : 0;
        figures.sinceMs = figures.sinceMs == 0 ? atMs : std::min(figures.sinceMs, atMs);
        figures.lastMs = std::max(figures.lastMs, atMs);
    }
    const store::Peer *peerA = store.peer(a);
    const store::Peer *peerB = store.peer(b);
    if (peerA && peerA->self && peerB)
        readConversation(store, a, b, figures);
    else if (peerB && peerB->self && peerA)
        readConversation(store, b, a, figures);
    return figures;
}

QList<std::pair<QString, int>> EdgeFigures::partnersOf(const store::MeshStore &store, const QString &key, int most)
{
    QHash<QString, int> counts;
    const store::Peer *peer = store.peer(key);
    for (const store::TrafficEntry &entry : store.traffic()) {
        if (entry.senderKey == key && store.peer(entry.targetSpec))
            ++counts[entry.targetSpec];
        else if (!entry.senderKey.isEmpty() && namesPeer(peer, key, entry.targetSpec))
            ++counts[entry.senderKey];
    }
    counts.remove(key);
    QList<std::pair<QString, int>> partners;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        partners.append({it.key(), it.value()});
    std::sort(partners.begin(), partners.end(), [](const auto &x, const auto &y) {
        return x.second != y.second ? x.second > y.second : x.first < y.first;
    });
    partners.resize(std::min<qsizetype>(partners.size(), most));
    return partners;
}

} // namespace mesh::items
