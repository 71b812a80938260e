// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

//! What the benchmark of the graph measures with: frames of a widget, turns of the event loop, time and memory.
namespace graphprobe {

using namespace Qt::StringLiterals;

inline double cpuSeconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// Proportional set size in MB; 0 where the system does not tell.
inline double pssMb()
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

inline double quantile(std::vector<double> values, double share)
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
    double longest = 0; // gap between two frames
    double blocked = 0; // longest time for which the event loop did not turn
    int frames = 0;
};

inline constexpr double kStallMs = 50; // what no input and no load may exceed

//! How long the event loop was away: what a user feels when a window "hangs", whether it draws frames or not.
class StallProbe final : public QObject
{
public:
    StallProbe()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_longest = std::max(m_longest, double(m_since.nsecsElapsed()) / 1e6);
            m_since.start();
        });
        m_since.start();
        m_timer.start(kEveryMs);
    }
    double longest() const { return std::max(0.0, m_longest - kEveryMs); }

private:
    static constexpr int kEveryMs = 2;
    QTimer m_timer;
    QElapsedTimer m_since;
    double m_longest = 0;
};

//! \a stalls: also how long the event loop is away, which costs a timer of its own.
inline Outcome measure(PaintProbe &probe, double seconds, bool stalls = true)
{
    probe.reset();
    QElapsedTimer timer;
    timer.start();
    const double cpu = cpuSeconds();
    std::optional<StallProbe> away;
    if (stalls)
        away.emplace();
    QEventLoop loop;
    QTimer::singleShot(std::chrono::milliseconds(qint64(seconds * 1000)), Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
    const double wall = double(timer.nsecsElapsed()) / 1e9;
    return {double(probe.paints()) / wall,
            (cpuSeconds() - cpu) / wall,
            quantile(probe.gaps(), 0.5),
            quantile(probe.gaps(), 0.99),
            quantile(probe.gaps(), 1),
            away ? away->longest() : 0,
            probe.paints()};
}

} // namespace graphprobe
