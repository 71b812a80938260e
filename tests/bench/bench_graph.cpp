// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of the live graph under load in a real window, beside a bare blit of the same window in the same run. Also
// writes the load as an event file (docs/event-file.md), and paints previews.
#include <QtCore/QCommandLineParser>
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QMutex>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTextStream>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "graph/frameclock.h"
#include "graph/graphview.h"
#include "models/items/graphmodel.h"
#include "models/store/eventdrain.h"
#include "models/store/meshstore.h"
#include "models/store/replay.h"
#include "tests/bench/graphload.h"
#include "tests/bench/graphpreview.h"
#include "tests/bench/graphprobe.h"
#include "tests/graph/graphtesthelper.h"

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace graphprobe;

namespace {

constexpr double kWarmUpSeconds = 8.5; // until as many trails fade as are drawn
constexpr int kFeedEveryMs = 16;

QString line(const QString &name, const Outcome &o)
{
    return u"%1 %2 frames  %3 fps  gap p50 %4 ms  p99 %5 ms  longest %6 ms  cpu %7 core"_s.arg(name, -38)
        .arg(o.frames, 4)
        .arg(o.fps, 5, 'f', 1)
        .arg(o.gap50, 5, 'f', 1)
        .arg(o.gap99, 5, 'f', 1)
        .arg(o.longest, 5, 'f', 1)
        .arg(o.cpuShare, 5, 'f', 3);
}

// The goal that was set for a load; empty where there is none.
QString goalOf(const GraphLoad &load)
{
    if (load.peers == 100 && load.perSecond == 100)
        return u"B 1: 60 fps, p99 <= 20 ms, <= 0.12 core"_s;
    if (load.peers == 1000 && load.perSecond == 1000)
        return u"B 2: 60 fps, p99 <= 22 ms, <= 0.40 core; B 5: input to frame p95 <= 33 ms"_s;
    if (load.peers == 5000 && load.perSecond == 5000)
        return u"B 3: >= 50 fps, <= 0.8 core"_s;
    return {};
}

QString stallLine(const Outcome &o)
{
    return u"  event loop blocked for %1 ms at the longest, longest gap between frames %2 ms (goal: never over %3 ms)\n"_s
        .arg(o.blocked, 0, 'f', 1)
        .arg(o.longest, 0, 'f', 1)
        .arg(kStallMs, 0, 'f', 0);
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
    const Outcome ours = measure(probe, seconds, false);
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
    const Outcome moving = measure(probe, seconds, false);
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
    const Outcome blit = measure(yardstickProbe, std::min(seconds, 3.0), false);

    out << u"\n"_s << line(u"%1 peers %2 edges %3 msg/s"_s.arg(load.peers).arg(load.edges).arg(load.perSecond), ours)
        << u"  pss %1 MB\n"_s.arg(memory, 0, 'f', 1);
    if (const QString goal = goalOf(load); !goal.isEmpty())
        out << u"  goal "_s << goal << u'\n';
    out << line(u"  while it is zoomed"_s, moving) << u"  input to frame p95 %1 ms\n"_s.arg(latency95, 0, 'f', 1)
        << line(u"  yardstick: bare blit"_s, blit)
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
    const Outcome idle = measure(probe, seconds, false);
    view.hide();
    const Outcome hidden = measure(probe, seconds, false);
    out << u"idle, 100 peers: %1 frames/s, cpu %2 core; hidden: %3 frames/s, cpu %4 core (goal B 4: < 0.005 core; hidden: no frames)\n"_s
               .arg(idle.fps, 0, 'f', 2)
               .arg(idle.cpuShare, 0, 'f', 4)
               .arg(hidden.fps, 0, 'f', 2)
               .arg(hidden.cpuShare, 0, 'f', 4);
    out.flush();
}

// A window with its store and the queue in front of it, as the program has them.
struct Stage
{
    explicit Stage(QSize size)
    {
        drain.addStore(&store);
        view.setStyleTokens(graphtest::style());
        view.setModel(&model);
        model.setStore(&store);
        view.resize(size);
        view.show();
    }

    protocol::SystemClock clock;
    graph::FrameClock frames{clock};
    store::MeshStore store{u"bench"_s};
    store::EventDrain drain{clock};
    // As in the program: before the view hears of a frame.
    QMetaObject::Connection drainedForFrame =
        QObject::connect(&frames, &graph::FrameClock::frame, &drain, &store::EventDrain::drainForFrame);
    items::GraphModel model{clock};
    graph::GraphView view{frames};
};

// From a message that was read from a socket (as text, on another thread) to the frame that shows its line.
void runLatency(double seconds, QSize size, QTextStream &out)
{
    constexpr int kRate = 2000;
    constexpr int kEveryUs = 2000;
    const GraphLoad load{1000, 5000, kRate, seconds + 1};
    const protocol::EventList events = load.events();
    Stage stage(size);
    stage.drain.post({events.first()});
    PaintProbe probe(&stage.view);
    measure(probe, 1);

    QMutex mutex;
    std::deque<qint64> posted; // when, of those that are not folded yet; in order
    std::vector<qint64> folded;
    std::vector<double> latencies;
    QElapsedTimer timer;
    timer.start();
    QObject::connect(&stage.store, &store::MeshStore::changed, &stage.view, [&](const store::ChangeSet &changes) {
        const QMutexLocker lock(&mutex);
        for (qsizetype i = 0; i < changes.traffic.size() && !posted.empty(); ++i) {
            folded.push_back(posted.front());
            posted.pop_front();
        }
    });
    probe.onPaint = [&] {
        const qint64 now = timer.nsecsElapsed();
        for (const qint64 at : folded)
            latencies.push_back(double(now - at) / 1e6);
        folded.clear();
    };
    std::thread network([&] {
        qsizetype next = 1;
        for (qint64 due = timer.nsecsElapsed() / 1000; next < events.size(); due += kEveryUs) {
            while (timer.nsecsElapsed() / 1000 < due)
                std::this_thread::sleep_for(std::chrono::microseconds(200));
            protocol::EventList batch;
            for (int i = 0; i < kRate * kEveryUs / 1'000'000 && next < events.size(); ++i)
                batch.append(events[next++]);
            {
                const QMutexLocker lock(&mutex);
                posted.insert(posted.end(), size_t(batch.size()), timer.nsecsElapsed());
            }
            stage.drain.post(batch);
        }
    });
    const Outcome outcome = measure(probe, seconds + 1);
    network.join();
    out << u"\nmessage to frame at %1/s, 1000 peers: p50 %2 ms  p99 %3 ms  of %4 messages (goal B 6: p99 <= 50 ms)\n"_s
               .arg(kRate)
               .arg(quantile(latencies, 0.5), 0, 'f', 1)
               .arg(quantile(latencies, 0.99), 0, 'f', 1)
               .arg(latencies.size())
        << stallLine(outcome);
    out.flush();
}

// Ten times what is expected of the largest load, through the queue that the program has: what it cannot take in time
// waits or is dropped and counted, and the window goes on.
void runFlood(double seconds, QSize size, QTextStream &out)
{
    constexpr int kRate = 50'000;
    const GraphLoad load{1000, 5000, kRate, seconds};
    const protocol::EventList events = load.events();
    Stage stage(size);
    stage.drain.post({events.first()});
    PaintProbe probe(&stage.view);
    measure(probe, 1);
    qint64 lost = 0;
    QObject::connect(&stage.drain, &store::EventDrain::overflowed, &stage.view, [&](qint64 count) { lost += count; });
    std::thread network([&] {
        QElapsedTimer since;
        since.start();
        for (qsizetype next = 1; next < events.size();) {
            protocol::EventList batch;
            for (const qint64 due = load.startMs + since.elapsed(); next < events.size() && events[next].atMs <= due;
                 ++next)
                batch.append(events[next]);
            stage.drain.post(batch);
            std::this_thread::sleep_for(std::chrono::milliseconds(4));
        }
    });
    const Outcome outcome = measure(probe, seconds + 1);
    network.join();
    out << u"\n"_s << line(u"flood: 1000 peers 5000 edges %1 msg/s"_s.arg(kRate), outcome) << u'\n'
        << stallLine(outcome)
        << u"  folded %1 of %2 messages, dropped and counted %3, waiting %4\n  left out or aggregated: %5\n"_s
               .arg(stage.model.counters().messages)
               .arg(events.size() - 1)
               .arg(lost)
               .arg(stage.drain.stats().waiting)
               .arg(stage.view.honesty());
    out.flush();
}

// 5,000 peers that come at once into a window that shows ten, while messages go on; then one more list of all of them.
void runJoin(double seconds, QSize size, QTextStream &out)
{
    GraphLoad few{10, 0, 0, 0};
    GraphLoad many{5000, 5000, 100, seconds};
    const protocol::EventList events = many.events();
    Stage stage(size);
    stage.drain.post(few.events());
    PaintProbe probe(&stage.view);
    measure(probe, 1);
    QTimer feed;
    qsizetype next = 1;
    QElapsedTimer since;
    since.start();
    QObject::connect(&feed, &QTimer::timeout, &stage.view, [&] {
        protocol::EventList batch;
        for (const qint64 due = many.startMs + since.elapsed(); next < events.size() && events[next].atMs <= due;
             ++next)
            batch.append(events[next]);
        stage.drain.post(batch);
    });
    feed.start(kFeedEveryMs);
    const auto listedNow = [&] {
        protocol::Event list = events.first();
        list.atMs = many.startMs + since.elapsed(); // an older list than the messages would be yesterday's news
        stage.drain.post({list});
    };
    QTimer::singleShot(std::chrono::milliseconds(500), &stage.view, listedNow);
    const Outcome joined = measure(probe, seconds);
    QTimer::singleShot(std::chrono::milliseconds(500), &stage.view, listedNow);
    const Outcome listed = measure(probe, seconds);
    out << u"\n"_s << line(u"5000 peers join at once"_s, joined) << u'\n' << stallLine(joined)
        << line(u"  the same list once more"_s, listed) << u'\n' << stallLine(listed);
    out.flush();
}

// What an export takes of the window's time, and how long the file takes beside it.
void runExport(QSize size, QTextStream &out)
{
    GraphLoad load{5000, 20'000, 5000, 4};
    const protocol::EventList events = load.events();
    Stage stage(size);
    stage.store.apply({events.first()});
    PaintProbe probe(&stage.view);
    measure(probe, 1);
    stage.store.apply(events.mid(1));
    measure(probe, 1);
    QTemporaryDir folder;
    out << u"\n"_s;
    for (const QString &name : {u"graph.png"_s, u"graph.svg"_s}) {
        const StallProbe stalls;
        QElapsedTimer timer;
        timer.start();
        QEventLoop loop;
        QObject::connect(&stage.view, &graph::GraphView::pictureSaved, &loop, &QEventLoop::quit);
        stage.view.savePictureTo(folder.filePath(name));
        const double called = double(timer.nsecsElapsed()) / 1e6;
        loop.exec();
        out << u"%1 of 5000 peers: %2 ms on the window's thread, written after %3 ms; event loop blocked for %4 ms at the longest (goal: never over %5 ms)\n"_s
                   .arg(name)
                   .arg(called, 0, 'f', 1)
                   .arg(double(timer.nsecsElapsed()) / 1e6, 0, 'f', 0)
                   .arg(stalls.longest(), 0, 'f', 1)
                   .arg(kStallMs, 0, 'f', 0);
    }
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
         {u"goals"_s, u"Measure the three loads of the goals, not all nine."_s}});
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
    QList<GraphLoad> loads;
    for (const auto &[peers, edges] : {std::pair{100, 500}, std::pair{1000, 5000}, std::pair{5000, 20'000}}) {
        for (const int rate : {100, 1000, 5000}) {
            const GraphLoad load{peers, edges, rate};
            if (!parser.isSet(u"goals"_s) || !goalOf(load).isEmpty())
                loads << load;
        }
    }
    runIdle(std::min(seconds, 4.0), size, out);
    for (const GraphLoad &load : std::as_const(loads))
        run(load, seconds, size, out);
    runLatency(seconds, size, out);
    runFlood(std::min(seconds, 5.0), size, out);
    runJoin(std::clamp(seconds, 2.0, 3.0), size, out);
    runExport(size, out);
    return 0;
}
