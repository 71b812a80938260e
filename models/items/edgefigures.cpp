// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/edgefigures.h"

#include <algorithm>
#include <cmath>
#include <limits>

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
    const store::Peer *peerA = store.peer(a);
    const store::Peer *peerB = store.peer(b);
    for (const store::TrafficEntry &entry : store.traffic()) {
        Way *way = nullptr;
        if (entry.senderKey == a && namesPeer(peerB, b, entry.targetSpec))
            way = &figures.there;
        else if (entry.senderKey == b && namesPeer(peerA, a, entry.targetSpec))
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
    if (peerA && peerA->self)
        readConversation(store, a, b, figures);
    else if (peerB && peerB->self)
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
