// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/httpentry.h"

#include "localmesh/limits.h"
#include "models/protocol/logging.h"

#include <QtCore/QFile>
#include <QtCore/QJsonObject>
#include <QtCore/QPointer>
#include <QtCore/QTemporaryFile>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslSocket>

#include <algorithm>

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
constexpr qint64 ChunkBytes = 64 * 1'024;

//! A page of some web site has no business here, although the browser would let it post.
bool isForeignOrigin(const HttpHead &head)
{
    const QByteArray origin = head.field("origin");
    if (origin.isEmpty())
        return false;
    const QString host = QUrl(QString::fromUtf8(origin)).host();
    return host != "localhost"_L1 && !QHostAddress(host).isLoopback();
}

//! How long \a bytes may take on their way.
int transferMs(qint64 bytes)
{
    return int(bytes / limits::SlowestBytesPerMs);
}

Error tlsError(const QString &path, const QString &what)
{
    return {u"tls_files"_s, u"%1 %2. TLS needs a certificate and its key, both as PEM."_s.arg(path, what),
            ErrorBand::Persistent};
}

QSslKey readKey(const QByteArray &pem)
{
    for (const auto algorithm : {QSsl::Rsa, QSsl::Ec}) {
        const QSslKey key(pem, algorithm);
        if (!key.isNull())
            return key;
    }
    return {};
}

//! Nothing more comes from this side.
void endWriting(QTcpSocket *socket)
{
    if (socket->state() != QAbstractSocket::ConnectedState)
        return;
    if (qobject_cast<QSslSocket *>(socket))
        socket->disconnectFromHost();
    else
        ::shutdown(int(socket->socketDescriptor()), SHUT_WR);
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

Expected<void> HttpEntry::useTls(const QString &certificatePath, const QString &keyPath)
{
    QFile certificateFile(certificatePath);
    if (!certificateFile.open(QIODevice::ReadOnly))
        return tlsError(certificatePath, u"cannot be read: "_s + certificateFile.errorString());
    const QList<QSslCertificate> chain = QSslCertificate::fromDevice(&certificateFile);
    if (chain.isEmpty())
        return tlsError(certificatePath, u"holds no certificate"_s);
    QFile keyFile(keyPath);
    if (!keyFile.open(QIODevice::ReadOnly))
        return tlsError(keyPath, u"cannot be read: "_s + keyFile.errorString());
    const QSslKey key = readKey(keyFile.readAll());
    if (key.isNull())
        return tlsError(keyPath, u"holds no private key without a passphrase"_s);
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificateChain(chain);
    configuration.setPrivateKey(key);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    m_tls = configuration;
    return {};
}

void HttpEntry::addRoute(const QByteArray &method, const QByteArray &path, Route route)
{
    m_routes[path].insert(method, std::move(route));
}

void HttpEntry::addUpload(const QByteArray &path, const QString &folder, Admission admission, UploadRoute route)
{
    m_uploads.insert(path, {.folder = folder, .admission = std::move(admission), .route = std::move(route)});
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
    auto *secure = m_tls ? new QSslSocket(this) : nullptr;
    QTcpSocket *socket = secure ? secure : new QTcpSocket(this);
    socket->setReadBufferSize(limits::HttpHeadBytes + limits::HttpBodyBytes + 1);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    if (secure) {
        secure->setSslConfiguration(*m_tls);
        secure->startServerEncryption();
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
    const auto upload = m_uploads.constFind(head.path());
    if (upload != m_uploads.cend() && head.method == "POST" && !isForeignOrigin(head)) {
        beginUpload(socket, head, *upload);
        return;
    }
    int refusal = 0;
    const auto length = bodyLength(head, limits::HttpBodyBytes, refusal);
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

void HttpEntry::beginUpload(QTcpSocket *socket, const HttpHead &head, const Upload &upload)
{
    const auto refuse = [&](int status, const QString &error) {
        answer(socket, jsonReply(status, {{u"ok"_s, false}, {u"error"_s, error}}));
    };
    int refusal = 0;
    const auto length = bodyLength(head, limits::FileBytes, refusal);
    if (!length) {
        refuse(refusal, length.error().detail);
        return;
    }
    if (const auto refused = upload.admission(head, *length)) {
        answer(socket, *refused);
        return;
    }
    if (m_uploading >= limits::Uploads) {
        refuse(503, u"too many uploads at the same time"_s);
        return;
    }
    const auto file = std::make_shared<QTemporaryFile>(upload.folder + "/upload-XXXXXX"_L1);
    if (!file->open()) {
        qCWarning(lcLocalMesh) << "cannot take an upload:" << file->errorString();
        refuse(507, u"the broker cannot store files at the moment"_s);
        return;
    }
    // Who may upload has said who it is, and gets the time that the size takes.
    m_halfOpen.remove(socket);
    if (auto *deadline = socket->findChild<QTimer *>())
        deadline->start(m_timeoutMs + transferMs(*length));
    ++m_uploading;
    const auto slot = std::make_shared<QObject>();
    connect(slot.get(), &QObject::destroyed, this, [this] { --m_uploading; });
    socket->skip(head.size);
    if (head.field("expect").toLower() == "100-continue")
        socket->write("HTTP/1.1 100 Continue\r\n\r\n");

    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    const auto take = [this, socket, head, file, slot, bytes = qint64(*length), route = upload.route] {
        while (socket->bytesAvailable() > 0 && file->size() < bytes) {
            const QByteArray chunk = socket->read(qMin(ChunkBytes, bytes - file->size()));
            if (file->write(chunk) != chunk.size() || !file->flush()) {
                answer(socket, jsonReply(507, {{u"ok"_s, false}, {u"error"_s, u"the broker's disk is full"_s}}));
                return;
            }
        }
        if (file->size() < bytes)
            return;
        disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
        route(head, file, replyTo(socket));
    };
    connect(socket, &QTcpSocket::readyRead, this, take);
    take();
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
    const Methods *methods = methodsFor(head.path());
    if (!methods) {
        answer(socket, {.status = 404, .body = "not found", .contentType = "text/plain"});
        return;
    }
    const auto method = methods->constFind(head.method);
    if (method == methods->cend()) {
        QList<QByteArray> known = methods->keys();
        std::sort(known.begin(), known.end());
        HttpReply reply = jsonReply(405, {{u"error"_s, u"method not allowed"_s}});
        reply.fields.append({"Allow", known.join(", ")});
        answer(socket, reply);
        return;
    }
    (*method)(head, body, replyTo(socket));
}

const HttpEntry::Methods *HttpEntry::methodsFor(const QByteArray &path) const
{
    auto found = m_routes.constFind(path);
    // The nearest folder above that answers for everything below it.
    for (qsizetype slash = path.size(); found == m_routes.cend() && slash > 0;) {
        slash = path.lastIndexOf('/', slash - 1);
        if (slash < 0)
            break;
        found = m_routes.constFind(path.first(slash + 1));
    }
    return found == m_routes.cend() ? nullptr : &*found;
}

HttpEntry::Reply HttpEntry::replyTo(QTcpSocket *socket)
{
    return [this, guarded = QPointer<QTcpSocket>(socket)](const HttpReply &reply) {
        if (guarded)
            answer(guarded, reply);
    };
}

void HttpEntry::answer(QTcpSocket *socket, const HttpReply &reply)
{
    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    // Closing with unread bytes would reset the connection and could cost the client its answer: say that nothing more
    // comes, read on without looking, and let the client close, but not for long.
    connect(socket, &QTcpSocket::readyRead, this, [socket] { socket->readAll(); });
    socket->readAll();
    if (reply.stream) {
        // From here on it ends when one of the two sides wants it to.
        m_halfOpen.remove(socket);
        delete socket->findChild<QTimer *>();
        socket->write(encodeReply(reply, 0, m_clock.nowMs()));
        reply.stream(socket);
        return;
    }
    const qint64 bytes = reply.file ? reply.file->size() : reply.body.size();
    if (auto *deadline = socket->findChild<QTimer *>()) {
        deadline->disconnect();
        connect(deadline, &QTimer::timeout, socket, &QTcpSocket::abort);
        deadline->start(LingerMs + transferMs(bytes));
    }
    socket->write(encodeReply(reply, bytes, m_clock.nowMs()));
    // Over TLS bytes count as written when they are encrypted, so there the ones on the wire are what to wait for.
    const auto more = [this, socket, file = reply.file] { sendOn(socket, file); };
    if (auto *secure = qobject_cast<QSslSocket *>(socket))
        connect(secure, &QSslSocket::encryptedBytesWritten, this, more);
    else
        connect(socket, &QTcpSocket::bytesWritten, this, more);
    more();
}

qint64 HttpEntry::unsentBytes(const QTcpSocket *socket)
{
    const auto *secure = qobject_cast<const QSslSocket *>(socket);
    return socket->bytesToWrite() + (secure ? secure->encryptedBytesToWrite() : 0);
}

void HttpEntry::sendOn(QTcpSocket *socket, const std::shared_ptr<QFile> &file)
{
    while (file && !file->atEnd() && unsentBytes(socket) < ChunkBytes) {
        const QByteArray chunk = file->read(ChunkBytes);
        if (chunk.isEmpty()) {
            socket->abort(); // the disk failed; the length that was promised tells the client
            return;
        }
        socket->write(chunk);
    }
    // Not flushed here: the signals that go on with it must not come from within.
    if (unsentBytes(socket) == 0 && (!file || file->atEnd())) {
        disconnect(socket, &QTcpSocket::bytesWritten, this, nullptr);
        if (auto *secure = qobject_cast<QSslSocket *>(socket))
            disconnect(secure, &QSslSocket::encryptedBytesWritten, this, nullptr);
        endWriting(socket);
    }
}

} // namespace mesh::local
