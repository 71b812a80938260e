// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of the live graph under load in a real window, beside a bare blit of the same window in the same run. Also
// writes the load as an event file (docs/event-file.md), and paints previews.
#include <QtCore/QCommandLineParser>
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QTextStream>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

#include <sys/resource.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "graph/frameclock.h"
#include "graph/graphview.h"
#include "models/items/graphmodel.h"
#include "models/store/meshstore.h"
#include "models/store/replay.h"
#include "tests/bench/graphload.h"
#include "tests/bench/graphpreview.h"
#include "tests/graph/graphtesthelper.h"

using namespace Qt::StringLiterals;
using namespace mesh;

namespace {

constexpr double kWarmUpSeconds = 8.5; // until as many trails fade as are drawn
constexpr int kFeedEveryMs = 16;

double cpuSeconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// Proportional set size in MB; 0 where the system does not tell.
double pssMb()
{
    QFile file(u"/proc/self/smaps_rollup"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &row : file.readAll().split('\n')) {
        if (row.startsWith("Pss:"))
            return row.mid(4).simplified().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

double quantile(std::vector<double> values, double share)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, size_t(share * double(values.size())))];
}

// Watches a widget's paint events: when they come, and after which input.
class PaintProbe final : public QObject
{
public:
    explicit PaintProbe(QWidget *widget)
    {
        m_timer.start();
        widget->installEventFilter(this);
    }
    void reset()
    {
        m_gaps.clear();
        m_latencies.clear();
        m_paints = 0;
        m_last = -1;
        m_input = -1;
    }
    void input()
    {
        if (m_input < 0)
            m_input = m_timer.nsecsElapsed();
    }
    std::function<void()> onPaint;
    const std::vector<double> &gaps() const { return m_gaps; }
    const std::vector<double> &latencies() const { return m_latencies; }
    int paints() const { return m_paints; }

private:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() != QEvent::Paint)
            return false;
        const qint64 now = m_timer.nsecsElapsed();
        if (m_last >= 0)
            m_gaps.push_back(double(now - m_last) / 1e6);
        m_last = now;
        if (m_input >= 0)
            m_latencies.push_back(double(now - std::exchange(m_input, -1)) / 1e6);
        ++m_paints;
        if (onPaint)
            onPaint();
        return false;
    }

    QElapsedTimer m_timer;
    std::vector<double> m_gaps;
    std::vector<double> m_latencies;
    qint64 m_last = -1;
    qint64 m_input = -1;
    int m_paints = 0;
};

struct Outcome
{
    double fps = 0;
    double cpuShare = 0; // of one core, all threads
    double gap50 = 0;
    double gap99 = 0;
};

Outcome measure(PaintProbe &probe, double seconds)
{
    probe.reset();
    QElapsedTimer timer;
    timer.start();
    const double cpu = cpuSeconds();
    QEventLoop loop;
    QTimer::singleShot(std::chrono::milliseconds(qint64(seconds * 1000)), Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
    const double wall = double(timer.nsecsElapsed()) / 1e9;
    return {double(probe.paints()) / wall, (cpuSeconds() - cpu) / wall, quantile(probe.gaps(), 0.5),
            quantile(probe.gaps(), 0.99)};
}

QString line(const QString &name, const Outcome &o)
{
    return u"%1 %2 fps  gap p50 %3 ms  p99 %4 ms  cpu %5 core"_s.arg(name, -38)
        .arg(o.fps, 5, 'f', 1)
        .arg(o.gap50, 5, 'f', 1)
        .arg(o.gap99, 5, 'f', 1)
        .arg(o.cpuShare, 5, 'f', 3);
}

// The yardstick: a window of the same size that blits one picture sixty times a second.
class BlitWindow final : public QWidget
{
public:
    BlitWindow(graph::FrameClock &clock, QImage picture)
        : m_picture(std::move(picture))
    {
        setAttribute(Qt::WA_OpaquePaintEvent);
        connect(&clock, &graph::FrameClock::frame, this, qOverload<>(&QWidget::update));
        clock.setRate(this, graph::FrameClock::kFullRate);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.drawImage(0, 0, m_picture);
    }

private:
    QImage m_picture;
};

void run(GraphLoad load, double seconds, QSize size, QTextStream &out)
{
    load.seconds = kWarmUpSeconds + 2 * seconds + 3;
    const protocol::EventList events = load.events();
    protocol::SystemClock clock;
    graph::FrameClock frames(clock);
    store::MeshStore store(u"bench"_s);
    items::GraphModel model(clock);
    graph::GraphView view(frames);
    view.setStyleTokens(graphtest::style());
    view.setModel(&model);
    model.setStore(&store);
    store.apply({events.first()});
    view.resize(size);
    view.show();

    // What is due by the wall clock is folded in one batch, as the program's drain does.
    qsizetype next = 1;
    double feedMs = 0;
    QElapsedTimer since;
    since.start();
    QTimer feed;
    feed.setTimerType(Qt::PreciseTimer);
    QObject::connect(&feed, &QTimer::timeout, &view, [&] {
        protocol::EventList batch;
        const qint64 due = load.startMs + since.elapsed();
        for (; next < events.size() && events[next].atMs <= due; ++next)
            batch.append(events[next]);
        if (batch.isEmpty())
            return;
        QElapsedTimer timer;
        timer.start();
        store.apply(batch);
        feedMs += double(timer.nsecsElapsed()) / 1e6;
    });
    feed.start(kFeedEveryMs);

    PaintProbe probe(&view);
    graph::FrameCost sum;
    probe.onPaint = [&] {
        const graph::FrameCost cost = view.lastCost(); // of the frame before
        sum.background += cost.background;
        sum.trails += cost.trails;
        sum.nodes += cost.nodes;
        sum.dots += cost.dots;
        sum.overlay += cost.overlay;
        sum.worker += cost.worker;
    };
    measure(probe, kWarmUpSeconds);
    sum = {};
    feedMs = 0;
    const Outcome ours = measure(probe, seconds);
    const double frameCount = std::max(1, probe.paints());
    const graph::FrameCost mean{sum.background / frameCount, sum.trails / frameCount,  sum.nodes / frameCount,
                                sum.dots / frameCount,       sum.overlay / frameCount, sum.worker / frameCount};
    const double meanFeed = feedMs / frameCount;
    const int dots = view.dotCount();
    const double memory = pssMb();

    // Pan and zoom under the same load: from the input to the frame that shows it.
    QTimer input;
    int step = 0;
    QObject::connect(&input, &QTimer::timeout, &view, [&] {
        probe.input();
        view.zoomBy((step++ / 12) % 2 == 0 ? 1.04 : 1 / 1.04, QPointF(size.width() * 0.4, size.height() * 0.6));
    });
    input.start(41);
    const Outcome moving = measure(probe, seconds);
    const double latency95 = quantile(probe.latencies(), 0.95);
    input.stop();
    feed.stop();
    const QImage picture = view.grab().toImage().convertToFormat(QImage::Format_RGB32);
    view.hide();

    BlitWindow yardstick(frames, picture);
    yardstick.resize(size);
    yardstick.show();
    PaintProbe yardstickProbe(&yardstick);
    measure(yardstickProbe, 0.5);
    const Outcome blit = measure(yardstickProbe, std::min(seconds, 3.0));

    out << line(u"%1 peers %2 edges %3 msg/s"_s.arg(load.peers).arg(load.edges).arg(load.perSecond), ours)
        << u"  pss %1 MB\n"_s.arg(memory, 0, 'f', 1) << line(u"  while it is zoomed"_s, moving)
        << u"  input to frame p95 %1 ms\n"_s.arg(latency95, 0, 'f', 1) << line(u"  yardstick: bare blit"_s, blit)
        << u"\n  mean ms a frame: background %1  trails %2  dots %3 (%4)  peers %5  words %6  store and model %7 | worker %8\n"_s
               .arg(mean.background, 0, 'f', 2)
               .arg(mean.trails, 0, 'f', 2)
               .arg(mean.dots, 0, 'f', 2)
               .arg(dots)
               .arg(mean.nodes, 0, 'f', 2)
               .arg(mean.overlay, 0, 'f', 2)
               .arg(meanFeed, 0, 'f', 2)
               .arg(mean.worker, 0, 'f', 2)
        << u"  left out or aggregated: %1\n"_s.arg(view.honesty().isEmpty() ? u"nothing"_s : view.honesty());
    out.flush();
}

void runIdle(double seconds, QSize size, QTextStream &out)
{
    protocol::SystemClock clock;
    graph::FrameClock frames(clock);
    store::MeshStore store(u"bench"_s);
    items::GraphModel model(clock);
    graph::GraphView view(frames);
    view.setStyleTokens(graphtest::style());
    view.setModel(&model);
    model.setStore(&store);
    store.apply(GraphLoad{100, 0, 0, 0}.events());
    view.resize(size);
    view.show();
    PaintProbe probe(&view);
    measure(probe, 2);
    const Outcome idle = measure(probe, seconds);
    view.hide();
    const Outcome hidden = measure(probe, seconds);
    out << u"idle, 100 peers: %1 frames/s, cpu %2 core; hidden: %3 frames/s, cpu %4 core\n"_s.arg(idle.fps, 0, 'f', 2)
               .arg(idle.cpuShare, 0, 'f', 4)
               .arg(hidden.fps, 0, 'f', 2)
               .arg(hidden.cpuShare, 0, 'f', 4);
    out.flush();
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Measures the live graph, or paints a preview of it."_s);
    parser.addHelpOption();
    parser.addOptions(
        {{u"preview"_s, u"Paint a preview to <file> and end."_s, u"file"_s},
         {u"light"_s, u"Preview with the light colours."_s},
         {u"hover"_s, u"Preview with a hovered peer."_s},
         {u"empty"_s, u"Preview without peers."_s},
         {u"peers"_s, u"Preview with <count> peers."_s, u"count"_s, u"14"_s},
         {u"zoom"_s, u"Preview at <factor>."_s, u"factor"_s, u"1"_s},
         {u"seconds"_s, u"Measure each case for <seconds>."_s, u"seconds"_s, u"6"_s},
         {u"write"_s, u"Write the load of --peers, --edges and --rate as an event file and end."_s, u"file"_s},
         {u"edges"_s, u"With --write: pairs that talk."_s, u"count"_s, u"5000"_s},
         {u"rate"_s, u"With --write: messages a second."_s, u"count"_s, u"1000"_s},
         {u"all"_s, u"Measure all nine cases, not only the three of the goals."_s}});
    parser.process(application);
    if (parser.isSet(u"preview"_s)) {
        PreviewOptions options;
        options.file = parser.value(u"preview"_s);
        options.light = parser.isSet(u"light"_s);
        options.hover = parser.isSet(u"hover"_s);
        options.empty = parser.isSet(u"empty"_s);
        options.peers = parser.value(u"peers"_s).toInt();
        options.zoom = parser.value(u"zoom"_s).toDouble();
        return renderPreview(options);
    }
    QTextStream out(stdout);
    if (parser.isSet(u"write"_s)) {
        const GraphLoad load{std::max(1, parser.value(u"peers"_s).toInt()),
                             std::max(1, parser.value(u"edges"_s).toInt()),
                             std::max(1, parser.value(u"rate"_s).toInt()), parser.value(u"seconds"_s).toDouble()};
        const auto written = store::exportEvents(load.events(), parser.value(u"write"_s));
        if (!written)
            out << written.error().detail << '\n';
        return written ? 0 : 1;
    }
    const QSize size(1280, 800);
    out << u"graph, %1x%2, ratio 1, %3 hardware threads\n"_s.arg(size.width())
               .arg(size.height())
               .arg(std::thread::hardware_concurrency());
    const double seconds = parser.value(u"seconds"_s).toDouble();
    QList<GraphLoad> loads{{100, 500, 100}, {1000, 5000, 1000}, {5000, 20'000, 5000}};
    if (parser.isSet(u"all"_s)) {
        loads.clear();
        for (const auto &[peers, edges] : {std::pair{100, 500}, std::pair{1000, 5000}, std::pair{5000, 20'000}}) {
            for (const int rate : {100, 1000, 5000})
                loads << GraphLoad{peers, edges, rate};
        }
    }
    runIdle(std::min(seconds, 4.0), size, out);
    for (const GraphLoad &load : std::as_const(loads))
        run(load, seconds, size, out);
    return 0;
}
