// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfixture.h"

#include "models/items/focusstate.h"
#include "models/items/peermatches.h"
#include "models/items/timelinemodel.h"
#include "tests/support/fakeclock.h"
#include "views/theme.h"
#include "views/timelineaxis.h"
#include "views/timelinecanvas.h"
#include "views/timelinedata.h"
#include "views/timelineview.h"
#include "tests/support/testprogram.h"

#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableView>

namespace tst_timeline {

using namespace mesh;
using namespace mesh::tests;
using namespace Qt::StringLiterals;

class TstTimeline final : public QObject
{
    Q_OBJECT

private:
    views::Theme m_theme;

private Q_SLOTS:
    void axisMapsBothWays()
    {
        views::TimelineAxis axis{1'000'000, 60'000, 600};
        QCOMPARE(axis.xOf(1'030'000), 300.0);
        QCOMPARE(axis.timeAt(300), 1'030'000);
        QCOMPARE(axis.msPerPixel(), 100.0);
    }

    void zoomKeepsTheTimeUnderThePointer()
    {
        views::TimelineAxis axis{1'000'000, 600'000, 600};
        const qint64 before = axis.timeAt(150);
        axis.zoomAt(150, 2);
        QCOMPARE(axis.spanMs, 300'000);
        QVERIFY(std::abs(axis.timeAt(150) - before) <= 1);
        axis.zoomAt(150, 1e12);
        QCOMPARE(axis.spanMs, views::TimelineAxis::MinSpanMs);
        axis.zoomAt(150, 1e-18);
        QCOMPARE(axis.spanMs, views::TimelineAxis::MaxSpanMs);
        axis.zoomAt(150, 0);
        QCOMPARE(axis.spanMs, views::TimelineAxis::MaxSpanMs);
    }

    void labelsDoNotJitterWhilePanning()
    {
        views::TimelineAxis axis{1'791'468'000'123, 25 * 60'000, 790};
        const qint64 step = axis.markStepMs(96);
        QStringList before;
        for (const views::TimeMark &mark : axis.marks(96))
            before.append(u"%1 %2"_s.arg(mark.atMs).arg(mark.text));
        for (int i = 0; i < 50; ++i) {
            axis.pan(-1);
            QCOMPARE(axis.markStepMs(96), step);
        }
        int same = 0;
        for (const views::TimeMark &mark : axis.marks(96)) {
            QCOMPARE(mark.atMs % step, 0);
            same += before.contains(u"%1 %2"_s.arg(mark.atMs).arg(mark.text)) ? 1 : 0;
        }
        QVERIFY(same >= before.size() - 2);
    }

    void marksAreApartAtEveryZoom()
    {
        for (qint64 span = 2'000; span < views::TimelineAxis::MaxSpanMs; span = span * 3 / 2) {
            const views::TimelineAxis axis{1'791'468'000'123, span, 800};
            const QList<views::TimeMark> marks = axis.marks(90);
            for (qsizetype i = 1; i < marks.size(); ++i)
                QVERIFY(marks[i].x - marks[i - 1].x >= 89.9);
            QVERIFY(marks.size() <= 12);
        }
    }

    void barsCountByPriority()
    {
        views::TimelineData data;
        data.addMessage(10'100, protocol::Priority::Now);
        data.addMessage(10'900, protocol::Priority::Next);
        data.addMessage(12'000, protocol::Priority::Low);
        data.addMessage(9'000, protocol::Priority::Next); // late
        const QList<views::MessageBar> fine = data.bars(0, 20'000, 1'000);
        QCOMPARE(fine.size(), 3);
        QCOMPARE(fine[0].fromMs, 9'000);
        QCOMPARE(fine[1].total(), 2);
        const QList<views::MessageBar> coarse = data.bars(0, 20'000, 10'000);
        QCOMPARE(coarse.size(), 2);
        QCOMPARE(coarse[1].count[0], 1);
        QCOMPARE(coarse[1].count[2], 1);
    }

    void dataIsBounded()
    {
        views::TimelineData data;
        for (int i = 0; i < views::TimelineData::MaxPoints * 2; ++i)
            data.addState({i + 1, u"k"_s, {}, {}, u"v"_s});
        QVERIFY(data.states().size() <= views::TimelineData::MaxPoints * 11 / 10);
        QCOMPARE(data.states().constLast().atMs, views::TimelineData::MaxPoints * 2);
    }

    void presenceIsRebuiltBackwards()
    {
        store::MeshStore store(PanelMesh);
        using protocol::PeerStatus;
        const qint64 t = 1'791'468'000'000;
        goOnline(store, t);
        const auto list = [&](qint64 at, PeerStatus a, PeerStatus b) {
            store.apply({happened(at, protocol::events::PeersListed{{peerRow(1, u"a"_s, a), peerRow(2, u"b"_s, b)}})});
        };
        list(t + 1'000, PeerStatus::Idle, PeerStatus::Idle);
        list(t + 5'000, PeerStatus::Working, PeerStatus::Idle);
        list(t + 9'000, PeerStatus::Working, PeerStatus::Dnd);
        views::TimelineData data;
        data.rebuild(store);
        const auto at = [&](qint64 ms) { return data.presence(ms, ms + 1).value(0); };
        QCOMPARE(at(t + 10'000).working, 1);
        QCOMPARE(at(t + 10'000).dnd, 1);
        QCOMPARE(at(t + 6'000).working, 1);
        QCOMPARE(at(t + 6'000).dnd, 0);
        QCOMPARE(at(t + 2'000).working, 0);
    }

    void lanesFollowTheFilter()
    {
        store::MeshStore store(PanelMesh);
        using protocol::PeerStatus;
        const qint64 t = 1'791'468'000'000;
        goOnline(store, t);
        store.apply({happened(t + 1'000,
                              protocol::events::PeersListed{
                                  {peerRow(1, u"qa"_s, PeerStatus::Working), peerRow(2, u"db"_s, PeerStatus::Idle)}})});
        const QString qa = peerRow(1, u"qa"_s, PeerStatus::Idle).pubkey;
        const QString db = peerRow(2, u"db"_s, PeerStatus::Idle).pubkey;
        int id = 0;
        const auto sent = [&](const QString &from, const QString &to) {
            protocol::events::TrafficSeen seen;
            seen.source = protocol::events::TrafficSource::Stream;
            seen.messageId = u"m%1"_s.arg(++id);
            seen.senderKey = from;
            seen.targetSpec = to;
            seen.sentAtMs = t + 2'000;
            store.apply({happened(t + 2'000, seen)});
        };
        sent(qa, u"*"_s);
        sent(db, u"*"_s);
        sent(db, qa);
        store.apply({happened(t + 3'000, protocol::events::StateSet{u"sprint"_s, 14, u"qa"_s}),
                     happened(t + 3'500, protocol::events::StateSet{u"frozen"_s, true, u"db"_s})});

        items::FocusState focus;
        FakeClock clock(t + 10'000);
        items::PeerMatches matches(focus, clock);
        matches.setStore(&store);
        views::TimelineView view(m_theme, clock, &focus);
        view.setStore(&store);
        view.setMatches(&matches);
        view.resize(900, 240);
        view.show();
        auto *canvas = view.findChild<views::TimelineCanvas *>();
        const auto messages = [&] {
            int sum = 0;
            for (const views::MessageBar &bar : canvas->data().bars(t, t + 60'000, 1'000))
                sum += bar.total();
            return sum;
        };
        QCOMPARE(messages(), 3);
        QCOMPARE(canvas->data().states().size(), 2);
        QVERIFY(!canvas->isFiltered());
        const QImage all = canvas->grab().toImage();

        focus.setFilterText(u"name:qa"_s);
        QVERIFY(canvas->isFiltered());
        QVERIFY(canvas->grab().toImage() != all); // and says so
        QVERIFY(canvas->describeAt(QPointF(20, canvas->height() - 4)).contains(u"filter"_s));
        QCOMPARE(messages(), 2); // what it sent and what it got
        QCOMPARE(canvas->data().states().size(), 1);
        QCOMPARE(canvas->data().states().constFirst().subject, u"sprint"_s);
        QCOMPARE(canvas->data().presence(t + 9'000, t + 9'001).value(0).live, 1);
        // What comes later is asked too.
        sent(db, u"*"_s);
        sent(qa, u"*"_s);
        QCOMPARE(messages(), 3);

        // Who passes changes by itself: the lanes follow, if not at every turn.
        focus.setFilterText(u"status:working"_s);
        QCOMPARE(messages(), 3);
        store.apply({happened(t + 5'000,
                              protocol::events::PeersListed{{peerRow(1, u"qa"_s, PeerStatus::Working),
                                                             peerRow(2, u"db"_s, PeerStatus::Working)}})});
        QTRY_COMPARE(messages(), 5);
        focus.setFilterText({});
        QVERIFY(!canvas->isFiltered());
        QCOMPARE(messages(), 5);
        QCOMPARE(canvas->data().states().size(), 2);
    }

    void modelFollowsTheStore()
    {
        store::MeshStore store(PanelMesh);
        items::TimelineModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&store);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        fillStore(store, 1'791'468'000'000);
        QVERIFY(model.rowCount() > 100);
        QCOMPARE(model.rowCount(), int(store.timeline().size()));
        // A late row goes between others, and is told as one insertion.
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        const int before = model.rowCount();
        store.apply({happened(1'791'468'000'000 - 600'000, protocol::events::StateSet{u"late"_s, 7, u"qa"_s})});
        QCOMPARE(model.rowCount(), before + 1);
        QCOMPARE(inserted.count(), 1);
        QVERIFY(inserted.at(0).at(1).toInt() < before - 1);
        QCOMPARE(resets.count(), 0);
        const int row = model.rowAt(1'791'468'000'000 - 600'000);
        QCOMPARE(model.index(row, items::TimelineModel::What).data().toString(), u"set late"_s);
        QCOMPARE(model.index(row, items::TimelineModel::NewValue).data().toString(), u"7"_s);
        for (int i = 1; i < model.rowCount(); ++i)
            QVERIFY(model.index(i - 1, 0).data(items::TimelineModel::AtMsRole).toLongLong()
                    <= model.index(i, 0).data(items::TimelineModel::AtMsRole).toLongLong());
        model.setStore(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void modelCatchesUpAfterAPause()
    {
        store::MeshStore store(PanelMesh);
        items::TimelineModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&store);
        model.setActive(false);
        fillStore(store, 1'791'468'000'000);
        QCOMPARE(model.rowCount(), 0);
        model.setActive(true);
        QCOMPARE(model.rowCount(), int(store.timeline().size()));
    }

    void modelDropsOldRows()
    {
        store::StoreLimits limits;
        limits.timelineEntries = 20;
        store::MeshStore store(PanelMesh, limits);
        items::TimelineModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&store);
        for (int i = 0; i < 100; ++i)
            store.apply({happened(1'791'468'000'000 + i * 1'000, protocol::events::StateSet{u"k"_s, i, u"qa"_s})});
        QCOMPARE(model.rowCount(), int(store.timeline().size()));
        QCOMPARE(model.index(model.rowCount() - 1, items::TimelineModel::NewValue).data().toString(), u"99"_s);
    }

    void clickPutsTheCursorAndLiveTakesItAway()
    {
        FakeClock time(1'791'468'000'000);
        store::MeshStore store(PanelMesh);
        fillStore(store, time.nowMs());
        items::FocusState focus;
        focus.setMesh(PanelMesh);
        views::TimelineView view(m_theme, time, &focus);
        view.setStore(&store);
        view.resize(820, 206);
        view.show();
        auto *canvas = view.findChild<views::TimelineCanvas *>(u"timelineCanvas"_s);
        QVERIFY(canvas);
        QVERIFY(canvas->isFollowing());
        const QPoint at(400, int(canvas->laneRect(views::TimelineCanvas::State).center().y()));
        QTest::mouseClick(canvas, Qt::LeftButton, {}, at);
        QVERIFY(focus.timeCursorMs());
        QCOMPARE(*focus.timeCursorMs(),
                 canvas->axis().timeAt(400 - canvas->laneRect(views::TimelineCanvas::State).left()));
        QVERIFY(!canvas->isFollowing());
        QTest::keyClick(canvas, Qt::Key_Left);
        QVERIFY(*focus.timeCursorMs() < time.nowMs());
        QTest::mouseClick(view.findChild<QPushButton *>(u"timelineLive"_s), Qt::LeftButton);
        QVERIFY(!focus.timeCursorMs());
        QVERIFY(canvas->isFollowing());
    }

    void wheelZoomsToThePointerAndDragPans()
    {
        views::TimelineCanvas canvas(m_theme);
        canvas.resize(820, 206);
        canvas.show();
        canvas.setNow(1'791'468'000'000);
        canvas.setFollowing(false);
        const double left = canvas.laneRect(views::TimelineCanvas::Ticks).left();
        const qint64 before = canvas.axis().timeAt(300);
        QWheelEvent wheel(QPointF(left + 300, 80), QPointF(left + 300, 80), {}, {0, 240}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&canvas, &wheel);
        QVERIFY(canvas.axis().spanMs < 30 * 60'000);
        QVERIFY(std::abs(canvas.axis().timeAt(300) - before) <= 2);
        const qint64 start = canvas.axis().startMs;
        const QPoint from(int(left) + 200, int(canvas.laneRect(views::TimelineCanvas::Tasks).center().y()));
        QTest::mousePress(&canvas, Qt::LeftButton, {}, from);
        QMouseEvent move(QEvent::MouseMove, QPointF(from + QPoint(60, 0)), QPointF(from + QPoint(60, 0)), Qt::NoButton,
                         Qt::LeftButton, {});
        QCoreApplication::sendEvent(&canvas, &move);
        QTest::mouseRelease(&canvas, Qt::LeftButton, {}, from + QPoint(60, 0));
        QVERIFY(canvas.axis().startMs < start);
    }

    void hoverTellsOldAndNewValueAndWho()
    {
        views::TimelineCanvas canvas(m_theme);
        canvas.resize(820, 206);
        canvas.show();
        const qint64 now = 1'791'468'000'000;
        canvas.setNow(now);
        canvas.data().addState({now - 60'000, u"frozen"_s, u"qa"_s, u"true"_s, u"false"_s});
        const QRectF lane = canvas.laneRect(views::TimelineCanvas::State);
        const QPointF at(lane.left() + canvas.axis().xOf(now - 60'000) + 4, lane.center().y());
        const QString text = canvas.describeAt(at);
        QVERIFY2(text.contains(u"frozen: true \u2192 false"), qPrintable(text));
        QVERIFY(text.contains(u"by qa"));
        QVERIFY(canvas.describeAt({lane.left() + 3, lane.center().y()}).isEmpty());
    }

    void listFiltersByTextAndKind()
    {
        FakeClock time(1'791'468'000'000);
        store::MeshStore store(PanelMesh);
        fillStore(store, time.nowMs());
        items::FocusState focus;
        views::TimelineView view(m_theme, time, &focus);
        view.setStore(&store);
        view.resize(820, 300);
        view.show();
        view.setMode(views::TimelineView::Mode::List);
        auto *list = view.findChild<QTableView *>(u"timelineList"_s);
        auto *lane = view.findChild<QComboBox *>(u"timelineLane"_s);
        const int changes = list->model()->rowCount();
        QVERIFY(changes > 10);
        lane->setCurrentIndex(lane->findData(int(store::Lane::State)));
        const int states = list->model()->rowCount();
        QVERIFY(states > 0 && states < changes);
        view.findChild<QLineEdit *>(u"timelineFilter"_s)->setText(u"STOCK"_s);
        QTRY_VERIFY(list->model()->rowCount() < states);
        QVERIFY(list->model()->rowCount() > 0);
        for (int i = 0; i < list->model()->rowCount(); ++i)
            QCOMPARE(list->model()->index(i, items::TimelineModel::What).data().toString(), u"set stock"_s);
        view.findChild<QLineEdit *>(u"timelineFilter"_s)->setText(u"no such thing"_s);
        QTRY_COMPARE(list->model()->rowCount(), 0);
        QVERIFY(view.findChild<QWidget *>(u"timelineEmpty"_s)->isVisible());
    }

    void hiddenViewDoesNoWorkAndCatchesUp()
    {
        FakeClock time(1'791'468'000'000);
        store::MeshStore store(PanelMesh);
        items::FocusState focus;
        views::TimelineView view(m_theme, time, &focus);
        view.setStore(&store);
        fillStore(store, time.nowMs());
        auto *canvas = view.findChild<views::TimelineCanvas *>(u"timelineCanvas"_s);
        QVERIFY(canvas->data().isEmpty());
        view.show();
        QVERIFY(!canvas->data().isEmpty());
        QVERIFY(!canvas->data().states().isEmpty());
    }
};

MESH_TEST(TstTimeline)

} // namespace tst_timeline

#include "tst_timeline.moc"
