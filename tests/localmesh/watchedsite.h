// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <functional>

namespace mesh::tests {

//! A web server on this machine that answers everything alike.
class WatchedSite final
{
public:
    WatchedSite()
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { answer(socket); });
            QObject::connect(socket, &QTcpSocket::disconnected, socket, [this, socket] {
                abandoned += int(m_unanswered.remove(socket));
                socket->deleteLater();
            });
        });
        (void)m_server.listen(QHostAddress::LocalHost);
    }
    QString url(const QString &path = QStringLiteral("/")) const
    {
        return QStringLiteral("http://127.0.0.1:%1%2").arg(m_server.serverPort()).arg(path);
    }

    QByteArray status = "200 OK";
    QByteArray headers;
    QByteArray body = "one";
    int requests = 0;
    bool silent = false; //!< takes requests and never answers
    int abandoned = 0;   //!< requests left unanswered that the other side gave up
    QByteArray lastRequest;
    std::function<QByteArray()> makeBody; //!< in place of `body`, where it is set

private:
    void answer(QTcpSocket *socket)
    {
        m_heads[socket] += socket->readAll();
        if (!m_heads[socket].contains("\r\n\r\n"))
            return;
        lastRequest = m_heads.take(socket);
        if (makeBody)
            body = makeBody();
        ++requests;
        if (silent) {
            m_unanswered.insert(socket);
            return;
        }
        socket->write("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + QByteArray::number(body.size())
                      + "\r\nConnection: close\r\n\r\n" + body);
        socket->disconnectFromHost();
    }

    QTcpServer m_server;
    QHash<QTcpSocket *, QByteArray> m_heads;
    QSet<QTcpSocket *> m_unanswered;
};

} // namespace mesh::tests
