// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <memory>

#include "models/store/eventdrain.h"
#include "models/store/journal.h"
#include "models/store/meshstore.h"
#include "tests/store/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_eventdrain {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::store;
using namespace fixture;

class TestEventDrain final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneDoorbellForManyBatches();
    void threadsPostInOrder();
    void drainsForAFrame();
    void whatComesMeanwhileIsNoBacklog();
    void stopsWhenTheBudgetIsSpent();
    void overflowKeepsMessagesAndNewestPolls();
    void feedsTheJournal();
    void unknownMeshesAreCounted();
};

void TestEventDrain::oneDoorbellForManyBatches()
{
    FakeClock clock;
    MeshStore store(kMesh);
    EventDrain drain(clock);
    drain.addStore(&store);
    QSignalSpy drained(&drain, &EventDrain::drained), changed(&store, &MeshStore::changed);
    for (int i = 0; i < 50; ++i)
        drain.post({at(i, direct(2, QString::number(i), u"t"_s, i))});
    QCOMPARE(changed.size(), 0); // never from within post()
    QTRY_COMPARE(drained.size(), 1);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(drain.stats().folded, 50);
    QCOMPARE(drain.stats().highWater, 50);
}

void TestEventDrain::threadsPostInOrder()
{
    FakeClock clock;
    MeshStore store(kMesh);
    EventDrain drain(clock);
    drain.addStore(&store);
    QList<std::shared_ptr<QThread>> threads;
    for (int t = 0; t < 4; ++t) {
        threads.append(std::shared_ptr<QThread>(QThread::create([&drain, t] {
            for (int i = 0; i < 500; ++i)
                drain.post({at(i, StateSet{u"k%1"_s.arg(t), i, u"A"_s})});
        })));
        threads.last()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait(20'000));
    QTRY_COMPARE(drain.stats().folded, 2'000);
    for (int t = 0; t < 4; ++t)
        QCOMPARE(store.state(u"k%1"_s.arg(t))->value.toInt(), 499);
}

void TestEventDrain::drainsForAFrame()
{
    FakeClock clock;
    MeshStore store(kMesh);
    DrainLimits limits;
    limits.intervalMs = 60'000; // the doorbell's timer is not what folds here
    limits.busyIntervalMs = 60'000;
    limits.budgetNs = -1; // one chunk for each drain
    limits.chunk = 10;
    EventDrain drain(clock, limits);
    drain.addStore(&store);
    QSignalSpy drained(&drain, &EventDrain::drained);
    drain.drainForFrame();
    QCOMPARE(drained.size(), 0); // nothing waits
    drain.post({at(1, StateSet{u"k"_s, 1, u"A"_s})});
    drain.drainForFrame(); // before the doorbell was heard
    QCOMPARE(drained.size(), 1);
    QCOMPARE(store.state(u"k"_s)->value.toInt(), 1);
    QCoreApplication::processEvents();
    drain.post({at(2, StateSet{u"k"_s, 2, u"A"_s})});
    QCoreApplication::processEvents();
    drain.drainForFrame(); // and after it
    QCOMPARE(store.state(u"k"_s)->value.toInt(), 2);
    for (int i = 0; i < 15; ++i)
        drain.post({at(3 + i, StateSet{u"k"_s, 3 + i, u"A"_s})});
    drain.drainForFrame();
    QCOMPARE(drain.stats().waiting, 5);
    drain.drainForFrame(); // too much waits: that is for the interval
    QCOMPARE(drain.stats().waiting, 5);
    drain.drainNow();
    QCOMPARE(store.state(u"k"_s)->value.toInt(), 17);
}

//! A steady stream is folded at the usual pace: what is posted during a drain does not make it wait as under load.
void TestEventDrain::whatComesMeanwhileIsNoBacklog()
{
    FakeClock clock;
    MeshStore store(kMesh);
    DrainLimits limits;
    limits.intervalMs = 1;
    limits.busyIntervalMs = 600'000;
    EventDrain drain(clock, limits);
    drain.addStore(&store);
    int posted = 1;
    connect(&store, &MeshStore::changed, &store, [&] {
        if (posted == 20)
            return;
        ++posted;
        drain.post({at(posted, StateSet{u"k"_s, posted, u"A"_s})});
    });
    drain.post({at(0, StateSet{u"k"_s, 1, u"A"_s})});
    QTRY_COMPARE(store.state(u"k"_s)->value.toInt(), 20);
    QCOMPARE(drain.stats().overBudget, 0);
}

void TestEventDrain::stopsWhenTheBudgetIsSpent()
{
    FakeClock clock;
    clock.stepNs = 5'000'000; // each look at the clock costs 5 ms
    DrainLimits limits;
    limits.chunk = 10;
    MeshStore store(kMesh);
    EventDrain drain(clock, limits);
    drain.addStore(&store);
    QList<int> waiting;
    connect(&drain, &EventDrain::drained, this, [&](int, int left) { waiting.append(left); });
    EventList events;
    for (int i = 0; i < 60; ++i)
        events.append(at(i, direct(2, QString::number(i), u"t"_s, i)));
    drain.post(events);
    QTRY_COMPARE(drain.stats().folded, 60);
    QCOMPARE(waiting, (QList<int>{40, 20, 0})); // two chunks a drain
    QCOMPARE(drain.stats().overBudget, 2);
    drain.post(events);
    drain.drainNow();
    QCOMPARE(drain.stats().waiting, 0);
}

void TestEventDrain::overflowKeepsMessagesAndNewestPolls()
{
    FakeClock clock;
    DrainLimits limits;
    limits.capacity = 400;
    MeshStore store(kMesh);
    EventDrain drain(clock, limits);
    drain.addStore(&store);
    QSignalSpy overflowed(&drain, &EventDrain::overflowed);
    for (int i = 0; i < 500; ++i) {
        TrafficSeen t;
        t.messageId = u"t%1"_s.arg(i);
        t.senderKey = key(3);
        drain.post({at(i, direct(2, QString::number(i), u"t"_s, i)), at(i, t),
                    at(i, PeersListed{{row(2, u"Ada %1"_s.arg(i))}})});
    }
    drain.drainNow();
    QCOMPARE(store.counters().messagesEvicted + store.messages({ConversationKind::Direct, key(2)}).size(), 500);
    QCOMPARE(store.nameOf(key(2)), u"Ada 499"_s);
    const DrainStats stats = drain.stats();
    QVERIFY(stats.coalesced > 400 && stats.dropped > 100);
    QCOMPARE(stats.received, stats.folded + stats.coalesced + stats.dropped);
    QVERIFY(!overflowed.isEmpty());
    QCOMPARE(overflowed.first().first().toLongLong(), stats.coalesced + stats.dropped);
}

void TestEventDrain::feedsTheJournal()
{
    QTemporaryDir dir;
    FakeClock clock;
    MeshStore store(kMesh);
    JournalOptions options;
    options.path = dir.filePath(u"j.db"_s);
    Journal journal(SecretBytes::fromBytes(QByteArray(32, 'k')), options);
    QSignalSpy committed(&journal, &Journal::committed);
    journal.open();
    EventDrain drain(clock);
    drain.addStore(&store);
    drain.setJournal(&journal);
    drain.post({at(1, direct(2, u"m1"_s, u"t"_s, 1))});
    QTRY_COMPARE(committed.size(), 1);
    QCOMPARE(committed.first().first().toStringList(), QStringList{u"m1"_s});
}

void TestEventDrain::unknownMeshesAreCounted()
{
    FakeClock clock;
    EventDrain drain(clock);
    drain.post({at(1, StateSet{u"k"_s, 1, {}})});
    drain.drainNow();
    QCOMPARE(drain.stats().dropped, 1);
}

MESH_TEST(TestEventDrain)

} // namespace tst_eventdrain

#include "tst_eventdrain.moc"
