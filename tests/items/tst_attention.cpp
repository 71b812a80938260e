// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QDir>
#include <QtTest/QTest>

#include "models/items/attention.h"
#include "models/store/replay.h"
#include "tests/items/watchedmesh.h"
#include "tests/support/testprogram.h"

namespace tst_attention {

using namespace Qt::StringLiterals;
using namespace mesh::items;
using namespace mesh::test;
using mesh::protocol::PeerStatus;
using mesh::protocol::Priority;

class TestAttention final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void waitsForYou()
    {
        WatchedMesh w;
        QVERIFY(w.said().isEmpty());
        w.receive(1, u"Tests are green."_s);
        QVERIFY(w.said().isEmpty());
        w.receive(1, u"Shall I merge?"_s);
        QCOMPARE(w.said(), QStringList{u"qa waits for you"_s});
        const AttentionItem item = w.attention.evaluate(w.store, w.clock.now).constFirst();
        QCOMPARE(item.peer, keyOf(1));
        QCOMPARE(item.said, u"Shall I merge?"_s);
        w.pass(kMinute);
        w.compose(direct(1), u"Yes."_s);
        QVERIFY(w.said().isEmpty());
    }

    void aMentionInAGroupWaitsUntilRead()
    {
        WatchedMesh w;
        events::MessageReceived m = StoreFixture::message(2, u"@Maya can you look?"_s, w.clock.now, u"b1"_s);
        m.conversation = {mesh::protocol::ConversationKind::Broadcast, {}};
        w.apply(m);
        QCOMPARE(w.said(), QStringList{u"frontend waits for you"_s});
        events::ConversationRead read;
        read.conversation = m.conversation;
        read.upToMs = w.clock.now;
        w.apply(read);
        QVERIFY(w.said().isEmpty());
    }

    void stalled()
    {
        WatchedMesh w;
        w.sessions(PeerStatus::Working, PeerStatus::Idle);
        w.pass(5 * kMinute - kSecond);
        QVERIFY(w.said().isEmpty());
        w.pass(kSecond);
        QCOMPARE(w.said(), QStringList{u"qa works without a sign of life"_s});
        // Being listed is no sign of life; saying something is.
        w.list(w.rows);
        QCOMPARE(w.said().size(), 1);
        w.traffic(1, u"*"_s);
        QVERIFY(w.said().isEmpty());
        w.pass(5 * kMinute);
        QCOMPARE(w.said().size(), 1);
        // So is another summary, or using tokens.
        w.rows[0].summary = u"Writing the third test"_s;
        w.list(w.rows);
        QVERIFY(w.said().isEmpty());
        w.pass(5 * kMinute);
        QCOMPARE(w.said().size(), 1);
        w.rows[0].stats = QJsonObject{{u"tokensOut"_s, 5}};
        w.list(w.rows);
        QVERIFY(w.said().isEmpty());
        // So is setting state.
        w.pass(5 * kMinute);
        QCOMPARE(w.said().size(), 1);
        events::StateSet set;
        set.key = u"sprint"_s;
        set.value = 14;
        set.by = u"qa"_s;
        w.apply(set);
        QVERIFY(w.said().isEmpty());
    }

    void whatHappenedWithoutALinkIsNotKnown()
    {
        WatchedMesh w;
        w.sessions(PeerStatus::Working, PeerStatus::Idle);
        w.pass(4 * kMinute);
        events::ConnectionChanged lost;
        lost.state = mesh::protocol::ConnectionState::Waiting;
        w.apply(lost);
        w.pass(60 * kMinute);
        QVERIFY(w.said().isEmpty()); // as of when the link was lost
        events::ConnectionChanged back;
        back.state = mesh::protocol::ConnectionState::Online;
        w.apply(back);
        w.list(w.rows);
        QVERIFY(w.said().isEmpty());
        w.pass(5 * kMinute);
        QCOMPARE(w.said(), QStringList{u"qa works without a sign of life"_s});
    }

    void looping()
    {
        WatchedMesh w;
        for (int round = 0; round < 6; ++round) {
            QVERIFY2(w.said().isEmpty(), qPrintable(w.said().join(u'\n')));
            w.pass(5 * kSecond);
            w.traffic(1, 2);
            w.pass(5 * kSecond);
            w.traffic(2, 1);
        }
        QCOMPARE(w.said(), QStringList{u"frontend is looping with qa · 6 rounds"_s});
        w.traffic(1, 2);
        w.traffic(2, 1);
        QCOMPARE(w.said(), QStringList{u"frontend is looping with qa · 7 rounds"_s});
        // Others may write to them; that changes nothing.
        w.traffic(3, 1);
        QCOMPARE(w.said().size(), 1);
        w.traffic(1, 3); // but this is somebody else it talks to
        QVERIFY(w.said().isEmpty());
    }

    void progressIsNoLoop()
    {
        WatchedMesh w;
        for (int round = 0; round < 12; ++round) {
            w.pass(5 * kSecond);
            w.traffic(1, 2);
            w.traffic(2, 1);
            if (round % 4 == 3) {
                w.rows[1].summary = u"Step %1"_s.arg(round);
                w.list(w.rows);
            }
        }
        QVERIFY2(w.said().isEmpty(), qPrintable(w.said().join(u'\n')));
    }

    void aLoopThatStoppedIsOver()
    {
        WatchedMesh w;
        for (int round = 0; round < 7; ++round) {
            w.traffic(1, 2);
            w.traffic(2, 1);
        }
        QCOMPARE(w.said().size(), 1);
        w.pass(10 * kMinute + kSecond);
        QVERIFY(!w.said().join(u' ').contains(u"looping"_s));
    }

    void talkingToAPersonIsNoLoop()
    {
        WatchedMesh w;
        w.rows[1].peerType = u"human"_s;
        w.list(w.rows);
        for (int round = 0; round < 9; ++round) {
            w.traffic(1, 2);
            w.traffic(2, 1);
        }
        QVERIFY(w.said().isEmpty());
    }

    void wentSilent()
    {
        WatchedMesh w;
        w.traffic(3, 1); // it can speak
        w.pass(kSecond);
        w.traffic(1, 3, Priority::Low); // nobody waits for an answer to this
        w.pass(11 * kMinute);
        QVERIFY2(w.said().isEmpty(), qPrintable(w.said().join(u'\n')));
        w.traffic(1, 3);
        w.pass(kMinute);
        w.traffic(2, 3);
        w.pass(9 * kMinute);
        QCOMPARE(w.said(), QStringList{u"db went silent · 2 messages unanswered"_s});
        w.traffic(3, 2);
        QVERIFY(w.said().isEmpty());
    }

    void neverSpokeIsNotSilent()
    {
        WatchedMesh w;
        w.traffic(1, 3);
        w.pass(60 * kMinute);
        QVERIFY2(w.said().isEmpty(), qPrintable(w.said().join(u'\n')));
    }

    void runsOutOfContext()
    {
        WatchedMesh w;
        const auto use = [&](int used) {
            w.rows[2].stats = QJsonObject{{u"contextUsed"_s, used}, {u"contextMax"_s, 200'000}};
            w.list(w.rows);
        };
        use(150'000);
        w.pass(kMinute);
        QVERIFY(w.said().isEmpty());
        use(160'000);
        QCOMPARE(w.said(), QStringList{u"db runs out of context · 80 % full · full in 4 min"_s});
        use(30'000); // compacted
        QVERIFY(w.said().isEmpty());
        use(199'999);
        QCOMPARE(w.said(), QStringList{u"db runs out of context · 100 % full"_s}); // too little time for a rate
    }

    void floods()
    {
        WatchedMesh w;
        for (int i = 0; i < 119; ++i)
            w.traffic(1, u"@all"_s);
        QVERIFY(w.said().isEmpty());
        w.traffic(1, u"*"_s);
        QCOMPARE(w.said(), QStringList{u"qa floods the mesh · 120 messages a minute"_s});
        w.pass(30 * kSecond);
        for (int i = 0; i < 70; ++i)
            w.traffic(1, u"*"_s);
        w.pass(31 * kSecond);
        QCOMPARE(w.said(), QStringList{u"qa floods the mesh · 70 messages a minute"_s}); // not over yet
        w.pass(31 * kSecond);
        QVERIFY(w.said().isEmpty());
    }

    void peersThatLeftNeedNobody()
    {
        WatchedMesh w;
        w.sessions(PeerStatus::Working, PeerStatus::Idle);
        w.pass(6 * kMinute);
        QCOMPARE(w.said().size(), 1);
        w.list({w.rows.at(1), w.rows.at(2)});
        QVERIFY2(w.said().isEmpty(), qPrintable(w.said().join(u'\n')));
    }

    void everyRuleCanBeSwitchedOff()
    {
        WatchedMesh w;
        w.rows[2].stats = QJsonObject{{u"contextUsed"_s, 95}, {u"contextMax"_s, 100}};
        w.list(w.rows);
        w.receive(3, u"Which one?"_s);
        for (int round = 0; round < 70; ++round) {
            w.traffic(1, 2);
            w.traffic(2, 1);
        }
        for (int i = 0; i < 60; ++i)
            w.traffic(1, 2);
        const auto kinds = [&] {
            QSet<AttentionKind> set;
            for (const auto &item : w.attention.evaluate(w.store, w.clock.now))
                set.insert(item.kind);
            return set;
        };
        const QSet<AttentionKind> all = kinds();
        QVERIFY(all.contains(AttentionKind::WaitsForYou) && all.contains(AttentionKind::ContextFull)
                && all.contains(AttentionKind::Flooding));
        for (const AttentionKind kind : all) {
            AttentionRules rules;
            rules.off = {kind};
            w.attention.setRules(rules);
            QCOMPARE(kinds(), all - QSet<AttentionKind>{kind});
        }
    }

    //! Read anew from the store, the answer is the same as from having watched: for what a store can still tell.
    void startingLateTellsTheSame()
    {
        WatchedMesh w;
        w.sessions(PeerStatus::Working, PeerStatus::Idle);
        w.receive(3, u"Which one?"_s);
        for (int round = 0; round < 8; ++round) {
            w.traffic(1, 2);
            w.pass(kSecond);
            w.traffic(2, 1);
        }
        Attention late;
        late.restart(w.store, w.clock.now);
        QCOMPARE(late.evaluate(w.store, w.clock.now), w.attention.evaluate(w.store, w.clock.now));
        QCOMPARE(w.said().size(), 2);
    }

    void recordedMeshes_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString &name : QDir(QStringLiteral(MESH_TEST_DATA "/transcripts")).entryList({u"*.jsonl"_s}))
            QTest::addRow("%s", qPrintable(name)) << name;
    }

    //! Whatever a real broker said: items name peers of the mesh, their times lie in the past, their words are whole.
    void recordedMeshes()
    {
        QFETCH(QString, name);
        const auto recording = mesh::store::readRecording(QStringLiteral(MESH_TEST_DATA "/transcripts/") + name);
        QVERIFY(recording);
        if (recording->events.isEmpty())
            return;
        mesh::store::MeshStore store(recording->meshes.constFirst());
        Attention attention;
        qint64 now = 0;
        connect(&store, &mesh::store::MeshStore::changed, &store,
                [&](const mesh::store::ChangeSet &changes) { attention.fold(store, changes, now); });
        for (const mesh::protocol::Event &event : recording->events) {
            now = std::max(now, event.atMs);
            store.apply({event});
            for (const AttentionItem &item : attention.evaluate(store, now)) {
                QVERIFY(item.kind == AttentionKind::WaitsForYou || store.peer(item.peer));
                const QString sentence = Attention::sentence(item, store);
                QVERIFY2(!sentence.isEmpty() && !sentence.contains(u"%1"_s), qPrintable(sentence));
            }
        }
        // An hour later nobody floods or loops any more.
        for (const AttentionItem &item : attention.evaluate(store, now + 60 * kMinute))
            QVERIFY(item.kind != AttentionKind::Flooding && item.kind != AttentionKind::Looping);
    }

    void recordedQuestionWaits()
    {
        mesh::store::ReadOptions options;
        options.peer = u"ada"_s;
        const auto recording = mesh::store::readRecording(
            QStringLiteral(MESH_TEST_DATA "/transcripts/05-priority-and-status.jsonl"), options);
        QVERIFY(recording);
        mesh::store::MeshStore store(recording->meshes.constFirst());
        store.apply(recording->events);
        Attention attention;
        const qint64 now = recording->events.constLast().atMs;
        attention.restart(store, now);
        QStringList said;
        for (const AttentionItem &item : attention.evaluate(store, now))
            said.append(Attention::sentence(item, store));
        // Nobody told its name: this client never listed the peers.
        QCOMPARE(said, QStringList{u"56b900ba waits for you"_s});
    }

    void eachThresholdIsUsed()
    {
        WatchedMesh w;
        AttentionRules rules;
        rules.setThreshold(AttentionKind::Looping, 3);
        rules.setThreshold(AttentionKind::Silent, 2);
        rules.setThreshold(AttentionKind::ContextFull, 50);
        rules.setThreshold(AttentionKind::Flooding, 10);
        w.attention.setRules(rules);
        w.rows[2].stats = QJsonObject{{u"contextUsed"_s, 55}, {u"contextMax"_s, 100}};
        w.list(w.rows);
        QCOMPARE(w.said(), QStringList{u"db runs out of context · 55 % full"_s});
        w.rows[2].stats = {};
        w.list(w.rows);
        for (int round = 0; round < 3; ++round) {
            w.traffic(1, 2);
            w.pass(kSecond);
            w.traffic(2, 1);
            w.pass(kSecond);
        }
        QCOMPARE(w.said(), QStringList{u"frontend is looping with qa · 3 rounds"_s});
        w.traffic(1, u"*"_s);
        QVERIFY(w.said().isEmpty());
        for (int i = 0; i < 9; ++i)
            w.traffic(3, u"*"_s);
        QVERIFY(w.said().isEmpty());
        w.traffic(3, u"*"_s);
        QCOMPARE(w.said(), QStringList{u"db floods the mesh · 10 messages a minute"_s});
        w.pass(2 * kMinute);
        QVERIFY(w.said().isEmpty());
        w.pass(10);
        w.traffic(1, 3);
        w.pass(2 * kMinute);
        QCOMPARE(w.said(), QStringList{u"db went silent · 1 messages unanswered"_s});
    }
};

MESH_TEST(TestAttention)

} // namespace tst_attention

#include "tst_attention.moc"
