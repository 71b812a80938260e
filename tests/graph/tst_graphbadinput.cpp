// SPDX-License-Identifier: GPL-3.0-or-later
// What a mesh may bring and must not hurt: no crash, no wrong picture, everything counted.
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "graph/graphscene.h"
#include "graph/pulses.h"
#include "tests/graph/showngraph.h"
#include "tests/support/testprogram.h"

namespace tst_graphbadinput {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::graph;
using graphtest::peer;
using graphtest::ShownGraph;
using graphtest::traffic;
using items::GraphModel;
using protocol::Priority;

class TestGraphBadInput final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anyNumberOfPeers_data()
    {
        QTest::addColumn<int>("peers");
        QTest::addColumn<bool>("oneGroup");
        for (const int peers : {0, 1, 2, 5000}) {
            QTest::addRow("%d", peers) << peers << false;
            QTest::addRow("%d in one group", peers) << peers << true;
        }
    }
    void anyNumberOfPeers()
    {
        QFETCH(int, peers);
        QFETCH(bool, oneGroup);
        ShownGraph b(0);
        for (int i = 0; i < peers; ++i) {
            const QStringList groups{oneGroup ? u"all"_s : u"g%1"_s.arg(i % 40)};
            b.model.upsertPeer(peer(u"n%1"_s.arg(i), u"p%1"_s.arg(i), groups));
        }
        b.model.flush();
        b.settle();
        QVERIFY(!b.grab().isNull());
        QCOMPARE(b.model.peerCount(), peers);
        QList<store::TrafficEntry> entries;
        for (int i = 0; i < peers; ++i)
            entries << traffic(u"n%1"_s.arg(i), u"n%1"_s.arg((i + 1) % peers));
        b.model.addTraffic(entries);
        b.settle();
        QVERIFY(!b.grab().isNull());
        const auto &counters = b.model.counters();
        QCOMPARE(counters.pulses + counters.aggregated + counters.unplaced, qint64(peers));
        // Each is found where it says it is.
        for (int i = 0; i < peers; i += std::max(1, peers / 50)) {
            const QString key = u"n%1"_s.arg(i);
            QCOMPARE(b.view.peerAt(b.view.peerPosition(key)), key);
        }
        if (oneGroup && peers > 0) {
            b.model.setCollapsed(u"all"_s, true);
            b.model.flush();
            b.settle();
            QCOMPARE(b.model.node(u"@all"_s)->members, peers);
            QVERIFY(!b.grab().isNull());
        }
    }

    void strangeNames()
    {
        ShownGraph b(0, {900, 700});
        const QStringList names{QString(500, u'W'),
                                u"\U0001F469\u200D\U0001F4BB\U0001F680 rocket"_s,
                                u"\u05E9\u05DC\u05D5\u05DD \u05E2\u05D5\u05DC\u05DD"_s,
                                u"\u202Eevil\u202C"_s,
                                u"line\nbreak\ttab\u0007"_s,
                                u"   "_s,
                                QString(),
                                u"<b>bold</b> & \"quotes\""_s,
                                u"%1 %2 %n"_s,
                                QString(QChar(0xD800))};
        for (qsizetype i = 0; i < names.size(); ++i) {
            store::Peer p = peer(u"n%1"_s.arg(i), names[i], {names[i].left(200)});
            p.summary = QString(5000, u'y');
            p.model = names[i];
            p.cwd = u"/"_s + names[i];
            b.model.upsertPeer(p);
        }
        b.model.flush();
        b.model.addTraffic({traffic(u"n0"_s, u"n1"_s), traffic(u"n2"_s, u"@"_s + names[1])});
        b.settle();
        for (const double zoom : {1.0, 4.0}) {
            b.view.zoomBy(zoom, {450, 350});
            b.settle();
            QVERIFY(!b.grab().isNull());
        }
        for (qsizetype i = 0; i < names.size(); ++i) {
            const QString key = u"n%1"_s.arg(i);
            QVERIFY(!b.model.node(key)->name.isEmpty());
            QVERIFY(!b.model.node(key)->name.contains(u'\n'));
            b.view.selectPeer(key);
            QVERIFY(!b.grab().isNull());
        }
    }

    void keysThatLookLikeGroups()
    {
        ShownGraph b;
        b.model.upsertPeer(peer(u"@sales"_s, u"impostor"_s, {u"sales"_s}));
        b.model.flush();
        QVERIFY(!b.model.node(u"@sales"_s));
        b.model.setCollapsed(u"sales"_s, true);
        b.model.flush();
        b.model.removePeer(u"@sales"_s); // of a peer that never was there
        b.model.flush();
        QVERIFY(b.model.node(u"@sales"_s)->isGroup());
    }

    void rejoinsAHundredTimes()
    {
        ShownGraph b;
        const QPointF place = b.view.peerPosition(u"k3"_s);
        for (int i = 0; i < 100; ++i) {
            b.model.removePeer(u"k3"_s);
            b.model.flush();
            b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
            b.model.upsertPeer(peer(u"k3"_s, u"peer-3"_s, {u"ops"_s}));
            b.model.flush();
            b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
            b.frame(20);
        }
        b.settle();
        QCOMPARE(b.view.peerPosition(u"k3"_s), place);
        QCOMPARE(b.model.peerCount(), 6);
        QCOMPARE(b.model.counters().unplaced, 100);
        QVERIFY(b.model.nodes().size() <= 7); // places are used again
        QCOMPARE(b.model.edge(u"k0"_s, u"k3"_s)->total(), 1);
    }

    void clocksThatJump()
    {
        ShownGraph b;
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        store::Peer gone = peer(u"k5"_s, u"peer-5"_s, {u"ops"_s});
        gone.presence = store::Presence::Gone;
        b.model.upsertPeer(gone);
        b.frame(16);
        for (const qint64 jump : {-3'600'000LL, 86'400'000LL, -86'400'000LL, 5LL, -1LL, 10'000LL}) {
            b.frame(jump);
            b.view.finishRaster();
            QVERIFY(!b.grab().isNull());
            b.model.addTraffic({traffic(u"k1"_s, u"k2"_s)});
        }
        for (int i = 0; i < 400 && b.frames.rate(&b.view) > 0; ++i) {
            b.frame(50);
            b.view.finishRaster();
        }
        QCOMPARE(b.frames.rate(&b.view), 0); // it comes to rest all the same
        QVERIFY(b.model.messagesPerMinute() >= 0);
    }

    void nobodyToNobody()
    {
        ShownGraph b;
        QSignalSpy pulses(&b.model, &GraphModel::pulsesArrived);
        b.model.addTraffic({traffic({}, {}), traffic({}, u"k1"_s), traffic(u"ghost"_s, u"k1"_s),
                            traffic(u"k1"_s, u"ghost"_s), traffic(u"k1"_s, u"k1"_s), traffic(u"ghost"_s, u"*"_s)});
        QCOMPARE(pulses.count(), 0);
        QCOMPARE(b.model.counters().unplaced, 6);
        QVERIFY(b.view.honesty().contains(u"6"_s));
        QVERIFY(b.view.accessibleDescription().isEmpty() == false);
        b.settle();
        QCOMPARE(b.view.dotCount(), 0);
    }

    void floodIsCountedWhole()
    {
        ShownGraph b(400);
        qint64 sent = 0;
        for (int batch = 0; batch < 60; ++batch) { // 50,000 a second at 60 frames
            QList<store::TrafficEntry> entries;
            for (int i = 0; i < 833; ++i)
                entries << traffic(u"k%1"_s.arg((i * 31 + batch) % 400), u"k%1"_s.arg((i * 7 + 3) % 400));
            sent += entries.size();
            b.model.addTraffic(entries);
            b.frame(16);
        }
        const auto &counters = b.model.counters();
        QCOMPARE(counters.messages, sent);
        QCOMPARE(counters.pulses + counters.aggregated + counters.unplaced, sent);
        QVERIFY(b.view.dotCount() <= int(Pulses::kMostDots));
        QVERIFY(b.model.edges().size() <= GraphModel::kMostEdges);
        b.view.finishRaster();
        QVERIFY(!b.grab().isNull());
        if (b.view.dotsMerged() > 0)
            QVERIFY(!b.view.honesty().isEmpty());
        qint64 onEdges = 0;
        for (const items::GraphEdge &edge : b.model.edges())
            onEdges += edge.total();
        QCOMPARE(onEdges, counters.pulses + counters.aggregated);
    }

    //! However many lines a flood brings at once, a frame does the work of a frame, and says what it leaves out.
    void floodIsBoundedForEachFrame()
    {
        ShownGraph b(300);
        const auto all = [&](int hop) {
            QList<store::TrafficEntry> entries;
            for (int i = 0; i < 300; ++i)
                entries << traffic(u"k%1"_s.arg(i), u"k%1"_s.arg((i + hop) % 300), Priority(hop % 3));
            return entries;
        };
        // Two seconds' worth in one go: 100,000 messages over 44,700 lines, as after a stalled disk.
        qint64 sent = 0;
        for (int hop = 1; sent < 100'000; ++hop) {
            const QList<store::TrafficEntry> entries = all(1 + hop % 149);
            sent += entries.size();
            b.model.addTraffic(entries);
        }
        qint64 drawn = 0;
        for (int i = 0; i < 40; ++i) {
            b.frame(16);
            const FrameWork work = b.view.lastWork();
            QVERIFY2(work.lines <= int(GraphScene::kMostLinesAFrame), qPrintable(QString::number(work.lines)));
            QVERIFY(work.waiting <= int(GraphScene::kMostLinesWaiting));
            QVERIFY(work.dots <= int(Pulses::kMostDots));
            drawn += work.lines;
            b.view.finishRaster();
        }
        QVERIFY(drawn > 0);
        QVERIFY(b.view.lastWork().waiting == 0); // and comes to an end with it
        QCOMPARE(b.model.counters().messages, sent);
        QVERIFY2(b.view.honesty().contains(u"Trails cut short"_s), qPrintable(b.view.honesty()));
        QVERIFY2(b.view.honesty().contains(u"Without a dot"_s), qPrintable(b.view.honesty()));
        QVERIFY(!b.grab().isNull());
    }

    //! Labels of a mesh that fills the view: a place is looked for the most important ones only.
    void labelsAreBoundedForEachFrame()
    {
        ShownGraph b(0, {1600, 1200});
        for (int i = 0; i < 5000; ++i)
            b.model.upsertPeer(peer(u"k%1"_s.arg(i), u"p%1"_s.arg(i), {u"g%1"_s.arg(i % 8)}));
        b.model.flush();
        for (const double zoom : {1.0, 2.0, 1.5, 1.5}) {
            b.view.zoomBy(zoom, {800, 600});
            b.settle();
            QVERIFY(!b.grab().isNull());
            QVERIFY(b.view.lastWork().labels <= NodeLayer::kMostLabelsTried);
            QVERIFY(b.view.honesty().contains(u"Names hidden"_s));
        }
        QVERIFY(b.view.lastWork().labels > 0);
    }

    void edgesAreBounded()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        for (int i = 0; i < 1000; ++i)
            model.upsertPeer(peer(u"k%1"_s.arg(i), u"p%1"_s.arg(i)));
        model.flush();
        for (int hop = 1; hop <= 70; ++hop) {
            QList<store::TrafficEntry> entries;
            for (int i = 0; i < 1000; ++i)
                entries << traffic(u"k%1"_s.arg(i), u"k%1"_s.arg((i + hop) % 1000));
            model.addTraffic(entries);
            clock.advance(10);
        }
        QVERIFY(model.edges().size() <= GraphModel::kMostEdges);
        QCOMPARE(qint64(model.edges().size()) + model.counters().edgesDropped, 70'000);
        QVERIFY(model.edge(u"k0"_s, u"k70"_s)); // the newest stay
    }
};

MESH_TEST(TestGraphBadInput)

} // namespace tst_graphbadinput

#include "tst_graphbadinput.moc"
