// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/testclient.h"

#include <QtCore/QProcess>

#include <functional>

namespace mesh::tests {

//! claudemesh-local as a process of its own.
class BrokerProcess
{
public:
    ~BrokerProcess()
    {
        process.kill();
        process.waitForFinished();
    }

    bool start(const QString &dir, const QStringList &more = {})
    {
        process.start(QStringLiteral(MESH_LOCAL_BROKER),
                      QStringList{QStringLiteral("--data"), dir, QStringLiteral("--port"), QStringLiteral("0"),
                                  QStringLiteral("--send-burst"), QStringLiteral("100000")}
                          + more);
        if (!process.waitForStarted())
            return false;
        while (!process.canReadLine() && process.state() == QProcess::Running)
            process.waitForReadyRead(10'000);
        const QString line = QString::fromUtf8(process.readLine());
        port = quint16(line.section(u':', 2, 2).section(u'/', 0, 0).toUInt());
        return port != 0;
    }

    QProcess process;
    quint16 port = 0;
};

struct Ended
{
    int code = -1;
    QString out;
    QString err;
};

inline Ended runToEnd(const QStringList &arguments, const std::function<void()> &inChild = {})
{
    QProcess process;
    if (inChild)
        process.setChildProcessModifier(inChild);
    process.start(QStringLiteral(MESH_LOCAL_BROKER), arguments);
    Ended ended;
    if (!process.waitForFinished(20'000)) {
        process.kill();
        process.waitForFinished();
        return ended;
    }
    ended.code = process.exitCode();
    ended.out = QString::fromUtf8(process.readAllStandardOutput());
    ended.err = QString::fromUtf8(process.readAllStandardError());
    return ended;
}

inline Identity newMember(const QString &dir, quint16 port, const QString &name)
{
    const Ended invite = runToEnd({QStringLiteral("--data"), dir, QStringLiteral("--invite")});
    return joinMesh(port, invite.out.trimmed(), name);
}

} // namespace mesh::tests
