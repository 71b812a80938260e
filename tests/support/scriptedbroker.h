// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QLocale>
#include <QtCore/QPointer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

#include <functional>

namespace mesh::tests {

using namespace Qt::StringLiterals;

//! A broker on loopback that does what a test tells it: it answers the requests of a session as the recorded broker
//! does, or misbehaves. One port for WebSocket and HTTP, as brokers have it. Lives on the test's thread.
class ScriptedBroker final : public QObject
{
public:
    ScriptedBroker()
        : m_sockets(QStringLiteral("scripted"), QWebSocketServer::NonSecureMode)
    {
        connect(&m_tcp, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_tcp.nextPendingConnection())
                sort(socket);
        });
        connect(&m_sockets, &QWebSocketServer::newConnection, this,
                [this] { welcome(m_sockets.nextPendingConnection()); });
    }

    ~ScriptedBroker() override
    {
        // While the members that their last signals touch are still there.
        qDeleteAll(findChildren<QWebSocket *>(Qt::FindDirectChildrenOnly));
    }

    //! Handles a frame of the client; the default is answer(). Set to something else to misbehave.
    std::function<void(QWebSocket &, const QJsonObject &)> onFrame =
        [this](QWebSocket &socket, const QJsonObject &frame) { answer(socket, frame); };
    //! A client has connected, nothing was said yet.
    std::function<void(QWebSocket &)> onConnected;
    //! Peers of `peers_list`, beside whatever a test adds.
    QJsonArray peers;
    QJsonArray audit; //!< newest first
    QJsonArray topics;
    QHash<QString, QJsonArray> history; //!< newest first, by topic id
    QHash<QString, QJsonValue> state;
    QJsonObject clockStatus{
        {"speed"_L1, 0}, {"paused"_L1, true}, {"tick"_L1, 0}, {"simTime"_L1, iso(0)}, {"startedAt"_L1, iso(0)}};
    QByteArray httpStatus = "200 OK";
    qint64 httpDateOffsetMs = 0; //!< of the Date header, against this computer
    QString refuseSends;         //!< text of the ack that refuses, empty: accept
    QList<QJsonObject> frames;   //!< everything received
    QList<QByteArray> httpRequests;
    int connections = 0;

    //! Listens; the same port again after stop(). \return the address for a profile.
    QString start()
    {
        if (!m_tcp.listen(QHostAddress::LocalHost, m_port))
            return {};
        m_port = m_tcp.serverPort();
        return url();
    }
    QString url() const { return QStringLiteral("ws://127.0.0.1:%1/ws").arg(m_port); }
    //! Stops as a killed process does: no close frames.
    void kill()
    {
        m_tcp.close();
        for (const QPointer<QTcpSocket> &socket : std::as_const(m_tcpSockets)) {
            if (socket)
                socket->abort();
        }
        m_tcpSockets.clear();
        m_clients.clear();
    }
    //! The network is cut: the connections end without a close frame.
    void cut()
    {
        for (const QPointer<QTcpSocket> &socket : std::as_const(m_tcpSockets)) {
            if (socket)
                socket->abort();
        }
        m_tcpSockets.clear();
    }
    //! The last connection below its WebSocket.
    QTcpSocket *rawSocket() const { return m_tcpSockets.isEmpty() ? nullptr : m_tcpSockets.last().data(); }
    QWebSocket *client() const { return m_clients.isEmpty() ? nullptr : m_clients.last().data(); }

    //! Frames received of one type.
    QList<QJsonObject> received(const QString &type) const
    {
        QList<QJsonObject> found;
        for (const QJsonObject &frame : frames) {
            if (frame[QStringLiteral("type")].toString() == type)
                found.append(frame);
        }
        return found;
    }

    static void send(QWebSocket &socket, const QJsonObject &frame)
    {
        socket.sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)));
    }
    void push(const QJsonObject &frame)
    {
        if (client())
            send(*client(), frame);
    }
    static QString iso(qint64 ms)
    {
        return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss.zzzZ"));
    }
    static void acceptHello(QWebSocket &socket, const QJsonObject &hello)
    {
        send(socket,
             {{"type"_L1, "hello_ack"_L1},
              {"presenceId"_L1, "P0000000000000000000000000000001"_L1},
              {"memberDisplayName"_L1, hello["displayName"_L1]},
              {"memberProfile"_L1,
               QJsonObject{{"roleTag"_L1, QJsonValue()}, {"groups"_L1, QJsonArray()}, {"messageMode"_L1, "push"_L1}}}});
    }
    //! What the recorded broker answers.
    void answer(QWebSocket &socket, const QJsonObject &frame)
    {
        const QString type = frame["type"_L1].toString();
        const auto reply = [&](QJsonObject object) {
            object.insert("_reqId"_L1, frame["_reqId"_L1]);
            send(socket, object);
        };
        if (type == QLatin1String("session_hello")) {
            acceptHello(socket, frame);
        } else if (type == QLatin1String("list_peers")) {
            reply({{"type"_L1, "peers_list"_L1}, {"peers"_L1, peers}});
        } else if (type == QLatin1String("set_profile")) {
            reply(
                {{"type"_L1, "ack"_L1}, {"id"_L1, frame["_reqId"_L1]}, {"messageId"_L1, ""_L1}, {"queued"_L1, false}});
        } else if (type == QLatin1String("subscribe")) {
            reply({{"type"_L1, "subscribed"_L1}, {"stream"_L1, frame["stream"_L1]}});
        } else if (type == QLatin1String("list_state")) {
            reply({{"type"_L1, "state_list"_L1}, {"entries"_L1, QJsonArray()}});
        } else if (type == QLatin1String("topic_list")) {
            reply({{"type"_L1, "topic_list_response"_L1}, {"topics"_L1, topics}});
        } else if (type == QLatin1String("topic_history")) {
            const QString topic = frame["topic"_L1].toString();
            reply(
                {{"type"_L1, "topic_history_response"_L1}, {"topic"_L1, topic}, {"messages"_L1, history.value(topic)}});
        } else if (type == QLatin1String("audit_query")) {
            reply({{"type"_L1, "audit_result"_L1}, {"entries"_L1, audit}, {"total"_L1, audit.size()}});
        } else if (type == QLatin1String("get_clock")) {
            reply([this, object = QJsonObject{{"type"_L1, "clock_status"_L1}}]() mutable {
                for (auto it = clockStatus.constBegin(); it != clockStatus.constEnd(); ++it)
                    object.insert(it.key(), it.value());
                return object;
            }());
        } else if (type == QLatin1String("mesh_info")) {
            reply({{"type"_L1, "mesh_info_result"_L1},
                   {"mesh"_L1, "m"_L1},
                   {"peers"_L1, 1},
                   {"groups"_L1, QJsonArray()},
                   {"stateKeys"_L1, QJsonArray()},
                   {"memoryCount"_L1, 3},
                   {"fileCount"_L1, 0},
                   {"tasks"_L1, QJsonObject{{"open"_L1, 0}, {"claimed"_L1, 0}, {"done"_L1, 0}}},
                   {"streams"_L1, QJsonArray()},
                   {"tables"_L1, QJsonArray()},
                   {"collections"_L1, QJsonArray()},
                   {"yourName"_L1, "n"_L1},
                   {"yourGroups"_L1, QJsonArray()}});
        } else if (type == QLatin1String("set_state")) {
            state.insert(frame["key"_L1].toString(), frame["value"_L1]);
        } else if (type == QLatin1String("get_state")) {
            reply({{"type"_L1, "state_result"_L1},
                   {"key"_L1, frame["key"_L1]},
                   {"value"_L1, state.value(frame["key"_L1].toString())},
                   {"updatedBy"_L1, "Ann"_L1},
                   {"updatedAt"_L1, iso(0)}});
        } else if (type == QLatin1String("send")) {
            QJsonObject ack{
                {"type"_L1, "ack"_L1}, {"id"_L1, frame["id"_L1]}, {"messageId"_L1, ""_L1}, {"queued"_L1, false}};
            if (refuseSends.isEmpty()) {
                ack["messageId"_L1] = QStringLiteral("M%1").arg(++m_lastMessage, 31, 10, QLatin1Char('0'));
                ack["queued"_L1] = true;
            } else {
                ack["error"_L1] = refuseSends;
            }
            send(socket, ack);
        } else if (type == QLatin1String("message_status")) {
            reply({{"type"_L1, "message_status_result"_L1},
                   {"messageId"_L1, frame["messageId"_L1]},
                   {"targetSpec"_L1, "t"_L1},
                   {"delivered"_L1, true},
                   {"deliveredAt"_L1, iso(0)},
                   {"recipients"_L1, QJsonArray()}});
        }
    }

private:
    void sort(QTcpSocket *socket)
    {
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
            const QByteArray head = socket->peek(4096);
            if (!head.contains("\r\n\r\n"))
                return;
            socket->disconnect(this);
            if (head.startsWith("GET /ws ")) {
                m_tcpSockets.append(socket);
                m_sockets.handleConnection(socket);
                return;
            }
            httpRequests.append(socket->readAll());
            const QDateTime date = QDateTime::currentDateTimeUtc().addMSecs(httpDateOffsetMs);
            socket->write("HTTP/1.1 " + httpStatus
                          + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 11\r\nDate: "
                          + QLocale::c().toString(date, QStringLiteral("ddd, dd MMM yyyy HH:mm:ss")).toLatin1()
                          + " GMT\r\n\r\n{\"ok\":true}");
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            socket->disconnectFromHost();
        });
    }
    void welcome(QWebSocket *socket)
    {
        ++connections;
        socket->setParent(this);
        m_clients.append(socket);
        connect(socket, &QWebSocket::disconnected, socket, [this, socket] {
            m_clients.removeIf([socket](const QPointer<QWebSocket> &other) { return !other || other == socket; });
            socket->deleteLater();
        });
        connect(socket, &QWebSocket::textMessageReceived, socket, [this, socket](const QString &text) {
            const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
            frames.append(frame);
            onFrame(*socket, frame);
        });
        if (onConnected)
            onConnected(*socket);
    }

    QTcpServer m_tcp;
    QWebSocketServer m_sockets;
    quint16 m_port = 0;
    int m_lastMessage = 0;
    QList<QPointer<QTcpSocket>> m_tcpSockets;
    QList<QPointer<QWebSocket>> m_clients;
};

} // namespace mesh::tests
