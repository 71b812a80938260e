// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QMutex>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QTimer>

#include <deque>

#include "models/protocol/clock.h"
#include "models/protocol/event.h"

namespace mesh::store {

class Journal;
class MeshStore;

struct DrainLimits
{
    int intervalMs = 16;         //!< from the doorbell to the drain
    int busyIntervalMs = 40;     //!< while the queue does not empty within the budget
    qint64 budgetNs = 8'000'000; //!< of one drain
    int chunk = 256;             //!< events folded between two looks at the clock
    int capacity =
        100'000; //!< events waiting; past it polls, traffic and ticks are coalesced or dropped, messages never
};

struct DrainStats
{
    qint64 received = 0;
    qint64 folded = 0;
    qint64 coalesced = 0; //!< polls replaced by a newer one while waiting
    qint64 dropped = 0;   //!< traffic, stream data, measurements given up under overflow
    qint64 drains = 0;
    qint64 overBudget = 0; //!< drains that left work for the next one
    int waiting = 0;
    int highWater = 0;
    qint64 lastDrainNs = 0;
    qint64 longestDrainNs = 0;
};

//! Takes batches of events from any thread and folds them on the GUI thread: the first one rings a doorbell (a
//! single-shot timer), a drain works off the queue within its budget, each chunk is one apply() for each mesh and goes
//! to the journal.
class EventDrain final : public QObject
{
    Q_OBJECT
public:
    //! \a clock must outlive the drain.
    explicit EventDrain(const protocol::Clock &clock, DrainLimits limits = {}, QObject *parent = nullptr);
    ~EventDrain() override;
    Q_DISABLE_COPY_MOVE(EventDrain)

    //! Events of \a store's mesh go to it from now on. GUI thread.
    void addStore(MeshStore *store);
    void removeStore(const protocol::MeshId &mesh);
    //! Where folded batches are kept; nullptr (a replay) keeps nothing.
    void setJournal(Journal *journal);

    //! Thread-safe; returns at once. Events of a mesh without a store are counted as dropped at the drain.
    void post(protocol::EventList events);
    //! Folds everything that waits, whatever it costs. GUI thread; for shutdown and tests.
    void drainNow();
    //! Folds what waits within the usual budget, without waiting for the interval: called as a frame begins, that frame
    //! shows it. Does nothing while the queue is too long for the budget: the interval leaves the window time then.
    void drainForFrame();
    DrainStats stats() const;

Q_SIGNALS:
    //! After a drain. \a waiting events are left for the next one.
    void drained(int folded, int waiting);
    //! Events were coalesced or dropped since the last drain, because the queue was full.
    void overflowed(qint64 droppedNow);

private:
    void ring();
    bool isRung() const;
    void drain(qint64 budgetNs);
    void makeRoom();

    const protocol::Clock &m_clock;
    const DrainLimits m_limits;
    QHash<protocol::MeshId, QPointer<MeshStore>> m_stores;
    QPointer<Journal> m_journal;
    QTimer m_timer;
    bool m_busy = false;

    mutable QMutex m_mutex; // guards what follows
    std::deque<protocol::Event> m_queue;
    bool m_rung = false;
    qint64 m_lostSinceDrain = 0;
    DrainStats m_stats;
};

} // namespace mesh::store
