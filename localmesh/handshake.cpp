// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/handshake.h"

#include "localmesh/connection.h"
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/parts.h"
#include "localmesh/router.h"
#include "localmesh/text.h"
#include "models/protocol/attestation.h"
#include "models/protocol/framecodec.h"
#include "models/protocol/logging.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QJsonArray>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::GroupRef;
using protocol::Hello;
using protocol::HelloAck;
using protocol::PublicKey;
using protocol::SessionHello;

namespace {

QJsonArray toJson(const QList<GroupRef> &groups)
{
    QJsonArray list;
    for (const GroupRef &group : groups) {
        QJsonObject entry{{u"name"_s, group.name}};
        if (group.role)
            entry.insert("role"_L1, *group.role);
        list.append(entry);
    }
    return list;
}

bool tooLong(const std::optional<QString> &text)
{
    return text && text->size() > limits::FieldChars;
}

QString recordedText(const QString &code, const QString &otherwise)
{
    if (code == "bad_session_pubkey"_L1)
        return u"sessionPubkey must be 64 lowercase hex chars"_s;
    if (code == "bad_parent_pubkey"_L1)
        return u"parentMemberPubkey must be 64 lowercase hex chars"_s;
    if (code == "attestation_mismatch"_L1)
        return u"parentAttestation does not bind the claimed session+parent pubkeys"_s;
    return otherwise;
}

//! Which session a plain hello says it is, which its signature does not cover.
QByteArray claimDigest(const Hello &frame)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString &part : {frame.sessionPubkey.value_or(QString()), frame.sessionId})
        hash.addData(QByteArray(part.toUtf8() + '\0'));
    return hash.result().first(16);
}

//! The member's sums grow by what the session counted since they last did.
QJsonObject addedUp(QJsonObject sums, const QJsonObject &stats, const QJsonObject &counted)
{
    for (const QLatin1StringView key : {"messagesIn"_L1, "messagesOut"_L1, "toolCalls"_L1, "errors"_L1}) {
        const double more = stats.value(key).toDouble() - counted.value(key).toDouble();
        sums.insert(key, sums.value(key).toDouble() + qMax(0.0, more));
    }
    return sums;
}

} // namespace

template <class Frame>
Handshake::Claim Handshake::claimOf(const Frame &frame)
{
    Claim claim;
    claim.sessionId = frame.sessionId;
    claim.pid = frame.pid;
    claim.cwd = frame.cwd;
    claim.displayName = frame.displayName;
    claim.hostname = frame.hostname;
    claim.peerType = frame.peerType;
    claim.channel = frame.channel;
    claim.model = frame.model;
    if (frame.groups) {
        claim.groups.emplace();
        for (const protocol::GroupClaim &group : *frame.groups)
            claim.groups->append({.name = group.name.text(), .role = group.role});
    }
    return claim;
}

void Handshake::refuse(Connection &connection, const QString &code, const QString &message)
{
    protocol::ErrorFrame error;
    error.code = code;
    error.message = message;
    m_parts.metrics.rejectConnection(code);
    m_parts.turn.send(&connection, protocol::encode(error));
    const QPointer<Connection> guarded(&connection);
    m_parts.turn.afterwards([guarded, code](bool) {
        if (!guarded)
            return;
        if (code == "revoked"_L1)
            guarded->close(CloseReason::Banned);
        else
            guarded->refuse(code);
    });
    connection.helloSeen = true;
}

void Handshake::refuseMalformed(Connection &connection, const QJsonObject &frame)
{
    const bool session = frame.value("type"_L1) == SessionHello::kType;
    const QString what = session ? u"session_hello"_s : u"hello"_s;
    // In the order in which the original looks at them.
    const auto keyIsBad = [&frame](QLatin1StringView name) {
        return !PublicKey::fromHex(frame.value(name).toString()).hasValue();
    };
    if ((session || frame.contains("sessionPubkey"_L1)) && keyIsBad("sessionPubkey"_L1))
        refuse(connection, u"bad_session_pubkey"_s, recordedText(u"bad_session_pubkey"_s, {}));
    else if (session && keyIsBad("parentMemberPubkey"_L1))
        refuse(connection, u"bad_parent_pubkey"_s, recordedText(u"bad_parent_pubkey"_s, {}));
    else if (session && !frame.value("parentAttestation"_L1).isObject())
        refuse(connection, u"attestation_mismatch"_s, recordedText(u"attestation_mismatch"_s, {}));
    else if (!frame.value("timestamp"_L1).isDouble())
        refuse(connection, u"timestamp_skew"_s, what + " rejected: timestamp_skew"_L1);
    else
        refuse(connection, u"malformed"_s, what + " rejected: malformed"_L1);
}

void Handshake::hello(Connection &connection, const Hello &frame)
{
    if (frame.sessionPubkey && !PublicKey::fromHex(*frame.sessionPubkey)) {
        refuse(connection, u"bad_session_pubkey"_s, recordedText(u"bad_session_pubkey"_s, {}));
        return;
    }
    const auto verified = protocol::verifyHello(frame.meshId, frame.memberId, frame.pubkey, frame.timestamp,
                                                frame.signature, m_parts.clock.nowMs());
    if (!verified) {
        refuse(connection, verified.error().code, verified.error().detail);
        return;
    }
    if (!isFresh(connection, frame.signature, claimDigest(frame)))
        return;
    const bool thisMesh = frame.meshId == m_parts.mesh.mesh().id;
    const Member *member = thisMesh ? m_parts.mesh.memberByKey(frame.pubkey) : nullptr;
    Claim claim = claimOf(frame);
    claim.memberPubkey = frame.pubkey;
    claim.sessionPubkey = frame.sessionPubkey.value_or(QString());
    claim.controlPlane = true;
    if (!admit(connection, member, claim, u"pubkey not found in mesh"_s))
        return;
    if (Presence *presence = presenceToResume(claim))
        resume(connection, *presence, *member, claim);
    else
        enter(connection, *member, claim);
}

void Handshake::sessionHello(Connection &connection, const SessionHello &frame)
{
    const protocol::SessionAttestation attestation{.sessionPubkey = frame.parentAttestation.sessionPubkey,
                                                   .parentMemberPubkey = frame.parentAttestation.parentMemberPubkey,
                                                   .expiresAt = frame.parentAttestation.expiresAt,
                                                   .signature = frame.parentAttestation.signature};
    const auto verified =
        protocol::verifySessionHello(frame.meshId, frame.parentMemberPubkey, frame.sessionPubkey, attestation,
                                     frame.timestamp, frame.signature, m_parts.clock.nowMs());
    if (!verified) {
        refuse(connection, verified.error().code, recordedText(verified.error().code, verified.error().detail));
        return;
    }
    // What is signed names the session key already.
    if (!isFresh(connection, frame.signature, {}))
        return;
    const bool thisMesh = frame.meshId == m_parts.mesh.mesh().id;
    const Member *member = thisMesh ? m_parts.mesh.memberByKey(frame.parentMemberPubkey) : nullptr;
    if (member && !frame.parentMemberId.isEmpty() && frame.parentMemberId != member->id) {
        refuse(connection, u"parent_member_id_mismatch"_s, u"parentMemberId does not match parentMemberPubkey"_s);
        return;
    }
    Claim claim = claimOf(frame);
    claim.memberPubkey = frame.parentMemberPubkey;
    claim.sessionPubkey = frame.sessionPubkey;
    if (!admit(connection, member, claim, u"parent pubkey not found in mesh"_s))
        return;
    if (Presence *presence = presenceToResume(claim))
        resume(connection, *presence, *member, claim);
    else
        enter(connection, *member, claim);
}

bool Handshake::isFresh(Connection &connection, const QString &signature, const QByteArray &claim)
{
    if (m_replays.firstUse(signature, claim, m_parts.clock.monotonicNs()))
        return true;
    refuse(connection, u"timestamp_skew"_s, u"this hello was used before; sign a new one"_s);
    return false;
}

bool Handshake::admit(Connection &connection, const Member *member, const Claim &claim, const QString &unknownText)
{
    if (!member) {
        refuse(connection, u"unauthorized"_s, unknownText);
        return false;
    }
    if (member->revoked) {
        refuse(connection, u"revoked"_s,
               u"You've been removed from \"%1\". Contact the mesh owner to rejoin."_s.arg(m_parts.mesh.mesh().name));
        return false;
    }
    if (claim.sessionId.isEmpty() || claim.sessionId.size() > limits::FieldChars
        || claim.cwd.size() > limits::FieldChars || tooLong(claim.hostname) || tooLong(claim.peerType)
        || tooLong(claim.channel) || tooLong(claim.model)
        || (claim.groups && claim.groups->size() > limits::GroupsPerPresence)) {
        refuse(connection, u"malformed"_s, u"a field of the hello is empty or too long"_s);
        return false;
    }
    // A plain hello only claims its session key, so it must not be one that belongs to somebody else here.
    for (const Presence *other : m_parts.presences.bySessionKey(claim.sessionPubkey)) {
        if (other->memberPubkey != claim.memberPubkey) {
            refuse(connection, u"bad_session_pubkey"_s, u"sessionPubkey is in use by another member"_s);
            return false;
        }
    }
    const Presence *resumed = presenceToResume(claim);
    const bool replaces = resumed && resumed->isOnline();
    if (!replaces && m_parts.presences.onlineCount() >= m_parts.options.maxConnections) {
        refuse(connection, u"capacity"_s, u"mesh at connection capacity"_s);
        return false;
    }
    return true;
}

Presence *Handshake::presenceToResume(const Claim &claim) const
{
    if (!claim.sessionPubkey.isEmpty()) {
        for (Presence *presence : m_parts.presences.bySessionKey(claim.sessionPubkey)) {
            const bool same =
                presence->memberPubkey == claim.memberPubkey && presence->controlPlane == claim.controlPlane;
            if (same && (!claim.controlPlane || !presence->isOnline()))
                return presence;
        }
        return nullptr;
    }
    for (Presence *presence : m_parts.presences.bySessionId(claim.sessionId)) {
        if (presence->memberPubkey == claim.memberPubkey && presence->sessionPubkey.isEmpty() && !presence->isOnline())
            return presence;
    }
    return nullptr;
}

void Handshake::drop(Presence &presence, CloseReason reason)
{
    if (Connection *connection = presence.connection) {
        connection->presence = nullptr;
        const QPointer<Connection> guarded(connection);
        m_parts.turn.afterwards([guarded, reason](bool) {
            if (guarded)
                guarded->close(reason);
        });
    }
    m_parts.presences.setConnection(presence, nullptr);
}

void Handshake::evictOthers(const Claim &claim, const Presence *keep)
{
    for (Presence *other : m_parts.presences.bySessionId(claim.sessionId)) {
        if (other == keep || other->memberPubkey != claim.memberPubkey)
            continue;
        drop(*other, CloseReason::SessionReplaced);
        forget(*other);
    }
}

void Handshake::resume(Connection &connection, Presence &presence, const Member &member, const Claim &claim)
{
    drop(presence, CloseReason::SessionReplaced);
    if (presence.sessionId != claim.sessionId && !claim.controlPlane)
        m_parts.presences.setSessionId(presence, claim.sessionId);
    evictOthers(claim, &presence);
    presence.cwd = claim.cwd;
    presence.pid = claim.pid;
    if (claim.displayName)
        presence.displayName = cleanName(*claim.displayName);
    if (presence.displayName.isEmpty())
        presence.displayName = member.displayName;

    HelloAck ack;
    if (claim.controlPlane) {
        ack.memberProfile = protocol::MemberProfile{.roleTag = {}, .groups = {}, .messageMode = u"push"_s};
        ack.services.emplace();
    }
    welcome(connection, presence, std::move(ack));
}

void Handshake::enter(Connection &connection, const Member &member, const Claim &claim)
{
    evictOthers(claim, nullptr);
    auto made = std::make_unique<Presence>();
    made->id = newId();
    made->memberId = member.id;
    made->memberPubkey = member.pubkey;
    made->memberName = member.displayName;
    made->sessionPubkey = claim.sessionPubkey;
    made->sessionId = claim.sessionId;
    made->displayName = claim.displayName ? cleanName(*claim.displayName) : QString();
    if (made->displayName.isEmpty())
        made->displayName = member.displayName;
    made->controlPlane = claim.controlPlane;
    made->pid = claim.pid;
    made->cwd = claim.cwd;
    made->hostname = claim.hostname;
    made->peerType = claim.peerType;
    made->channel = claim.channel;
    made->model = claim.model;
    made->groups = claim.groups.value_or(QList<GroupRef>());
    made->connectedAtMs = m_parts.clock.nowMs();
    made->statusSinceNs = m_parts.clock.monotonicNs();
    Presence &presence = m_parts.presences.add(std::move(made));

    HelloAck ack;
    ack.memberProfile = protocol::MemberProfile{.roleTag = {}, .groups = {}, .messageMode = u"push"_s};
    const bool restored = claim.controlPlane && member.saved;
    if (restored) {
        const SavedPresence &saved = *member.saved;
        presence.summary = saved.summary;
        presence.profile = saved.profile;
        presence.visible = saved.visible;
        ack.restored = true;
        ack.lastSummary = saved.summary;
        ack.lastSeenAt = isoTime(saved.lastSeenMs);
        if (!claim.groups && !saved.groups.isEmpty()) {
            presence.groups = saved.groups;
            ack.restoredGroups = saved.groups;
        }
        ack.restoredStats = addedUp(saved.stats, {}, {});
    }
    if (claim.controlPlane)
        ack.services.emplace();

    QJsonObject news{{u"name"_s, presence.displayName},
                     {u"pubkey"_s, presence.routingKey()},
                     {u"groups"_s, toJson(presence.groups)}};
    if (restored) {
        news.insert("lastSeenAt"_L1, *ack.lastSeenAt);
        if (presence.summary)
            news.insert("summary"_L1, *presence.summary);
    }
    QJsonObject audited{{u"pubkey"_s, presence.memberPubkey}, {u"groups"_s, toJson(presence.groups)}};
    if (claim.controlPlane) {
        audited.insert("restored"_L1, restored);
        audited.insert("role"_L1, "control-plane"_L1);
    } else {
        audited.insert("session_pubkey"_L1, presence.sessionPubkey);
        audited.insert("via"_L1, "session_hello"_L1);
        audited.insert("role"_L1, "session"_L1);
    }
    m_parts.audit.append("peer_joined"_L1, presence.memberId, presence.displayName, audited, presence.connectedAtMs);

    welcome(connection, presence, std::move(ack));
    m_router.announce(restored ? "peer_returned"_L1 : "peer_joined"_L1, news,
                      m_router.everyoneBut(&presence, claim.controlPlane));
}

void Handshake::welcome(Connection &connection, Presence &presence, HelloAck ack)
{
    m_parts.metrics.count(Metrics::Counter::Connections);
    connection.presence = &presence;
    connection.helloSeen = true;
    connection.setLastPongNs(m_parts.clock.monotonicNs());
    m_parts.presences.setConnection(presence, &connection);

    ack.presenceId = presence.id;
    ack.memberDisplayName = presence.displayName;
    const QJsonObject editable{
        {u"displayName"_s, true}, {u"roleTag"_s, true}, {u"groups"_s, true}, {u"messageMode"_s, true}};
    ack.meshPolicy = QJsonObject{{u"selfEditable"_s, editable}};
    m_parts.turn.send(&connection, protocol::encode(protocol::BrokerFrame(std::move(ack))));
    m_parts.queue.release({presence.routingKey(), presence.memberPubkey}, presence.order);
    m_router.drain(presence);
}

void Handshake::leave(Presence &presence)
{
    m_parts.presences.setConnection(presence, nullptr);
    presence.offlineSinceNs = m_parts.clock.monotonicNs();
    keep(presence);
    presence.countedStats = presence.stats.value_or(QJsonObject());
}

void Handshake::keep(const Presence &presence)
{
    m_parts.queue.release({presence.routingKey(), presence.memberPubkey}, presence.order);
    const Member *member = m_parts.mesh.memberById(presence.memberId);
    const QJsonObject sums = member && member->saved ? member->saved->stats : QJsonObject();
    SavedPresence saved{.summary = presence.summary,
                        .groups = presence.groups,
                        .profile = presence.profile,
                        .visible = presence.visible,
                        .stats = addedUp(sums, presence.stats.value_or(QJsonObject()), presence.countedStats),
                        .lastSeenMs = m_parts.clock.nowMs()};
    m_parts.turn.post([this, memberId = presence.memberId, saved] { m_parts.mesh.savePresence(memberId, saved); });
}

void Handshake::dismiss(Presence &presence, CloseReason reason)
{
    keep(presence);
    drop(presence, reason);
    forget(presence);
}

void Handshake::forget(Presence &presence)
{
    m_parts.streams.forget(presence);
    m_parts.watches.forget(presence);
    m_parts.presences.remove(presence);
}

void Handshake::expire(Presence &presence)
{
    m_router.announce("peer_left"_L1, {{u"name"_s, presence.displayName}, {u"pubkey"_s, presence.routingKey()}},
                      m_router.everyoneBut(&presence, true));
    m_parts.audit.append("peer_left"_L1, presence.memberId, presence.displayName, {}, m_parts.clock.nowMs());
    forget(presence);
    if (m_parts.presences.count() == 0)
        m_parts.simClock.pause();
}

} // namespace mesh::local
