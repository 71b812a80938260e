// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QByteArray>
#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QPair>

#include <functional>
#include <memory>

class QTcpSocket;

namespace mesh::local {

//! The head of an HTTP/1.x request.
struct HttpHead
{
    QByteArray method;
    QByteArray target;                    //!< as sent, with any query
    QHash<QByteArray, QByteArray> fields; //!< names in lower case; of a repeated one the last
    qsizetype size = 0;                   //!< bytes, the empty line included

    //! The target without its query.
    QByteArray path() const { return target.split('?').constFirst(); }
    QByteArray field(QByteArrayView name) const { return fields.value(name.toByteArray()); }
    //! Whether the client asks for a WebSocket.
    bool isWebSocketUpgrade() const;
};

//! What can be said after looking at the first bytes of a connection.
enum class HeadState { Incomplete, Complete, TooLarge, Malformed };

//! Reads a head from the start of \a bytes; \a head is set only when Complete. TooLarge: over limits::HttpHeadBytes.
HeadState parseHead(QByteArrayView bytes, HttpHead &head);

//! Bytes of body that follow \a head, or the HTTP status that refuses the request: 400 for a length that is not one,
//! 413 for more than \a most, 501 for a transfer encoding.
protocol::Expected<qsizetype> bodyLength(const HttpHead &head, qint64 most, int &refusal);

//! An answer. The connection is closed after each.
struct HttpReply
{
    int status = 200;
    QByteArray body;
    QByteArray contentType = "application/json";
    QList<QPair<QByteArray, QByteArray>> fields = {}; //!< more header fields
    std::shared_ptr<QFile> file = {};                 //!< open for reading; sent instead of the body
    //! Gets the connection once the head is sent, to write an answer without an end; its owner stays the entry.
    std::function<void(QTcpSocket *)> stream = {};
};

//! The start of \a reply on the wire, and its body unless that is a file or stream; \a bytes follow the head. The
//! `Date` is taken from \a nowMs: clients measure their clock by it (wire reference 2.4).
QByteArray encodeReply(const HttpReply &reply, qint64 bytes, qint64 nowMs);
//! {"ok":false,"error":...} or any other object as a reply.
HttpReply jsonReply(int status, const QJsonObject &object);

} // namespace mesh::local
