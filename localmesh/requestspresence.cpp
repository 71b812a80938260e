// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

#include <QtCore/QJsonDocument>

#include <algorithm>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::GroupRef;
using protocol::PeerStatus;

namespace {

protocol::PeerRow rowOf(const Presence &presence)
{
    protocol::PeerRow row;
    row.pubkey = presence.routingKey();
    row.memberPubkey = presence.memberPubkey;
    row.displayName = presence.displayName;
    row.status = presence.status;
    if (presence.summary)
        row.summary = *presence.summary;
    row.groups = presence.groups;
    row.sessionId = presence.sessionId;
    row.connectedAt = isoTime(presence.connectedAtMs);
    row.cwd = presence.cwd;
    row.peerRole = presence.controlPlane ? u"control-plane"_s : u"session"_s;
    row.hostname = presence.hostname;
    row.peerType = presence.peerType;
    row.channel = presence.channel;
    row.model = presence.model;
    row.stats = presence.stats;
    row.visible = presence.visible;
    if (presence.profile != protocol::PeerProfile())
        row.profile = presence.profile;
    return row;
}

bool tooLong(const std::optional<QString> &text)
{
    return text && text->size() > limits::SummaryChars;
}

} // namespace

void Requests::on(const Context &context, const protocol::ListPeers &)
{
    protocol::PeersList list;
    const QList<Presence *> presences = m_parts.presences.all();
    list.peers.reserve(presences.size());
    for (const Presence *presence : presences) {
        if (presence->visible || presence->memberPubkey == context.presence.memberPubkey)
            list.peers.append(rowOf(*presence));
    }
    if (!context.id.isEmpty())
        list.reqId = context.id;
    m_parts.turn.send(&context.connection, protocol::encode(list));
}

void Requests::setStatus(Presence &presence, PeerStatus status, bool byHook)
{
    presence.status = status;
    presence.statusSource = byHook ? StatusSource::Hook : StatusSource::Manual;
    presence.statusSinceNs = m_parts.clock.monotonicNs();
    // The original lets go of held messages only at the next one; whoever becomes idle is ready for them now.
    m_router.drain(presence);
}

void Requests::setHookStatus(Presence &presence, PeerStatus status)
{
    if (presence.status == PeerStatus::Dnd)
        m_router.drain(presence);
    else
        setStatus(presence, status, true);
}

void Requests::decayStatus()
{
    const qint64 oldNs = m_parts.clock.monotonicNs() - m_parts.options.workingDecayMs * 1'000'000;
    const QList<Presence *> presences = m_parts.presences.all();
    for (Presence *presence : presences) {
        if (presence->status == PeerStatus::Working && presence->statusSinceNs <= oldNs)
            setStatus(*presence, PeerStatus::Idle, false);
    }
}

void Requests::on(const Context &context, const protocol::SetStatus &frame)
{
    if (frame.status == PeerStatus::Offline) {
        refuse(context, u"status must be idle, working or dnd"_s);
        return;
    }
    setStatus(context.presence, frame.status, false);
}

void Requests::on(const Context &context, const protocol::SetSummary &frame)
{
    if (frame.summary.size() > limits::SummaryChars)
        refuse(context, u"summary may have at most %1 characters"_s.arg(limits::SummaryChars));
    else
        context.presence.summary = frame.summary;
}

void Requests::on(const Context &context, const protocol::SetStats &frame)
{
    if (QJsonDocument(frame.stats).toJson(QJsonDocument::Compact).size() > limits::StatsBytes)
        refuse(context, u"stats may have at most %1 bytes"_s.arg(limits::StatsBytes));
    else
        context.presence.stats = frame.stats;
}

void Requests::on(const Context &context, const protocol::SetProfile &frame)
{
    const bool capabilitiesTooLong = frame.capabilities
        && (frame.capabilities->size() > limits::Capabilities
            || std::any_of(frame.capabilities->cbegin(), frame.capabilities->cend(),
                           [](const QString &word) { return word.size() > limits::NameChars; }));
    if (tooLong(frame.avatar) || tooLong(frame.title) || tooLong(frame.bio) || capabilitiesTooLong) {
        refuse(context, u"a field of the profile is too long"_s);
        return;
    }
    protocol::PeerProfile &profile = context.presence.profile;
    if (frame.avatar)
        profile.avatar = frame.avatar;
    if (frame.title)
        profile.title = frame.title;
    if (frame.bio)
        profile.bio = frame.bio;
    if (frame.capabilities)
        profile.capabilities = frame.capabilities;
    done(context, context.id, {});
}

void Requests::on(const Context &context, const protocol::SetVisible &frame)
{
    Presence &presence = context.presence;
    if (presence.visible != frame.visible) {
        presence.visible = frame.visible;
        m_router.announce(frame.visible ? "peer_visible"_L1 : "peer_hidden"_L1,
                          {{u"name"_s, presence.displayName}, {u"pubkey"_s, presence.routingKey()}},
                          m_router.everyoneBut(&presence));
    }
    done(context, context.id, {});
}

void Requests::on(const Context &context, const protocol::JoinGroup &frame)
{
    QList<GroupRef> &groups = context.presence.groups;
    if (frame.role && frame.role->size() > limits::NameChars) {
        refuse(context, u"role may have at most %1 characters"_s.arg(limits::NameChars));
        return;
    }
    for (GroupRef &group : groups) {
        if (group.name == frame.name.text()) {
            group.role = frame.role;
            return;
        }
    }
    if (groups.size() >= limits::GroupsPerPresence)
        refuse(context, u"a peer may be in at most %1 groups"_s.arg(limits::GroupsPerPresence));
    else
        groups.append({.name = frame.name.text(), .role = frame.role});
}

void Requests::on(const Context &context, const protocol::LeaveGroup &frame)
{
    context.presence.groups.removeIf([&frame](const GroupRef &group) { return group.name == frame.name.text(); });
}

} // namespace mesh::local
