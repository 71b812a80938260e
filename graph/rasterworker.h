// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMutex>
#include <QtCore/QThread>
#include <QtCore/QWaitCondition>

#include <optional>

#include "graph/traillayer.h"

namespace mesh::graph {

//! The thread that draws the trail layer. The GUI thread posts one job at a time, goes on, and takes the result at a
//! later frame; it never waits, but for finish().
class RasterWorker final : private QThread
{
public:
    RasterWorker();
    ~RasterWorker() override;
    Q_DISABLE_COPY_MOVE(RasterWorker)

    //! Starts \a job. Call only when isIdle().
    void post(TrailJob job);
    //! No job is under way and none waits to be taken.
    bool isIdle() const;
    //! If a job is done, shows its result. \return true if there is a new picture.
    bool take();
    //! Waits for the job under way. Shows its result. \return as take().
    bool finish();

    //! The picture; valid on the GUI thread until the next take() or finish().
    const TrailLayer &layer() const { return m_layer; }
    //! How long the last taken job took, in milliseconds.
    double lastJobMs() const { return m_lastJobMs; }

private:
    enum class State { Idle, Posted, Done };

    void run() override;

    mutable QMutex m_mutex;
    QWaitCondition m_wake;
    QWaitCondition m_done;
    State m_state = State::Idle;
    bool m_quit = false;
    TrailJob m_job;
    TrailLayer m_layer; //!< back buffer: the worker's while Posted; front buffer: the GUI thread's
    double m_jobMs = 0;
    double m_lastJobMs = 0;
};

} // namespace mesh::graph
