// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/invites.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/meshstore.h"
#include "localmesh/text.h"
#include "models/protocol/invite.h"

#include <algorithm>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::InviteRecord;
using protocol::PublicKey;

namespace {

Error refusal(const QString &code)
{
    return {code, {}, ErrorBand::Persistent};
}

//! The signed fields as the body gives them; wrong types become empty and fail the signature.
protocol::Invite inviteOf(const QJsonObject &payload)
{
    protocol::Invite invite;
    invite.meshId = payload.value("mesh_id"_L1).toString();
    invite.meshSlug = payload.value("mesh_slug"_L1).toString();
    invite.brokerUrl = payload.value("broker_url"_L1).toString();
    invite.expiresAt = payload.value("expires_at"_L1).toInteger();
    invite.meshRootKey = payload.value("mesh_root_key"_L1).toString();
    invite.role = payload.value("role"_L1).toString();
    invite.ownerPubkey = payload.value("owner_pubkey"_L1).toString();
    invite.signature = payload.value("signature"_L1).toString();
    return invite;
}

} // namespace

Invites::Invites(Database &database, MeshStore &mesh)
    : m_database(database)
    , m_mesh(mesh)
    , m_insert(database,
               "INSERT INTO invite(id, mesh_id, token, role, max_uses, expires_at, created_at)"
               " VALUES(?,?,?,?,?,?,?)")
    , m_find(database, "SELECT id, mesh_id, role, max_uses, used, expires_at, revoked_at FROM invite WHERE token=?")
    , m_use(database, "UPDATE invite SET used=used+1 WHERE id=? AND used<max_uses")
    , m_list(database,
             "SELECT id, token, role, max_uses, used, created_at, expires_at, revoked_at FROM invite"
             " WHERE id NOT LIKE 'program-%' ORDER BY created_at DESC, rowid DESC")
    , m_revoke(database, "UPDATE invite SET revoked_at=? WHERE id=? AND revoked_at IS NULL")
{
}

Expected<InviteRecord> Invites::make(const InviteRequest &request, const QString &brokerUrl, qint64 nowMs)
{
    constexpr qint64 LongestSeconds = 10LL * 365 * 24 * 60 * 60;
    if (request.maxUses < 1 || request.lifetimeSeconds < 1 || request.lifetimeSeconds > LongestSeconds) {
        return Error{u"bad_invite"_s, u"An invite needs at least one use and a lifetime of up to ten years."_s,
                     ErrorBand::Persistent};
    }
    const MeshRecord &mesh = m_mesh.mesh();
    const bool admin = request.role == InviteRole::Admin;
    protocol::InviteDraft draft{.meshId = mesh.id,
                                .meshSlug = mesh.slug,
                                .brokerUrl = brokerUrl,
                                .expiresAt = nowMs / 1000 + request.lifetimeSeconds,
                                .meshRootKey = mesh.rootKey,
                                .role = admin ? u"admin"_s : u"member"_s};
    // A token has no random part, so two invites of one second would be the same: each lives a second longer.
    qint64 &lastExpiry = m_lastExpiry[admin ? 1 : 0];
    if (draft.expiresAt <= lastExpiry && lastExpiry - draft.expiresAt < 86'400)
        draft.expiresAt = lastExpiry + 1;
    auto invite = protocol::makeInvite(draft, mesh.owner);
    while (invite && exists(invite->token)) {
        ++draft.expiresAt;
        invite = protocol::makeInvite(draft, mesh.owner);
    }
    if (!invite)
        return invite.error();
    lastExpiry = draft.expiresAt;
    Query query(m_insert);
    const InviteRecord record{.id = request.forProgram ? u"program-"_s + newId() : newId(),
                              .link = protocol::inviteLink(*invite),
                              .role = draft.role,
                              .maxUses = request.maxUses,
                              .createdAtMs = nowMs,
                              .expiresAtMs = draft.expiresAt * 1000};
    query << record.id << mesh.id << invite->token << draft.role << request.maxUses << draft.expiresAt << nowMs;
    if (!query.run()) {
        const auto committed = m_database.commit();
        return committed ? Error{u"database"_s, u"The invite could not be stored."_s, ErrorBand::Persistent}
                         : committed.error();
    }
    return record;
}

QList<InviteRecord> Invites::list()
{
    QList<InviteRecord> records;
    Query query(m_list);
    while (query.step()) {
        protocol::Invite invite;
        invite.token = query.text(1);
        records << InviteRecord{.id = query.text(0),
                                .link = protocol::inviteLink(invite),
                                .role = query.text(2),
                                .maxUses = int(query.integer(3)),
                                .used = int(query.integer(4)),
                                .createdAtMs = query.integer(5),
                                .expiresAtMs = query.integer(6) * 1000,
                                .revokedAtMs = query.isNull(7) ? 0 : query.integer(7)};
    }
    return records;
}

Expected<InviteRecord> Invites::revoke(const QString &idOrLink, qint64 nowMs)
{
    const QString token = idOrLink.section(u'/', -1);
    QList<InviteRecord> records = list();
    const auto found = std::find_if(records.begin(), records.end(), [&](const InviteRecord &record) {
        return record.id == idOrLink || record.link.endsWith(u'/' + token);
    });
    if (idOrLink.isEmpty() || found == records.end()) {
        return Error{u"invite_not_found"_s, u"This mesh has no invite \"%1\"."_s.arg(idOrLink.left(80)),
                     ErrorBand::Persistent};
    }
    if (found->revokedAtMs != 0)
        return *found;
    Query query(m_revoke);
    query << nowMs << found->id;
    if (!query.run())
        return Error{u"database"_s, u"The invite could not be taken back."_s, ErrorBand::Persistent};
    found->revokedAtMs = nowMs;
    return *found;
}

bool Invites::exists(const QString &token)
{
    Query query(m_find);
    query << token;
    return query.step();
}

Expected<Joined> Invites::redeem(const QJsonObject &body, qint64 nowMs)
{
    const QString token = body.value("invite_token"_L1).toString();
    const QJsonValue payload = body.value("invite_payload"_L1);
    const QString pubkey = body.value("peer_pubkey"_L1).toString();
    const QString name = cleanName(body.value("display_name"_L1).toString());
    if (token.isEmpty() || !payload.isObject() || pubkey.isEmpty() || name.isEmpty())
        return refusal(u"invite_token, invite_payload, peer_pubkey, display_name required"_s);
    if (!PublicKey::fromHex(pubkey))
        return refusal(u"peer_pubkey must be 64 hex chars (32 bytes)"_s);

    const protocol::Invite invite = inviteOf(payload.toObject());
    const auto signer = PublicKey::fromHex(invite.ownerPubkey);
    if (!signer || !protocol::verifyDetached(invite.signature, protocol::inviteCanonical(invite), *signer))
        return refusal(u"invite_bad_signature"_s);
    const MeshRecord &mesh = m_mesh.mesh();
    if (invite.meshId != mesh.id)
        return refusal(u"mesh_not_found"_s);
    if (*signer != mesh.owner.publicKey)
        return refusal(u"invite_owner_mismatch"_s);

    QString inviteId;
    bool admin = false;
    {
        Query query(m_find);
        query << token;
        if (!query.step())
            return refusal(u"invite_not_found"_s);
        inviteId = query.text(0);
        if (query.text(1) != mesh.id)
            return refusal(u"invite_mesh_mismatch"_s);
        if (!query.isNull(6))
            return refusal(u"invite_revoked"_s);
        if (query.integer(5) * 1000 < nowMs)
            return refusal(u"invite_expired"_s);
        admin = query.text(2) == "admin"_L1;
        if (const Member *member = m_mesh.memberByKey(pubkey))
            return Joined{.memberId = member->id, .alreadyMember = true};
        if (query.integer(4) >= query.integer(3))
            return refusal(u"invite_exhausted"_s);
    }
    Query use(m_use);
    use << inviteId;
    if (!use.run() || use.changes() != 1)
        return refusal(u"invite_exhausted"_s);
    const QString memberId = m_mesh.addMember(pubkey, name, admin, nowMs);
    if (memberId.isEmpty())
        return refusal(u"member_insert_failed"_s);
    return Joined{.memberId = memberId, .alreadyMember = false};
}

} // namespace mesh::local
