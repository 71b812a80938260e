// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/types.h"
#include "views/timelineaxis.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <array>
#include <functional>
#include <utility>

namespace mesh::store {
class MeshStore;
struct ChangeSet;
struct Peer;
struct TimelineEntry;
struct TrafficEntry;
} // namespace mesh::store

namespace mesh::views {

//! How many messages of each priority fall into one bar.
struct MessageBar
{
    qint64 fromMs = 0;
    std::array<int, 3> count{}; //!< by protocol::Priority

    int total() const { return count[0] + count[1] + count[2]; }
};

//! How many peers had which status from a time on.
struct PresenceSpan
{
    qint64 fromMs = 0;
    int live = 0;
    int working = 0;
    int dnd = 0;

    bool sameCounts(const PresenceSpan &o) const { return live == o.live && working == o.working && dnd == o.dnd; }
};

//! A thing that happened at one moment.
struct TimelinePoint
{
    qint64 atMs = 0;
    QString subject; //!< state key, memory tag line, task title
    QString actor;
    QString oldValue;
    QString newValue;
};

//! A task from when it was made to when it was completed.
struct TaskSpan
{
    qint64 fromMs = 0;
    qint64 toMs = 0; //!< 0 while it is open
    QString title;
    QString actor; //!< who made it, then who completed it
};

//! What the lanes paint, kept apart from the widget: taken from the store's timeline and traffic as they grow, bounded
//! by count, with messages counted in one-second bars that are merged into coarser ones for the zoom. Times ascend.
class TimelineData final
{
public:
    static constexpr qint64 BarMs = 1'000;
    static constexpr qsizetype MaxBars = 100'000;
    static constexpr qsizetype MaxPoints = 20'000;

    //! Which peers are shown, by key. Events that are about none of them are left out, those that are about nobody
    //! stay. An empty function: all. For what is added from now on; rebuild() for what is there.
    using Passes = std::function<bool(const QString &key)>;
    void setFilter(Passes passes) { m_passes = std::move(passes); }

    void clear();
    //! Reads everything the store has now.
    void rebuild(const store::MeshStore &store);
    //! Adds what one change set brought. False when late rows came in between and rebuild() is needed; that may wait.
    [[nodiscard]] bool absorb(const store::MeshStore &store, const store::ChangeSet &changes, qint64 nowMs);

    void addMessage(qint64 atMs, protocol::Priority priority);
    void addPresence(const PresenceSpan &span);
    void addState(TimelinePoint point);
    void addMemory(TimelinePoint point);
    void beginTask(const QString &title, const QString &actor, qint64 atMs);
    void endTask(const QString &title, const QString &actor, qint64 atMs);
    void addTick(qint64 atMs);

    //! Bars of \a stepMs covering [fromMs, toMs), aligned to multiples of the step, empty ones left out.
    QList<MessageBar> bars(qint64 fromMs, qint64 toMs, qint64 stepMs) const;
    //! Spans in force anywhere in [fromMs, toMs).
    QList<PresenceSpan> presence(qint64 fromMs, qint64 toMs) const;
    const QList<TimelinePoint> &states() const { return m_states; }
    const QList<TimelinePoint> &memories() const { return m_memories; }
    const QList<TaskSpan> &tasks() const { return m_tasks; }
    //! Ticks in [fromMs, toMs].
    QList<qint64> ticks(qint64 fromMs, qint64 toMs) const;
    //! First index of \a points at or after \a atMs.
    static qsizetype lowerBound(const QList<TimelinePoint> &points, qint64 atMs);

    qint64 firstMs() const { return m_firstMs; }
    qint64 lastMs() const { return m_lastMs; }
    bool isEmpty() const { return m_lastMs == 0; }

private:
    void saw(qint64 atMs);
    bool concerns(const store::MeshStore &store, const store::TimelineEntry &entry) const;
    bool concerns(const store::MeshStore &store, const store::TrafficEntry &entry) const;
    bool counts(const store::Peer &peer) const;
    PresenceSpan countPeers(const store::MeshStore &store, qint64 atMs) const;
    void addRow(const store::MeshStore &store, const store::TimelineEntry &entry);
    void rebuildPresence(const store::MeshStore &store);

    Passes m_passes;
    QList<MessageBar> m_bars;
    QList<PresenceSpan> m_presence;
    QList<TimelinePoint> m_states;
    QList<TimelinePoint> m_memories;
    QList<TaskSpan> m_tasks;
    QList<qint64> m_ticks;
    qint64 m_firstMs = 0;
    qint64 m_lastMs = 0;
};

} // namespace mesh::views
