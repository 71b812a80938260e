// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/replayguard.h"
#include "models/protocol/expected.h"
#include "models/protocol/framespresence.h"

namespace mesh::local {

class Connection;
class Presence;
class Router;
enum class CloseReason;
struct Member;
struct Parts;

//! Lets peers in (wire reference 2): who they are, whether a presence of theirs still waits for them, and who hears of
//! it.
class Handshake final
{
public:
    Handshake(Parts &parts, Router &router)
        : m_parts(parts)
        , m_router(router)
    {
    }
    Q_DISABLE_COPY_MOVE(Handshake)

    void hello(Connection &connection, const protocol::Hello &frame);
    void sessionHello(Connection &connection, const protocol::SessionHello &frame);
    //! A hello that could not be decoded: says what is wrong with it, as far as the original does, and closes.
    void refuseMalformed(Connection &connection, const QJsonObject &frame);

    //! The connection of \a presence is gone: its lease begins, and what its member wants back next time is kept.
    void leave(Presence &presence);
    //! Ends \a presence at once, by somebody's wish: no lease, and nobody is told.
    void dismiss(Presence &presence, CloseReason reason);
    //! The lease of \a presence is over: tells the others and forgets it.
    void expire(Presence &presence);

private:
    //! What both handshakes say about a session.
    struct Claim
    {
        QString memberPubkey;
        QString sessionPubkey;
        QString sessionId;
        bool controlPlane = false;
        int pid = 0;
        QString cwd;
        std::optional<QString> displayName;
        std::optional<QString> hostname;
        std::optional<QString> peerType;
        std::optional<QString> channel;
        std::optional<QString> model;
        std::optional<QList<protocol::GroupRef>> groups;
    };
    template <class Frame>
    static Claim claimOf(const Frame &frame);

    void refuse(Connection &connection, const QString &code, const QString &message);
    //! False, and refused, when \a member may not come in as \a claim says.
    bool admit(Connection &connection, const Member *member, const Claim &claim, const QString &unknownText);
    Presence *presenceToResume(const Claim &claim) const;
    void resume(Connection &connection, Presence &presence, const Member &member, const Claim &claim);
    void enter(Connection &connection, const Member &member, const Claim &claim);
    void evictOthers(const Claim &claim, const Presence *keep);
    void welcome(Connection &connection, Presence &presence, protocol::HelloAck ack);
    //! Refuses a hello that was used before.
    bool isFresh(Connection &connection, const QString &signature, const QByteArray &claim);
    //! Takes the connection away from \a presence and closes it.
    void drop(Presence &presence, CloseReason reason);
    //! Forgets \a presence and all that lives as long as it does.
    void forget(Presence &presence);
    void keep(const Presence &presence);

    Parts &m_parts;
    Router &m_router;
    ReplayGuard m_replays;
};

} // namespace mesh::local
