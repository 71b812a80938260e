// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/clock.h"
#include "models/protocol/event.h"

//! Events for the tests of this folder.
namespace fixture {

inline const QString kMesh = QStringLiteral("MeshMeshMeshMeshMeshMeshMeshMesh");
inline constexpr qint64 kStart = 1'775'606'400'000;

inline QString key(int n)
{
    return QStringLiteral("%1").arg(n, 64, 16, QLatin1Char('0'));
}

inline mesh::protocol::Event at(qint64 ms, mesh::protocol::EventBody body)
{
    return {kMesh, kStart + ms, std::move(body)};
}

inline mesh::protocol::events::SessionEstablished session()
{
    mesh::protocol::events::SessionEstablished s;
    s.ownKey = key(1);
    s.ownMemberKey = key(0x1001);
    s.displayName = QStringLiteral("Olga");
    return s;
}

inline mesh::protocol::PeerRow row(int n, const QString &name,
                                   mesh::protocol::PeerStatus status = mesh::protocol::PeerStatus::Idle)
{
    mesh::protocol::PeerRow r;
    r.pubkey = key(n);
    r.memberPubkey = key(0x1000 + n);
    r.displayName = name;
    r.status = status;
    r.peerRole = QStringLiteral("session");
    r.peerType = QStringLiteral("ai");
    r.connectedAt = QStringLiteral("2026-04-08T00:00:00.000Z");
    return r;
}

inline mesh::protocol::events::MessageReceived direct(int from, const QString &id, const QString &text, qint64 ms)
{
    mesh::protocol::events::MessageReceived m;
    m.messageId = id;
    m.conversation = {mesh::protocol::ConversationKind::Direct, key(from)};
    m.senderKey = key(from);
    m.body = mesh::protocol::BodyKind::Sealed;
    m.text = text;
    m.sentAtMs = kStart + ms;
    m.ackWanted = true;
    return m;
}

inline mesh::protocol::events::MessageComposed composed(int to, const QString &id, const QString &text, qint64 ms)
{
    mesh::protocol::events::MessageComposed m;
    m.clientMessageId = id;
    m.conversation = {mesh::protocol::ConversationKind::Direct, key(to)};
    m.text = text;
    m.composedAtMs = kStart + ms;
    return m;
}

class FakeClock final : public mesh::protocol::Clock
{
public:
    qint64 nowMs() const override { return ms; }
    qint64 monotonicNs() const override
    {
        ns += stepNs;
        return ns;
    }
    qint64 ms = kStart;
    mutable qint64 ns = 1'000'000'000;
    qint64 stepNs = 0; //!< passes at every look
};

} // namespace fixture
