// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timelinedata.h"

#include <algorithm>

namespace mesh::views {

namespace {

//! Thrown away in blocks, so that a full list does not move its rows at every event.
template <class T>
void bound(QList<T> &list, qsizetype most)
{
    if (list.size() > most + most / 10)
        list.remove(0, list.size() - most);
}

//! Events come in order but for a few that were late; those are put where they belong.
template <class T, class Time>
void insertByTime(QList<T> &list, T value, Time time)
{
    auto at = list.cend();
    while (at != list.cbegin() && time(*std::prev(at)) > time(value))
        --at;
    list.insert(at, std::move(value));
}

qint64 floorTo(qint64 value, qint64 step)
{
    const qint64 rest = value % step;
    return rest < 0 ? value - rest - step : value - rest;
}

} // namespace

void TimelineData::clear()
{
    Passes passes = std::move(m_passes);
    *this = TimelineData();
    m_passes = std::move(passes);
}

void TimelineData::saw(qint64 atMs)
{
    m_firstMs = m_firstMs == 0 ? atMs : std::min(m_firstMs, atMs);
    m_lastMs = std::max(m_lastMs, atMs);
}

void TimelineData::addMessage(qint64 atMs, protocol::Priority priority)
{
    if (atMs <= 0)
        return;
    const qint64 from = floorTo(atMs, BarMs);
    auto at = std::lower_bound(m_bars.begin(), m_bars.end(), from,
                               [](const MessageBar &bar, qint64 ms) { return bar.fromMs < ms; });
    if (at == m_bars.end() || at->fromMs != from) {
        MessageBar bar;
        bar.fromMs = from;
        at = m_bars.insert(at, bar);
    }
    ++at->count[size_t(priority)];
    bound(m_bars, MaxBars);
    saw(atMs);
}

void TimelineData::addPresence(const PresenceSpan &span)
{
    if (!m_presence.isEmpty()) {
        PresenceSpan &last = m_presence.last();
        if (span.fromMs < last.fromMs || last.sameCounts(span))
            return;
        if (span.fromMs == last.fromMs) {
            last = span;
            return;
        }
    }
    m_presence.append(span);
    bound(m_presence, MaxPoints);
    saw(span.fromMs);
}

void TimelineData::addState(TimelinePoint point)
{
    saw(point.atMs);
    insertByTime(m_states, std::move(point), [](const TimelinePoint &p) { return p.atMs; });
    bound(m_states, MaxPoints);
}

void TimelineData::addMemory(TimelinePoint point)
{
    saw(point.atMs);
    insertByTime(m_memories, std::move(point), [](const TimelinePoint &p) { return p.atMs; });
    bound(m_memories, MaxPoints);
}

void TimelineData::beginTask(const QString &title, const QString &actor, qint64 atMs)
{
    saw(atMs);
    insertByTime(m_tasks, TaskSpan{atMs, 0, title, actor}, [](const TaskSpan &t) { return t.fromMs; });
    bound(m_tasks, MaxPoints);
}

void TimelineData::endTask(const QString &title, const QString &actor, qint64 atMs)
{
    saw(atMs);
    const auto open = std::find_if(m_tasks.rbegin(), m_tasks.rend(),
                                   [&](const TaskSpan &t) { return t.toMs == 0 && t.title == title; });
    if (open == m_tasks.rend())
        return;
    open->toMs = std::max(atMs, open->fromMs + 1);
    if (!actor.isEmpty())
        open->actor = actor;
}

void TimelineData::addTick(qint64 atMs)
{
    saw(atMs);
    insertByTime(m_ticks, atMs, [](qint64 t) { return t; });
    bound(m_ticks, MaxBars);
}

QList<MessageBar> TimelineData::bars(qint64 fromMs, qint64 toMs, qint64 stepMs) const
{
    QList<MessageBar> result;
    const qint64 start = floorTo(fromMs, stepMs);
    auto at = std::lower_bound(m_bars.cbegin(), m_bars.cend(), start,
                               [](const MessageBar &bar, qint64 ms) { return bar.fromMs < ms; });
    for (; at != m_bars.cend() && at->fromMs < toMs; ++at) {
        const qint64 bucket = floorTo(at->fromMs, stepMs);
        if (result.isEmpty() || result.constLast().fromMs != bucket) {
            MessageBar bar;
            bar.fromMs = bucket;
            result.append(bar);
        }
        for (size_t i = 0; i < at->count.size(); ++i)
            result.last().count[i] += at->count[i];
    }
    return result;
}

QList<PresenceSpan> TimelineData::presence(qint64 fromMs, qint64 toMs) const
{
    auto at = std::upper_bound(m_presence.cbegin(), m_presence.cend(), fromMs,
                               [](qint64 ms, const PresenceSpan &span) { return ms < span.fromMs; });
    if (at != m_presence.cbegin())
        --at;
    QList<PresenceSpan> result;
    for (; at != m_presence.cend() && at->fromMs < toMs; ++at)
        result.append(*at);
    return result;
}

QList<qint64> TimelineData::ticks(qint64 fromMs, qint64 toMs) const
{
    const auto first = std::lower_bound(m_ticks.cbegin(), m_ticks.cend(), fromMs);
    const auto last = std::upper_bound(first, m_ticks.cend(), toMs);
    return m_ticks.mid(first - m_ticks.cbegin(), last - first);
}

qsizetype TimelineData::lowerBound(const QList<TimelinePoint> &points, qint64 atMs)
{
    const auto at = std::lower_bound(points.cbegin(), points.cend(), atMs,
                                     [](const TimelinePoint &point, qint64 ms) { return point.atMs < ms; });
    return at - points.cbegin();
}

} // namespace mesh::views
