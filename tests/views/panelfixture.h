// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/command.h"
#include "models/protocol/event.h"
#include "models/store/meshstore.h"

#include <QtCore/QDateTime>
#include <QtCore/QRandomGenerator>

namespace mesh::tests {

inline const QString PanelMesh = QStringLiteral("PanelMesh000000000000000000000001");

//! Keeps every command that a view submits.
class RecordingSink final : public protocol::CommandSink
{
public:
    qint64 submit(const protocol::MeshId &mesh, protocol::Command command) override
    {
        meshes.append(mesh);
        commands.push_back(std::move(command));
        return qint64(commands.size());
    }
    //! The newest command if it is of this kind, else nullptr.
    template <class C>
    const C *last() const
    {
        return commands.empty() ? nullptr : getIf<C>(&commands.back());
    }
    template <class C>
    int count() const
    {
        return int(
            std::count_if(commands.begin(), commands.end(), [](const protocol::Command &c) { return holds<C>(c); }));
    }

    QStringList meshes;
    std::vector<protocol::Command> commands;
};

inline protocol::Event happened(qint64 atMs, protocol::EventBody body)
{
    return {PanelMesh, atMs, std::move(body)};
}

inline QString peerKey(int n)
{
    return QString::number(n, 16).rightJustified(2, u'0').repeated(32);
}

inline protocol::PeerRow peerRow(int n, const QString &name, protocol::PeerStatus status)
{
    protocol::PeerRow row;
    row.pubkey = peerKey(n);
    row.memberPubkey = peerKey(n + 100);
    row.displayName = name;
    row.status = status;
    row.sessionId = QStringLiteral("session-%1").arg(n);
    row.connectedAt = QStringLiteral("2026-04-08T12:00:00.000Z");
    row.cwd = QStringLiteral("/home/dev/%1").arg(name);
    row.hostname = QStringLiteral("build-host");
    row.peerType = QStringLiteral("ai");
    row.channel = QStringLiteral("claude-code");
    row.model = QStringLiteral("opus-4");
    row.groups = {{QStringLiteral("sales"), QStringLiteral("lead")}};
    return row;
}

inline protocol::events::SessionEstablished session()
{
    protocol::events::SessionEstablished body;
    body.meshSlug = QStringLiteral("personal");
    body.meshName = QStringLiteral("Personal mesh");
    body.ownKey = peerKey(0xfe);
    body.ownMemberKey = peerKey(0xff);
    body.displayName = QStringLiteral("Ada");
    body.brokerUrl = QStringLiteral("wss://broker.example.org/ws");
    return body;
}

inline protocol::events::ConnectionChanged connection(protocol::ConnectionState state)
{
    protocol::events::ConnectionChanged body;
    body.state = state;
    return body;
}

inline void goOnline(store::MeshStore &store, qint64 atMs)
{
    store.apply({happened(atMs, connection(protocol::ConnectionState::Online)), happened(atMs, session())});
}

//! Twenty-five minutes of a lively mesh that end at \a nowMs.
inline void fillStore(store::MeshStore &store, qint64 nowMs)
{
    using namespace protocol::events;
    using protocol::PeerStatus;
    const QStringList names{QStringLiteral("sales-rep-1"),   QStringLiteral("backend-lead"), QStringLiteral("admin-1"),
                            QStringLiteral("reviewer"),      QStringLiteral("qa"),           QStringLiteral("frontend"),
                            QStringLiteral("design"),        QStringLiteral("customer-1"),   QStringLiteral("Maya"),
                            QStringLiteral("slack-#general")};
    goOnline(store, nowMs - 26 * 60'000);
    store.apply({happened(nowMs - 26 * 60'000, LinkMeasured{3.2, 40})});
    QRandomGenerator random(7);
    const auto rows = [&](int minute) {
        QList<protocol::PeerRow> peers;
        for (int i = 0; i < names.size(); ++i) {
            const int mood = int(random.bounded(10));
            protocol::PeerRow row = peerRow(i + 1, names[i],
                                            mood < 5       ? PeerStatus::Working
                                                : mood < 7 ? PeerStatus::Dnd
                                                           : PeerStatus::Idle);
            if (names[i] == u"Maya")
                row.peerType = QStringLiteral("human");
            if (names[i].startsWith(u"slack"))
                row.peerType = QStringLiteral("connector");
            row.summary = QStringLiteral("Checks the open orders and tells the customers");
            if (i < 7) {
                const int used = 30'000 + i * 21'000 + minute * 300 * (i + 1);
                row.stats = QJsonObject{{QStringLiteral("contextUsed"), used},
                                        {QStringLiteral("contextMax"), 200'000},
                                        {QStringLiteral("tokensIn"), 400'000 + minute * 9'000 * (i + 1)},
                                        {QStringLiteral("tokensOut"), 52'000 + minute * 800 * (i + 1)},
                                        {QStringLiteral("costUsd"), 1.2 + i * 0.7},
                                        {QStringLiteral("toolCalls"), 120 + i * 31},
                                        {QStringLiteral("errors"), i % 3}};
            }
            peers.append(row);
        }
        return peers;
    };
    const QStringList keys{QStringLiteral("sprint"),   QStringLiteral("frozen"),
                           QStringLiteral("pr_queue"), QStringLiteral("order:1187:promise"),
                           QStringLiteral("stock"),    QStringLiteral("votes"),
                           QStringLiteral("focus")};
    for (int minute = 0; minute < 25; ++minute) {
        const qint64 at = nowMs - (25 - minute) * 60'000;
        protocol::EventList batch;
        batch.append(happened(at, PeersListed{rows(minute)}));
        for (int i = 0; i < 14; ++i) {
            TrafficSeen traffic;
            traffic.messageId = QStringLiteral("m%1-%2").arg(minute).arg(i);
            traffic.senderKey = peerKey(1 + int(random.bounded(9)));
            traffic.targetSpec = peerKey(1 + int(random.bounded(9)));
            const int urgency = int(random.bounded(10));
            traffic.priority = urgency == 0 ? protocol::Priority::Now
                : urgency < 8               ? protocol::Priority::Next
                                            : protocol::Priority::Low;
            traffic.sentAtMs = at + random.bounded(60'000);
            batch.append(happened(traffic.sentAtMs, traffic));
        }
        if (minute % 3 == 1)
            batch.append(
                happened(at + 9'000,
                         StateSet{keys[minute % keys.size()], minute % 2 ? QJsonValue(minute) : QJsonValue(minute > 12),
                                  names[minute % 7]}));
        if (minute % 7 == 3)
            batch.append(happened(at + 30'000,
                                  MemoryRemembered{QStringLiteral("mem%1").arg(minute),
                                                   QStringLiteral("Supplier delivers on Mondays only"),
                                                   {QStringLiteral("orders")},
                                                   names[0]}));
        batch.append(happened(at + 500, Ticked{minute + 18, nowMs + minute * 60'000, 10, 0}));
        store.apply(batch);
    }
    ClockReported clock;
    clock.speed = 10;
    clock.paused = false;
    clock.tick = 42;
    clock.simTimeMs = QDateTime(QDate(2026, 4, 8), QTime(14, 30), Qt::UTC).toMSecsSinceEpoch();
    clock.startedAtMs = nowMs - 25 * 60'000;
    store.apply({happened(nowMs - 2'000, clock)});
    protocol::TaskRow open;
    open.id = QStringLiteral("t1");
    open.title = QStringLiteral("Answer the open orders");
    open.status = QStringLiteral("open");
    open.createdAt = QDateTime::fromMSecsSinceEpoch(nowMs - 15 * 60'000, Qt::UTC).toString(Qt::ISODateWithMs);
    store.apply({happened(nowMs - 15 * 60'000, TasksListed{{open}})});
}

} // namespace mesh::tests
