// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QHash>
#include <QtCore/QJsonValue>
#include <QtCore/QSet>
#include <QtCore/QStringList>

namespace mesh::protocol {

struct AuditRow; // models/protocol/framescontrol.h

//! `prevHash` of the first row of a mesh (wire reference 7.14).
QString auditGenesis();

//! Hash of one audit row in hex (wire reference 7.14). \a actorMemberId null or empty stands for JavaScript's null.
//! \a createdAt is the text of the wire, three decimals and Z. Payload too deep: "malformed".
Expected<QString> auditHash(QStringView prevHash, QStringView meshId, QStringView eventType, QStringView actorMemberId,
                            const QJsonValue &payload, QStringView createdAt);

//! What checking one row gave.
enum class AuditVerdict {
    Verified,     //!< some known member reproduces the hash
    Unverifiable, //!< nobody known does: unknown actor, altered, or a row before it is missing. Not proof of tampering
    OutOfOrder,   //!< the id is not larger than the one before: give rows in ascending order
};

//! Checks the chain row by row without trusting the broker's own `audit_verify` (wire reference 7.14). Since the wire
//! omits the actor's id, it tries those it is told of; who was found is remembered by display name and tried first.
class AuditVerifier final
{
public:
    //! Starts at the first row of the mesh, or after a row known before (\a prevHash its hash, \a afterId its id).
    explicit AuditVerifier(QString meshId, QString prevHash = auditGenesis(), qint64 afterId = 0);

    //! Member ids worth trying: one's own, those of topic members, of the member list, of `senderMemberId` fields.
    void addCandidates(const QStringList &memberIds);
    //! A guess that \a actor (display name) is \a memberId, tried first.
    void addHint(const QString &actor, const QString &memberId);

    //! Checks the next row, in ascending order of id. A row that fails does not stop the chain: the next is checked
    //! against the hash this one claims. Cost: one SHA-256 for each candidate at worst.
    AuditVerdict feed(const AuditRow &row);

    //! Member id found for the last Verified row; empty for rows of the system.
    QString lastActorId() const { return m_lastActorId; }
    QString prevHash() const { return m_prevHash; }
    qint64 lastId() const { return m_lastId; }
    qint64 verifiedCount() const { return m_verified; }
    qint64 unverifiableCount() const { return m_unverifiable; }

private:
    QString m_meshId;
    QString m_prevHash;
    qint64 m_lastId = 0;
    qint64 m_verified = 0;
    qint64 m_unverifiable = 0;
    QStringList m_candidates;
    QSet<QString> m_candidateSet;
    QHash<QString, QString> m_byActor;
    QString m_lastActorId;
};

} // namespace mesh::protocol
