// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/audittail.h"

#include <algorithm>

#include "models/protocol/frameevents.h"
#include "models/protocol/logging.h"

namespace mesh::session {

using namespace protocol;

AuditTail::AuditTail(SessionPort &port, TrafficFeed &traffic, const NameCache &names)
    : m_port(port)
    , m_traffic(traffic)
    , m_names(names)
{
}

void AuditTail::linkUp()
{
    m_poll.intervalMs = m_port.timings().auditFastMs;
    m_poll.start(m_port.monoMs());
}

void AuditTail::stir()
{
    if (m_poll.dueMs != Never)
        m_poll.setInterval(m_port.timings().auditFastMs, m_port.monoMs());
}

void AuditTail::advance()
{
    const qint64 now = m_port.monoMs();
    if (!m_port.online() || !m_poll.isDue(now))
        return;
    m_poll.asked(now);
    ask(0, {});
}

void AuditTail::ask(int offset, QList<AuditRow> newer)
{
    AuditQuery frame;
    frame.limit = Page;
    if (offset > 0)
        frame.offset = offset;
    m_port.request(frame, [this, offset, newer = std::move(newer)](const Answer &answer) mutable {
        const auto *result = answer && *answer ? getIf<AuditResult>(&**answer) : nullptr;
        if (!result) {
            // The rows fetched so far are left: taken without those between, they would hide the gap for good.
            m_poll.answered();
            return;
        }
        const QList<AuditRow> rows = ascendingAfter(result->entries, m_lastId);
        newer.append(rows);
        const bool all = rows.size() < result->entries.size() || result->entries.size() < Page;
        const int next = offset + int(result->entries.size());
        if (!all && !m_first && next < Page * MaxPages) {
            ask(next, std::move(newer));
            return;
        }
        if (!all && !m_first)
            qCWarning(lcSession) << "audit rows between" << m_lastId << "and" << rows.first().id << "were left out";
        m_poll.answered();
        take(ascendingAfter(newer, m_lastId), result->total);
    });
}

void AuditTail::take(const QList<AuditRow> &rows, qint64 total)
{
    const SessionTimings &timings = m_port.timings();
    const qint64 calmer = std::min<qint64>(timings.auditSlowMs, m_poll.intervalMs * 3 / 2 + 1);
    const bool traffic = std::any_of(rows.cbegin(), rows.cend(), [](const AuditRow &row) {
        return row.eventType == QLatin1StringView("message_sent");
    });
    m_poll.intervalMs = traffic && !m_first ? timings.auditFastMs : calmer;
    m_poll.dueMs = m_port.monoMs() + m_poll.intervalMs;
    m_port.wake();
    const bool first = std::exchange(m_first, false);
    if (rows.isEmpty())
        return;
    m_lastId = rows.last().id;
    m_port.emitEvent(events::AuditAppended{rows, total});
    if (first)
        return;
    for (const AuditRow &row : rows) {
        if (auto seen = trafficFromAudit(row, [this](const QString &name) { return m_names.keyOfName(name); }))
            m_traffic.feed(std::move(*seen));
    }
}

} // namespace mesh::session
