// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/transport.h"

#include <QtNetwork/QHostAddress>
#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QNetworkRequest>
#include <QtWebSockets/QWebSocket>

#include "models/protocol/logging.h"
#include "models/session/brokerurl.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;

Transport::Transport(const protocol::Clock &clock, const SessionOptions &options, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_options(options)
{
    m_connectTimer.setSingleShot(true);
    m_connectTimer.setInterval(options.timings.connectTimeoutMs);
    connect(&m_connectTimer, &QTimer::timeout, this, [this] {
        finish({1006, QString(), Error{u"connect_timeout"_s, tr("The broker does not answer."), ErrorBand::Transient}});
    });
    m_pingTimer.setInterval(options.timings.pingIntervalMs);
    connect(&m_pingTimer, &QTimer::timeout, this, &Transport::ping);
    m_silenceTimer.setSingleShot(true);
    connect(&m_silenceTimer, &QTimer::timeout, this, &Transport::checkSilence);
}

Transport::~Transport()
{
    drop();
}

void Transport::open(const QUrl &url)
{
    drop();
    connectSocket();
    m_error.reset();
    m_closing = false;
    m_connectTimer.start();
    m_socket->open(QNetworkRequest(url));
}

void Transport::connectSocket()
{
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    m_socket->setMaxAllowedIncomingFrameSize(MaxIncomingBytes);
    m_socket->setMaxAllowedIncomingMessageSize(MaxIncomingBytes);
    m_socket->setProxy(QNetworkProxy::NoProxy);
    if (m_options.tls)
        m_socket->setSslConfiguration(*m_options.tls);
    connect(m_socket, &QWebSocket::connected, this, &Transport::onConnected);
    connect(m_socket, &QWebSocket::disconnected, this, &Transport::onDisconnected);
    connect(m_socket, &QWebSocket::aboutToClose, this, [this] { m_closing = true; });
    connect(m_socket, &QWebSocket::sslErrors, this, &Transport::onTlsErrors);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(m_socket, &QWebSocket::errorOccurred, this, &Transport::onError);
#else
    connect(m_socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this, &Transport::onError);
#endif
    connect(m_socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
        heard();
        Q_EMIT received(text.toUtf8());
    });
    // Brokers send text; JSON in a binary frame is taken as well, as brokers do (wire reference 1.1).
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &bytes) {
        heard();
        Q_EMIT received(bytes);
    });
    connect(m_socket, &QWebSocket::pong, this, [this] {
        heard();
        if (m_pingSentNs > 0)
            Q_EMIT ponged(double(m_clock.monotonicNs() - m_pingSentNs) / 1e6);
        m_pingSentNs = 0;
    });
}

void Transport::close()
{
    if (!m_socket)
        return;
    m_closing = true;
    if (m_open)
        m_socket->close();
    else
        finish({1000, QString(), {}});
}

void Transport::drop()
{
    m_connectTimer.stop();
    m_pingTimer.stop();
    m_silenceTimer.stop();
    m_open = false;
    if (!m_socket)
        return;
    QWebSocket *socket = std::exchange(m_socket, nullptr);
    socket->disconnect(this);
    socket->flush(); // what is written is meant to arrive, a close frame above all
    // Later, because this may run inside a signal of that very socket.
    QMetaObject::invokeMethod(
        socket,
        [socket] {
            socket->abort();
            socket->deleteLater();
        },
        Qt::QueuedConnection);
}

void Transport::startPinging()
{
    m_pingTimer.start();
    ping();
}

void Transport::write(const QByteArray &utf8)
{
    if (m_open)
        m_socket->sendTextMessage(QString::fromUtf8(utf8));
}

void Transport::onConnected()
{
    // A name such as localhost could be made to point elsewhere; nothing was sent yet but the opening handshake.
    if (m_socket->requestUrl().scheme() == "ws"_L1 && !m_socket->peerAddress().isLoopback()) {
        finish({1006, QString(),
                Error{u"insecure_broker"_s, tr("The address of the broker does not lead to this computer."),
                      ErrorBand::Security}});
        return;
    }
    m_connectTimer.stop();
    m_open = true;
    heard();
    m_silenceTimer.start(m_options.timings.silenceLimitMs);
    Q_EMIT opened();
}

void Transport::onDisconnected()
{
    if (!m_open && !m_error) {
        // Of a connection that failed this comes before the error that explains it.
        QMetaObject::invokeMethod(
            m_socket,
            [this, socket = m_socket] {
                if (socket == m_socket)
                    finish({1006, QString(), m_error});
            },
            Qt::QueuedConnection);
        return;
    }
    TransportEnd end;
    end.error = m_error;
    if (m_closing && (!m_error || m_error->code == "too_large"_L1)) {
        end.closeCode = m_socket->closeCode();
        end.reason = m_socket->closeReason();
    }
    finish(end);
}

void Transport::onError()
{
    const QAbstractSocket::SocketError code = m_socket->error();
    if (!m_error) {
        switch (code) {
        case QAbstractSocket::SslHandshakeFailedError:
            m_error = Error{u"tls_error"_s, m_socket->errorString(), ErrorBand::Security};
            break;
        case QAbstractSocket::ConnectionRefusedError:
            m_error = Error{u"connection_refused"_s, tr("No broker answers at this address."), ErrorBand::Transient};
            break;
        case QAbstractSocket::HostNotFoundError:
            m_error = Error{u"host_not_found"_s, tr("The name of the broker is not known."), ErrorBand::Transient};
            break;
        case QAbstractSocket::RemoteHostClosedError:
            break; // told by the close code
        default:
            m_error = Error{u"network_error"_s, m_socket->errorString(), ErrorBand::Transient};
            break;
        }
    }
    // Of an open connection disconnected() follows; of one that never opened nothing does.
    if (!m_open)
        finish({1006, QString(), m_error});
}

void Transport::onTlsErrors(const QList<QSslError> &errors)
{
    // Never ignored: the connection ends, and it stays so until the user acts.
    QStringList reasons;
    for (const QSslError &error : errors) {
        if (!reasons.contains(error.errorString()))
            reasons.append(error.errorString());
    }
    m_error = Error{u"tls_error"_s, tr("The certificate of the broker is not trusted: %1").arg(reasons.join(u' ')),
                    ErrorBand::Security};
}

void Transport::heard()
{
    m_lastHeardNs = m_clock.monotonicNs();
}

void Transport::checkSilence()
{
    const qint64 silentMs = (m_clock.monotonicNs() - m_lastHeardNs) / 1'000'000;
    const qint64 leftMs = m_options.timings.silenceLimitMs - silentMs;
    if (leftMs > 0) {
        m_silenceTimer.start(int(leftMs));
        return;
    }
    qCInfo(lcSession) << "broker silent for" << silentMs << "ms, dropping the link";
    finish({1006, QString(), Error{u"silent"_s, tr("The broker has gone silent."), ErrorBand::Transient}});
}

void Transport::ping()
{
    if (!m_open)
        return;
    m_pingSentNs = m_clock.monotonicNs();
    m_socket->ping();
}

void Transport::finish(TransportEnd end)
{
    if (!m_socket)
        return;
    drop();
    Q_EMIT ended(end);
}

} // namespace mesh::session
