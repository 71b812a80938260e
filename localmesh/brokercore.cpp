// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/brokercore.h"

#include "localmesh/connection.h"
#include "localmesh/limits.h"
#include "localmesh/meshbackup.h"
#include "localmesh/schema.h"
#include "models/protocol/framecodec.h"
#include "models/protocol/logging.h"
#include "models/protocol/sodium.h"

#include <QtCore/QJsonDocument>
#include <QtNetwork/QHostInfo>
#include <QtNetwork/QSslSocket>
#include <QtNetwork/QTcpSocket>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::Hello;
using protocol::SessionHello;

namespace {

constexpr qint64 QueueSweepNs = 3'600LL * 1'000'000'000;

protocol::Limits frameLimits(qint64 maxFrameBytes)
{
    protocol::Limits limits;
    limits.maxBytes = maxFrameBytes;
    limits.maxStringBytes = maxFrameBytes;
    limits.maxValues = 200'000;
    return limits;
}

} // namespace

BrokerCore::BrokerCore(const BrokerOptions &options, std::shared_ptr<protocol::Clock> clock)
    : m_clock(std::move(clock))
    , m_halfOpen(options.maxHalfOpen)
    , m_hookLimit(30, 0.5)
{
}

Expected<std::unique_ptr<BrokerCore>> BrokerCore::create(const BrokerOptions &options)
{
    std::shared_ptr<protocol::Clock> clock = options.clock;
    if (!clock)
        clock = std::make_shared<protocol::SystemClock>();
    std::unique_ptr<BrokerCore> core(new BrokerCore(options, std::move(clock)));
    if (const auto opened = core->open(options); !opened)
        return opened.error();
    return core;
}

Expected<void> BrokerCore::open(const BrokerOptions &options)
{
    if (!protocol::initSodium())
        return Error{u"database"_s, u"This system has no source of random numbers."_s, ErrorBand::Persistent};
    if (auto prepared = DataFolder::prepare(options.dataDir); !prepared)
        return prepared;
    if (auto locked = m_folder.lock(options.dataDir); !locked)
        return locked;

    if (auto taken = takeUpRestore(options.dataDir); !taken)
        return taken;

    // The port first: who finds it taken should not leave a new mesh behind.
    if (auto listening = listen(options); !listening)
        return listening;

    auto database = Database::open(DataFolder::databasePath(options.dataDir), options.syncEveryCommit);
    if (!database)
        return database.error();
    if (auto prepared = prepareSchema(**database); !prepared)
        return prepared;
    m_parts = std::make_unique<Parts>(options, *m_clock, std::move(*database));
    if (auto loaded = m_parts->mesh.load(options.meshSlug, options.meshName, m_clock->nowMs()); !loaded)
        return loaded;
    m_parts->mesh.setLastAddress(m_port, brokerUrl());
    m_parts->httpUrl = u"%1://%2:%3"_s.arg(m_secure ? u"https"_s : u"http"_s, m_host).arg(m_port);
    m_parts->queue.sweep(m_clock->nowMs());
    m_parts->topics.ensureGeneral(m_clock->nowMs());
    m_parts->queue.load();
    m_parts->grants.load();
    m_parts->audit.load(m_parts->mesh.mesh().id);
    if (auto committed = m_parts->database->commit(); !committed)
        return committed;
    m_parts->files.clearLeftovers();

    m_router = std::make_unique<Router>(*m_parts);
    m_handshake = std::make_unique<Handshake>(*m_parts, *m_router);
    m_requests = std::make_unique<Requests>(*m_parts, *m_router, *m_handshake);
    m_scheduler = std::make_unique<Scheduler>(*m_parts, *m_router);
    m_scheduler->start();
    if (auto committed = m_parts->database->commit(); !committed)
        return committed;
    m_parts->turn.setFrameHandler(
        [this](Connection &connection, const QByteArray &utf8) { handleFrame(connection, utf8); });
    m_parts->turn.setRollbackHandler([this] { m_parts->reload(); });
    connect(&m_parts->simClock, &SimClock::ticked, this, [this](qint64 tick, const QString &simTime, double speed) {
        m_router->announce("tick"_L1, {{u"tick"_s, tick}, {u"simTime"_s, simTime}, {u"speed"_s, speed}},
                           m_router->everyoneBut(nullptr));
    });

    connect(&m_parts->watches, &WatchKeeper::triggered, this, [this](const QString &id, const QJsonObject &data) {
        m_parts->turn.post([this, id, data] {
            const Presence *owner = m_parts->watches.ownerOf(id);
            if (owner && owner->isOnline())
                m_router->announce("watch_triggered"_L1, data, {owner->connection}, protocol::Priority::Now);
        });
    });

    m_webSockets = std::make_unique<QWebSocketServer>(u"claudemesh-local"_s, QWebSocketServer::NonSecureMode);
    m_webSockets->setHandshakeTimeout(options.httpTimeoutMs);
    connect(m_webSockets.get(), &QWebSocketServer::newConnection, this, [this] {
        while (QWebSocket *socket = m_webSockets->nextPendingConnection())
            adopt(socket);
    });
    connect(m_entry.get(), &HttpEntry::upgradeRequested, this, &BrokerCore::upgrade);
    addRoutes();

    m_startedNs = m_lastQueueSweepNs = m_clock->monotonicNs();
    connect(&m_sweepTimer, &QTimer::timeout, this, [this] { m_parts->turn.post([this] { sweep(); }); });
    m_sweepTimer.start(options.sweepIntervalMs);
    connect(&m_pingTimer, &QTimer::timeout, this, &BrokerCore::pingAll);
    m_pingTimer.start(options.pingIntervalMs);
    qCInfo(lcLocalMesh) << "personal mesh listens on port" << m_port;
    return {};
}

Expected<void> BrokerCore::listen(const BrokerOptions &options)
{
    const QHostAddress address(options.address);
    if (address.isNull()) {
        return Error{u"bad_address"_s, u"%1 is not an address to listen on."_s.arg(options.address),
                     ErrorBand::Persistent};
    }
    m_secure = !options.certificatePath.isEmpty() || !options.keyPath.isEmpty();
    if (!address.isLoopback() && !m_secure) {
        return Error{u"tls_required"_s,
                     u"On %1 others could read along. Give a certificate and its key (--cert, --key), or listen on "
                     "127.0.0.1."_s.arg(options.address),
                     ErrorBand::Persistent};
    }
    m_entry = std::make_unique<HttpEntry>(*m_clock, m_halfOpen, options.httpTimeoutMs);
    if (m_secure) {
        if (auto ready = m_entry->useTls(options.certificatePath, options.keyPath); !ready)
            return ready;
    }
    const auto port = m_entry->open(options.address, options.port);
    if (!port)
        return port.error();
    m_port = *port;

    const bool everywhere =
        address == QHostAddress::Any || address == QHostAddress::AnyIPv4 || address == QHostAddress::AnyIPv6;
    if (!options.publicHost.isEmpty())
        m_host = options.publicHost;
    else if (everywhere)
        m_host = QHostInfo::localHostName();
    else if (address.protocol() == QAbstractSocket::IPv6Protocol)
        m_host = u'[' + address.toString() + u']';
    else
        m_host = address.toString();
    return {};
}

BrokerCore::~BrokerCore()
{
    if (!m_requests)
        return;
    m_sweepTimer.stop();
    m_pingTimer.stop();
    m_entry->close();
    // What has arrived is still answered; then everybody is told.
    m_parts->turn.finishAll();
    const QSet<Connection *> connections = m_connections;
    for (Connection *connection : connections)
        connection->close(CloseReason::ShuttingDown);
    for (Presence *presence : m_parts->presences.online())
        m_handshake->leave(*presence);
    m_parts->turn.finishAll();
    for (Connection *connection : connections) {
        connection->disconnect(this);
        delete connection;
    }
}

QString BrokerCore::brokerUrl() const
{
    return u"%1://%2:%3/ws"_s.arg(m_secure ? u"wss"_s : u"ws"_s, m_host).arg(m_port);
}

Expected<protocol::InviteRecord> BrokerCore::makeInvite(const InviteRequest &request)
{
    auto invite = m_parts->invites.make(request, brokerUrl(), m_clock->nowMs());
    if (auto committed = m_parts->database->commit(); !committed)
        return committed.error();
    return invite;
}

Expected<QList<protocol::InviteRecord>> BrokerCore::invites()
{
    return m_parts->invites.list();
}

Expected<protocol::InviteRecord> BrokerCore::revokeInvite(const QString &id)
{
    auto invite = m_parts->invites.revoke(id, m_clock->nowMs());
    if (auto committed = m_parts->database->commit(); !committed)
        return committed.error();
    return invite;
}

void BrokerCore::addRoutes()
{
    m_entry->addRoute("GET", "/health", [this](const HttpHead &, const QByteArray &, const HttpEntry::Reply &reply) {
        reply(health(false));
    });
    m_entry->addRoute(
        "GET", "/health/ready",
        [this](const HttpHead &, const QByteArray &, const HttpEntry::Reply &reply) { reply(health(true)); });
    m_entry->addRoute("GET", "/metrics", [this](const HttpHead &, const QByteArray &, const HttpEntry::Reply &reply) {
        reply(metrics());
    });
    m_entry->addRoute("POST", "/join", [this](const HttpHead &, const QByteArray &body, const HttpEntry::Reply &reply) {
        m_parts->turn.post([this, body, reply] { join(body, reply); });
    });
    m_entry->addRoute("POST", "/hook/set-status",
                      [this](const HttpHead &, const QByteArray &body, const HttpEntry::Reply &reply) {
                          m_parts->turn.post([this, body, reply] { setStatusByHook(body, reply); });
                      });
    m_entry->addRoute("POST", "/invites/", [](const HttpHead &, const QByteArray &, const HttpEntry::Reply &reply) {
        // As a broker says it that was not told to claim short codes (wire reference 3.3).
        reply(jsonReply(501,
                        {{u"error"_s, u"invite_v2_disabled"_s},
                         {u"detail"_s, u"this broker makes and takes v1 invites (ic://join/...) only"_s}}));
    });
    m_apiAccess = std::make_unique<ApiAccess>(*m_parts);
    m_fileHttp = std::make_unique<FileHttp>(*m_parts, *m_apiAccess);
    m_fileHttp->addRoutes(*m_entry);
    m_webhookHttp = std::make_unique<WebhookHttp>(*m_parts, *m_router);
    m_webhookHttp->addRoutes(*m_entry);
    m_restApi = std::make_unique<RestApi>(*m_parts, *m_router, *m_apiAccess);
    m_restApi->addRoutes(*m_entry);
    m_parts->topicPosted = [this](const Topic &topic, const TopicPost &post) { m_restApi->posted(topic, post); };
}

bool BrokerCore::isHealthy() const
{
    return m_parts->database->integer("SELECT 1") == 1;
}

HttpReply BrokerCore::metrics() const
{
    return {.status = 200,
            .body = m_parts->metrics.text({.connections = m_parts->presences.onlineCount(),
                                           .queueDepth = m_parts->queue.pendingCount(),
                                           .databaseHealthy = isHealthy()}),
            .contentType = "text/plain; version=0.0.4; charset=utf-8"};
}

HttpReply BrokerCore::health(bool readiness) const
{
    const bool up = isHealthy();
    if (readiness && !up)
        return jsonReply(503, {{u"status"_s, u"not_ready"_s}, {u"reason"_s, u"db_down"_s}});
    return jsonReply(200,
                     {{u"status"_s, readiness ? u"ready"_s : u"ok"_s},
                      {u"db"_s, up ? u"up"_s : u"down"_s},
                      {u"version"_s, QLatin1StringView(MESH_VERSION)},
                      {u"gitSha"_s, u"local"_s},
                      {u"uptime"_s, (m_clock->monotonicNs() - m_startedNs) / 1'000'000'000}});
}

void BrokerCore::join(const QByteArray &body, const HttpEntry::Reply &reply)
{
    const auto refuse = [&reply](const QString &error) {
        reply(jsonReply(400, {{u"ok"_s, false}, {u"error"_s, error}}));
    };
    const QJsonDocument document = QJsonDocument::fromJson(body);
    if (!document.isObject()) {
        refuse(u"invalid JSON body"_s);
        return;
    }
    const auto joined = m_parts->invites.redeem(document.object(), m_clock->nowMs());
    if (!joined) {
        refuse(joined.error().code);
        return;
    }
    QJsonObject answer{{u"ok"_s, true}, {u"memberId"_s, joined->memberId}};
    if (joined->alreadyMember)
        answer.insert("alreadyMember"_L1, true);
    m_parts->turn.afterwards([reply, answer](bool committed) {
        reply(committed ? jsonReply(200, answer)
                        : jsonReply(500, {{u"ok"_s, false}, {u"error"_s, u"storage_error"_s}}));
    });
}

void BrokerCore::setStatusByHook(const QByteArray &body, const HttpEntry::Reply &reply)
{
    m_parts->metrics.count(Metrics::Counter::HookRequests);
    const QJsonDocument document = QJsonDocument::fromJson(body);
    const QJsonObject request = document.object();
    const QString cwd = request.value("cwd"_L1).toString();
    const int pid = request.value("pid"_L1).toInt();
    const auto status = protocol::fromWord<protocol::PeerStatus>(request.value("status"_L1).toString());
    if (!document.isObject() || cwd.isEmpty() || !status || *status == protocol::PeerStatus::Offline) {
        reply(jsonReply(400, {{u"ok"_s, false}, {u"error"_s, u"cwd and a status of idle, working or dnd required"_s}}));
        return;
    }
    if (!m_hookLimit.take(QString::number(pid) + u':' + cwd, m_clock->monotonicNs())) {
        m_parts->metrics.count(Metrics::Counter::HookRequestsLimited);
        reply(jsonReply(429, {{u"ok"_s, false}, {u"error"_s, u"rate limited"_s}}));
        return;
    }
    Presence *presence = m_parts->presences.forHook(pid, cwd);
    if (!presence) {
        reply(jsonReply(200, {{u"ok"_s, true}, {u"pending"_s, true}}));
        return;
    }
    m_requests->setHookStatus(*presence, *status);
    reply(jsonReply(200, {{u"ok"_s, true}, {u"presence_id"_s, presence->id}}));
}

void BrokerCore::upgrade(QTcpSocket *socket)
{
    // The server makes no owner of it until the upgrade has worked; then it belongs to the QWebSocket.
    socket->setParent(m_webSockets.get());
    connect(socket, &QTcpSocket::disconnected, m_webSockets.get(), [this, socket] {
        if (socket->parent() == m_webSockets.get())
            socket->deleteLater();
    });
    socket->setReadBufferSize(m_parts->options.maxFrameBytes + limits::HttpHeadBytes);
    if (auto *secure = qobject_cast<QSslSocket *>(socket))
        m_secured.append(secure);
    m_webSockets->handleConnection(socket);
}

QSslSocket *BrokerCore::takeSecured(const QWebSocket *socket)
{
    QSslSocket *found = nullptr;
    m_secured.removeIf([&](const QPointer<QSslSocket> &secured) {
        if (secured && secured->peerPort() == socket->peerPort() && secured->peerAddress() == socket->peerAddress())
            found = secured;
        return !secured || secured == found;
    });
    return found;
}

void BrokerCore::adopt(QWebSocket *socket)
{
    auto *connection = new Connection(socket, takeSecured(socket), m_parts->options.maxFrameBytes,
                                      m_parts->options.maxSendQueueBytes, m_clock->monotonicNs(), this);
    m_connections.insert(connection);
    m_halfOpen.add(connection, [connection] { connection->cut(); });
    connect(connection, &Connection::frameReceived, this,
            [this, connection](const QByteArray &utf8) { m_parts->turn.receive(connection, utf8); });
    connect(connection, &Connection::ponged, this,
            [this, connection] { connection->setLastPongNs(m_clock->monotonicNs()); });
    connect(connection, &Connection::closed, this, [this, connection] { handleClosed(connection); });
}

void BrokerCore::handleClosed(Connection *connection)
{
    if (!m_connections.remove(connection))
        return;
    m_halfOpen.remove(connection);
    if (connection->presence) {
        m_handshake->leave(*connection->presence);
        m_requests->answererLeft(*connection->presence);
    }
    connection->presence = nullptr;
    connection->deleteLater();
}

void BrokerCore::handleFrame(Connection &connection, const QByteArray &utf8)
{
    if (!connection.presence) {
        handleFirstFrame(connection, utf8);
        return;
    }
    const auto frame = protocol::decodeClientFrame(utf8, frameLimits(m_parts->options.maxFrameBytes));
    if (frame)
        m_requests->handle(connection, *frame);
    else
        handleBadFrame(connection, utf8, frame.error());
}

void BrokerCore::handleFirstFrame(Connection &connection, const QByteArray &utf8)
{
    if (connection.helloSeen)
        return; // refused or replaced, and about to be closed
    const auto frame = protocol::decodeClientFrame(utf8, frameLimits(m_parts->options.maxFrameBytes));
    if (frame && holds<SessionHello>(*frame)) {
        m_handshake->sessionHello(connection, get<SessionHello>(*frame));
    } else if (frame && holds<Hello>(*frame)) {
        m_handshake->hello(connection, get<Hello>(*frame));
    } else {
        const QJsonObject object = frame ? QJsonObject() : QJsonDocument::fromJson(utf8).object();
        const QString type = object.value("type"_L1).toString();
        if (type == Hello::kType || type == SessionHello::kType) {
            m_handshake->refuseMalformed(connection, object);
        } else {
            m_requests->fail(connection, {}, {}, u"no_hello"_s, u"must send hello first"_s);
            if (connection.countBadFrame() > limits::BadFrames)
                connection.close(CloseReason::BadFrames);
            return;
        }
    }
    if (!connection.presence)
        return;
    m_halfOpen.remove(&connection);
    const QPointer<Connection> guarded(&connection);
    m_parts->turn.afterwards([this, guarded](bool committed) {
        if (!committed && guarded && guarded->presence)
            undoFailedJoin(*guarded);
    });
}

void BrokerCore::undoFailedJoin(Connection &connection)
{
    Presence &presence = *connection.presence;
    connection.presence = nullptr;
    m_parts->streams.forget(presence);
    m_parts->presences.remove(presence);
    connection.close(CloseReason::StorageFailed);
}

void BrokerCore::handleBadFrame(Connection &connection, const QByteArray &utf8, const Error &error)
{
    if (connection.countBadFrame() > limits::BadFrames) {
        connection.close(CloseReason::BadFrames);
        return;
    }
    const bool parsable = error.code == "bad_field"_L1 || error.code == "unknown_type"_L1;
    const QJsonObject object = parsable ? QJsonDocument::fromJson(utf8).object() : QJsonObject();
    const QString type = object.value("type"_L1).toString();
    const bool isSend = type == protocol::Send::kType;
    const QString id = object.value(isSend ? "id"_L1 : "_reqId"_L1).toString();
    if (error.code == "unknown_type"_L1)
        m_requests->fail(connection, type, id, u"not_available"_s, u"this broker knows no request of this type"_s);
    else
        m_requests->refuse(connection, type, id, error.detail.isEmpty() ? error.code : error.detail);
}

void BrokerCore::sweep()
{
    const qint64 nowNs = m_clock->monotonicNs();
    const QList<Presence *> presences = m_parts->presences.all();
    for (Presence *presence : presences) {
        if (!presence->isOnline() && nowNs - presence->offlineSinceNs >= m_parts->options.leaseMs * 1'000'000)
            m_handshake->expire(*presence);
    }
    m_requests->decayStatus();
    m_requests->retireServers();
    m_requests->endLateRelays();
    m_parts->metrics.count(Metrics::Counter::TtlSweeps);
    if (restoreWaits(m_parts->options.dataDir))
        Q_EMIT restoreWaiting();
    m_parts->watches.check();
    const QSet<Connection *> connections = m_connections;
    for (Connection *connection : connections) {
        if (connection->isGone()) {
            handleClosed(connection);
            continue;
        }
        const bool mute = !connection->presence && !connection->helloSeen;
        if (mute && nowNs - connection->openedNs() >= qint64(m_parts->options.helloTimeoutMs) * 1'000'000)
            connection->close(CloseReason::HelloTimeout);
    }
    if (nowNs - m_lastQueueSweepNs >= QueueSweepNs) {
        m_lastQueueSweepNs = nowNs;
        m_parts->queue.sweep(m_clock->nowMs());
        m_requests->dropEphemeralFiles();
    }
}

void BrokerCore::pingAll()
{
    const qint64 staleNs = m_clock->monotonicNs() - m_parts->options.staleAfterMs * 1'000'000;
    const QList<Presence *> online = m_parts->presences.online();
    for (const Presence *presence : online) {
        if (presence->connection->lastPongNs() < staleNs)
            presence->connection->cut();
        else
            presence->connection->ping();
    }
}

} // namespace mesh::local
