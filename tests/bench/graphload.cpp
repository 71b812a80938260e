// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/graphload.h"

#include <QtCore/QRandomGenerator>

#include <vector>

using namespace Qt::StringLiterals;
using namespace mesh::protocol;

namespace {

constexpr int kLoadGroups = 8;

QString keyOfPeer(int index)
{
    return u"%1"_s.arg(index + 1, 64, 16, QLatin1Char('0'));
}

} // namespace

EventList GraphLoad::events() const
{
    const MeshId mesh = u"bench"_s;
    QRandomGenerator random(42);
    events::PeersListed listed;
    for (int i = 0; i < peers; ++i) {
        PeerRow row;
        row.pubkey = keyOfPeer(i);
        row.memberPubkey = u"m"_s + row.pubkey.mid(1);
        row.displayName = u"agent-%1"_s.arg(i);
        row.status = PeerStatus(random.bounded(3));
        row.groups = {GroupRef{u"team-%1"_s.arg(random.bounded(kLoadGroups)), std::nullopt}};
        row.peerRole = u"session"_s;
        row.peerType = u"ai"_s;
        row.model = u"opus-4"_s;
        row.stats = QJsonObject{{u"contextMax"_s, 100}, {u"contextUsed"_s, int(random.bounded(100))}};
        listed.peers.append(row);
    }
    EventList list{{mesh, startMs, EventBody(listed)}};
    if (peers < 2)
        return list;

    struct Way
    {
        int from = 0;
        int to = 0;
        Priority priority = Priority::Next;
    };
    std::vector<Way> ways;
    for (int i = 0; i < edges; ++i) {
        const int from = int(random.bounded(peers));
        ways.push_back({from, (from + 1 + int(random.bounded(peers - 1))) % peers, Priority(random.bounded(3))});
    }
    const auto count = qint64(perSecond * seconds);
    for (qint64 i = 0; i < count; ++i) {
        const Way &way = ways[size_t(random.bounded(int(ways.size())))];
        events::TrafficSeen seen;
        seen.source = events::TrafficSource::Stream;
        seen.messageId = u"m%1"_s.arg(i);
        seen.senderKey = keyOfPeer(way.from);
        seen.targetSpec = keyOfPeer(way.to);
        if (i % 50 == 49)
            seen.targetSpec = u"@team-%1"_s.arg(random.bounded(kLoadGroups));
        if (i % 200 == 199)
            seen.targetSpec = u"*"_s;
        seen.priority = way.priority;
        seen.sentAtMs = startMs + 1 + i * 1000 / perSecond;
        list.append({mesh, seen.sentAtMs, EventBody(seen)});
    }
    return list;
}
