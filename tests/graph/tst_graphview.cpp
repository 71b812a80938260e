// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <cmath>
#include <memory>

#include "graph/frameclock.h"
#include "graph/graphcamera.h"
#include "graph/graphview.h"
#include "graph/nodelayer.h"
#include "graph/pulses.h"
#include "models/items/focusstate.h"
#include "models/items/graphmodel.h"
#include "tests/graph/showngraph.h"
#include "tests/support/testprogram.h"

namespace tst_graphview {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::graph;
using graphtest::differentPixels;
using graphtest::peer;
using graphtest::ShownGraph;
using graphtest::traffic;
using items::GraphModel;

namespace {

class CountingView : public QObject
{
public:
    explicit CountingView(QWidget *widget) { widget->installEventFilter(this); }
    int paints = 0;

private:
    bool eventFilter(QObject *, QEvent *event) override
    {
        paints += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

} // namespace

class TestGraphView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clockStopsByItself()
    {
        protocol::SystemClock clock;
        FrameClock frames(clock);
        int ticks = 0;
        connect(&frames, &FrameClock::frame, this, [&] { ++ticks; });
        QVERIFY(!frames.isRunning());
        QObject a;
        auto b = std::make_unique<QObject>();
        frames.setRate(&a, 60);
        frames.setRate(b.get(), 10);
        QCOMPARE(frames.currentRate(), 60);
        QTRY_VERIFY(ticks > 3);
        frames.setRate(&a, 0);
        QCOMPARE(frames.currentRate(), 10);
        b.reset();
        QCOMPARE(frames.currentRate(), 0);
        QVERIFY(!frames.isRunning());
    }

    void cameraKeepsThePointUnderThePointer()
    {
        GraphCamera camera;
        camera.viewport = {800, 600};
        QVERIFY(camera.scale() > 200 && camera.scale() < 300);
        const QPointF pointer(523, 144);
        const QPointF world = camera.toWorld(pointer);
        camera.zoomBy(3.7, pointer);
        const QPointF after = camera.toView(world);
        QVERIFY(std::hypot(after.x() - pointer.x(), after.y() - pointer.y()) < 1e-6);
        for (int i = 0; i < 100; ++i)
            camera.zoomBy(2, pointer);
        QCOMPARE(camera.zoom, GraphCamera::kMostZoom);
        camera.panBy({1e9, -1e9});
        QVERIFY(std::abs(camera.pan.x()) < 1e6);
        camera.fit();
        QCOMPARE(camera.toView({0, 0}), QPointF(400, 300));
    }

    void pulsesAreBoundedAndCounted()
    {
        Pulses pulses;
        std::vector<LivePulse> fresh;
        QList<items::GraphPulse> flood;
        for (int i = 0; i < 50'000; ++i) {
            items::GraphPulse pulse;
            pulse.from = i;
            pulse.to = i + 1;
            flood << pulse;
        }
        pulses.add(flood, 1'000'000, true, fresh);
        QCOMPARE(fresh.size(), size_t(50'000)); // every message has its edge
        QCOMPARE(pulses.dots().size(), Pulses::kMostDots);
        QCOMPARE(pulses.dotsMerged(), 50'000 - qint64(Pulses::kMostDots));
        QCOMPARE(pulses.trails().size(), Pulses::kMostTrails);
        QCOMPARE(pulses.expire(1'000'000 + 1'300 * 1'000'000LL).size(), Pulses::kMostDots);
        QVERIFY(pulses.dots().empty());
        pulses.expire(1'000'000 + 8'001 * 1'000'000LL);
        QVERIFY(pulses.trails().empty());
    }

    void burstsShareADot()
    {
        Pulses pulses;
        std::vector<LivePulse> fresh;
        items::GraphPulse pulse;
        pulse.from = 1;
        pulse.to = 2;
        const qint64 ms = 1'000'000;
        pulses.add({pulse}, 0, true, fresh);
        pulses.add({pulse}, 100 * ms, true, fresh);
        QCOMPARE(pulses.dots().size(), size_t(1));
        QCOMPARE(pulses.dots().front().pulse.messages, 2);
        pulses.add({pulse}, 400 * ms, true, fresh);
        QCOMPARE(pulses.dots().size(), size_t(2));
        pulse.priority = protocol::Priority::Now;
        pulses.add({pulse}, 400 * ms, true, fresh);
        QCOMPARE(pulses.dots().size(), size_t(3));
        pulses.expire(1'250 * ms);
        pulses.add({pulse}, 1'300 * ms, true, fresh);
        QCOMPARE(pulses.dots().size(), size_t(3));
        QCOMPARE(pulses.dotsMerged(), 0);
        QCOMPARE(Pulses::progress(0, 0), 0.0);
        QCOMPARE(Pulses::progress(0, 5'000 * ms), 1.0);
        QCOMPARE(Pulses::progress(5'000 * ms, 0), 0.0); // a clock that jumped back
    }

    void labelsDoNotOverlap()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        for (int i = 0; i < 120; ++i)
            model.upsertPeer(peer(u"k%1"_s.arg(i), u"a rather long name %1"_s.arg(i), {u"g%1"_s.arg(i % 5)}));
        model.flush();
        SpriteAtlas atlas;
        atlas.setStyle(graphtest::style(), 1);
        NodeLayer layer;
        GraphCamera camera;
        camera.viewport = {900, 700};
        for (const double zoom : {0.5, 1.0, 3.0}) {
            camera.zoom = zoom;
            layer.sync(model.nodes(), model.layout().nodeRadius(), false, 0, false);
            layer.place(model.nodes(), camera, {}, atlas);
            const QList<QRectF> rects = layer.labelRects();
            QVERIFY(zoom < 1 || !rects.isEmpty());
            for (qsizetype i = 0; i < rects.size(); ++i) {
                for (qsizetype j = i + 1; j < rects.size(); ++j)
                    QVERIFY(!rects[i].intersects(rects[j]));
            }
        }
    }

    void hitTest()
    {
        ShownGraph b;
        for (int i = 0; i < 6; ++i) {
            const QString key = u"k%1"_s.arg(i);
            QCOMPARE(b.view.peerAt(b.view.peerPosition(key)), key);
            QCOMPARE(b.view.peerAt(b.view.peerPosition(key) + QPointF(3, -3)), key);
        }
        QVERIFY(b.view.peerAt({320, 240}).isEmpty());
        QVERIFY(b.view.peerAt({-50, -50}).isEmpty());
        b.view.zoomBy(5, b.view.peerPosition(u"k2"_s));
        b.grab();
        QCOMPARE(b.view.peerAt(b.view.peerPosition(u"k2"_s)), u"k2"_s);
    }

    void paintsPeersAndStatus()
    {
        ShownGraph b;
        const QImage before = b.grab();
        QCOMPARE(before.pixelColor(2, 2), graphtest::style().background);
        const QRect around(b.at(u"k1"_s) - QPoint(24, 24), QSize(48, 48));
        b.model.upsertPeer(peer(u"k1"_s, u"peer-1"_s, {u"ops"_s}, store::PeerStatus::Working));
        b.model.flush();
        const QImage after = b.grab();
        QVERIFY(differentPixels(before, after, around) > 60);
        QVERIFY(differentPixels(before, after) < 2000); // nobody else changed
    }

    void emptyStateSaysWhatToDo()
    {
        ShownGraph b;
        const QImage before = b.grab();
        b.view.setModel(nullptr);
        const QImage after = b.grab();
        QVERIFY(differentPixels(before, after) > 5000);
        QVERIFY(b.view.accessibleDescription().contains(u"No peers"_s));
    }

    void messageTravelsAndFades()
    {
        ShownGraph b;
        const QImage still = b.grab();
        QVERIFY(b.frames.rate(&b.view) == 0); // nothing moves, nobody asks for frames
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        QCOMPARE(b.frames.rate(&b.view), 60);
        QCOMPARE(b.view.dotCount(), 1);
        b.frame(16);
        b.view.finishRaster();
        b.frame(16);
        const QImage early = b.grab();
        QVERIFY(differentPixels(still, early) > 150); // the edge is there at once
        b.frame(500);
        b.view.finishRaster();
        const QImage half = b.grab();
        QVERIFY(differentPixels(early, half) > 60); // the dot has moved
        b.frame(800);
        QCOMPARE(b.view.dotCount(), 0);
        QVERIFY(b.view.trailsVisible());
        for (int i = 0; i < 300 && b.frames.rate(&b.view) > 0; ++i) {
            b.frame(33);
            b.view.finishRaster();
        }
        QCOMPARE(b.frames.rate(&b.view), 0);
        QVERIFY(!b.view.trailsVisible());
        b.view.selectPeer({});
        const QImage end = b.grab();
        // Only the sizes of the two peers and the rate in the middle may differ: no residue between.
        const QPoint middle = ((b.view.peerPosition(u"k0"_s) * 0.35 + b.view.peerPosition(u"k3"_s) * 0.65)).toPoint();
        QCOMPARE(differentPixels(still, end, QRect(middle - QPoint(10, 10), QSize(20, 20))), 0);
    }

    void hiddenViewsDoNothing()
    {
        ShownGraph b;
        CountingView counter(&b.view);
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        b.view.hide();
        QCOMPARE(b.frames.rate(&b.view), 0);
        const int paints = counter.paints;
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        b.model.upsertPeer(peer(u"k9"_s, u"nine"_s));
        b.model.flush();
        QCOMPARE(b.frames.rate(&b.view), 0);
        QCOMPARE(b.view.dotCount(), 0);
        b.frame(16);
        QCoreApplication::processEvents();
        QCOMPARE(counter.paints, paints);
        QVERIFY(!b.frames.isRunning());
    }

    void idleDrawsNothing()
    {
        ShownGraph b;
        QCoreApplication::processEvents();
        CountingView counter(&b.view);
        QCOMPARE(b.frames.rate(&b.view), 0);
        b.frame(1000);
        QCoreApplication::processEvents();
        QCOMPARE(counter.paints, 0);
    }

    void reducedMotionHasNoDots()
    {
        ShownGraph b;
        b.view.setReducedMotion(true);
        const QImage still = b.grab();
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        QCOMPARE(b.view.dotCount(), 0);
        b.frame(16);
        b.view.finishRaster();
        b.frame(1);
        QVERIFY(b.frames.rate(&b.view) <= 10);
        QVERIFY(differentPixels(still, b.grab()) > 150);
        b.frame(600); // figures in the middle follow at most twice a second
        const QImage lit = b.grab();
        b.frame(500);
        b.view.finishRaster();
        QCOMPARE(differentPixels(lit, b.grab()), 0); // steps, not motion
        b.frame(2100);
        b.view.finishRaster();
        QVERIFY(differentPixels(lit, b.grab()) > 100);
    }

    void pointerSelectsPansAndPins()
    {
        ShownGraph b;
        QSignalSpy activated(&b.view, &GraphView::peerActivated);
        QTest::mouseMove(&b.view, b.at(u"k2"_s));
        QCOMPARE(b.view.hoveredPeer(), u"k2"_s);
        QCOMPARE(b.focus.hoveredPeer(), u"k2"_s);
        QTest::mouseClick(&b.view, Qt::LeftButton, {}, b.at(u"k2"_s));
        QCOMPARE(b.view.selectedPeer(), u"k2"_s);
        QCOMPARE(b.focus.selectedPeer(), u"k2"_s);
        b.focus.setSelectedPeer(u"k4"_s);
        QCOMPARE(b.view.selectedPeer(), u"k4"_s);
        QTest::mouseDClick(&b.view, Qt::LeftButton, {}, b.at(u"k1"_s));
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated.first().first().toString(), u"k1"_s);

        const QPointF before = b.view.peerPosition(u"k1"_s);
        QTest::mousePress(&b.view, Qt::LeftButton, {}, {320, 235});
        QTest::mouseMove(&b.view, {360, 265});
        QTest::mouseRelease(&b.view, Qt::LeftButton, {}, {360, 265});
        QCOMPARE(b.view.peerPosition(u"k1"_s), before + QPointF(40, 30));
        QCOMPARE(b.view.selectedPeer(), u"k1"_s); // a drag is not a click

        const QPoint from = b.at(u"k3"_s);
        QTest::mousePress(&b.view, Qt::LeftButton, {}, from);
        QTest::mouseMove(&b.view, from + QPoint(30, 12));
        QTest::mouseRelease(&b.view, Qt::LeftButton, {}, from + QPoint(30, 12));
        QVERIFY(b.model.node(u"k3"_s)->pinned);
        QCOMPARE(b.at(u"k3"_s), from + QPoint(30, 12));
        QCOMPARE(b.model.pins().size(), 1);

        QTest::mouseDClick(&b.view, Qt::LeftButton, {}, {5, 240});
        QCOMPARE(b.view.zoom(), 1.0);
        QCOMPARE(b.view.peerPosition(u"k1"_s), before);
    }

    void keysWalk()
    {
        ShownGraph b;
        QSignalSpy activated(&b.view, &GraphView::peerActivated);
        QTest::keyClick(&b.view, Qt::Key_Down);
        const QString first = b.view.selectedPeer();
        QVERIFY(!first.isEmpty());
        QSet<QString> reached{first};
        for (int i = 0; i < 40; ++i) {
            static const QList<Qt::Key> keys{Qt::Key_Right, Qt::Key_Down, Qt::Key_Left, Qt::Key_Up,
                                             Qt::Key_Left,  Qt::Key_Down, Qt::Key_Right};
            const QPointF before = b.view.peerPosition(b.view.selectedPeer());
            const QString was = b.view.selectedPeer();
            const Qt::Key key = keys[i % keys.size()];
            QTest::keyClick(&b.view, key);
            reached << b.view.selectedPeer();
            if (b.view.selectedPeer() != was && key == Qt::Key_Right)
                QVERIFY(b.view.peerPosition(b.view.selectedPeer()).x() > before.x());
        }
        QVERIFY(reached.size() >= 5);
        QTest::keyClick(&b.view, Qt::Key_Return);
        QCOMPARE(activated.count(), 1);
        QTest::keyClick(&b.view, Qt::Key_P);
        QVERIFY(b.model.node(b.view.selectedPeer())->pinned);
        QTest::keyClick(&b.view, Qt::Key_P);
        QVERIFY(!b.model.node(b.view.selectedPeer())->pinned);
        QTest::keyClick(&b.view, Qt::Key_Plus);
        QVERIFY(b.view.zoom() > 1.2);
        QTest::keyClick(&b.view, Qt::Key_0);
        QCOMPARE(b.view.zoom(), 1.0);
        QSignalSpy find(&b.view, &GraphView::findRequested);
        QTest::keyClick(&b.view, Qt::Key_F);
        QCOMPARE(find.count(), 1);
        QVERIFY(b.view.accessibleDescription().contains(b.model.node(b.view.selectedPeer())->name));
        QTest::keyClick(&b.view, Qt::Key_Escape);
        QVERIFY(b.view.selectedPeer().isEmpty());
    }

    void wheelZoomsToThePointer()
    {
        ShownGraph b;
        const QPointF at = b.view.peerPosition(u"k5"_s);
        QWheelEvent wheel(at, b.view.mapToGlobal(at), {}, {0, 240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                          false);
        QCoreApplication::sendEvent(&b.view, &wheel);
        QVERIFY(b.view.zoom() > 1.3);
        const QPointF after = b.view.peerPosition(u"k5"_s);
        QVERIFY(std::hypot(after.x() - at.x(), after.y() - at.y()) < 0.5);
    }

    void trailsFollowTheCamera()
    {
        ShownGraph b;
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        b.frame(16);
        b.view.finishRaster();
        b.view.zoomBy(1.6, {320, 240});
        b.frame(16);
        const QImage moved = b.grab(); // the old layer, scaled
        b.frame(100);
        b.view.finishRaster();
        b.frame(1);
        const QImage drawn = b.grab(); // and drawn afresh
        QVERIFY(differentPixels(moved, drawn) > 50);
        QVERIFY(differentPixels(moved, drawn) < 6000);
    }

    void hoverDimsTheRest()
    {
        ShownGraph b;
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        for (int i = 0; i < 320; ++i)
            b.frame(33);
        b.view.finishRaster();
        const QImage before = b.grab();
        const auto moveTo = [&b](QPoint at) { // only the event: the platform's pointer may be elsewhere
            QMouseEvent move(QEvent::MouseMove, at, b.view.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&b.view, &move);
        };
        moveTo(b.at(u"k0"_s));
        const QImage after = b.grab();
        const auto brightness = [](const QImage &image, QPoint at) {
            int most = 0;
            for (int dy = -9; dy <= 9; ++dy) {
                for (int dx = -9; dx <= 9; ++dx)
                    most = std::max(most, qGray(image.pixel(at + QPoint(dx, dy))));
            }
            return most;
        };
        QVERIFY(brightness(after, b.at(u"k3"_s)) > 120); // a neighbour stays
        QCOMPARE(b.view.hoveredPeer(), u"k0"_s);
        int dimmed = 0; // others step back
        for (const QString &key : {u"k1"_s, u"k2"_s, u"k4"_s, u"k5"_s})
            dimmed += brightness(after, b.at(key)) < brightness(before, b.at(key)) / 2 ? 1 : 0;
        QVERIFY2(dimmed == 4, qPrintable(QString::number(dimmed)));
        moveTo({3, 3});
        QVERIFY(b.view.hoveredPeer().isEmpty());
    }

    void floodDoesNotStall()
    {
        ShownGraph b;
        for (int i = 6; i < 2000; ++i)
            b.model.upsertPeer(peer(u"k%1"_s.arg(i), u"p%1"_s.arg(i), {u"g%1"_s.arg(i % 12)}));
        b.model.flush();
        QList<store::TrafficEntry> flood;
        for (int i = 0; i < 50'000; ++i)
            flood << traffic(u"k%1"_s.arg(i % 1999), u"k%1"_s.arg((i * 7 + 3) % 2000));
        b.model.addTraffic(flood);
        b.frame(16);
        b.view.finishRaster();
        b.frame(16);
        QVERIFY(!b.grab().isNull());
        QVERIFY(b.view.dotCount() <= int(Pulses::kMostDots));
        const auto &counters = b.model.counters();
        QCOMPARE(counters.pulses + counters.aggregated + counters.unplaced, 50'000);
    }
};

MESH_TEST(TestGraphView)

} // namespace tst_graphview

#include "tst_graphview.moc"
