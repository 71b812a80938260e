// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/session/pollschedule.h"

namespace mesh::session {

//! Asks for the peer list: every 4 s while somebody looks, every 20 s otherwise, and soon after a presence push (wire
//! reference 5.5).
class PeerPoller final
{
public:
    explicit PeerPoller(SessionPort &port)
        : m_port(port)
    {
        m_poll.intervalMs = port.timings().peersVisibleMs;
    }

    void linkUp() { m_poll.start(m_port.monoMs()); }
    void linkDown() { m_poll.stop(); }

    void setVisible(bool visible)
    {
        m_poll.setInterval(visible ? m_port.timings().peersVisibleMs : m_port.timings().peersHiddenMs, m_port.monoMs());
        m_port.wake();
    }
    //! After a join or leave, a name that is not known, or a change of our own. Several of them make one question.
    void soon()
    {
        if (m_poll.dueMs == Never)
            return;
        m_poll.atLatest(m_port.monoMs() + m_port.timings().peersSoonMs);
        m_port.wake();
    }

    void advance()
    {
        const qint64 now = m_port.monoMs();
        if (!m_port.online() || !m_poll.isDue(now))
            return;
        m_poll.asked(now);
        m_port.request(protocol::ListPeers{}, [this](const Answer &) {
            m_poll.answered();
            m_port.wake();
        });
    }
    qint64 nextDueMs() const { return m_poll.nextDueMs(); }

private:
    SessionPort &m_port;
    PollSchedule m_poll;
};

} // namespace mesh::session
