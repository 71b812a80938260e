// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/halfopen.h"
#include "localmesh/httprequest.h"
#include "models/protocol/clock.h"

#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QTcpServer>

#include <functional>
#include <memory>
#include <optional>

class QTcpSocket;
class QTemporaryFile;

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
    //! Says no to an upload, or nothing when its body may come.
    using Admission = std::function<std::optional<HttpReply>(const HttpHead &, qint64 bytes)>;
    //! Gets an upload's whole body in a file, which is deleted with the last pointer to it unless it was moved away.
    using UploadRoute = std::function<void(const HttpHead &, const std::shared_ptr<QTemporaryFile> &, Reply)>;

    //! \a clock and \a halfOpen outlive this.
    HttpEntry(const protocol::Clock &clock, HalfOpen &halfOpen, int timeoutMs, QObject *parent = nullptr);
    ~HttpEntry() override;

    //! Speaks TLS with this certificate and key from now on. Errors: "tls_files" (the detail names the file).
    protocol::Expected<void> useTls(const QString &certificatePath, const QString &keyPath);

    //! Answers \a method on exactly \a path; on everything below it when \a path ends in a slash.
    void addRoute(const QByteArray &method, const QByteArray &path, Route route);
    //! Takes bodies of up to limits::FileBytes posted to exactly \a path into files in \a folder.
    void addUpload(const QByteArray &path, const QString &folder, Admission admission, UploadRoute route);

    //! Listens on \a address. Errors: "port_taken", "listen_failed".
    protocol::Expected<quint16> open(const QString &address, quint16 port);

    //! What waits to be sent over \a socket, on this side of TLS and on the other.
    static qint64 unsentBytes(const QTcpSocket *socket);

Q_SIGNALS:
    //! A request to upgrade `/ws` waits unread in \a socket, which the receiver owns from here on.
    void upgradeRequested(QTcpSocket *socket);

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    using Methods = QHash<QByteArray, Route>;
    struct Upload
    {
        QString folder;
        Admission admission;
        UploadRoute route;
    };

    void inspect(QTcpSocket *socket);
    void serve(QTcpSocket *socket, const HttpHead &head);
    void route(QTcpSocket *socket, const HttpHead &head, const QByteArray &body);
    const Methods *methodsFor(const QByteArray &path) const;
    void beginUpload(QTcpSocket *socket, const HttpHead &head, const Upload &upload);
    Reply replyTo(QTcpSocket *socket);
    void answer(QTcpSocket *socket, const HttpReply &reply);
    void sendOn(QTcpSocket *socket, const std::shared_ptr<QFile> &file);

    const protocol::Clock &m_clock;
    HalfOpen &m_halfOpen;
    int m_timeoutMs;
    std::optional<QSslConfiguration> m_tls;
    QHash<QByteArray, Methods> m_routes; //!< by path
    QHash<QByteArray, Upload> m_uploads; //!< by path
    int m_uploading = 0;
};

} // namespace mesh::local
