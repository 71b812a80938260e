// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtNetwork/QSslConfiguration>

#include <memory>
#include <optional>

#include "models/protocol/clock.h"

namespace mesh::session {

//! Every interval of a session in one place, in milliseconds. The defaults are those of the wire reference
//! (1.2, 1.3, 5.5, 6.6 to 6.8, 7.13, Appendix D); tests shorten them.
struct SessionTimings
{
    int connectTimeoutMs = 15'000;
    int helloTimeoutMs = 5'000;
    int pingIntervalMs = 30'000;
    int silenceLimitMs = 75'000; //!< without any frame, ping or pong the link is dropped
    int backoffFirstMs = 1'000;
    int backoffMaxMs = 30'000;
    int laterMinMs = 30'000; //!< before another try after `capacity` or `timestamp_skew`
    int laterMaxMs = 60'000;

    int requestTimeoutMs = 5'000;
    int longRequestTimeoutMs = 15'000; //!< sends and files
    int mcpTimeoutMs = 30'000;
    int silentSuccessMs = 1'500; //!< topic requests answer failures only; after this they count as done

    int peersVisibleMs = 4'000;
    int peersHiddenMs = 20'000;
    int peersSoonMs = 150; //!< after a presence push; several of them make one poll
    int topicOpenMs = 2'000;
    int topicOtherMs = 20'000;
    int topicMembersMs = 5'000;  //!< of the one on the screen
    int topicKeyShownMs = 5'000; //!< between two questions for a key that nobody has sealed for us yet
    int topicKeyMs = 30'000;     //!< the same for other topics, and for members that have no key (4.6)
    int topicSealShownMs = 10'000;
    int auditFastMs = 1'000;
    int auditSlowMs = 15'000;
    int clockIdlePollMs = 30'000; //!< while no clock runs nothing would tell of a new one before its first tick
    int clockRetryMs = 2'000;     //!< the least time between two questions about missing ticks
    int heldPushMs = 400;         //!< how long an unreadable push waits for what explains it
    int stateCheckMs = 100;       //!< first look whether a state value was stored; doubles

    int typingThrottleMs = 3'000;
    int typingExpiryMs = 6'000;
};

//! What a SessionHost is given from outside.
struct SessionOptions
{
    std::shared_ptr<const protocol::Clock> clock; //!< the machine's clocks when null; used on the network thread
    SessionTimings timings;
    QString installationId;               //!< tells two installations of one user apart; part of the `cwd`
    std::optional<QSslConfiguration> tls; //!< instead of the system's
};

} // namespace mesh::session
