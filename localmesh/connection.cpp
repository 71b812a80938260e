// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/connection.h"

#include "models/protocol/logging.h"

#include <QtNetwork/QSslSocket>
#include <QtWebSockets/QWebSocket>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

struct CloseWords
{
    int code;
    QLatin1StringView reason;
};

CloseWords wordsOf(CloseReason reason)
{
    switch (reason) {
    case CloseReason::SessionReplaced:
        return {1000, "session_replaced"_L1};
    case CloseReason::ShuttingDown:
        return {1001, "shutting down"_L1};
    case CloseReason::HelloTimeout:
        return {1008, "hello_timeout"_L1};
    case CloseReason::BadFrames:
        return {1008, "bad_frames"_L1};
    case CloseReason::Banned:
        return {4002, "banned"_L1};
    case CloseReason::Kicked:
        return {4001, "kicked"_L1};
    case CloseReason::KickedStale:
        return {4001, "kicked_stale"_L1};
    case CloseReason::Disconnected:
        return {1000, "disconnected"_L1};
    case CloseReason::DisconnectedStale:
        return {1000, "disconnected_stale"_L1};
    case CloseReason::StorageFailed:
        return {1011, "storage_error"_L1};
    }
    return {1011, ""_L1};
}

} // namespace

Connection::Connection(QWebSocket *socket, QSslSocket *tls, qint64 maxFrameBytes, qint64 maxSendQueueBytes,
                       qint64 nowNs, QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_tls(tls)
    , m_maxSendQueueBytes(maxSendQueueBytes)
    , m_openedNs(nowNs)
    , m_lastPongNs(nowNs)
{
    m_socket->setParent(this);
    m_socket->setMaxAllowedIncomingFrameSize(quint64(maxFrameBytes));
    m_socket->setMaxAllowedIncomingMessageSize(quint64(maxFrameBytes));
    connect(m_socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
        if (!m_closing)
            Q_EMIT frameReceived(text.toUtf8());
    });
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &bytes) {
        if (!m_closing)
            Q_EMIT frameReceived(bytes);
    });
    connect(m_socket, &QWebSocket::pong, this, &Connection::ponged);
    connect(m_socket, &QWebSocket::disconnected, this, [this] {
        m_closing = true;
        Q_EMIT closed();
    });
}

Connection::~Connection()
{
    m_socket->disconnect(this);
}

bool Connection::isGone() const
{
    return m_socket->state() == QAbstractSocket::UnconnectedState;
}

void Connection::send(const QString &text)
{
    if (m_closing)
        return;
    m_socket->sendTextMessage(text);
    if (unsentBytes() > m_maxSendQueueBytes) {
        qCInfo(lcLocalMesh) << "a peer does not read what it is sent and is cut:" << unsentBytes() << "bytes";
        cut();
    }
}

qint64 Connection::unsentBytes() const
{
    return m_socket->bytesToWrite() + (m_tls ? m_tls->encryptedBytesToWrite() : 0);
}

void Connection::close(CloseReason reason)
{
    const CloseWords words = wordsOf(reason);
    finish(words.code, words.reason);
}

void Connection::refuse(const QString &code)
{
    finish(1008, code);
}

void Connection::finish(int code, const QString &reason)
{
    if (m_closing)
        return;
    m_closing = true;
    m_socket->close(QWebSocketProtocol::CloseCode(code), reason);
}

void Connection::cut()
{
    m_closing = true;
    m_socket->abort();
}

void Connection::ping()
{
    if (!m_closing)
        m_socket->ping();
}

} // namespace mesh::local
