// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/localbroker.h"
#include "tests/support/testclient.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

namespace mesh::tests {

//! Monotonic time that passes only when told to. Wall time is the real one, so that hellos are fresh.
class ManualClock final : public protocol::Clock
{
public:
    qint64 nowMs() const override { return m_system.nowMs(); }
    qint64 monotonicNs() const override { return m_aheadMs * 1'000'000; }
    void advance(qint64 ms) { m_aheadMs += ms; }

private:
    protocol::SystemClock m_system;
    qint64 m_aheadMs = 1'000'000;
};

inline bool isPush(const QJsonObject &frame)
{
    using namespace Qt::StringLiterals;
    return frame.value("type"_L1) == "push"_L1 && !frame.contains("subtype"_L1);
}

//! A broker in this process on a fresh folder, for one test function.
class LocalFixture
{
protected:
    void setUp()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_clock.reset();
    }

    void tearDown()
    {
        m_broker.reset();
        m_dir.reset();
    }

    //! Starts it, again on the same folder if it ran before.
    void start(local::BrokerOptions options = {})
    {
        options.dataDir = m_dir->filePath(QStringLiteral("data"));
        options.port = 0;
        options.sweepIntervalMs = 20;
        options.clock = m_clock;
        m_broker = std::make_unique<local::LocalBroker>();
        const auto port = m_broker->start(options);
        QVERIFY2(port.hasValue(), port ? "" : qPrintable(port.error().detail));
        m_port = *port;
    }

    Identity newMember(const QString &name)
    {
        const auto link = m_broker->makeInvite(local::InviteRole::Member);
        return link ? joinMesh(m_port, *link, name) : Identity();
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<local::LocalBroker> m_broker;
    std::shared_ptr<ManualClock> m_clock;
    quint16 m_port = 0;
};

} // namespace mesh::tests
