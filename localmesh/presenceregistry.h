// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/presence.h"

#include <QtCore/QHash>
#include <QtCore/QList>

#include <functional>
#include <map>
#include <memory>

namespace mesh::local {

//! Every presence of the mesh, online or in its lease. How many there are is counted from what is there, so the count
//! cannot leak (the original's can: observed 6.4).
class PresenceRegistry final
{
public:
    PresenceRegistry() = default;
    Q_DISABLE_COPY_MOVE(PresenceRegistry)

    //! Adds one; its keys and sessionId must not change afterwards except through rekeySession().
    Presence &add(std::unique_ptr<Presence> presence);
    void remove(Presence &presence);
    void setSessionId(Presence &presence, const QString &sessionId);
    //! Gives \a presence a connection, or takes it away (nullptr).
    void setConnection(Presence &presence, Connection *connection);

    //! Oldest first.
    QList<Presence *> all() const;
    QList<Presence *> online() const;
    int onlineCount() const { return m_online; }
    int count() const { return int(m_byOrder.size()); }

    //! The presence with this order; nullptr when it is gone.
    Presence *byOrder(quint64 order) const;
    QList<Presence *> bySessionKey(const QString &sessionPubkey) const;
    QList<Presence *> bySessionId(const QString &sessionId) const;
    //! Whom a direct message to \a key may reach: sessions with that key, and all sessions of the member with that key.
    QList<Presence *> byTarget(const QString &key) const;
    QList<Presence *> byMemberKey(const QString &memberPubkey) const;
    //! The presence a status hook means: same pid and cwd, else the newest online one with that cwd (wire reference
    //! 2.1).
    Presence *forHook(int pid, const QString &cwd) const;

private:
    using Index = QHash<QString, QList<Presence *>>;
    static void put(Index &index, const QString &key, Presence *presence);
    static void take(Index &index, const QString &key, Presence *presence);

    std::map<quint64, std::unique_ptr<Presence>> m_byOrder;
    Index m_bySessionKey;
    Index m_bySessionId;
    Index m_byMemberKey;
    quint64 m_nextOrder = 1;
    int m_online = 0;
};

} // namespace mesh::local
