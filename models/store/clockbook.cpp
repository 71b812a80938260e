// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/clockbook.h"

#include "models/store/storejson.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace mesh::store {

namespace {

constexpr int kCourseKept = 64;
//! Ticks looked at for achieved speed and jitter.
constexpr qsizetype kMeasured = 30;

QString labelOf(double speed, bool paused)
{
    return paused ? u"paused"_s : QString::number(speed);
}

using Course = ChangeTrack<QString>;

std::optional<TimelineEntry> rowOf(const Course::Point *before, const Course::Point &now)
{
    return TimelineEntry{now.atMs, Lane::Ticks, TimelineKind::ClockChanged, {}, {}, before ? before->value : QString(),
                         now.value};
}

} // namespace

void ClockBook::note(const QString &label, qint64 atMs, FoldContext &context)
{
    qint64 dropped = 0;
    context.follow(m_course, {atMs, true, label}, kCourseKept, dropped, rowOf);
}

void ClockBook::ticked(const protocol::events::Ticked &event, qint64 atMs, FoldContext &context)
{
    const TickSeen seen{atMs, event.arrivedNs, event.tick, event.simTimeMs, event.speed};
    const auto before = [](const TickSeen &a, const TickSeen &b) {
        return std::pair(a.atMs, a.tick) < std::pair(b.atMs, b.tick);
    };
    auto place = m_ticks.end();
    if (!m_ticks.isEmpty() && !before(m_ticks.last(), seen))
        place = std::lower_bound(m_ticks.begin(), m_ticks.end(), seen, before);
    if (place != m_ticks.end() && place->atMs == atMs && place->tick == event.tick)
        return; // told before
    m_ticks.insert(place, seen);
    if (m_ticks.size() > context.limits.ticksKept)
        m_ticks.removeFirst();

    if (atMs >= m_stateAtMs) {
        m_state.known = true;
        m_state.speed = event.speed;
        m_state.paused = false;
        m_state.tick = event.tick;
        m_state.simTimeMs = event.simTimeMs;
        m_stateAtMs = atMs;
        m_stateFromTick = true;
    }
    // A tick tells the speed that was set, not when, so it is as weak as a poll.
    note(labelOf(event.speed, false), atMs, context);
    measure();
    context.changes.clock = true;
    context.addRow({atMs, Lane::Ticks, TimelineKind::Tick, {}, {}, {}, QString::number(event.tick)});
}

void ClockBook::reported(const protocol::events::ClockReported &event, qint64 atMs, FoldContext &context)
{
    const bool exists = event.speed > 0 || event.tick > 0;
    if (exists)
        note(labelOf(event.speed, event.paused), atMs, context);
    // At one moment a tick is the newer word.
    if (atMs < m_stateAtMs || (atMs == m_stateAtMs && m_stateFromTick))
        return;
    const ClockState former = m_state;
    m_state.known = exists;
    m_state.speed = event.speed;
    m_state.startedAtMs = event.startedAtMs;
    m_state.paused = event.paused;
    m_state.tick = event.tick;
    m_state.simTimeMs = event.simTimeMs;
    m_stateAtMs = atMs;
    m_stateFromTick = false;
    measure();
    if (m_state != former)
        context.changes.clock = true;
}

void ClockBook::measure()
{
    // Simulated time moves from where the tick with that time came, or from a later change of speed or pause: a report
    // gives the time of the last tick, not how long ago that was.
    m_state.baseAtMs = m_course.isEmpty() ? std::max(qint64(0), m_stateAtMs) : m_course.changes().last().atMs;
    m_state.baseNs = 0;
    for (auto tick = m_ticks.crbegin(); tick != m_ticks.crend(); ++tick) {
        if (tick->tick == m_state.tick && tick->simTimeMs == m_state.simTimeMs && tick->atMs >= m_state.baseAtMs) {
            m_state.baseAtMs = tick->atMs;
            m_state.baseNs = tick->atNs;
            break;
        }
    }
    m_state.achievedSpeed.reset();
    m_state.jitterMs.reset();
    if (m_ticks.isEmpty())
        return;
    const TickSeen &last = m_ticks.last();
    m_state.lastTickArrivalMs = last.atMs;
    m_state.lastTickArrivalNs = last.atNs;
    // Only ticks in a row at one speed say something; a pause or a change of speed begins anew.
    qsizetype first = m_ticks.size() - 1;
    while (first > 0 && m_ticks.size() - first < kMeasured && m_ticks.at(first - 1).tick + 1 == m_ticks.at(first).tick
           && m_ticks.at(first - 1).speed == last.speed)
        --first;
    const qsizetype intervals = m_ticks.size() - 1 - first;
    if (intervals < 1 || last.speed <= 0)
        return;
    const double expected = 60'000.0 / last.speed;
    double sum = 0, squares = 0;
    qsizetype counted = 0;
    for (qsizetype i = first + 1; i < m_ticks.size(); ++i) {
        const TickSeen &a = m_ticks.at(i - 1), &b = m_ticks.at(i);
        const double ms = a.atNs > 0 && b.atNs > a.atNs ? double(b.atNs - a.atNs) / 1e6 : double(b.atMs - a.atMs);
        if (ms > 2.5 * expected)
            continue; // paused in between, not late
        sum += ms;
        squares += (ms - expected) * (ms - expected);
        ++counted;
    }
    if (counted == 0 || sum <= 0)
        return;
    m_state.achievedSpeed = double(counted) * 60'000.0 / sum;
    m_state.jitterMs = std::sqrt(squares / double(counted));
}

QJsonObject ClockBook::save() const
{
    return {{u"known"_s, m_state.known},
            {u"speed"_s, m_state.speed},
            {u"paused"_s, m_state.paused},
            {u"tick"_s, m_state.tick},
            {u"simTimeMs"_s, m_state.simTimeMs},
            {u"startedAtMs"_s, m_state.startedAtMs},
            {u"baseAtMs"_s, m_state.baseAtMs},
            {u"stateAtMs"_s, m_stateAtMs},
            {u"fromTick"_s, m_stateFromTick},
            {u"ticks"_s, toArray(m_ticks)},
            {u"course"_s, trackToArray(m_course, [](const QString &label) { return QJsonValue(label); })}};
}

void ClockBook::load(const QJsonObject &object)
{
    m_state.known = object[u"known"].toBool();
    m_state.speed = object[u"speed"].toDouble();
    m_state.paused = object[u"paused"].toBool(true);
    m_state.tick = object[u"tick"].toInteger();
    m_state.simTimeMs = object[u"simTimeMs"].toInteger();
    m_state.startedAtMs = object[u"startedAtMs"].toInteger();
    m_state.baseAtMs = object[u"baseAtMs"].toInteger();
    m_stateAtMs = object[u"stateAtMs"].toInteger(-1);
    m_stateFromTick = object[u"fromTick"].toBool();
    m_ticks = fromArray<TickSeen>(object[u"ticks"]);
    trackFromArray(m_course, object[u"course"], [](const QJsonValue &value) { return value.toString(); });
    measure();
}

} // namespace mesh::store
