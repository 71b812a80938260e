// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtGui/QBackingStore>
#include <QtGui/QPaintEvent>
#include <QtTest/QTest>

#include "graph/dirtytiles.h"
#include "graph/frameclock.h"
#include "graph/graphview.h"
#include "models/items/graphmodel.h"
#include "tests/graph/graphtesthelper.h"
#include "tests/support/testprogram.h"

namespace tst_graphframes {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::graph;
using graphtest::peer;
using graphtest::traffic;

namespace {

constexpr int kPeers = 24;
constexpr int kFrameMs = 16;

QString key(int i)
{
    return u"k%1"_s.arg(i % kPeers);
}

// Counts paint events of the whole widget and of parts of it.
class PaintCount final : public QObject
{
public:
    explicit PaintCount(QWidget *widget)
        : m_widget(widget)
    {
        widget->installEventFilter(this);
    }
    int whole = 0;
    int parts = 0;

private:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint) {
            const bool all = static_cast<QPaintEvent *>(event)->region() == QRegion(m_widget->rect());
            ++(all ? whole : parts);
        }
        return false;
    }
    QWidget *m_widget;
};

// A window with a view that does not fill it, under hand-driven time.
struct Stage
{
    graphtest::ManualClock clock;
    FrameClock frames{clock};
    items::GraphModel model{clock};
    QWidget window;
    GraphView view{frames, &window};

    Stage()
    {
        for (int i = 0; i < kPeers; ++i)
            model.upsertPeer(peer(key(i), u"peer-%1"_s.arg(i), {i % 2 ? u"ops"_s : u"sales"_s}));
        model.setMeshName(u"Test mesh"_s);
        model.flush();
        view.setStyleTokens(graphtest::style());
        view.setModel(&model);
        view.setGeometry(13, 21, 640, 480);
        window.resize(680, 520);
        window.show();
    }
    //! One frame is painted; trails that are being drawn meanwhile come with a later one.
    void frame()
    {
        clock.advance(kFrameMs);
        Q_EMIT frames.frame(clock.monotonicNs());
        QCoreApplication::sendPostedEvents(); // paints; no timer of the model goes off between that and a comparison
    }
    // What stands in the window's memory where the view is.
    QImage shown()
    {
        const auto *pixels = dynamic_cast<QImage *>(window.backingStore()->paintDevice());
        return pixels ? pixels->copy(view.geometry()).convertToFormat(QImage::Format_RGB32) : QImage();
    }
    QImage painted() { return view.grab().toImage().convertToFormat(QImage::Format_RGB32); }
};

// The largest difference of a channel. A line's soft edge may be rounded otherwise where the view has another corner.
int difference(const QImage &a, const QImage &b)
{
    int most = a.size() == b.size() ? 0 : 256;
    for (int y = 0; most < 256 && y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y);
            const QRgb q = b.pixel(x, y);
            most = std::max(
                {most, std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)), std::abs(qBlue(p) - qBlue(q))});
        }
    }
    return most;
}

constexpr int kRounding = 4;

} // namespace

//! What frames paint: all of the view, or only where something moved, with the same picture in the end.
class TestGraphFrames final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tilesAreWhatARectangleTouches()
    {
        DirtyTiles tiles;
        tiles.reset({100, 60});
        QVERIFY(tiles.region().isEmpty());
        tiles.mark({15, 15, 2, 2});
        QCOMPARE(tiles.region(), QRegion(0, 0, 32, 32));
        tiles.mark({90, 50, 500, 500}); // only what is inside
        QCOMPARE(tiles.region(), QRegion(0, 0, 32, 32) + QRegion(80, 48, 32, 16));
        tiles.mark({-500, -500, 10, 10});
        QCOMPARE(tiles.region(), QRegion(0, 0, 32, 32) + QRegion(80, 48, 32, 16));
        DirtyTiles other;
        other.reset({100, 60});
        other.mark({40, 0, 1, 1});
        other.unite(tiles);
        QCOMPARE(other.region(), tiles.region() + QRegion(32, 0, 16, 16));
        other.reset({40, 40});
        tiles.unite(other);
        QCOMPARE(tiles.region(), QRegion(0, 0, 48, 48)); // of another view: nothing is known of this one
    }

    void tilesAlongAnArcCoverWhatIsDrawn()
    {
        QImage image(400, 300, QImage::Format_RGB32);
        for (const auto &[start, span] : {std::pair{0, 360 * 16}, {30 * 16, 100 * 16}, {200 * 16, -77 * 16}}) {
            const QRectF ellipse(40, 30, 320, 240);
            image.fill(Qt::black);
            DirtyTiles tiles;
            tiles.reset(image.size());
            tiles.markArc(ellipse, start, span, 9);
            {
                QPainter painter(&image);
                painter.setRenderHint(QPainter::Antialiasing);
                painter.setPen(QPen(Qt::white, 9));
                painter.drawArc(ellipse, start, span);
            }
            const QRegion region = tiles.region();
            int outside = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x)
                    outside += image.pixel(x, y) != qRgb(0, 0, 0) && !region.contains(QPoint(x, y)) ? 1 : 0;
            }
            QCOMPARE(outside, 0);
            QVERIFY(!region.contains(QPoint(200, 150))); // and not everything
        }
    }

    //! Dots of all kinds, ripples and numbers: after each frame the window shows what a painting of all would.
    void partsAddUpToTheWhole()
    {
        Stage stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
        stage.frame();
        PaintCount count(&stage.view);
        QVERIFY(!stage.shown().isNull());
        const QImage still = stage.painted();
        QCOMPARE(stage.shown(), still);
        const protocol::Priority priorities[] = {protocol::Priority::Now, protocol::Priority::Next,
                                                 protocol::Priority::Low};
        for (int i = 0; i < 150; ++i) {
            QList<store::TrafficEntry> batch;
            if (i < 60)
                batch << traffic(key(i * 7), key(i * 5 + 3), priorities[i % 3]);
            if (i == 5 || i == 30)
                batch << traffic(key(2), u"*"_s) << traffic(key(3), u"@ops"_s, protocol::Priority::Now);
            if (!batch.isEmpty())
                stage.model.addTraffic(batch);
            stage.frame();
            const QImage shown = stage.shown();
            const int other = difference(shown, stage.painted());
            QVERIFY2(other <= kRounding, qPrintable(u"frame %1: %2"_s.arg(i).arg(other)));
            if (i == 40)
                QVERIFY(difference(shown, still) > 40);
        }
        QVERIFY2(count.parts > 40, qPrintable(QString::number(count.parts)));
    }

    //! What lies over the view and lets nothing through does not make it paint again and again.
    void belowSomethingOpaque()
    {
        Stage stage;
        auto *cover = new QWidget(&stage.window);
        cover->setAttribute(Qt::WA_OpaquePaintEvent);
        cover->setGeometry(stage.view.geometry().adjusted(200, 150, -150, -120));
        cover->show();
        QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
        stage.frame();
        PaintCount count(&stage.view);
        constexpr int kFrames = 60;
        for (int i = 0; i < kFrames; ++i) {
            stage.model.addTraffic({traffic(key(i), key(i + 9))});
            stage.frame();
        }
        QVERIFY2(count.whole + count.parts <= kFrames * 2, qPrintable(QString::number(count.whole + count.parts)));
        QImage shown = stage.shown();
        QImage painted = stage.painted();
        for (QImage *image : {&shown, &painted}) {
            QPainter painter(image);
            painter.fillRect(cover->geometry().translated(-stage.view.pos()), Qt::black);
        }
        QVERIFY(difference(shown, painted) <= kRounding);
    }

    //! A part that something else uncovered while dots travel is painted, and so is what moved outside of it.
    void uncoveredWhileDotsTravel()
    {
        Stage stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.window));
        stage.frame();
        auto *cover = new QWidget(&stage.window);
        cover->setAttribute(Qt::WA_OpaquePaintEvent);
        cover->setGeometry(stage.view.geometry().adjusted(200, 150, -150, -120));
        cover->show();
        for (int i = 0; i < 60; ++i) {
            if (i < 20)
                stage.model.addTraffic({traffic(key(i), key(i + 9))});
            if (i == 25)
                cover->hide();
            stage.frame();
            if (i < 27)
                continue;
            const int other = difference(stage.shown(), stage.painted());
            QVERIFY2(other <= kRounding, qPrintable(u"frame %1: %2"_s.arg(i).arg(other)));
        }
    }
};

MESH_TEST(TestGraphFrames)

} // namespace tst_graphframes

#include "tst_graphframes.moc"
