// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/presenceregistry.h"

#include <algorithm>

namespace mesh::local {

bool Presence::isInGroup(QStringView name) const
{
    return std::any_of(groups.cbegin(), groups.cend(), [name](const auto &group) { return group.name == name; });
}

void PresenceRegistry::put(Index &index, const QString &key, Presence *presence)
{
    index[key].append(presence);
}

void PresenceRegistry::take(Index &index, const QString &key, Presence *presence)
{
    const auto found = index.find(key);
    if (found == index.end())
        return;
    found->removeOne(presence);
    if (found->isEmpty())
        index.erase(found);
}

Presence &PresenceRegistry::add(std::unique_ptr<Presence> presence)
{
    presence->order = m_nextOrder++;
    Presence *added = presence.get();
    m_byOrder.emplace(added->order, std::move(presence));
    if (!added->sessionPubkey.isEmpty())
        put(m_bySessionKey, added->sessionPubkey, added);
    put(m_bySessionId, added->sessionId, added);
    put(m_byMemberKey, added->memberPubkey, added);
    if (added->connection)
        ++m_online;
    return *added;
}

void PresenceRegistry::remove(Presence &presence)
{
    setConnection(presence, nullptr);
    take(m_bySessionKey, presence.sessionPubkey, &presence);
    take(m_bySessionId, presence.sessionId, &presence);
    take(m_byMemberKey, presence.memberPubkey, &presence);
    m_byOrder.erase(presence.order);
}

void PresenceRegistry::setSessionId(Presence &presence, const QString &sessionId)
{
    take(m_bySessionId, presence.sessionId, &presence);
    presence.sessionId = sessionId;
    put(m_bySessionId, sessionId, &presence);
}

void PresenceRegistry::setConnection(Presence &presence, Connection *connection)
{
    m_online += int(connection != nullptr) - int(presence.connection != nullptr);
    presence.connection = connection;
}

QList<Presence *> PresenceRegistry::all() const
{
    QList<Presence *> list;
    list.reserve(qsizetype(m_byOrder.size()));
    for (const auto &[order, presence] : m_byOrder)
        list.append(presence.get());
    return list;
}

QList<Presence *> PresenceRegistry::online() const
{
    QList<Presence *> list;
    list.reserve(m_online);
    for (const auto &[order, presence] : m_byOrder) {
        if (presence->isOnline())
            list.append(presence.get());
    }
    return list;
}

Presence *PresenceRegistry::byOrder(quint64 order) const
{
    const auto found = m_byOrder.find(order);
    return found == m_byOrder.end() ? nullptr : found->second.get();
}

QList<Presence *> PresenceRegistry::bySessionKey(const QString &sessionPubkey) const
{
    return m_bySessionKey.value(sessionPubkey);
}

QList<Presence *> PresenceRegistry::bySessionId(const QString &sessionId) const
{
    return m_bySessionId.value(sessionId);
}

QList<Presence *> PresenceRegistry::byMemberKey(const QString &memberPubkey) const
{
    return m_byMemberKey.value(memberPubkey);
}

QList<Presence *> PresenceRegistry::byTarget(const QString &key) const
{
    QList<Presence *> list = m_bySessionKey.value(key);
    const QList<Presence *> sessions = m_byMemberKey.value(key);
    for (Presence *presence : sessions) {
        if (!list.contains(presence))
            list.append(presence);
    }
    return list;
}

Presence *PresenceRegistry::forHook(int pid, const QString &cwd) const
{
    Presence *newest = nullptr;
    for (const auto &[order, presence] : m_byOrder) {
        if (!presence->isOnline() || presence->cwd != cwd)
            continue;
        if (pid != 0 && presence->pid == pid)
            return presence.get();
        newest = presence.get();
    }
    return newest;
}

} // namespace mesh::local
