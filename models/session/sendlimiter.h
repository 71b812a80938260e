// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QString>

#include <memory>

namespace mesh::session {

//! The broker's token bucket for `send`, kept on this side so that messages wait instead of being refused (wire
//! reference 1.5): 10 at once, then one a second, all sessions of a member together. Times are monotonic milliseconds.
class SendLimiter final
{
public:
    explicit SendLimiter(int burst = 10, int refillMs = 1'000)
        : m_burst(burst)
        , m_refillMs(refillMs)
        , m_tokens(burst)
    {
    }

    //! Takes a token if there is one.
    bool take(qint64 nowMs);
    //! The earliest time at which take() can succeed; \a nowMs if at once.
    qint64 nextAtMs(qint64 nowMs) const;
    //! The broker refused for the rate although a token was there (another program sends as this member): the bucket is
    //! empty.
    void drain(qint64 nowMs);

private:
    int available(qint64 nowMs) const;

    int m_burst;
    int m_refillMs;
    int m_tokens;
    qint64 m_countedAtMs = 0; // when m_tokens was right; meaningless while the bucket is full
};

//! One limiter for each member, shared by all its sessions on the network thread. Kept for good: closing and opening a
//! mesh must not give ten messages more than the broker allows.
class SendLimiters final
{
public:
    std::shared_ptr<SendLimiter> of(const QString &member);

private:
    QHash<QString, std::shared_ptr<SendLimiter>> m_limiters;
};

} // namespace mesh::session
