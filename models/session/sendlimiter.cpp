// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/sendlimiter.h"

#include <algorithm>

namespace mesh::session {

int SendLimiter::available(qint64 nowMs) const
{
    if (m_tokens >= m_burst)
        return m_burst;
    const qint64 grown = std::max<qint64>(0, nowMs - m_countedAtMs) / m_refillMs;
    return int(std::min<qint64>(m_burst, m_tokens + grown));
}

bool SendLimiter::take(qint64 nowMs)
{
    const int tokens = available(nowMs);
    if (tokens <= 0)
        return false;
    // Whole tokens only are moved on, so that the fraction of the running second is kept.
    if (tokens >= m_burst)
        m_countedAtMs = nowMs;
    else
        m_countedAtMs += qint64(tokens - m_tokens) * m_refillMs;
    m_tokens = tokens - 1;
    return true;
}

qint64 SendLimiter::nextAtMs(qint64 nowMs) const
{
    if (available(nowMs) > 0)
        return nowMs;
    return m_countedAtMs + qint64(1 - m_tokens) * m_refillMs;
}

void SendLimiter::drain(qint64 nowMs)
{
    m_tokens = 0;
    m_countedAtMs = nowMs;
}

std::shared_ptr<SendLimiter> SendLimiters::of(const QString &member)
{
    std::shared_ptr<SendLimiter> &limiter = m_limiters[member];
    if (!limiter)
        limiter = std::make_shared<SendLimiter>();
    return limiter;
}

} // namespace mesh::session
