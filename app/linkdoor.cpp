// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/linkdoor.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>
#include <QtNetwork/QLocalSocket>

#include <algorithm>

#include "models/protocol/invite.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

constexpr qsizetype socketPathBytes = 100; // the system's limit is 107
constexpr int guestMs = 5'000;
constexpr int guestsAtOnce = 8;
constexpr qint64 lineBytes = protocol::MaxInviteChars * 3 + 1;

} // namespace

LinkDoor::LinkDoor(QObject *parent)
    : QObject(parent)
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    m_server.setMaxPendingConnections(guestsAtOnce);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server.nextPendingConnection())
            adopt(socket);
    });
}

QString LinkDoor::socketPath(const QString &dataDir)
{
    const QString beside = dataDir + u"/open.socket"_s;
    if (QFile::encodeName(beside).size() <= socketPathBytes)
        return beside;
    const QByteArray hash = QCryptographicHash::hash(QFile::encodeName(dataDir), QCryptographicHash::Sha256).toHex();
    return QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation) + u"/claudemesh-desktop-"_s
        + QString::fromLatin1(hash.first(16));
}

Expected<void> LinkDoor::open(const QString &dataDir)
{
    const QString path = socketPath(dataDir);
    QLocalServer::removeServer(path);
    if (!m_server.listen(path))
        return Error{u"link_door"_s, u"%1: %2"_s.arg(path, m_server.errorString()), ErrorBand::Persistent};
    return {};
}

void LinkDoor::adopt(QLocalSocket *socket)
{
    socket->setReadBufferSize(lineBytes);
    connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
    QTimer::singleShot(guestMs, socket, [socket] { socket->abort(); });
    const auto read = [this, socket] {
        if (!socket->canReadLine()) {
            if (socket->bytesAvailable() >= lineBytes)
                socket->abort();
            return;
        }
        const QString link = QString::fromUtf8(socket->readLine()).trimmed();
        socket->disconnect(this);
        socket->write("ok\n");
        socket->disconnectFromServer();
        Q_EMIT linkReceived(link);
    };
    connect(socket, &QLocalSocket::readyRead, this, read);
    read(); // it may have come before anybody listened
}

Expected<void> LinkDoor::handOver(const QString &dataDir, const QString &link, int timeoutMs)
{
    const Error nobody{u"not_running"_s, tr("The program that runs there does not answer."), ErrorBand::Transient};
    QElapsedTimer elapsed;
    elapsed.start();
    const auto left = [&elapsed, timeoutMs] { return std::max(1, timeoutMs - int(elapsed.elapsed())); };
    QLocalSocket socket;
    socket.connectToServer(socketPath(dataDir));
    if (!socket.waitForConnected(left()))
        return nobody;
    QString line = link;
    socket.write(line.remove(u'\n').toUtf8() + '\n');
    while (!socket.canReadLine()) {
        if (elapsed.elapsed() >= timeoutMs || !socket.waitForReadyRead(left()))
            return nobody;
    }
    if (socket.readLine().trimmed() != "ok")
        return nobody;
    return {};
}

} // namespace mesh::app
