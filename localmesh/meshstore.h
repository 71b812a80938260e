// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framescontrol.h"
#include "models/protocol/keys.h"

#include <QtCore/QHash>
#include <QtCore/QJsonObject>

#include <optional>

namespace mesh::local {

//! The mesh a database holds. There is one.
struct MeshRecord
{
    QString id;
    QString slug;
    QString name;
    QString rootKey;         //!< base64url; put into invites, used by nobody
    protocol::KeyPair owner; //!< signs invites
    QString lastUrl;         //!< of its WebSocket, as peers reach it
};

//! What a member had when it last left, given back by a plain hello (wire reference 2.2).
struct SavedPresence
{
    std::optional<QString> summary;
    QList<protocol::GroupRef> groups;
    protocol::PeerProfile profile;
    bool visible = true;
    QJsonObject stats; //!< sums of messagesIn, messagesOut, toolCalls, errors over all its sessions
    qint64 lastSeenMs = 0;
};

//! Somebody who joined.
struct Member
{
    QString id;
    QString pubkey; //!< hex
    QString displayName;
    bool admin = false;
    bool revoked = false;
    qint64 joinedAtMs = 0;
    std::optional<SavedPresence> saved;
};

//! The mesh's own row and its members, kept in memory and written through. reload() after a rollback.
class MeshStore final
{
public:
    explicit MeshStore(Database &database);
    Q_DISABLE_COPY_MOVE(MeshStore)

    //! Reads the mesh, or makes it when the database is new. Commits. Error "database".
    protocol::Expected<void> load(const QString &slug, const QString &name, qint64 nowMs);
    void reload();

    const MeshRecord &mesh() const { return m_mesh; }
    void setLastAddress(quint16 port, const QString &url);

    //! The member with this key; nullptr when there is none. Valid until the next change.
    const Member *memberByKey(const QString &pubkey) const;
    const Member *memberById(const QString &id) const;
    //! In the order in which they joined.
    QList<Member> members() const;
    int memberCount() const { return int(m_members.size()); }
    //! Lets a member in no more, or lets it in again. False when it cannot be written.
    bool setRevoked(const QString &memberId, std::optional<qint64> atMs);
    //! Members that may not come in, the last one first.
    QList<protocol::BanRow> bans();
    //! Adds a member and returns its id; empty when the row cannot be written.
    QString addMember(const QString &pubkey, const QString &displayName, bool admin, qint64 nowMs);
    //! Keeps what a presence had, for the next hello of its member.
    void savePresence(const QString &memberId, const SavedPresence &saved);

private:
    Database &m_database;
    MeshRecord m_mesh;
    QHash<QString, Member> m_members; //!< by id
    QHash<QString, QString> m_idsByKey;
    Statement m_readMembers;
    Statement m_insertMember;
    Statement m_updateSaved;
    Statement m_updateAddress;
    Statement m_updateRevoked;
    Statement m_bans;
};

} // namespace mesh::local
