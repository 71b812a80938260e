// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QMap>
#include <QtCore/QString>

#include <array>

namespace mesh::local {

//! What a running broker counts, told as Prometheus text under the original's names (wire reference 1.6).
class Metrics final
{
public:
    Metrics() = default;
    Q_DISABLE_COPY_MOVE(Metrics)

    enum class Counter { Connections, TtlSweeps, HookRequests, HookRequestsLimited };
    void count(Counter counter) { ++m_counters[size_t(counter)]; }
    void rejectConnection(const QString &reason) { ++m_rejectedConnections[reason.toLatin1()]; }
    void routeMessage(QLatin1StringView priority) { ++m_routed[QByteArray(priority.data(), priority.size())]; }
    void rejectMessage(const QString &error) { ++m_rejectedMessages[reasonOf(error)]; }

    struct Gauges
    {
        qint64 connections = 0;
        qint64 queueDepth = 0;
        bool databaseHealthy = false;
    };
    QByteArray text(const Gauges &gauges) const;

private:
    using Labelled = QMap<QByteArray, quint64>;
    static QByteArray reasonOf(const QString &error);

    std::array<quint64, 4> m_counters{};
    Labelled m_rejectedConnections;
    Labelled m_routed;
    Labelled m_rejectedMessages;
};

} // namespace mesh::local
