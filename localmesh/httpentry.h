// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/halfopen.h"
#include "localmesh/httprequest.h"
#include "models/protocol/clock.h"

#include <QtNetwork/QTcpServer>

#include <functional>

class QTcpSocket;
class QTimer;

namespace mesh::local {

//! The one port of the broker. Looks at the head of each new connection without reading it: an upgrade for exactly
//! `/ws` is handed on as it is, any other upgrade is dropped unanswered (as the original does), and the rest is HTTP.
class HttpEntry final : public QTcpServer
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(HttpEntry)

public:
    //! Gets the answer of a route; it may come later. The connection may be gone by then.
    using Reply = std::function<void(const HttpReply &)>;
    using Route = std::function<void(const HttpHead &, const QByteArray &body, Reply)>;

    //! \a clock and \a halfOpen outlive this.
    HttpEntry(const protocol::Clock &clock, HalfOpen &halfOpen, int timeoutMs, QObject *parent = nullptr);
    ~HttpEntry() override;

    //! Answers \a method on exactly \a path.
    void addRoute(const QByteArray &method, const QByteArray &path, Route route);

    //! Listens on \a address. Errors: "port_taken", "listen_failed".
    protocol::Expected<quint16> open(const QString &address, quint16 port);

Q_SIGNALS:
    //! A request to upgrade `/ws` waits unread in \a socket, which the receiver owns from here on.
    void upgradeRequested(QTcpSocket *socket);

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void inspect(QTcpSocket *socket);
    void serve(QTcpSocket *socket, const HttpHead &head);
    void route(QTcpSocket *socket, const HttpHead &head, const QByteArray &body);
    void answer(QTcpSocket *socket, const HttpReply &reply);

    const protocol::Clock &m_clock;
    HalfOpen &m_halfOpen;
    int m_timeoutMs;
    QHash<QByteArray, QHash<QByteArray, Route>> m_routes; //!< path, then method
};

} // namespace mesh::local
