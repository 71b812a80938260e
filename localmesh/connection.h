// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <memory>

class QSslSocket;
class QWebSocket;

namespace mesh::local {

class Presence;

//! Close codes of wire reference 1.4 and, where noted, of this broker.
enum class CloseReason {
    SessionReplaced,   //!< 1000
    ShuttingDown,      //!< 1001
    HelloTimeout,      //!< 1008, ours
    BadFrames,         //!< 1008, ours: too many frames that make no sense
    Banned,            //!< 4002
    Kicked,            //!< 4001
    KickedStale,       //!< 4001
    Disconnected,      //!< 1000
    DisconnectedStale, //!< 1000
    StorageFailed,     //!< 1011, ours: the join could not be written down
};

//! One WebSocket. Before its handshake `presence` is null. Cuts itself when the other side does not read.
class Connection final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Connection)

public:
    //! Takes \a socket, which speaks over \a tls unless that is null. Sizes in bytes.
    Connection(QWebSocket *socket, QSslSocket *tls, qint64 maxFrameBytes, qint64 maxSendQueueBytes, qint64 nowNs,
               QObject *parent = nullptr);
    ~Connection() override;

    //! Sends one text frame; nothing happens when the connection is closing. A reader too slow for what is waiting is
    //! cut.
    void send(const QString &text);
    void close(CloseReason reason);
    //! Closes 1008 with an error code as the reason.
    void refuse(const QString &code);
    //! Ends the TCP connection without a word (the other side sees 1006).
    void cut();
    void ping();

    bool isClosing() const { return m_closing; }
    //! There is no socket any more, whether closed() was told or not: one that ended before this was made told nobody.
    bool isGone() const;
    qint64 lastPongNs() const { return m_lastPongNs; }
    //! Tells when the last pong came, by the caller's clock.
    void setLastPongNs(qint64 ns) { m_lastPongNs = ns; }
    qint64 openedNs() const { return m_openedNs; }
    //! Counts a frame that made no sense and returns how many there were.
    int countBadFrame() { return ++m_badFrames; }

    Presence *presence = nullptr; //!< set by the handshake, cleared when the presence is given to another connection
    bool helloSeen = false;       //!< a hello is being looked at, or was accepted

Q_SIGNALS:
    void frameReceived(const QByteArray &utf8);
    void ponged();
    //! Once, however it ended.
    void closed();

private:
    void finish(int code, const QString &reason);
    //! What waits to be sent, on this side of TLS and on the other.
    qint64 unsentBytes() const;

    QWebSocket *m_socket;
    QPointer<QSslSocket> m_tls; //!< belongs to m_socket
    qint64 m_maxSendQueueBytes;
    qint64 m_openedNs;
    qint64 m_lastPongNs;
    int m_badFrames = 0;
    bool m_closing = false;
};

} // namespace mesh::local
