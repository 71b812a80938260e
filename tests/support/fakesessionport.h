// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>

#include <utility>
#include <vector>

#include "models/protocol/framecodec.h"
#include "models/session/answer.h"
#include "models/session/sessionport.h"
#include "tests/support/fakeclock.h"

namespace mesh::tests {

//! A session without a socket: keeps what parts of it send, ask and tell.
class FakeSessionPort final : public session::SessionPort
{
public:
    FakeClock clock;
    session::SessionTimings options;
    bool isOnline = true;
    QList<protocol::EventBody> events;
    QList<protocol::ClientFrame> posted;
    std::vector<std::pair<protocol::ClientFrame, session::Reply>> asked;

    qint64 wallMs() const override { return clock.nowMs(); }
    qint64 monoMs() const override { return clock.monotonicNs() / 1'000'000; }
    const session::SessionTimings &timings() const override { return options; }
    bool online() const override { return isOnline; }
    void emitEvent(protocol::EventBody body) override { events.append(std::move(body)); }
    protocol::Expected<void> post(const protocol::ClientFrame &frame) override
    {
        if (!isOnline)
            return offline();
        posted.append(frame);
        return {};
    }
    void request(protocol::ClientFrame frame, session::Reply reply) override
    {
        if (isOnline)
            asked.emplace_back(std::move(frame), std::move(reply));
        else
            reply(offline());
    }
    void wake() override {}

    //! Answers the oldest open request.
    void answer(const session::Answer &answer)
    {
        const session::Reply reply = std::move(asked.front().second);
        asked.erase(asked.begin());
        reply(answer);
    }
    //! As a broker's frame would.
    void answerWith(const protocol::BrokerFrame &frame)
    {
        answer(session::toAnswer(frame, protocol::typeOf(asked.front().first)));
    }
    template <class Frame>
    Frame askedFrame(size_t index = 0) const
    {
        return index < asked.size() && holds<Frame>(asked[index].first) ? get<Frame>(asked[index].first) : Frame{};
    }
    //! All events of one type so far.
    template <class Body>
    QList<Body> all() const
    {
        QList<Body> found;
        for (const protocol::EventBody &event : events) {
            if (const auto *body = getIf<Body>(&event))
                found.append(*body);
        }
        return found;
    }

    static protocol::Error offline() { return {QStringLiteral("offline"), QString(), protocol::ErrorBand::Transient}; }
};

} // namespace mesh::tests
