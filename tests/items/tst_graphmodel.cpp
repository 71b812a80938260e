// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QRandomGenerator>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/items/graphmodel.h"
#include "models/store/meshstore.h"
#include "tests/graph/graphtesthelper.h"
#include "tests/support/testprogram.h"

namespace tst_graphmodel {

using namespace Qt::StringLiterals;
using namespace mesh;
using graphtest::peer;
using graphtest::traffic;
using items::GraphLayout;
using items::GraphModel;

class TestGraphModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nodesFromPeers()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        QSignalSpy changed(&model, &GraphModel::nodesChanged);
        model.upsertPeer(peer(u"a"_s, u"alpha"_s, {u"ops"_s, u"backend"_s}));
        auto controlPlane = peer(u"d"_s, u"daemon"_s);
        controlPlane.controlPlane = true;
        model.upsertPeer(controlPlane);
        auto human = peer(u"h"_s, u"Hanna"_s);
        human.kind = store::PeerKind::Human;
        human.self = true;
        human.controlPlane = true;
        human.stats.contextUsed = 81;
        human.stats.contextMax = 100;
        model.upsertPeer(human);
        auto stub = peer(u"s"_s, u"stub"_s);
        stub.stub = true;
        model.upsertPeer(stub);
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(model.peerCount(), 2);
        const items::GraphNode *a = model.node(u"a"_s);
        QVERIFY(a);
        QCOMPARE(a->groups, QStringList({u"ops"_s, u"backend"_s}));
        QCOMPARE(model.layout().sectors().at(size_t(a->sector)).group, u"ops"_s);
        QCOMPARE(a->context, -1.0F); // not reported is not zero
        const items::GraphNode *h = model.node(u"h"_s);
        QVERIFY(h->self);
        QVERIFY(std::abs(h->context - 0.81F) < 1e-6F);
        QVERIFY(model.layout().sectors().at(size_t(h->sector)).group.isEmpty());
        QCOMPARE(model.layout().sectors().size(), size_t(2));
    }

    void hostileNames()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        model.upsertPeer(peer(u"long"_s, QString(500, u'x')));
        model.upsertPeer(peer(u"rtl"_s, u"abc\u202Egnp.exe\nsecond line"_s, {u"a\u202Eb\n"_s}));
        model.upsertPeer(peer(u"emoji"_s, u"👩‍🚀🚀"_s));
        model.upsertPeer(peer(u"nothing-12345"_s, u"\u200B\u202E"_s));
        model.flush();
        QVERIFY(model.node(u"long"_s)->name.size() <= 48);
        const QString rtl = model.node(u"rtl"_s)->name;
        QVERIFY(!rtl.contains(QChar(0x202E)) && !rtl.contains(u'\n'));
        const QString group = model.node(u"rtl"_s)->groups.first();
        QVERIFY(!group.contains(QChar(0x202E)) && !group.contains(u'\n'));
        QVERIFY(!model.node(u"emoji"_s)->name.isEmpty());
        QVERIFY(!model.node(u"emoji"_s)->initials.isEmpty());
        QVERIFY(!model.node(u"nothing-12345"_s)->name.isEmpty());
    }

    void newcomersDoNotMoveOthers()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        for (int i = 0; i < 12; ++i)
            model.upsertPeer(peer(u"k%1"_s.arg(i), u"n%1"_s.arg(i), {i % 2 ? u"a"_s : u"b"_s}));
        model.flush();
        const QPointF place = model.node(u"k5"_s)->position;
        QSignalSpy changed(&model, &GraphModel::nodesChanged);
        model.removePeer(u"k3"_s);
        model.upsertPeer(peer(u"new"_s, u"new"_s, {u"a"_s}));
        model.upsertPeer(peer(u"new2"_s, u"new2"_s, {u"b"_s}));
        model.flush();
        QCOMPARE(model.node(u"k5"_s)->position, place);
        QCOMPARE(model.layout().generation(), 1);
        QVERIFY(model.node(u"new"_s)->sector >= 0);
        QCOMPARE(changed.count(), 1);
    }

    void groupsThatComeLaterMoveNobody()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        for (int i = 0; i < 14; ++i)
            model.upsertPeer(peer(u"k%1"_s.arg(i), u"n%1"_s.arg(i), {u"g%1"_s.arg(i % 4)}));
        model.flush();
        // While the mesh is being learnt, groups find their order.
        model.upsertPeer(peer(u"early"_s, u"early"_s, {u"a first group"_s}));
        model.flush();
        QCOMPARE(model.layout().generation(), 2);
        QCOMPARE(model.layout().sectors().front().group, u"a first group"_s);

        clock.advance(10'000);
        QHash<QString, QPointF> before;
        for (const items::GraphNode &node : model.nodes())
            before.insert(node.key, node.position);
        QSignalSpy changed(&model, &GraphModel::nodesChanged);
        for (int i = 0; i < 3; ++i)
            model.upsertPeer(peer(u"late%1"_s.arg(i), u"late"_s, {u"a group that comes later"_s}));
        for (int i = 0; i < 6; ++i)
            model.upsertPeer(peer(u"more%1"_s.arg(i), u"more"_s, {u"g0"_s}));
        model.flush();
        QCOMPARE(model.layout().generation(), 2);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().first().toBool(), false); // nobody has another place
        for (auto it = before.cbegin(); it != before.cend(); ++it)
            QCOMPARE(model.node(it.key())->position, it.value());
        for (const items::GraphNode &node : model.nodes())
            QVERIFY(node.sector >= 0 && !node.position.isNull());
        // They leave, and still nobody moves.
        for (int i = 0; i < 10; ++i)
            model.removePeer(u"k%1"_s.arg(i));
        model.flush();
        QCOMPARE(model.node(u"k12"_s)->position, before.value(u"k12"_s));
        QCOMPARE(model.layout().generation(), 2);
        // Asked to, it tidies up.
        model.relayout();
        QCOMPARE(model.layout().generation(), 3);
        QVERIFY(changed.last().first().toBool());
    }

    void manyAtOnceAreLaidOutTogether()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        for (int i = 0; i < 10; ++i)
            model.upsertPeer(peer(u"k%1"_s.arg(i), u"n%1"_s.arg(i), {u"g"_s}));
        model.flush();
        clock.advance(60'000);
        for (int i = 0; i < 5000; ++i)
            model.upsertPeer(peer(u"m%1"_s.arg(i), u"m%1"_s.arg(i), {u"g%1"_s.arg(i % 9)}));
        model.flush();
        QCOMPARE(model.layout().generation(), 2); // once, not for each
        QCOMPARE(model.peerCount(), 5010);
    }

    void thousandsGetTheirPlacesInATurnOfTheirOwn()
    {
        graphtest::ManualClock clock;
        store::MeshStore store(u"mesh"_s);
        GraphModel model(clock);
        model.setStore(&store);
        protocol::events::PeersListed listed;
        for (int i = 0; i <= GraphModel::kMostPeersAtOnce; ++i) {
            protocol::PeerRow row;
            row.pubkey = u"%1"_s.arg(i, 64, 16, QLatin1Char('0'));
            row.displayName = u"n%1"_s.arg(i);
            listed.peers.append(row);
        }
        store.apply({{u"mesh"_s, clock.nowMs(), listed}});
        QCOMPARE(model.peerCount(), 0);
        QTRY_COMPARE(model.peerCount(), GraphModel::kMostPeersAtOnce + 1);

        // What comes before their turn does not overtake them.
        GraphModel second(clock);
        second.setStore(&store);
        QCOMPARE(second.peerCount(), GraphModel::kMostPeersAtOnce + 1); // a store that is there is read at once
        for (protocol::PeerRow &row : listed.peers)
            row.summary = u"at work"_s;
        store.apply({{u"mesh"_s, clock.nowMs() + 1, listed}});
        QVERIFY(model.node(listed.peers.first().pubkey)->summary.isEmpty());
        listed.peers.first().summary = u"done"_s;
        store.apply({{u"mesh"_s, clock.nowMs() + 2, listed}});
        QCOMPARE(model.node(listed.peers.first().pubkey)->summary, u"done"_s);
        QCOMPARE(model.node(listed.peers.last().pubkey)->summary, u"at work"_s);
    }

    void aStoreReadAnewKeepsPlaces()
    {
        graphtest::ManualClock clock;
        store::MeshStore store(u"mesh"_s);
        GraphModel model(clock);
        model.setStore(&store);
        protocol::EventList events;
        for (int i = 0; i < 40; ++i) {
            protocol::events::PeerPresence joined;
            joined.change = protocol::events::PresenceChange::Joined;
            joined.key = u"%1"_s.arg(i, 64, 16, QLatin1Char('0'));
            joined.name = u"n%1"_s.arg(i);
            joined.groups = {{u"g%1"_s.arg(i % 3), std::nullopt}};
            events.append({u"mesh"_s, clock.nowMs(), joined});
        }
        store.apply(events);
        QHash<QString, QPointF> before;
        for (const items::GraphNode &node : model.nodes())
            before.insert(node.key, node.position);
        QCOMPARE(before.size(), 40);
        QVERIFY(store.restore(store.snapshot().toBytes()));
        QCOMPARE(model.peerCount(), 40);
        for (auto it = before.cbegin(); it != before.cend(); ++it)
            QCOMPARE(model.node(it.key())->position, it.value());
    }

    void trafficAloneMovesNothing()
    {
        graphtest::ManualClock clock;
        store::MeshStore store(u"mesh"_s);
        GraphModel model(clock);
        model.setStore(&store);
        protocol::events::PeerPresence joined;
        joined.change = protocol::events::PresenceChange::Joined;
        joined.groups = {{u"ops"_s, std::nullopt}};
        for (const QChar c : {u'a', u'b'}) {
            joined.key = QString(64, c);
            joined.name = c;
            store.apply({{u"mesh"_s, clock.nowMs(), joined}});
        }
        QSignalSpy changed(&model, &GraphModel::nodesChanged);
        protocol::events::TrafficSeen seen;
        seen.source = protocol::events::TrafficSource::Stream;
        seen.messageId = u"m1"_s;
        seen.senderKey = QString(64, u'a');
        seen.targetSpec = QString(64, u'b');
        seen.sentAtMs = clock.nowMs();
        store.apply({{u"mesh"_s, clock.nowMs(), seen}});
        QCoreApplication::processEvents();
        QCOMPARE(changed.count(), 0); // peers are not gone through for every message
        QCOMPARE(model.node(QString(64, u'a'))->sent, 1);
        QCOMPARE(model.node(QString(64, u'b'))->received, 1);
        joined.change = protocol::events::PresenceChange::Left;
        store.apply({{u"mesh"_s, clock.nowMs() + 1, joined}});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(model.peerCount(), 1); // it is fading, and does not count
        QVERIFY(model.node(joined.key));
    }

    void aPlaceGivenAwayHasAnotherGeneration()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        model.upsertPeer(peer(u"a"_s, u"a"_s));
        model.flush();
        const int index = model.indexOf(u"a"_s);
        const quint32 generation = model.nodes()[size_t(index)].generation;
        model.removePeer(u"a"_s);
        model.upsertPeer(peer(u"b"_s, u"b"_s));
        QCOMPARE(model.indexOf(u"b"_s), index);
        QVERIFY(model.nodes()[size_t(index)].generation != generation);
    }

    void goneFadesThenLeaves()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        auto p = peer(u"a"_s, u"a"_s);
        model.upsertPeer(p);
        p.presence = store::Presence::Grace;
        model.upsertPeer(p);
        QCOMPARE(model.node(u"a"_s)->presence, items::GraphPresence::Grace);
        p.presence = store::Presence::Gone;
        model.upsertPeer(p);
        QCOMPARE(model.node(u"a"_s)->presence, items::GraphPresence::Gone);
        clock.advance(3100);
        QTRY_VERIFY(!model.node(u"a"_s));
    }

    void pinsAreAValue()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        model.upsertPeer(peer(u"a"_s, u"a"_s));
        model.flush();
        const QPointF slot = model.node(u"a"_s)->position;
        model.pin(u"a"_s, {0.1, 0.2});
        model.pin(u"later"_s, {0.3, 0.3});
        model.pin(u"bad"_s, {std::nan(""), 0});
        QCOMPARE(model.node(u"a"_s)->position, QPointF(0.1, 0.2));
        model.relayout();
        QCOMPARE(model.node(u"a"_s)->position, QPointF(0.1, 0.2));
        const auto pins = model.pins();
        QCOMPARE(pins.size(), 2);

        GraphModel other(clock);
        other.setPins(pins);
        other.upsertPeer(peer(u"later"_s, u"later"_s));
        other.flush();
        QCOMPARE(other.node(u"later"_s)->position, QPointF(0.3, 0.3));
        QVERIFY(other.node(u"later"_s)->pinned);
        model.unpin(u"a"_s);
        QCOMPARE(model.node(u"a"_s)->position, slot);
    }

    void trafficBecomesPulses()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        for (const QString &key : {u"a"_s, u"b"_s, u"c"_s})
            model.upsertPeer(peer(key, u"name "_s + key, {u"ops"_s}));
        model.flush();
        QList<items::GraphPulse> pulses;
        connect(&model, &GraphModel::pulsesArrived, this, [&](const auto &list) { pulses = list; });
        auto byName = traffic({}, u"b"_s);
        byName.senderName = u"name a"_s;
        model.addTraffic({traffic(u"a"_s, u"b"_s), traffic(u"a"_s, u"b"_s), byName,
                          traffic(u"a"_s, u"b"_s, store::Priority::Now), traffic(u"m-a"_s, u"m-c"_s),
                          traffic(u"a"_s, u"*"_s), traffic(u"b"_s, u"@ops"_s), traffic(u"b"_s, u"#topic"_s),
                          traffic(u"nobody"_s, u"b"_s), traffic(u"a"_s, u"nobody"_s), traffic(u"a"_s, u"a"_s),
                          traffic({}, {})});
        QCOMPARE(pulses.size(), 6);
        QCOMPARE(pulses[0].messages, 3);
        QCOMPARE(pulses[1].priority, store::Priority::Now);
        QCOMPARE(pulses[2].to, model.indexOf(u"c"_s));
        QCOMPARE(pulses[3].target, items::GraphTarget::Everyone);
        QCOMPARE(pulses[3].recipients, 2);
        QCOMPARE(pulses[4].target, items::GraphTarget::Group);
        QCOMPARE(pulses[4].recipients, 2);
        QCOMPARE(pulses[5].target, items::GraphTarget::Everyone);
        QCOMPARE(pulses[5].recipients, 0);
        QCOMPARE(model.counters().messages, 12);
        QCOMPARE(model.counters().pulses, 6);
        QCOMPARE(model.counters().aggregated, 2);
        QCOMPARE(model.counters().unplaced, 4);
        // Nothing is lost: drawn, sharing a pulse, or said to be left out.
        QCOMPARE(model.counters().pulses + model.counters().aggregated + model.counters().unplaced, 12);
        QCOMPARE(model.messagesPerMinute(), 12);
        QCOMPARE(model.neighbours(u"a"_s), QStringList({u"b"_s, u"c"_s}));
        clock.advance(61'000);
        QCOMPARE(model.messagesPerMinute(), 0);
    }

    void rateSurvivesJumpingClock()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        model.upsertPeer(peer(u"a"_s, u"a"_s));
        model.upsertPeer(peer(u"b"_s, u"b"_s));
        model.addTraffic({traffic(u"a"_s, u"b"_s)});
        clock.advance(-3'600'000);
        model.addTraffic({traffic(u"a"_s, u"b"_s)});
        QVERIFY(model.messagesPerMinute() >= 0);
        clock.advance(7'200'000);
        QCOMPARE(model.messagesPerMinute(), 0);
        model.addTraffic({traffic(u"a"_s, u"b"_s)});
        QCOMPARE(model.messagesPerMinute(), 1);
    }

    void followsTheStore()
    {
        graphtest::ManualClock clock;
        store::MeshStore store(u"mesh"_s);
        GraphModel model(clock);
        model.setStore(&store);
        QSignalSpy changed(&model, &GraphModel::nodesChanged);
        protocol::events::PeerPresence joined;
        joined.change = protocol::events::PresenceChange::Joined;
        joined.key = QString(64, u'a');
        joined.name = u"alpha"_s;
        joined.groups = {{u"ops"_s, std::nullopt}};
        protocol::events::PeerPresence second = joined;
        second.key = QString(64, u'b');
        second.name = u"beta"_s;
        store.apply({{u"mesh"_s, clock.nowMs(), joined}, {u"mesh"_s, clock.nowMs(), second}});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(model.peerCount(), 2);
        QCOMPARE(model.node(joined.key)->name, u"alpha"_s);

        QSignalSpy pulses(&model, &GraphModel::pulsesArrived);
        protocol::events::TrafficSeen seen;
        seen.source = protocol::events::TrafficSource::Stream;
        seen.messageId = u"m1"_s;
        seen.senderKey = joined.key;
        seen.targetSpec = second.key;
        seen.sentAtMs = clock.nowMs();
        store.apply({{u"mesh"_s, clock.nowMs(), seen}});
        QCOMPARE(pulses.count(), 1);
        store.apply({{u"mesh"_s, clock.nowMs(), seen}}); // told twice, drawn once
        QCOMPARE(pulses.count(), 1);

        model.setStore(nullptr);
        QCOMPARE(model.peerCount(), 0);
    }
};

MESH_TEST(TestGraphModel)

} // namespace tst_graphmodel

#include "tst_graphmodel.moc"
