// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtNetwork/QSslError>

#include <optional>

#include "models/protocol/clock.h"
#include "models/protocol/expected.h"
#include "models/session/sessionoptions.h"

class QWebSocket;

namespace mesh::session {

//! How a connection ended.
struct TransportEnd
{
    int closeCode = 1006; //!< 1006 where the other side sent none (wire reference 1.4)
    QString reason;
    //! Where this side saw the cause: `tls_error` (Security), `connection_refused`, `host_not_found`,
    //! `connect_timeout`, `silent`, `too_large`, `network_error`.
    std::optional<protocol::Error> error;
};

//! One WebSocket to a broker. It pings, measures the round trip, drops a silent link and refuses oversize frames; it
//! does not know what the frames mean. Only FrameSender can write. Network thread.
class Transport final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Transport)

public:
    //! The largest frame and message taken from a broker, in bytes; Qt's own limits are 2 GB.
    static constexpr quint64 MaxIncomingBytes = 16ULL * 1024 * 1024;

    Transport(const protocol::Clock &clock, const SessionOptions &options, QObject *parent = nullptr);
    ~Transport() override;

    //! Starts to connect to an address that parseBrokerUrl() gave. An open connection is dropped without ended().
    void open(const QUrl &url);
    //! Closes politely; ended() follows.
    void close();
    //! Drops the connection at once and says nothing more about it.
    void drop();
    bool isOpen() const { return m_open; }

    //! Starts the pings; called once the broker has accepted the session (it answers pings before that, too, but a
    //! socket without a session is not worth keeping).
    void startPinging();

Q_SIGNALS:
    void opened();
    void received(const QByteArray &utf8);
    void ponged(double rttMs);
    void ended(const mesh::session::TransportEnd &end);

private:
    friend class FrameSender;
    void write(const QByteArray &utf8);

    void connectSocket();
    void onConnected();
    void onDisconnected();
    void onError();
    void onTlsErrors(const QList<QSslError> &errors);
    void heard();
    void checkSilence();
    void ping();
    void finish(TransportEnd end);

    const protocol::Clock &m_clock;
    const SessionOptions &m_options;
    QWebSocket *m_socket = nullptr; // child; a new one for each connection
    QTimer m_connectTimer;
    QTimer m_pingTimer;
    QTimer m_silenceTimer;
    bool m_open = false;
    bool m_closing = false; // a close frame was sent or received
    qint64 m_lastHeardNs = 0;
    qint64 m_pingSentNs = 0;
    std::optional<protocol::Error> m_error;
};

} // namespace mesh::session
