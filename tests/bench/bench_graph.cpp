// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of the live graph under load, beside a bare blit of the same picture in the same run. Also paints previews.
#include <QtCore/QCommandLineParser>
#include <QtCore/QElapsedTimer>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTextStream>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "graph/frameclock.h"
#include "graph/graphview.h"
#include "models/items/graphmodel.h"
#include "tests/bench/graphpreview.h"
#include "tests/graph/graphtesthelper.h"

using namespace Qt::StringLiterals;
using namespace mesh;

namespace {

constexpr qint64 kFrameNs = 1'000'000'000 / 60;

double cpuSeconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// Of the calling thread: what a frame costs, also when other programs want the processor.
double threadCpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

double quantile(std::vector<double> values, double share)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, size_t(share * double(values.size())))];
}

struct Outcome
{
    std::vector<double> frameMs; //!< work of the GUI thread for one frame
    std::vector<double> cpuMs;   //!< processor time of the GUI thread for one frame
    std::vector<double> gapMs;   //!< from one finished frame to the next
    double cpuShare = 0;         //!< of one core, all threads
    double fps = 0;
};

// Calls `frame` sixty times a second for `seconds` of real time.
template <class Frame>
Outcome pace(double seconds, Frame frame)
{
    Outcome outcome;
    QElapsedTimer timer;
    timer.start();
    const double cpuBefore = cpuSeconds();
    qint64 last = 0;
    while (timer.nsecsElapsed() < qint64(seconds * 1e9)) {
        const qint64 begin = timer.nsecsElapsed();
        const double cpuBegin = threadCpuMs();
        frame();
        outcome.cpuMs.push_back(threadCpuMs() - cpuBegin);
        const qint64 end = timer.nsecsElapsed();
        outcome.frameMs.push_back(double(end - begin) / 1e6);
        if (last > 0)
            outcome.gapMs.push_back(double(end - last) / 1e6);
        last = end;
        const qint64 next = (end / kFrameNs + 1) * kFrameNs;
        std::this_thread::sleep_for(std::chrono::nanoseconds(next - timer.nsecsElapsed()));
    }
    const double wall = double(timer.nsecsElapsed()) / 1e9;
    outcome.cpuShare = (cpuSeconds() - cpuBefore) / wall;
    outcome.fps = double(outcome.frameMs.size()) / wall;
    return outcome;
}

struct Case
{
    int peers;
    int edges;
    int perSecond;
};

QString line(const QString &name, const Outcome &o)
{
    return u"%1  frame p50 %2 ms  p99 %3 ms (cpu p50 %4  p99 %5)  gap p99 %6 ms  %7 fps  cpu %8 core"_s.arg(name, -34)
        .arg(quantile(o.frameMs, 0.5), 6, 'f', 2)
        .arg(quantile(o.frameMs, 0.99), 6, 'f', 2)
        .arg(quantile(o.cpuMs, 0.5), 5, 'f', 2)
        .arg(quantile(o.cpuMs, 0.99), 5, 'f', 2)
        .arg(quantile(o.gapMs, 0.99), 6, 'f', 1)
        .arg(o.fps, 5, 'f', 1)
        .arg(o.cpuShare, 5, 'f', 3);
}

void run(const Case &c, double seconds, QSize size, QTextStream &out)
{
    protocol::SystemClock clock;
    graph::FrameClock frames(clock);
    items::GraphModel model(clock);
    graph::GraphView view(frames);
    view.setStyleTokens(graphtest::style());
    view.setModel(&model);
    view.resize(size);
    QRandomGenerator random(42);
    for (int i = 0; i < c.peers; ++i) {
        const QString key = QString::number(i);
        auto peer = graphtest::peer(key, u"agent-%1"_s.arg(i), {u"team-%1"_s.arg(random.bounded(8))},
                                    store::PeerStatus(random.bounded(3)));
        peer.stats.contextMax = 100;
        peer.stats.contextUsed = random.bounded(100);
        model.upsertPeer(peer);
    }
    model.setMeshName(u"Bench"_s);
    model.flush();
    view.show();
    QCoreApplication::processEvents();

    QList<store::TrafficEntry> ways;
    for (int i = 0; i < c.edges; ++i) {
        const int from = int(random.bounded(c.peers));
        const int to = (from + 1 + int(random.bounded(c.peers - 1))) % c.peers;
        ways << graphtest::traffic(QString::number(from), QString::number(to), store::Priority(random.bounded(3)));
    }

    QImage target(size, QImage::Format_RGB32);
    QElapsedTimer since;
    since.start();
    double owed = 0;
    double feedMs = 0;
    graph::FrameCost sum;
    int count = 0;
    const auto frame = [&] {
        owed += double(since.nsecsElapsed()) / 1e9 * c.perSecond;
        since.restart();
        QList<store::TrafficEntry> batch;
        for (; owed >= 1; owed -= 1)
            batch << ways[random.bounded(int(ways.size()))];
        QElapsedTimer timer;
        timer.start();
        if (!batch.isEmpty())
            model.addTraffic(batch);
        feedMs += double(timer.nsecsElapsed()) / 1e6;
        Q_EMIT frames.frame(clock.monotonicNs());
        view.render(&target, {}, {}, QWidget::RenderFlags{});
        const graph::FrameCost cost = view.lastCost();
        sum.background += cost.background;
        sum.trails += cost.trails;
        sum.nodes += cost.nodes;
        sum.dots += cost.dots;
        sum.overlay += cost.overlay;
        sum.worker += cost.worker;
        ++count;
    };
    pace(8.5, frame); // until as many trails fade as are drawn
    sum = {};
    feedMs = 0;
    count = 0;
    const Outcome ours = pace(seconds, frame);
    const auto mean = [&count](double total) { return total / std::max(1, count); };
    const int dots = view.dotCount();

    const QImage picture = target.copy();
    const Outcome blit = pace(std::min(seconds, 3.0), [&] {
        QPainter painter(&target);
        painter.drawImage(0, 0, picture);
    });
    out << line(u"%1 peers %2 edges %3 msg/s"_s.arg(c.peers).arg(c.edges).arg(c.perSecond), ours) << '\n'
        << line(u"  yardstick: bare blit"_s, blit) << '\n'
        << u"  mean ms a frame: background %1  trails %2  dots %3 (%4)  peers %5  words %6  feed %7 | worker %8\n"_s
               .arg(mean(sum.background), 0, 'f', 2)
               .arg(mean(sum.trails), 0, 'f', 2)
               .arg(mean(sum.dots), 0, 'f', 2)
               .arg(dots)
               .arg(mean(sum.nodes), 0, 'f', 2)
               .arg(mean(sum.overlay), 0, 'f', 2)
               .arg(mean(feedMs), 0, 'f', 2)
               .arg(mean(sum.worker), 0, 'f', 2);
    out.flush();
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Measures the live graph, or paints a preview of it."_s);
    parser.addHelpOption();
    parser.addOptions({{u"preview"_s, u"Paint a preview to <file> and end."_s, u"file"_s},
                       {u"light"_s, u"Preview with the light colours."_s},
                       {u"hover"_s, u"Preview with a hovered peer."_s},
                       {u"empty"_s, u"Preview without peers."_s},
                       {u"peers"_s, u"Preview with <count> peers."_s, u"count"_s, u"14"_s},
                       {u"zoom"_s, u"Preview at <factor>."_s, u"factor"_s, u"1"_s},
                       {u"seconds"_s, u"Measure each case for <seconds>."_s, u"seconds"_s, u"6"_s},
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
    const QSize size(1280, 800);
    out << u"graph, %1x%2, ratio 1, %3 hardware threads\n"_s.arg(size.width())
               .arg(size.height())
               .arg(std::thread::hardware_concurrency());
    const double seconds = parser.value(u"seconds"_s).toDouble();
    QList<Case> cases{{100, 500, 100}, {1000, 5000, 1000}, {5000, 20'000, 5000}};
    if (parser.isSet(u"all"_s)) {
        cases.clear();
        for (const auto &[peers, edges] : {std::pair{100, 500}, std::pair{1000, 5000}, std::pair{5000, 20'000}}) {
            for (const int rate : {100, 1000, 5000})
                cases << Case{peers, edges, rate};
        }
    }
    for (const Case &c : std::as_const(cases))
        run(c, seconds, size, out);
    return 0;
}
