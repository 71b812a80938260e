// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/apiaccess.h"
#include "localmesh/datafolder.h"
#include "localmesh/filehttp.h"
#include "localmesh/halfopen.h"
#include "localmesh/handshake.h"
#include "localmesh/httpentry.h"
#include "localmesh/parts.h"
#include "localmesh/requests.h"
#include "localmesh/restapi.h"
#include "localmesh/router.h"
#include "localmesh/scheduler.h"
#include "localmesh/webhookhttp.h"

#include <QtCore/QSet>

class QSslSocket;
class QTcpSocket;
class QWebSocket;
class QWebSocketServer;

namespace mesh::local {

//! A running broker: the parts, the sockets, and the timers that make time pass for them.
class BrokerCore final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BrokerCore)

public:
    //! Opens everything and listens. Errors as LocalBroker::start().
    static protocol::Expected<std::unique_ptr<BrokerCore>> create(const BrokerOptions &options);
    //! Closes every connection with 1001.
    ~BrokerCore() override;

    quint16 port() const { return m_port; }
    QString brokerUrl() const;
    const MeshRecord &mesh() const { return m_parts->mesh.mesh(); }
    protocol::Expected<protocol::InviteRecord> makeInvite(const InviteRequest &request);
    protocol::Expected<QList<protocol::InviteRecord>> invites();
    protocol::Expected<protocol::InviteRecord> revokeInvite(const QString &id);
    int connectionCount() const { return m_parts->presences.onlineCount(); }
    int halfOpenCount() const { return m_halfOpen.count(); }

Q_SIGNALS:
    //! A backup waits in the data folder to be taken up, which only a new start can do.
    void restoreWaiting();

private:
    BrokerCore(const BrokerOptions &options, std::shared_ptr<protocol::Clock> clock);
    protocol::Expected<void> open(const BrokerOptions &options);
    void addRoutes();
    void upgrade(QTcpSocket *socket);
    void adopt(QWebSocket *socket);
    //! The connection below \a socket, where that is TLS: its own count of unsent bytes leaves out what is encrypted.
    QSslSocket *takeSecured(const QWebSocket *socket);
    void handleFrame(Connection &connection, const QByteArray &utf8);
    void handleFirstFrame(Connection &connection, const QByteArray &utf8);
    void handleBadFrame(Connection &connection, const QByteArray &utf8, const protocol::Error &error);
    void handleClosed(Connection *connection);
    void undoFailedJoin(Connection &connection);
    void sweep();
    void pingAll();

    protocol::Expected<void> listen(const BrokerOptions &options);
    QString urlHost() const;
    bool isHealthy() const;
    HttpReply health(bool readiness) const;
    HttpReply metrics() const;
    void join(const QByteArray &body, const HttpEntry::Reply &reply);
    void setStatusByHook(const QByteArray &body, const HttpEntry::Reply &reply);

    std::shared_ptr<protocol::Clock> m_clock;
    DataFolder m_folder;
    HalfOpen m_halfOpen;
    std::unique_ptr<Parts> m_parts;
    std::unique_ptr<Router> m_router;
    std::unique_ptr<Handshake> m_handshake;
    std::unique_ptr<Requests> m_requests;
    std::unique_ptr<Scheduler> m_scheduler;
    std::unique_ptr<HttpEntry> m_entry;
    std::unique_ptr<ApiAccess> m_apiAccess;
    std::unique_ptr<FileHttp> m_fileHttp;
    std::unique_ptr<WebhookHttp> m_webhookHttp;
    std::unique_ptr<RestApi> m_restApi;
    std::unique_ptr<QWebSocketServer> m_webSockets;
    QSet<Connection *> m_connections;
    QList<QPointer<QSslSocket>> m_secured; //!< upgrading
    RateLimiter m_hookLimit;
    QTimer m_sweepTimer;
    QTimer m_pingTimer;
    qint64 m_startedNs = 0;
    qint64 m_lastQueueSweepNs = 0;
    quint16 m_port = 0;
    QString m_host; //!< as URLs have it
    bool m_secure = false;
};

} // namespace mesh::local
