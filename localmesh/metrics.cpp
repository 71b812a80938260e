// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/metrics.h"

namespace mesh::local {

namespace {

void addFamily(QByteArray &text, QByteArrayView name, const char *type, const char *help)
{
    text += "# HELP " + name.toByteArray() + ' ' + help + '\n';
    text += "# TYPE " + name.toByteArray() + ' ' + type + '\n';
}

void addValue(QByteArray &text, QByteArrayView name, const char *type, const char *help, qint64 value)
{
    addFamily(text, name, type, help);
    text += name.toByteArray() + ' ' + QByteArray::number(value) + '\n';
}

void addLabelled(QByteArray &text, QByteArrayView name, const char *help, QByteArrayView label,
                 const QMap<QByteArray, quint64> &values)
{
    addFamily(text, name, "counter", help);
    for (auto value = values.cbegin(); value != values.cend(); ++value) {
        text += name.toByteArray() + '{' + label.toByteArray() + "=\"" + value.key() + "\"} "
            + QByteArray::number(value.value()) + '\n';
    }
}

} // namespace

QByteArray Metrics::reasonOf(const QString &error)
{
    // Acks say why in words; the words before the colon, or the first three, tell the reasons apart.
    const QString start = error.section(u':', 0, 0).simplified().section(u' ', 0, 2).toLower();
    QByteArray reason;
    for (const QChar c : start)
        reason.append((c >= u'a' && c <= u'z') ? char(c.unicode()) : '_');
    return reason;
}

QByteArray Metrics::text(const Gauges &gauges) const
{
    const auto value = [this](Counter counter) { return qint64(m_counters[size_t(counter)]); };
    QByteArray text;
    addValue(text, "broker_connections_total", "counter", "Handshakes that were accepted.",
             value(Counter::Connections));
    addLabelled(text, "broker_connections_rejected_total", "Handshakes that were refused.", "reason",
                m_rejectedConnections);
    addLabelled(text, "broker_messages_routed_total", "Messages that were accepted.", "priority", m_routed);
    addLabelled(text, "broker_messages_rejected_total", "Messages that were refused.", "reason", m_rejectedMessages);
    addValue(text, "broker_ttl_sweeps_total", "counter", "Sweeps of leases and deadlines.", value(Counter::TtlSweeps));
    addValue(text, "broker_hook_requests_total", "counter", "Status hooks.", value(Counter::HookRequests));
    addValue(text, "broker_hook_requests_rate_limited_total", "counter", "Status hooks over the limit.",
             value(Counter::HookRequestsLimited));
    addValue(text, "broker_connections_active", "gauge", "Peers connected now.", gauges.connections);
    addValue(text, "broker_queue_depth", "gauge", "Direct messages that wait for their peer.", gauges.queueDepth);
    addValue(text, "broker_db_healthy", "gauge", "1 while the database answers.", gauges.databaseHealthy ? 1 : 0);
    return text;
}

} // namespace mesh::local
