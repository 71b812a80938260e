// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include "models/protocol/clock.h"

namespace mesh::graph {

//! The one clock that all animation of the program follows. It ticks only while somebody wants frames, at the highest
//! rate wanted (at most 60 a second), and stops by itself when nobody does.
class FrameClock final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FrameClock)

public:
    static constexpr int kFullRate = 60;

    //! \a clock is borrowed and must outlive this.
    explicit FrameClock(const protocol::Clock &clock, QObject *parent = nullptr);

    //! \a client wants \a framesPerSecond (1 to 60); 0 ends it. A client that is destroyed is forgotten.
    void setRate(QObject *client, int framesPerSecond);
    int rate(const QObject *client) const { return m_rates.value(client, 0); }

    //! What the timer runs at now; 0: it does not.
    int currentRate() const { return m_rate; }
    bool isRunning() const { return m_timer.isActive(); }
    const protocol::Clock &clock() const { return m_clock; }
    //! Monotonic now, in nanoseconds.
    qint64 nowNs() const { return m_clock.monotonicNs(); }
    //! Wall time, milliseconds since the epoch.
    qint64 nowMs() const { return m_clock.nowMs(); }
    //! Ticks since the start of the program.
    quint64 frames() const { return m_frames; }

Q_SIGNALS:
    //! A frame is due. \a nowNs is monotonic.
    void frame(qint64 nowNs);

private:
    void recompute();
    void schedule();
    void tick();

    const protocol::Clock &m_clock;
    QHash<const QObject *, int> m_rates;
    QTimer m_timer;
    qint64 m_originNs = 0;
    quint64 m_frames = 0;
    int m_rate = 0;
};

} // namespace mesh::graph
