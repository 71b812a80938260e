// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/audithash.h"

#include "models/protocol/canonicaljson.h"
#include "models/protocol/encoding.h"
#include "models/protocol/framescontrol.h"
#include "models/protocol/sodium.h"

#include <utility>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

// Enough for any real mesh (100 connections), and a bound on what a hostile log can make this remember.
constexpr qsizetype MaxRemembered = 10'000;

QString hashOf(QStringView prevHash, QStringView meshId, QStringView eventType, QStringView actorMemberId,
               const QByteArray &canonicalPayload, QStringView createdAt)
{
    QByteArray input;
    for (const QStringView part :
         {prevHash, meshId, eventType, actorMemberId.isEmpty() ? QStringView(u"null") : actorMemberId}) {
        input += part.toUtf8();
        input += '|';
    }
    input += canonicalPayload;
    input += '|';
    input += createdAt.toUtf8();
    return toHex(sha256(input));
}

} // namespace

QString auditGenesis()
{
    return u"genesis"_s;
}

Expected<QString> auditHash(QStringView prevHash, QStringView meshId, QStringView eventType, QStringView actorMemberId,
                            const QJsonValue &payload, QStringView createdAt)
{
    const auto canonical = canonicalJson(payload);
    if (!canonical)
        return canonical.error();
    return hashOf(prevHash, meshId, eventType, actorMemberId, *canonical, createdAt);
}

AuditVerifier::AuditVerifier(QString meshId, QString prevHash, qint64 afterId)
    : m_meshId(std::move(meshId))
    , m_prevHash(std::move(prevHash))
    , m_lastId(afterId)
{
}

void AuditVerifier::addCandidates(const QStringList &memberIds)
{
    for (const QString &id : memberIds) {
        if (id.isEmpty() || m_candidates.size() >= MaxRemembered || m_candidateSet.contains(id))
            continue;
        m_candidateSet.insert(id);
        m_candidates += id;
    }
}

void AuditVerifier::addHint(const QString &actor, const QString &memberId)
{
    if (m_byActor.size() < MaxRemembered || m_byActor.contains(actor))
        m_byActor.insert(actor, memberId);
}

AuditVerdict AuditVerifier::feed(const AuditRow &row)
{
    if (row.id <= m_lastId)
        return AuditVerdict::OutOfOrder;
    m_lastId = row.id;
    m_lastActorId.clear();
    const QString prevHash = std::exchange(m_prevHash, row.hash);

    const auto canonical = canonicalJson(row.payload);
    const auto fits = [&](const QString &memberId) {
        return hashOf(prevHash, m_meshId, row.eventType, memberId, *canonical, row.createdAt) == row.hash;
    };
    const auto accept = [&](const QString &memberId) {
        m_lastActorId = memberId;
        if (!memberId.isEmpty())
            addHint(row.actor, memberId);
        ++m_verified;
        return AuditVerdict::Verified;
    };
    if (canonical) {
        // Likeliest first: who this name was before, nobody (the system), the name itself as an id, then everybody.
        const QString hint = m_byActor.value(row.actor);
        if (!hint.isEmpty() && fits(hint))
            return accept(hint);
        if (fits(QString()))
            return accept(QString());
        if (!row.actor.isEmpty() && fits(row.actor))
            return accept(row.actor);
        for (const QString &candidate : std::as_const(m_candidates)) {
            if (candidate != hint && fits(candidate))
                return accept(candidate);
        }
    }
    ++m_unverifiable;
    return AuditVerdict::Unverifiable;
}

} // namespace mesh::protocol
