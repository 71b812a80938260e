// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/clock.h"

namespace mesh::tests {

//! A clock that stands still until it is told otherwise. Both times move together.
class FakeClock final : public protocol::Clock
{
public:
    explicit FakeClock(qint64 nowMs = 1'800'000'000'000)
        : m_nowMs(nowMs)
    {
    }

    qint64 nowMs() const override { return m_nowMs; }
    qint64 monotonicNs() const override { return m_monotonicNs; }

    void advance(qint64 ms)
    {
        m_nowMs += ms;
        m_monotonicNs += ms * 1'000'000;
    }
    //! The wall clock alone jumps, as after a correction.
    void jump(qint64 ms) { m_nowMs += ms; }

private:
    qint64 m_nowMs;
    qint64 m_monotonicNs = 1'000'000'000;
};

} // namespace mesh::tests
