// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

//! Rows of the audit log that are checked in one turn: a few milliseconds.
constexpr int AuditRowsPerTurn = 1'000;
constexpr qsizetype MaxAuditWaiters = 256;

} // namespace

struct Requests::AuditWaiter
{
    QPointer<Connection> connection;
    QString id;
};

struct Requests::AuditJob
{
    AuditLog::Check check;
    QList<AuditWaiter> waiters;
};

void Requests::on(const Context &context, const protocol::SetClock &frame)
{
    m_parts.simClock.setSpeed(frame.speed);
    reply(context, m_parts.simClock.status());
}

void Requests::on(const Context &context, const protocol::PauseClock &)
{
    if (!m_parts.simClock.exists()) {
        fail(context, u"no_clock"_s, u"No clock running for this mesh"_s);
        return;
    }
    m_parts.simClock.pause();
    reply(context, m_parts.simClock.status());
}

void Requests::on(const Context &context, const protocol::ResumeClock &)
{
    if (!m_parts.simClock.exists()) {
        fail(context, u"no_clock"_s, u"No clock running for this mesh"_s);
        return;
    }
    m_parts.simClock.resume();
    reply(context, m_parts.simClock.status());
}

void Requests::on(const Context &context, const protocol::GetClock &)
{
    reply(context, m_parts.simClock.status());
}

void Requests::on(const Context &context, const protocol::AuditQuery &frame)
{
    reply(context, m_parts.audit.query(frame));
}

void Requests::on(const Context &context, const protocol::AuditVerify &)
{
    if (!m_auditJob) {
        m_auditJob = std::make_shared<AuditJob>();
        m_auditJob->check = m_parts.audit.beginCheck();
        m_parts.turn.post([this] { stepAuditCheck(); });
    }
    if (m_auditJob->waiters.size() >= MaxAuditWaiters)
        fail(context, u"audit_verify_error"_s, u"too many checks at once"_s);
    else
        m_auditJob->waiters.append({&context.connection, context.id});
}

void Requests::stepAuditCheck()
{
    AuditJob &job = *m_auditJob;
    m_parts.audit.continueCheck(job.check, AuditRowsPerTurn);
    if (!job.check.done) {
        m_parts.turn.post([this] { stepAuditCheck(); });
        return;
    }
    const std::shared_ptr<AuditJob> finished = std::move(m_auditJob);
    m_auditJob.reset();
    for (const AuditWaiter &waiter : std::as_const(finished->waiters)) {
        if (!waiter.connection)
            continue;
        protocol::AuditVerifyResult result;
        result.valid = !finished->check.brokenAt.has_value();
        result.entries = finished->check.entries;
        result.brokenAt = finished->check.brokenAt;
        if (!waiter.id.isEmpty())
            result.reqId = waiter.id;
        m_parts.turn.send(waiter.connection, protocol::encode(protocol::BrokerFrame(std::move(result))));
    }
}

void Requests::on(const Context &context, const protocol::MeshInfo &)
{
    protocol::MeshInfoResult info;
    info.mesh = m_parts.mesh.mesh().id;
    const QList<Presence *> presences = m_parts.presences.all();
    info.peers = int(presences.size());
    QStringList groups;
    for (const Presence *presence : presences) {
        for (const protocol::GroupRef &group : presence->groups)
            groups.append(u'@' + group.name);
    }
    groups.sort();
    groups.removeDuplicates();
    info.groups = groups;
    info.stateKeys = m_parts.state.keys();
    info.memoryCount = m_parts.memory.count();
    info.fileCount = int(m_parts.files.count());
    info.tasks = m_parts.tasks.counts();
    info.streams = m_parts.streams.names();
    info.yourName = context.presence.displayName;
    info.yourGroups = context.presence.groups;
    reply(context, std::move(info));
}

// A second hello on an open connection ends it, as in the original (observed 1).
void Requests::on(const Context &context, const protocol::Hello &)
{
    context.connection.close(CloseReason::SessionReplaced);
}

void Requests::on(const Context &context, const protocol::SessionHello &)
{
    context.connection.close(CloseReason::SessionReplaced);
}

} // namespace mesh::local
