// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QRandomGenerator>
#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtTest/QTest>

#include <cmath>
#include <limits>

#include "graph/edgeraster.h"
#include "graph/trailfade.h"
#include "graph/traillayer.h"
#include "tests/support/testprogram.h"

namespace tst_edgeraster {

using namespace Qt::StringLiterals;
using namespace mesh::graph;

namespace {

QImage blank(QSize size)
{
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    return image;
}

PixelView viewOf(QImage &image)
{
    return {reinterpret_cast<quint32 *>(image.bits()), image.bytesPerLine() / 4, image.width(), image.height()};
}

struct Difference
{
    double mean = 0; //!< over the pixels that either picture touched, 0 to 255
    int worst = 0;
    double ink = 0; //!< alpha of the one over alpha of the other
};

Difference compare(const QImage &a, const QImage &b)
{
    Difference d;
    qint64 sum = 0;
    qint64 touched = 0;
    double inkA = 0;
    double inkB = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const int alphaA = qAlpha(a.pixel(x, y));
            const int alphaB = qAlpha(b.pixel(x, y));
            inkA += alphaA;
            inkB += alphaB;
            if (alphaA == 0 && alphaB == 0)
                continue;
            ++touched;
            const int difference = std::abs(alphaA - alphaB);
            sum += difference;
            d.worst = std::max(d.worst, difference);
        }
    }
    d.mean = touched == 0 ? 0 : double(sum) / double(touched);
    d.ink = inkB == 0 ? 1 : inkA / inkB;
    return d;
}

} // namespace

class TestEdgeRaster final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void likeQPainter_data()
    {
        QTest::addColumn<EdgeStroke>("stroke");
        const auto stroke = [](QPointF a, QPointF c, QPointF b, float width, float alpha) {
            return EdgeStroke{{a, c, b}, width, qRgb(143, 180, 216), alpha, alpha};
        };
        QTest::newRow("flat") << stroke({10, 50}, {100, 50.3}, {190, 50.6}, 1.5F, 1);
        QTest::newRow("upright") << stroke({60, 10}, {60.4, 100}, {60.2, 190}, 1.5F, 1);
        QTest::newRow("diagonal") << stroke({10, 10}, {100, 100}, {190, 190}, 1.5F, 1);
        QTest::newRow("diagonal back") << stroke({190, 15}, {100, 100}, {12, 188}, 2.0F, 0.8F);
        QTest::newRow("bow") << stroke({20, 180}, {100, -60}, {180, 180}, 1.5F, 0.9F);
        QTest::newRow("bow down") << stroke({180, 20}, {90, 260}, {15, 30}, 3.0F, 0.6F);
        QTest::newRow("sideways") << stroke({20, 15}, {270, 100}, {30, 185}, 1.5F, 1);
        QTest::newRow("thick") << stroke({20, 150}, {60, 20}, {180, 80}, 6.0F, 0.7F);
        QTest::newRow("thin") << stroke({20, 150}, {60, 20}, {180, 80}, 1.2F, 1);
        QTest::newRow("leaves the picture") << stroke({-80, 150}, {60, -120}, {330, 80}, 2.0F, 1);
        QRandomGenerator random(5);
        const auto coordinate = [&random] { return random.bounded(180.0) + 10; };
        for (int i = 0; i < 40; ++i) {
            const QPointF a(coordinate(), coordinate());
            QPointF b(coordinate(), coordinate());
            while (std::hypot(b.x() - a.x(), b.y() - a.y()) < 40) // of a short one the ends are most
                b = QPointF(coordinate(), coordinate());
            const EdgeCurve curve = EdgeCurve::between(a, b, {100, 100});
            QTest::addRow("random %d", i) << EdgeStroke{curve, 1.5F, qRgb(240, 96, 93), 0.85F, 0.85F};
        }
    }

    void likeQPainter()
    {
        QFETCH(EdgeStroke, stroke);
        QImage ours = blank({200, 200});
        EdgeRaster raster;
        QVERIFY(!raster.draw(viewOf(ours), stroke).isEmpty());
        QImage theirs = blank({200, 200});
        {
            QPainter painter(&theirs);
            painter.setRenderHint(QPainter::Antialiasing);
            EdgeRaster::drawReference(painter, stroke);
        }
        const Difference d = compare(ours, theirs);
        const QString text = u"mean %1 worst %2 ink %3, (%4,%5) (%6,%7) (%8,%9)"_s.arg(d.mean)
                                 .arg(d.worst)
                                 .arg(d.ink)
                                 .arg(stroke.curve.from.x())
                                 .arg(stroke.curve.from.y())
                                 .arg(stroke.curve.control.x())
                                 .arg(stroke.curve.control.y())
                                 .arg(stroke.curve.to.x())
                                 .arg(stroke.curve.to.y());
        // A chord may be 0.04 pixels off, some 5 levels on a thin line; the table of areas adds less than one.
        QVERIFY2(d.mean < 6, qPrintable(text));
        QVERIFY2(d.ink > 0.97 && d.ink < 1.03, qPrintable(text));
        QVERIFY2(d.worst < 48, qPrintable(text));
    }

    void noPixelTwice()
    {
        // A translucent curve nowhere gets darker than its alpha, joints included.
        QRandomGenerator random(11);
        EdgeRaster raster;
        for (int i = 0; i < 200; ++i) {
            const auto point = [&random] { return QPointF(random.bounded(200.0), random.bounded(200.0)); };
            QImage image = blank({200, 200});
            EdgeStroke stroke{EdgeCurve::between(point(), point(), {100, 100}), 2.5F, qRgb(255, 255, 255), 0.5F, 0.5F};
            raster.draw(viewOf(image), stroke);
            int most = 0;
            for (int y = 0; y < 200; ++y) {
                for (int x = 0; x < 200; ++x)
                    most = std::max(most, qAlpha(image.pixel(x, y)));
            }
            QVERIFY2(most <= 129, qPrintable(QString::number(most)));
        }
    }

    void staysInside()
    {
        QImage image = blank({100, 60});
        QImage guard = blank({100, 62});
        PixelView view{reinterpret_cast<quint32 *>(guard.bits()) + guard.bytesPerLine() / 4, guard.bytesPerLine() / 4,
                       100, 60};
        EdgeRaster raster;
        QRandomGenerator random(2);
        for (int i = 0; i < 2000; ++i) {
            const auto point = [&random] { return QPointF(random.bounded(600.0) - 250, random.bounded(600.0) - 250); };
            const QRect touched = raster.draw(view, {{point(), point(), point()}, 4.0F, qRgb(1, 2, 3), 1, 1});
            QVERIFY(touched.isEmpty() || QRect(0, 0, 100, 60).contains(touched));
        }
        for (int x = 0; x < 100; ++x) {
            QCOMPARE(guard.pixel(x, 0), 0U);
            QCOMPARE(guard.pixel(x, 61), 0U);
        }
    }

    void badNumbers()
    {
        QImage image = blank({50, 50});
        EdgeRaster raster;
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const double inf = std::numeric_limits<double>::infinity();
        for (const double bad : {nan, inf, -inf, 1e300, 1e7}) {
            QVERIFY(raster.draw(viewOf(image), {{{bad, 1}, {2, 2}, {3, 3}}, 1.5F, 0, 1, 1}).isEmpty());
            QVERIFY(raster.draw(viewOf(image), {{{1, 1}, {2, bad}, {3, 3}}, 1.5F, 0, 1, 1}).isEmpty());
        }
        raster.draw(viewOf(image), {{{10, 10}, {10, 10}, {10, 10}}, 1.5F, 0, 1, 1}); // a point: nothing to see, no harm
        QVERIFY(raster.draw(viewOf(image), {{{-90, -90}, {-80, -70}, {-50, -60}}, 1.5F, 0, 1, 1}).isEmpty());
    }

    void brighterWhereItArrives()
    {
        QImage image = blank({200, 20});
        EdgeRaster raster;
        raster.draw(viewOf(image), {{{5, 10.5}, {100, 10.5}, {195, 10.5}}, 3.0F, qRgb(255, 0, 0), 0.2F, 0.9F});
        QVERIFY(qAlpha(image.pixel(10, 10)) < 90);
        QVERIFY(qAlpha(image.pixel(190, 10)) > 190);
    }

    void fadeEndsInNothing_data()
    {
        QTest::addColumn<double>("stepMs");
        for (const double step : {4.0, 7.0, 16.667, 33.3, 100.0, 1000.0, 2000.0})
            QTest::addRow("%g ms", step) << step;
    }

    void fadeEndsInNothing()
    {
        QFETCH(double, stepMs);
        // Every possible level, and colours below their alpha.
        QImage image = blank({256, 64});
        for (int y = 0; y < 64; ++y) {
            for (int x = 0; x < 256; ++x) {
                const auto a = quint32(x);
                reinterpret_cast<quint32 *>(image.scanLine(y))[x] =
                    (a << 24) | ((a * 3 / 4) << 16) | ((a / 2) << 8) | (a / 5);
            }
        }
        quint32 seed = 0;
        double previous = 256;
        for (double t = 0; t < TrailFade::kDurationMs * 1.06; t += stepMs) {
            for (int y = 0; y < 64; ++y) {
                uchar *line = image.scanLine(y);
                fadeBytes(line, line, size_t(image.bytesPerLine()), TrailFade::step(stepMs), ++seed);
            }
            double full = 0;
            for (int y = 0; y < 64; ++y) {
                const QRgb pixel = reinterpret_cast<const quint32 *>(image.constScanLine(y))[255];
                full += qAlpha(pixel);
                for (int x = 0; x < 256; ++x) {
                    const QRgb p = reinterpret_cast<const quint32 *>(image.constScanLine(y))[x];
                    QVERIFY(qRed(p) <= qAlpha(p) && qGreen(p) <= qAlpha(p) && qBlue(p) <= qAlpha(p));
                }
            }
            full /= 64;
            QVERIFY(full <= previous);
            previous = full;
            // On average as the curve says, whatever the step.
            const double wanted = 255 * TrailFade::remaining(t + stepMs);
            QVERIFY2(std::abs(full - wanted) < 5,
                     qPrintable(u"%1 ms: %2, not %3"_s.arg(t + stepMs).arg(full).arg(wanted)));
        }
        QCOMPARE(image, blank({256, 64}));
    }

    void fadeMakesNothingFromNothing()
    {
        std::vector<quint8> bytes(1024, 0);
        for (quint32 seed = 0; seed < 100; ++seed)
            QVERIFY(!fadeBytes(bytes.data(), bytes.data(), bytes.size(), TrailFade::step(3), seed));
        std::vector<quint8> full(1024, 255);
        QVERIFY(fadeBytes(full.data(), full.data(), full.size(), TrailFade::step(0), 1));
        QVERIFY(std::all_of(full.begin(), full.end(), [](quint8 b) { return b == 255; }));
        QVERIFY(!fadeBytes(full.data(), full.data(), full.size(), TrailFade::step(1e9), 1));
        QCOMPARE(TrailFade::remaining(0), 1.0);
        QVERIFY(TrailFade::remaining(TrailFade::kDurationMs) < 1e-9);
    }

    void layerKeepsTheShownPictureAlone()
    {
        TrailLayer layer;
        TrailJob job;
        job.size = {300, 200};
        job.strokes = {{{{10, 10}, {150, 100}, {280, 180}}, 2.0F, qRgb(255, 255, 255), 1, 1}};
        layer.render(job);
        QVERIFY(layer.isEmpty()); // not shown yet
        layer.swap();
        QVERIFY(!layer.isEmpty());
        const QImage shown = layer.front().copy();
        const uchar *memory = layer.front().constBits();
        job.strokes.clear();
        job.fadeMs = 500;
        layer.render(job);
        QCOMPARE(layer.front(), shown);
        QCOMPARE(layer.front().constBits(), memory);
        layer.swap();
        QVERIFY(layer.front() != shown);
        for (int i = 0; i < 17; ++i) {
            layer.render(job);
            layer.swap();
        }
        QVERIFY(layer.isEmpty());
        QVERIFY(layer.activeRect().isEmpty());
        QCOMPARE(layer.front(), blank({300, 200}));
        // Nothing is left in the other one either.
        layer.render(job);
        layer.swap();
        QCOMPARE(layer.front(), blank({300, 200}));
    }

    void clearAndResize()
    {
        TrailLayer layer;
        TrailJob job;
        job.size = {130, 70};
        job.strokes = {{{{0, 0}, {60, 30}, {129, 69}}, 2.0F, qRgb(255, 255, 255), 1, 1}};
        layer.render(job);
        layer.swap();
        layer.render(job);
        layer.swap();
        job.clear = true;
        job.strokes.clear();
        layer.render(job);
        layer.swap();
        QCOMPARE(layer.front(), blank({130, 70}));
        job.clear = false;
        job.size = {64, 64};
        layer.render(job);
        layer.swap();
        QCOMPARE(layer.front().size(), QSize(64, 64));
        job.size = {};
        layer.render(job);
        layer.swap();
        QVERIFY(layer.isEmpty());
    }
};

MESH_TEST(TestEdgeRaster)

} // namespace tst_edgeraster

#include "tst_edgeraster.moc"
