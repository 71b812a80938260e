// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

namespace mesh::protocol {

//! Where time comes from. Injected, so that tests decide what time it is.
class Clock
{
public:
    Clock() = default;
    Q_DISABLE_COPY_MOVE(Clock)
    virtual ~Clock() = default;

    //! Wall time: milliseconds since the Unix epoch, UTC. May jump.
    virtual qint64 nowMs() const = 0;
    //! Monotonic time in nanoseconds since an arbitrary start. Never jumps.
    virtual qint64 monotonicNs() const = 0;
};

//! The machine's clocks.
class SystemClock final : public Clock
{
public:
    qint64 nowMs() const override;
    qint64 monotonicNs() const override;
};

} // namespace mesh::protocol
