// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/keytrust.h"

#include <QtCore/QSet>

#include "models/items/displaytext.h"
#include "models/store/meshstore.h"

namespace mesh::items {

bool KeyTrustBook::note(const store::ChangeSet &changes)
{
    const bool other = changes.reset || changes.connection || !changes.verified.isEmpty()
        || !changes.peersAdded.isEmpty() || !changes.peersChanged.isEmpty() || !changes.peersRemoved.isEmpty()
        || !changes.conversationsAdded.isEmpty();
    m_dirty = m_dirty || other;
    return other;
}

void KeyTrustBook::clear()
{
    m_dirty = true;
    m_changed.clear();
}

void KeyTrustBook::build(const store::MeshStore &store) const
{
    m_changed.clear();
    m_dirty = false;
    // Two names that differ in letters that look alike are an imitation, which NameLikeness marks; here a name is
    // itself.
    const auto folded = [](const QString &name) { return oneLine(name, kMaxDisplayName).toCaseFolded(); };
    QSet<QString> here; // members that are connected
    for (const store::Peer &peer : store.peers()) {
        if (peer.presence != store::Presence::Gone && !peer.memberKey.isEmpty())
            here.insert(peer.memberKey);
    }
    struct Known
    {
        QString memberKey;
        qint64 seenMs = 0;
    };
    QMultiHash<QString, Known> known; // keys that are gone, by the name they had
    for (const store::Verification &one : store.verifications()) {
        if (one.verified && !here.contains(one.memberKey))
            known.insert(folded(one.name), {one.memberKey, 0});
    }
    const auto conversations = store.conversations();
    for (const store::Conversation &conversation : conversations) {
        if (conversation.id.kind != protocol::ConversationKind::Direct || conversation.lastMessageSeq == 0)
            continue;
        const store::Peer *peer = store.peer(conversation.peerKey);
        if (peer && !peer->memberKey.isEmpty() && !peer->name.isEmpty() && !here.contains(peer->memberKey))
            known.insert(folded(peer->name), {peer->memberKey, peer->firstSeenMs});
    }
    if (known.isEmpty())
        return;
    for (const store::Peer &peer : store.peers()) {
        if (peer.self || peer.stub || peer.name.isEmpty() || peer.memberKey.isEmpty())
            continue;
        const auto [begin, end] = std::as_const(known).equal_range(folded(peer.name));
        for (auto it = begin; it != end; ++it) {
            if (it->memberKey != peer.memberKey && peer.firstSeenMs >= it->seenMs)
                m_changed.insert(peer.key, peer.firstSeenMs);
        }
    }
}

KeyTrust KeyTrustBook::of(const store::MeshStore &store, const QString &key) const
{
    const store::Peer *peer = store.peer(key);
    if (!peer || peer->memberKey.isEmpty())
        return KeyTrust::Unknown;
    if (peer->self || peer->memberKey == store.connection().ownMemberKey)
        return KeyTrust::Verified;
    if (store.verifications().value(peer->memberKey).verified)
        return KeyTrust::Verified;
    if (m_dirty)
        build(store);
    return m_changed.contains(key) ? KeyTrust::Changed : KeyTrust::Unknown;
}

qint64 KeyTrustBook::changedAtMs(const store::MeshStore &store, const QString &key) const
{
    return of(store, key) == KeyTrust::Changed ? m_changed.value(key) : 0;
}

} // namespace mesh::items
