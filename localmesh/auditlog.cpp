// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/auditlog.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "models/protocol/audithash.h"
#include "models/protocol/canonicaljson.h"
#include "models/protocol/logging.h"

#include <QtCore/QJsonDocument>

namespace mesh::local {

using namespace Qt::StringLiterals;

AuditLog::AuditLog(Database &database)
    : m_insert(database,
               "INSERT INTO audit(event_type, actor_member, actor_name, payload, prev_hash, hash, created_at)"
               " VALUES(?,?,?,?,?,?,?)")
    , m_page(database,
             "SELECT id, event_type, actor_member, actor_name, payload, hash, created_at FROM audit"
             " ORDER BY id DESC LIMIT ? OFFSET ?")
    , m_pageOfType(database,
                   "SELECT id, event_type, actor_member, actor_name, payload, hash, created_at FROM audit"
                   " WHERE event_type=?3 ORDER BY id DESC LIMIT ?1 OFFSET ?2")
    , m_walk(database,
             "SELECT id, event_type, actor_member, payload, prev_hash, hash, created_at FROM audit"
             " WHERE id>? ORDER BY id LIMIT ?")
    , m_last(database, "SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
    , m_counts(database, "SELECT event_type, count(*) FROM audit GROUP BY event_type")
{
}

void AuditLog::load(const QString &meshId)
{
    m_meshId = meshId;
    m_lastHash = protocol::auditGenesis();
    m_counted.clear();
    m_total = 0;
    {
        Query last(m_last);
        if (last.step())
            m_lastHash = last.text(0);
    }
    Query counts(m_counts);
    while (counts.step()) {
        m_counted.insert(counts.text(0), counts.integer(1));
        m_total += counts.integer(1);
    }
}

void AuditLog::append(QLatin1StringView eventType, const QString &actorMember, const QString &actorName,
                      const QJsonObject &payload, qint64 nowMs)
{
    const auto canonical = protocol::canonicalJson(payload);
    const auto hash =
        protocol::auditHash(m_lastHash, m_meshId, QString(eventType), actorMember, payload, isoTime(nowMs));
    if (!canonical || !hash) {
        qCWarning(lcLocalMesh) << "an audit row could not be hashed:" << eventType;
        return;
    }
    Query query(m_insert);
    query << eventType;
    if (actorMember.isEmpty())
        query << nullptr << nullptr;
    else
        query << actorMember << actorName;
    query << QString::fromUtf8(*canonical) << m_lastHash << *hash << nowMs;
    if (!query.run())
        return;
    m_lastHash = *hash;
    ++m_counted[eventType];
    ++m_total;
}

protocol::AuditResult AuditLog::query(const protocol::AuditQuery &request)
{
    const bool filtered = request.eventType && !request.eventType->isEmpty();
    const qint64 limit = qBound(qint64(0), qint64(request.limit.value_or(50)), qint64(limits::AuditRows));
    protocol::AuditResult result;
    result.total = filtered ? m_counted.value(*request.eventType) : m_total;
    result.reqId = request.reqId;

    Query query(filtered ? m_pageOfType : m_page);
    query << limit << qMax(0, request.offset.value_or(0));
    if (filtered)
        query << *request.eventType;
    qsizetype bytes = 0;
    while (query.step()) {
        const QByteArray payload = query.blob(4);
        bytes += payload.size();
        if (bytes > limits::AuditBytes && !result.entries.isEmpty())
            break;
        protocol::AuditRow row;
        row.id = query.integer(0);
        row.eventType = query.text(1);
        row.actor = !query.isNull(3) ? query.text(3) : query.isNull(2) ? u"system"_s : query.text(2);
        row.payload = QJsonDocument::fromJson(payload).object();
        row.hash = query.text(5);
        row.createdAt = isoTime(query.integer(6));
        result.entries.append(row);
    }
    return result;
}

AuditLog::Check AuditLog::beginCheck() const
{
    Check check;
    check.prevHash = protocol::auditGenesis();
    return check;
}

void AuditLog::continueCheck(Check &check, int rows)
{
    Query query(m_walk);
    query << check.lastId << rows;
    int seen = 0;
    while (query.step()) {
        ++seen;
        check.lastId = query.integer(0);
        ++check.entries;
        const QJsonValue payload = QJsonDocument::fromJson(query.blob(3)).object();
        const auto hash = protocol::auditHash(check.prevHash, m_meshId, query.text(1), query.text(2), payload,
                                              isoTime(query.integer(6)));
        if (!hash || *hash != query.text(5) || query.text(4) != check.prevHash) {
            check.brokenAt = check.lastId;
            check.done = true;
            return;
        }
        check.prevHash = *hash;
    }
    check.done = seen < rows;
}

} // namespace mesh::local
