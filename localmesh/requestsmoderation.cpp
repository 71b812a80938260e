// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/handshake.h"
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

//! Fewer characters of a key could mean anybody.
constexpr qsizetype KeyPrefixChars = 8;

bool isKeyOrPrefix(const QString &pubkey, const QString &target)
{
    return target.size() >= KeyPrefixChars && pubkey.startsWith(target);
}

} // namespace

bool Requests::mayModerate(const Context &context, const QString &what)
{
    const Member *member = m_parts.mesh.memberById(context.presence.memberId);
    if (member && member->admin)
        return true;
    fail(context, u"forbidden"_s, u"only owner or admin can %1"_s.arg(what));
    return false;
}

QList<Presence *> Requests::meant(const Context &context, const std::optional<QString> &target,
                                  const std::optional<qint64> &staleMs, bool all) const
{
    const qint64 nowNs = m_parts.clock.monotonicNs();
    QList<Presence *> presences = m_parts.presences.online();
    presences.removeIf([&](const Presence *presence) {
        // Whoever asks stays: a name can be shared, and one's own connection has to bring the answer.
        if (presence == &context.presence)
            return true;
        if (all)
            return false;
        if (target && !target->isEmpty())
            return presence->displayName != *target && !isKeyOrPrefix(presence->memberPubkey, *target);
        return !staleMs || nowNs - presence->connection->lastPongNs() < qMax(qint64(0), *staleMs) * 1'000'000;
    });
    return presences;
}

template <class Answer, class Frame>
void Requests::remove(const Context &context, const Frame &frame, CloseReason reason, CloseReason staleReason)
{
    const bool all = frame.all.value_or(false);
    const bool byAge = !all && frame.target.value_or(QString()).isEmpty();
    Answer answer;
    QStringList skipped;
    // A number of milliseconds that does not fit into nanoseconds means: older than anything.
    std::optional<qint64> stale = frame.stale;
    if (stale)
        stale = qMin(*stale, qint64(1'000'000'000'000));
    const QList<Presence *> presences = meant(context, frame.target, stale, all);
    for (Presence *presence : presences) {
        if (presence->controlPlane) {
            skipped.append(presence->displayName);
            continue;
        }
        answer.kicked.append(presence->displayName);
        answererLeft(*presence);
        m_handshake.dismiss(*presence, byAge ? staleReason : reason);
    }
    answer.affected = answer.kicked;
    if (!skipped.isEmpty())
        answer.skippedControlPlane = skipped;
    reply(context, std::move(answer));
}

void Requests::on(const Context &context, const protocol::Disconnect &frame)
{
    if (mayModerate(context, u"disconnect"_s))
        remove<protocol::DisconnectAck>(context, frame, CloseReason::Disconnected, CloseReason::DisconnectedStale);
}

void Requests::on(const Context &context, const protocol::Kick &frame)
{
    if (mayModerate(context, u"kick"_s))
        remove<protocol::KickAck>(context, frame, CloseReason::Kicked, CloseReason::KickedStale);
}

void Requests::on(const Context &context, const protocol::Ban &frame)
{
    if (!mayModerate(context, u"ban"_s))
        return;
    if (frame.target.isEmpty()) {
        fail(context, u"invalid"_s, u"target required"_s);
        return;
    }
    QSet<QString> ids;
    const QList<Member> members = m_parts.mesh.members();
    for (const Member &member : members) {
        if (member.displayName == frame.target || isKeyOrPrefix(member.pubkey, frame.target))
            ids.insert(member.id);
    }
    const QList<Presence *> presences = m_parts.presences.all();
    for (const Presence *presence : presences) {
        if (presence->displayName == frame.target)
            ids.insert(presence->memberId);
    }
    if (ids.isEmpty()) {
        fail(context, u"not_found"_s, u"peer \"%1\" not found"_s.arg(frame.target));
        return;
    }
    if (ids.size() > 1) {
        fail(context, u"invalid"_s, u"several members are called \"%1\": use a key"_s.arg(frame.target));
        return;
    }
    const Member member = *m_parts.mesh.memberById(*ids.cbegin());
    if (member.id == context.presence.memberId) {
        fail(context, u"invalid"_s, u"cannot ban yourself"_s);
        return;
    }
    const qint64 nowMs = m_parts.clock.nowMs();
    if (!member.revoked) {
        if (!m_parts.mesh.setRevoked(member.id, nowMs))
            return;
        m_parts.audit.append("member_banned"_L1, context.presence.memberId, context.presence.displayName,
                             {{u"target"_s, member.displayName}, {u"targetPubkey"_s, member.pubkey}}, nowMs);
    }
    const QList<Presence *> sessions = m_parts.presences.byMemberKey(member.pubkey);
    for (Presence *session : sessions) {
        answererLeft(*session);
        m_handshake.dismiss(*session, CloseReason::Banned);
    }
    reply(context, protocol::BanAck{.banned = member.displayName, .reqId = {}});
}

void Requests::on(const Context &context, const protocol::Unban &frame)
{
    if (!mayModerate(context, u"unban"_s))
        return;
    QList<Member> found = m_parts.mesh.members();
    found.removeIf([&frame](const Member &member) {
        return !member.revoked || (member.displayName != frame.target && member.pubkey != frame.target);
    });
    if (found.isEmpty()) {
        fail(context, u"not_found"_s, u"no banned peer \"%1\""_s.arg(frame.target));
        return;
    }
    if (found.size() > 1) {
        fail(context, u"invalid"_s, u"several banned members are called \"%1\": use a key"_s.arg(frame.target));
        return;
    }
    const Member &member = found.constFirst();
    if (!m_parts.mesh.setRevoked(member.id, {}))
        return;
    m_parts.audit.append("member_unbanned"_L1, context.presence.memberId, context.presence.displayName,
                         {{u"target"_s, member.displayName}}, m_parts.clock.nowMs());
    reply(context, protocol::UnbanAck{.unbanned = member.displayName, .reqId = {}});
}

void Requests::on(const Context &context, const protocol::ListBans &)
{
    protocol::ListBansResult result;
    result.bans = m_parts.mesh.bans();
    reply(context, std::move(result));
}

} // namespace mesh::local
