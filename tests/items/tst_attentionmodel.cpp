// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QRandomGenerator>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <cmath>
#include <limits>

#include "models/items/attentionmodel.h"
#include "models/items/focusstate.h"
#include "models/items/peermatches.h"
#include "models/store/replay.h"
#include "tests/items/watchedmesh.h"
#include "tests/support/testprogram.h"

namespace tst_attentionmodel {

using namespace Qt::StringLiterals;
using namespace mesh::items;
using namespace mesh::test;
using mesh::protocol::PeerStatus;

namespace {

class MemorySettings final : public AttentionSettings
{
public:
    QSet<AttentionKind> off() const override { return kept; }
    void setOff(const QSet<AttentionKind> &off) override { kept = off; }
    std::optional<int> threshold(AttentionKind kind) const override
    {
        return figures.contains(kind) ? std::optional(figures.value(kind)) : std::nullopt;
    }
    void setThreshold(AttentionKind kind, std::optional<int> value) override
    {
        if (value)
            figures.insert(kind, *value);
        else
            figures.remove(kind);
    }
    QSet<AttentionKind> kept;
    QHash<AttentionKind, int> figures;
};

} // namespace

class TestAttentionModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void modelFollows()
    {
        WatchedMesh w;
        AttentionModel model(w.clock);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&w.store);
        QCOMPARE(model.rowCount(), 0);
        QSignalSpy changed(&model, &AttentionModel::itemsChanged);
        w.receive(1, u"Shall I merge?"_s);
        w.receive(3, u"Which one?"_s);
        QTRY_COMPARE(model.rowCount(), 2);
        QVERIFY(!changed.isEmpty());
        QCOMPARE(model.index(0).data().toString(), u"qa waits for you"_s);
        QCOMPARE(QSet<QString>({model.item(0).peer, model.item(1).peer}), QSet<QString>({keyOf(1), keyOf(3)}));
        w.pass(2 * kMinute);
        model.refresh();
        QCOMPARE(model.index(0).data().toString(), u"qa waits for you · 2 min"_s);
        w.compose(direct(1), u"Yes."_s);
        model.refresh();
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.item(0).peer, keyOf(3));

        MemorySettings settings;
        model.setSettings(&settings);
        model.setOn(AttentionKind::WaitsForYou, false);
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(settings.kept, QSet<AttentionKind>{AttentionKind::WaitsForYou});
        model.setOn(AttentionKind::WaitsForYou, true);
        QCOMPARE(model.rowCount(), 1);
        model.setStore(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void thresholdsAreTheUsers()
    {
        WatchedMesh w;
        AttentionModel model(w.clock);
        model.setStore(&w.store);
        model.setThreshold(AttentionKind::Stalled, 2);
        QCOMPARE(model.rules().stalledAfterMs, 5 * kMinute); // nobody keeps it
        MemorySettings settings;
        model.setSettings(&settings);
        w.sessions(PeerStatus::Working, PeerStatus::Idle);
        w.pass(2 * kMinute);
        model.refresh();
        QCOMPARE(model.rowCount(), 0);
        QSignalSpy changed(&model, &AttentionModel::rulesChanged);
        model.setThreshold(AttentionKind::Stalled, 2);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(model.rowCount(), 1); // at once
        QCOMPARE(settings.figures, (QHash<AttentionKind, int>{{AttentionKind::Stalled, 2}}));
        QVERIFY(Attention::ruleText(AttentionKind::Stalled, model.rules()).contains(u"2 min"_s));
        model.setThreshold(AttentionKind::Stalled, 5);
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(settings.figures.isEmpty()); // the standard is not kept

        // Each has its range, in and out of the settings; a file may hold anything.
        for (const AttentionKind kind : attentionKinds) {
            const auto range = thresholdOf(kind);
            AttentionRules rules;
            QCOMPARE(rules.threshold(kind), range ? range->standard : 0);
            settings.figures = {{kind, -1'000'000}};
            model.setSettings(&settings);
            QCOMPARE(model.rules().threshold(kind), range ? range->least : 0);
            settings.figures = {{kind, std::numeric_limits<int>::max()}};
            model.setSettings(&settings);
            QCOMPARE(model.rules().threshold(kind), range ? range->most : 0);
            if (!range)
                continue;
            model.setThreshold(kind, range->least - 1);
            QCOMPARE(settings.figures.value(kind), range->least);
            model.setThreshold(kind, range->standard);
            QVERIFY(!settings.figures.contains(kind));
        }
    }

    //! A recording is judged by its own time, however long ago and however fast it is shown.
    void recordingsHaveTheirOwnTime_data()
    {
        QTest::addColumn<int>("minutes");
        QTest::addColumn<bool>("stalled");
        QTest::newRow("ends soon") << 4 << false;
        QTest::newRow("ends later") << 6 << true;
    }

    void recordingsHaveTheirOwnTime()
    {
        QFETCH(int, minutes);
        QFETCH(bool, stalled);
        WatchedMesh made; // writes the recording
        mesh::store::Recording recording;
        const auto add = [&](mesh::protocol::EventBody body) {
            recording.events.append({kMesh, made.clock.now, std::move(body)});
        };
        events::ConnectionChanged online;
        online.state = mesh::protocol::ConnectionState::Online;
        add(online);
        add(events::PeersListed{{StoreFixture::peer(1, u"qa"_s, PeerStatus::Working), StoreFixture::peer(2, u"db"_s)}});
        made.pass(minutes * kMinute);
        add(events::LinkMeasured{1, {}});
        recording.meshes = {kMesh};

        const mesh::protocol::SystemClock real;
        mesh::store::ReplayClock clock(real);
        QVERIFY(std::abs(clock.nowMs() - real.nowMs()) < 60'000);
        mesh::store::ReplaySource source(recording, 0, real);
        clock.follow(&source);
        mesh::store::MeshStore store(kMesh);
        connect(&source, &mesh::store::ReplaySource::eventsReady, &store,
                [&](const mesh::protocol::EventList &list) { store.apply(list); });
        AttentionModel model(clock);
        model.setStore(&store);
        FocusState focus;
        PeerMatches matches(focus, clock);
        matches.setStore(&store);
        focus.setFilterText(u"idle>5m"_s);
        QSignalSpy finished(&source, &mesh::store::ReplaySource::finished);
        source.start();
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(clock.nowMs(), made.clock.now);
        model.refresh();
        QCOMPARE(model.rowCount(), stalled ? 1 : 0);
        focus.setFilterText(u"idle>5m "_s); // asked again
        focus.setFilterText(u"idle>5m type:ai"_s);
        QCOMPARE(matches.passes(keyOf(2)), stalled);
        clock.follow(nullptr);
        model.refresh();
        QCOMPARE(model.rowCount(), 1); // by the real time it is long ago
    }

    //! Random lists of matters, one after another: the model gets to each without a reset.
    void modelGoesFromListToList()
    {
        WatchedMesh w;
        AttentionModel model(w.clock);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&w.store);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QRandomGenerator random(8);
        for (int round = 0; round < 60; ++round) {
            const int n = random.bounded(1, 9);
            w.pass(random.bounded(40) * kSecond);
            if (random.bounded(2))
                w.receive(n, random.bounded(2) ? u"Really?"_s : u"Done."_s);
            else
                w.compose(direct(n), u"Yes."_s);
            model.refresh();
            QList<AttentionItem> shown;
            for (int row = 0; row < model.rowCount(); ++row)
                shown.append(model.item(row));
            QCOMPARE(shown, w.attention.evaluate(w.store, w.clock.now));
        }
        QCOMPARE(resets.size(), 0);
    }
};

MESH_TEST(TestAttentionModel)

} // namespace tst_attentionmodel

#include "tst_attentionmodel.moc"
