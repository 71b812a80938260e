// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/rasterworker.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QMutexLocker>

#include <utility>

namespace mesh::graph {

RasterWorker::RasterWorker()
{
    setObjectName(QStringLiteral("graph-raster"));
}

RasterWorker::~RasterWorker()
{
    {
        const QMutexLocker lock(&m_mutex);
        m_quit = true;
        m_wake.wakeAll();
    }
    wait();
}

void RasterWorker::post(TrailJob job)
{
    const QMutexLocker lock(&m_mutex);
    Q_ASSERT(m_state == State::Idle);
    m_job = std::move(job);
    m_state = State::Posted;
    if (!isRunning())
        start();
    m_wake.wakeAll();
}

bool RasterWorker::isIdle() const
{
    const QMutexLocker lock(&m_mutex);
    return m_state == State::Idle;
}

bool RasterWorker::take()
{
    const QMutexLocker lock(&m_mutex);
    if (m_state != State::Done)
        return false;
    m_layer.swap();
    m_lastJobMs = m_jobMs;
    m_state = State::Idle;
    return true;
}

bool RasterWorker::finish()
{
    {
        const QMutexLocker lock(&m_mutex);
        while (m_state == State::Posted)
            m_done.wait(&m_mutex);
    }
    return take();
}

void RasterWorker::run()
{
    while (true) {
        TrailJob job;
        {
            const QMutexLocker lock(&m_mutex);
            while (m_state != State::Posted && !m_quit)
                m_wake.wait(&m_mutex);
            if (m_quit)
                return;
            job = std::move(m_job);
        }
        QElapsedTimer timer;
        timer.start();
        m_layer.render(job);
        const QMutexLocker lock(&m_mutex);
        m_jobMs = double(timer.nsecsElapsed()) / 1e6;
        m_state = State::Done;
        m_done.wakeAll();
    }
}

} // namespace mesh::graph
