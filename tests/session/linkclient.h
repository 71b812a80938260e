// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/session/sessionclient.h"

namespace mesh::tests {

using namespace Qt::StringLiterals;

inline const QString MeshOne = u"NRe04XFZpImIbxesOrFCz5C1RsML5hJI"_s;
inline const QString MeshTwo = u"YoH74XZF4FW9Hb0xssGGBuuz4HWSdspL"_s;

//! Times that a test can wait for.
inline session::SessionOptions quickSession()
{
    session::SessionOptions options;
    options.installationId = u"test-installation"_s;
    session::SessionTimings &timings = options.timings;
    timings.connectTimeoutMs = 2'000;
    timings.helloTimeoutMs = 3'000;
    timings.pingIntervalMs = 100;
    timings.silenceLimitMs = 4'000;
    timings.backoffFirstMs = 20;
    timings.backoffMaxMs = 60;
    timings.laterMinMs = 30'000;
    timings.requestTimeoutMs = 1'500;
    timings.longRequestTimeoutMs = 1'500;
    timings.silentSuccessMs = 50;
    timings.peersVisibleMs = 150;
    timings.peersSoonMs = 10;
    timings.topicOpenMs = 60;
    timings.auditFastMs = 50;
    timings.auditSlowMs = 200;
    timings.heldPushMs = 30;
    timings.stateCheckMs = 5;
    return options;
}

//! A client of brokers that do as they are told.
struct LinkClient : SessionClient
{
    explicit LinkClient(session::SessionOptions options = quickSession())
        : SessionClient(std::move(options))
    {
    }

    void open(const QString &url, const QString &mesh = MeshOne)
    {
        session::MeshProfile profile;
        profile.meshId = mesh;
        profile.slug = u"mesh"_s;
        profile.memberId = u"JMAtQeLVbzYiE7uPu9hLT2uPxvkL9xez"_s;
        profile.displayName = u"Ann"_s;
        profile.brokerUrl = url;
        host.open(profile, member.clone(), session.clone());
    }
    bool sawState(protocol::ConnectionState state, const QString &code) const
    {
        for (const protocol::events::ConnectionChanged &change : all<protocol::events::ConnectionChanged>()) {
            if (change.state == state && change.code == code)
                return true;
        }
        return false;
    }
};

} // namespace mesh::tests
