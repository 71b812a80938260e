// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/eventdrain.h"

#include "models/store/journal.h"
#include "models/store/meshstore.h"

#include <QtCore/QSet>

#include <algorithm>
#include <limits>

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

namespace {

//! Polls: a newer one says everything an older one said. 0 for the rest.
size_t pollOf(const EventBody &body)
{
    const bool polled = holdsAny<StateListed, TasksListed, SkillsListed, FilesListed, StreamsListed, TopicsListed,
                                 ServersListed, ServicesListed, SchedulesListed, WebhooksListed, ContextsListed,
                                 MeshDescribed, PeersListed, LinkMeasured, SendQueueChanged, FramesRejected>(body);
    return polled ? body.index() + 1 : 0;
}

//! What may be given up when nothing else helps: it is shown, not answered, and the next one says nearly the same.
bool isExpendable(const EventBody &body)
{
    return holdsAny<TrafficSeen, StreamDataReceived, TypingChanged, Ticked>(body);
}

} // namespace

EventDrain::EventDrain(const Clock &clock, DrainLimits limits, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_limits(limits)
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] { drain(m_limits.budgetNs); });
}

EventDrain::~EventDrain() = default;

void EventDrain::addStore(MeshStore *store)
{
    m_stores.insert(store->mesh(), store);
}

void EventDrain::removeStore(const MeshId &mesh)
{
    m_stores.remove(mesh);
}

void EventDrain::setJournal(Journal *journal)
{
    m_journal = journal;
}

void EventDrain::post(EventList events)
{
    if (events.isEmpty())
        return;
    bool ringNow = false;
    {
        const QMutexLocker lock(&m_mutex);
        m_stats.received += events.size();
        for (Event &event : events)
            m_queue.push_back(std::move(event));
        if (m_queue.size() > size_t(m_limits.capacity))
            makeRoom();
        m_stats.highWater = std::max(m_stats.highWater, int(m_queue.size()));
        ringNow = !m_rung;
        m_rung = true;
    }
    if (ringNow)
        QMetaObject::invokeMethod(this, &EventDrain::ring, Qt::QueuedConnection);
}

bool EventDrain::isRung() const
{
    const QMutexLocker lock(&m_mutex);
    return m_rung;
}

void EventDrain::ring()
{
    if (!m_timer.isActive() && isRung())
        m_timer.start(m_busy ? m_limits.busyIntervalMs : m_limits.intervalMs);
}

//! With the mutex held. Newest first, so that of each kind of poll the newest stays.
void EventDrain::makeRoom()
{
    QSet<std::pair<MeshId, size_t>> polls;
    const size_t before = m_queue.size();
    std::deque<Event> kept;
    for (auto it = m_queue.rbegin(); it != m_queue.rend(); ++it) {
        if (const size_t poll = pollOf(it->body)) {
            const std::pair key(it->mesh, poll);
            if (polls.contains(key)) {
                ++m_stats.coalesced;
                continue;
            }
            polls.insert(key);
        }
        kept.push_front(std::move(*it));
    }
    // Down to three quarters, so that a flood does not pay for this at every batch.
    size_t over = kept.size() - std::min(kept.size(), size_t(m_limits.capacity) * 3 / 4);
    const auto end = std::remove_if(kept.begin(), kept.end(), [&](const Event &event) {
        if (over == 0 || !isExpendable(event.body))
            return false;
        --over;
        ++m_stats.dropped;
        return true;
    });
    kept.erase(end, kept.end());
    m_queue.swap(kept);
    m_lostSinceDrain += qint64(before - m_queue.size());
}

void EventDrain::drainNow()
{
    m_timer.stop();
    drain(std::numeric_limits<qint64>::max());
}

void EventDrain::drainForFrame()
{
    if (m_busy || !isRung())
        return;
    m_timer.stop();
    drain(m_limits.budgetNs);
}

void EventDrain::drain(qint64 budgetNs)
{
    const qint64 begin = m_clock.monotonicNs();
    int folded = 0;
    bool empty = false;
    qint64 lost = 0;
    do {
        EventList chunk;
        {
            const QMutexLocker lock(&m_mutex);
            const auto count = std::min(m_queue.size(), size_t(m_limits.chunk));
            chunk.reserve(qsizetype(count));
            for (size_t i = 0; i < count; ++i) {
                chunk.append(std::move(m_queue.front()));
                m_queue.pop_front();
            }
            empty = m_queue.empty();
            if (empty)
                m_rung = false;
            lost += std::exchange(m_lostSinceDrain, 0);
        }
        if (chunk.isEmpty())
            break;
        folded += int(chunk.size());
        // The usual chunk is of one mesh and needs no sorting out.
        const MeshId first = chunk.first().mesh;
        const bool oneMesh =
            std::all_of(chunk.cbegin(), chunk.cend(), [&](const Event &event) { return event.mesh == first; });
        QHash<MeshId, EventList> byMesh;
        if (!oneMesh) {
            for (const Event &event : std::as_const(chunk))
                byMesh[event.mesh].append(event);
        } else {
            byMesh.insert(first, chunk);
        }
        for (auto it = byMesh.cbegin(); it != byMesh.cend(); ++it) {
            if (MeshStore *store = m_stores.value(it.key())) {
                store->apply(*it);
                if (m_journal)
                    m_journal->append(*it);
            } else {
                const QMutexLocker lock(&m_mutex);
                m_stats.dropped += it->size();
                lost += it->size();
            }
        }
    } while (!empty && m_clock.monotonicNs() - begin < budgetNs);

    const qint64 spent = m_clock.monotonicNs() - begin;
    int waiting = 0;
    {
        const QMutexLocker lock(&m_mutex);
        waiting = int(m_queue.size());
        ++m_stats.drains;
        m_stats.folded += folded;
        m_stats.overBudget += empty ? 0 : 1;
        m_stats.lastDrainNs = spent;
        m_stats.longestDrainNs = std::max(m_stats.longestDrainNs, spent);
    }
    // What was posted while the last chunk was folded has rung again, and is no sign of too much work.
    m_busy = !empty;
    if (m_busy)
        ring();
    Q_EMIT drained(folded, waiting);
    if (lost > 0)
        Q_EMIT overflowed(lost);
}

DrainStats EventDrain::stats() const
{
    const QMutexLocker lock(&m_mutex);
    DrainStats out = m_stats;
    out.waiting = int(m_queue.size());
    return out;
}

} // namespace mesh::store
