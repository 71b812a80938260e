// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/namecache.h"

#include <QtCore/QSet>

#include <algorithm>

namespace mesh::session {

using namespace Qt::StringLiterals;

PeerIdentity &NameCache::entry(const QString &key, qint64 nowMs)
{
    auto it = m_peers.find(key);
    if (it == m_peers.end()) {
        if (m_peers.size() >= m_limit)
            evict();
        it = m_peers.insert(key, PeerIdentity{});
        it->key = key;
    }
    it->seenAtMs = nowMs;
    return *it;
}

void NameCache::setName(PeerIdentity &peer, const QString &name)
{
    if (name.isEmpty() || peer.name == name)
        return;
    if (!peer.name.isEmpty())
        m_keysByName.remove(peer.name, peer.key);
    peer.name = name;
    m_keysByName.insert(name, peer.key);
}

void NameCache::evict()
{
    // A tenth at once, those that are gone first, so that a full cache does not sort at every new peer.
    QList<std::pair<std::pair<bool, qint64>, QString>> order;
    order.reserve(m_peers.size());
    for (const PeerIdentity &peer : std::as_const(m_peers))
        order.append({{peer.live, peer.seenAtMs}, peer.key});
    const qsizetype count = std::max<qsizetype>(1, order.size() / 10);
    std::nth_element(order.begin(), order.begin() + count, order.end());
    for (qsizetype i = 0; i < count; ++i) {
        const PeerIdentity peer = m_peers.take(order.at(i).second);
        m_keysByName.remove(peer.name, peer.key);
    }
}

QStringList NameCache::learnList(const QList<protocol::PeerRow> &rows, qint64 nowMs)
{
    QSet<QString> listed;
    QStringList appeared;
    for (const protocol::PeerRow &row : rows) {
        PeerIdentity &peer = entry(row.pubkey, nowMs);
        if (!peer.live)
            appeared.append(row.pubkey);
        listed.insert(row.pubkey);
        setName(peer, row.displayName);
        peer.memberKey = row.memberPubkey;
        peer.live = true;
        peer.controlPlane = row.peerRole == "control-plane"_L1;
        peer.humanSignals =
            row.profile && row.profile->capabilities && row.profile->capabilities->contains("x-human-chat/1"_L1);
        peer.groups.clear();
        for (const protocol::GroupRef &group : row.groups)
            peer.groups.append(group.name);
    }
    for (PeerIdentity &peer : m_peers) {
        if (peer.live && !listed.contains(peer.key))
            peer.live = false;
    }
    return appeared;
}

void NameCache::learnName(const QString &key, const QString &name, qint64 nowMs)
{
    setName(entry(key, nowMs), name);
}

void NameCache::learnMember(const QString &key, const QString &memberKey, const QString &memberId, const QString &name,
                            qint64 nowMs)
{
    PeerIdentity &peer = entry(key, nowMs);
    if (!memberKey.isEmpty())
        peer.memberKey = memberKey;
    if (!memberId.isEmpty())
        peer.memberId = memberId;
    setName(peer, name);
}

QStringList NameCache::humans(const std::function<bool(const PeerIdentity &)> &isMeant, int limit) const
{
    QStringList keys;
    for (const PeerIdentity &peer : m_peers) {
        if (keys.size() == limit)
            break;
        if (peer.live && peer.humanSignals && isMeant(peer))
            keys.append(peer.key);
    }
    return keys;
}

void NameCache::setGone(const QString &key)
{
    const auto it = m_peers.find(key);
    if (it != m_peers.end())
        it->live = false;
}

const PeerIdentity *NameCache::find(const QString &key) const
{
    const auto it = m_peers.constFind(key);
    return it == m_peers.cend() ? nullptr : &it.value();
}

QString NameCache::nameOf(const QString &key) const
{
    const PeerIdentity *peer = find(key);
    return peer ? peer->name : QString();
}

QString NameCache::memberKeyOf(const QString &key) const
{
    const PeerIdentity *peer = find(key);
    return peer ? peer->memberKey : QString();
}

QString NameCache::keyOfName(const QString &name) const
{
    if (name.isEmpty())
        return {};
    QStringList sessions;
    QStringList controls;
    QStringList gone;
    const auto sort = [&](const PeerIdentity &peer) {
        (peer.live ? (peer.controlPlane ? controls : sessions) : gone).append(peer.key);
    };
    for (auto [it, end] = m_keysByName.equal_range(name); it != end; ++it) {
        if (const PeerIdentity *peer = find(it.value()))
            sort(*peer);
    }
    if (sessions.isEmpty() && controls.isEmpty() && gone.isEmpty()) {
        for (const PeerIdentity &peer : m_peers) {
            if (peer.memberId == name)
                sort(peer);
        }
    }
    for (const QStringList *keys : {&sessions, &controls, &gone}) {
        if (!keys->isEmpty())
            return keys->size() == 1 ? keys->first() : QString();
    }
    return {};
}

QString NameCache::route(const QString &key) const
{
    const PeerIdentity *peer = find(key);
    if (peer && peer->live)
        return key;
    const QString memberKey = peer && !peer->memberKey.isEmpty() ? peer->memberKey : key;
    const PeerIdentity *best = nullptr;
    for (const PeerIdentity &other : m_peers) {
        if (!other.live || other.memberKey != memberKey || other.controlPlane)
            continue;
        // The same name is the better sign that this is the same person or agent come back.
        const auto rank = [&](const PeerIdentity &candidate) {
            return std::pair(peer && candidate.name == peer->name, candidate.seenAtMs);
        };
        if (!best || rank(*best) < rank(other))
            best = &other;
    }
    return best ? best->key : key;
}

} // namespace mesh::session
