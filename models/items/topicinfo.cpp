// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/topicinfo.h"

#include <algorithm>
#include <tuple>

#include "models/items/displaytext.h"
#include "models/protocol/frameevents.h"

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::PeerStatus;

namespace {

constexpr int kDescriptionChars = 300;

bool isSelf(const store::Connection &own, const protocol::TopicMemberRow &row)
{
    return (!own.ownMemberKey.isEmpty() && row.pubkey == own.ownMemberKey)
        || (!own.ownMemberId.isEmpty() && row.memberId == own.ownMemberId);
}

TopicInfo infoOf(const store::MeshStore &store, const protocol::TopicRow &row)
{
    TopicInfo info;
    info.id = row.id;
    info.title = u'#' + displayName(row.name, row.id);
    info.description = oneLine(row.description.value_or(QString()), kDescriptionChars);
    info.open = row.visibility.isEmpty() || row.visibility == "public"_L1;
    info.members = row.memberCount;
    // The list of its members is the newer word, once there is one.
    if (const auto members = store.listings().topicMembers.constFind(row.id);
        members != store.listings().topicMembers.cend())
        info.members = int(members->size());
    info.joined = isInTopic(store, row.id);
    info.key = store.listings().topicKeys.value(row.id);
    return info;
}

bool hearsTyping(const store::Peer &peer)
{
    return !peer.self && peer.kind == protocol::PeerKind::Human && peer.presence == store::Presence::Live
        && peer.capabilities.contains("x-human-chat/1"_L1);
}

} // namespace

std::optional<bool> isInTopic(const store::MeshStore &store, const QString &topicId)
{
    const store::Connection &own = store.connection();
    const auto rows = store.listings().topicMembers.constFind(topicId);
    if (rows == store.listings().topicMembers.cend() || (own.ownMemberKey.isEmpty() && own.ownMemberId.isEmpty()))
        return std::nullopt;
    return std::any_of(rows->cbegin(), rows->cend(), [&](const auto &row) { return isSelf(own, row); });
}

bool isTopicShown(const store::MeshStore &store, const QString &topicId)
{
    if (const std::optional<bool> joined = isInTopic(store, topicId))
        return *joined;
    const store::Conversation *conversation = store.conversation({ConversationKind::Topic, topicId});
    return conversation && (conversation->lastAtMs > 0 || !conversation->draft.isEmpty());
}

QList<TopicInfo> topicsOf(const store::MeshStore &store)
{
    QList<TopicInfo> topics;
    for (const protocol::TopicRow &row : store.listings().topics)
        topics.append(infoOf(store, row));
    std::sort(topics.begin(), topics.end(), [](const TopicInfo &a, const TopicInfo &b) {
        const bool aIn = a.joined.value_or(false);
        const bool bIn = b.joined.value_or(false);
        if (aIn != bIn)
            return aIn;
        const int byName = a.title.compare(b.title, Qt::CaseInsensitive);
        return byName != 0 ? byName < 0 : a.id < b.id;
    });
    return topics;
}

std::optional<TopicInfo> topicOf(const store::MeshStore &store, const QString &topicId)
{
    for (const protocol::TopicRow &row : store.listings().topics) {
        if (row.id == topicId)
            return infoOf(store, row);
    }
    return std::nullopt;
}

QList<TopicMember> membersOf(const store::MeshStore &store, const QString &topicId)
{
    QList<TopicMember> members;
    const store::Connection &own = store.connection();
    const QList<protocol::TopicMemberRow> rows = store.listings().topicMembers.value(topicId);
    for (const protocol::TopicMemberRow &row : rows) {
        TopicMember member;
        member.self = isSelf(own, row);
        member.role = oneLine(row.role, 24);
        member.readUpToMs = row.lastReadAt ? protocol::isoToMs(*row.lastReadAt).value_or(0) : 0;
        const store::Peer *best = nullptr;
        const QList<const store::Peer *> sessions = store.peersOfMember(row.pubkey);
        for (const store::Peer *peer : sessions) {
            const auto rank = [](const store::Peer *p) {
                return std::tuple(p->presence == store::Presence::Live, !p->controlPlane, p->status != PeerStatus::Idle,
                                  p->key);
            };
            if (!best || rank(peer) > rank(best))
                best = peer;
        }
        member.name = displayName(row.displayName.isEmpty() && best ? best->name : row.displayName, row.pubkey);
        if (best) {
            member.peerKey = best->key;
            member.kind = best->kind;
            if (best->presence == store::Presence::Live)
                member.status = best->status;
        }
        if (member.self && own.online()) {
            member.kind = protocol::PeerKind::Human;
            if (member.status == PeerStatus::Offline)
                member.status = PeerStatus::Idle;
        }
        members.append(member);
    }
    std::sort(members.begin(), members.end(), [](const TopicMember &a, const TopicMember &b) {
        const bool aThere = a.status != PeerStatus::Offline;
        const bool bThere = b.status != PeerStatus::Offline;
        if (aThere != bThere)
            return aThere;
        return a.name.compare(b.name, Qt::CaseInsensitive) < 0;
    });
    return members;
}

QStringList whoTypes(const store::MeshStore &store, const ConversationId &id, qint64 nowMs)
{
    QStringList names;
    for (const store::Typing &typing : store.typing()) {
        if (typing.on && typing.untilMs > nowMs && typing.conversation == id)
            names.append(displayName(store.nameOf(typing.key), typing.key));
    }
    names.sort(Qt::CaseInsensitive);
    return names;
}

bool isTypingHeard(const store::MeshStore &store, const ConversationId &id)
{
    switch (id.kind) {
    case ConversationKind::Direct: {
        const store::Peer *peer = store.peer(id.key);
        return peer && hearsTyping(*peer);
    }
    case ConversationKind::Group:
        return std::any_of(store.peers().cbegin(), store.peers().cend(), [&](const store::Peer &peer) {
            return hearsTyping(peer) && std::any_of(peer.groups.cbegin(), peer.groups.cend(), [&](const auto &group) {
                       return group.name == id.key;
                   });
        });
    case ConversationKind::Topic: {
        const QList<protocol::TopicMemberRow> rows = store.listings().topicMembers.value(id.key);
        return std::any_of(rows.cbegin(), rows.cend(), [&](const auto &row) {
            const QList<const store::Peer *> sessions = store.peersOfMember(row.pubkey);
            return std::any_of(sessions.cbegin(), sessions.cend(), [](const auto *peer) { return hearsTyping(*peer); });
        });
    }
    case ConversationKind::Broadcast:
    case ConversationKind::System:
    case ConversationKind::Notes:
        break;
    }
    return false;
}

} // namespace mesh::items
