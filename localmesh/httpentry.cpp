// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/httpentry.h"

#include "localmesh/limits.h"
#include "models/protocol/logging.h"

#include <QtCore/QJsonObject>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QTcpSocket>

#include <sys/socket.h>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

constexpr int Backlog = 512;
constexpr int AcceptAgainMs = 250;
constexpr int LingerMs = 2'000;

//! A page of some web site has no business here, although the browser would let it post.
bool isForeignOrigin(const HttpHead &head)
{
    const QByteArray origin = head.field("origin");
    if (origin.isEmpty())
        return false;
    const QString host = QUrl(QString::fromUtf8(origin)).host();
    return host != "localhost"_L1 && !QHostAddress(host).isLoopback();
}

} // namespace

HttpEntry::HttpEntry(const protocol::Clock &clock, HalfOpen &halfOpen, int timeoutMs, QObject *parent)
    : QTcpServer(parent)
    , m_clock(clock)
    , m_halfOpen(halfOpen)
    , m_timeoutMs(timeoutMs)
{
    setListenBacklogSize(Backlog);
    // Out of descriptors Qt stops accepting for good; some will be free again soon.
    connect(this, &QTcpServer::acceptError, this, [this] {
        qCWarning(lcLocalMesh) << "cannot accept connections for the moment:" << errorString();
        QTimer::singleShot(AcceptAgainMs, this, &QTcpServer::resumeAccepting);
    });
}

HttpEntry::~HttpEntry()
{
    const auto sockets = findChildren<QTcpSocket *>();
    for (QTcpSocket *socket : sockets) {
        socket->disconnect(this);
        m_halfOpen.remove(socket);
    }
}

void HttpEntry::addRoute(const QByteArray &method, const QByteArray &path, Route route)
{
    m_routes[path].insert(method, std::move(route));
}

Expected<quint16> HttpEntry::open(const QString &address, quint16 port)
{
    if (listen(QHostAddress(address), port))
        return serverPort();
    if (serverError() == QAbstractSocket::AddressInUseError) {
        return Error{u"port_taken"_s,
                     u"Port %1 on %2 is taken by another program. Choose another port."_s.arg(port).arg(address),
                     ErrorBand::Persistent};
    }
    return Error{u"listen_failed"_s, u"Cannot listen on %2 port %1: %3."_s.arg(port).arg(address, errorString()),
                 ErrorBand::Persistent};
}

void HttpEntry::incomingConnection(qintptr descriptor)
{
    auto *socket = new QTcpSocket(this);
    socket->setReadBufferSize(limits::HttpHeadBytes + limits::HttpBodyBytes + 1);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    m_halfOpen.add(socket, [socket] {
        socket->abort();
        socket->deleteLater();
    });
    connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
        m_halfOpen.remove(socket);
        socket->deleteLater();
    });
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] { inspect(socket); });

    auto *deadline = new QTimer(socket);
    deadline->setSingleShot(true);
    connect(deadline, &QTimer::timeout, this, [this, socket] {
        if (socket->bytesAvailable() > 0)
            answer(socket, jsonReply(408, {{u"error"_s, u"request incomplete"_s}}));
        else
            socket->abort();
    });
    deadline->start(m_timeoutMs);
}

void HttpEntry::inspect(QTcpSocket *socket)
{
    HttpHead head;
    switch (parseHead(socket->peek(limits::HttpHeadBytes + 1), head)) {
    case HeadState::Incomplete:
        return;
    case HeadState::TooLarge:
        answer(socket, jsonReply(431, {{u"error"_s, u"request head too large"_s}}));
        return;
    case HeadState::Malformed:
        answer(socket, jsonReply(400, {{u"error"_s, u"malformed request"_s}}));
        return;
    case HeadState::Complete:
        break;
    }

    if (!head.isWebSocketUpgrade()) {
        serve(socket, head);
        return;
    }
    if (head.target != "/ws" || head.method != "GET" || isForeignOrigin(head)) {
        socket->abort();
        return;
    }
    socket->disconnect(this);
    delete socket->findChild<QTimer *>();
    m_halfOpen.remove(socket);
    socket->setParent(nullptr);
    Q_EMIT upgradeRequested(socket);
}

void HttpEntry::serve(QTcpSocket *socket, const HttpHead &head)
{
    int refusal = 0;
    const auto length = bodyLength(head, refusal);
    if (!length) {
        answer(socket, jsonReply(refusal, {{u"ok"_s, false}, {u"error"_s, length.error().detail}}));
        return;
    }
    if (socket->bytesAvailable() < head.size + *length)
        return;
    socket->skip(head.size);
    const QByteArray body = socket->read(*length);
    // One request for each connection: what follows is not looked at.
    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    route(socket, head, body);
}

void HttpEntry::route(QTcpSocket *socket, const HttpHead &head, const QByteArray &body)
{
    if (isForeignOrigin(head)) {
        answer(socket, jsonReply(403, {{u"error"_s, u"requests from web pages are refused"_s}}));
        return;
    }
    if (head.target == "/ws") {
        answer(socket, jsonReply(426, {{u"error"_s, u"this is a WebSocket endpoint"_s}}));
        return;
    }
    const auto path = m_routes.constFind(head.target.split('?').constFirst());
    if (path == m_routes.cend()) {
        answer(socket, {.status = 404, .body = "not found", .contentType = "text/plain"});
        return;
    }
    const auto method = path->constFind(head.method);
    if (method == path->cend()) {
        QList<QByteArray> known = path->keys();
        std::sort(known.begin(), known.end());
        HttpReply reply = jsonReply(405, {{u"error"_s, u"method not allowed"_s}});
        reply.allow = known.join(", ");
        answer(socket, reply);
        return;
    }
    const QPointer<QTcpSocket> guarded(socket);
    (*method)(head, body, [this, guarded](const HttpReply &reply) {
        if (guarded)
            answer(guarded, reply);
    });
}

void HttpEntry::answer(QTcpSocket *socket, const HttpReply &reply)
{
    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    // Closing with unread bytes would reset the connection and could cost the client its answer: say that nothing more
    // comes, read on without looking, and let the client close, but not for long.
    connect(socket, &QTcpSocket::readyRead, this, [socket] { socket->readAll(); });
    socket->readAll();
    socket->write(encodeReply(reply, m_clock.nowMs()));
    socket->flush();
    if (socket->bytesToWrite() == 0 && socket->state() == QAbstractSocket::ConnectedState)
        ::shutdown(int(socket->socketDescriptor()), SHUT_WR);
    if (auto *deadline = socket->findChild<QTimer *>()) {
        deadline->disconnect();
        connect(deadline, &QTimer::timeout, socket, &QTcpSocket::abort);
        deadline->start(LingerMs);
    }
}

} // namespace mesh::local
