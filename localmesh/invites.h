// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/brokeroptions.h"
#include "localmesh/database.h"
#include "models/protocol/invitedesk.h"

#include <QtCore/QJsonObject>

#include <array>

namespace mesh::local {

class MeshStore;

//! Whom a `/join` made a member.
struct Joined
{
    QString memberId;
    bool alreadyMember = false;
};

//! v1 invites (wire reference 3.2). Nothing is cached: claudemesh-local --invite adds rows while a broker runs.
class Invites final
{
public:
    Invites(Database &database, MeshStore &mesh);
    Q_DISABLE_COPY_MOVE(Invites)

    //! Signs an invite that names \a brokerUrl and stores it. Errors "bad_invite", "database". The caller commits
    //! before it hands the link out; so it does after revoke() and redeem().
    protocol::Expected<protocol::InviteRecord> make(const InviteRequest &request, const QString &brokerUrl,
                                                    qint64 nowMs);
    //! All that people made, newest first.
    QList<protocol::InviteRecord> list();
    //! Takes back the invite with this id, or of this link or token; once more is harmless. Errors "invite_not_found",
    //! "database".
    protocol::Expected<protocol::InviteRecord> revoke(const QString &idOrLink, qint64 nowMs);

    //! Makes the sender of a `/join` body a member. Error codes are those of wire reference 3.2.
    protocol::Expected<Joined> redeem(const QJsonObject &body, qint64 nowMs);

private:
    bool exists(const QString &token);

    Database &m_database;
    MeshStore &m_mesh;
    Statement m_insert;
    Statement m_find;
    Statement m_use;
    Statement m_list;
    Statement m_revoke;
    std::array<qint64, 2> m_lastExpiry{}; //!< Unix seconds; of members and of admins
};

} // namespace mesh::local
