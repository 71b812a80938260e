// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/httprequest.h"

#include "localmesh/limits.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QLocale>

#include <algorithm>
#include <cstring>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

bool isTokenChar(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
        || std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) { return c != 0 && isTokenChar(c); });
}

const char *reasonOf(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 413:
        return "Payload Too Large";
    case 422:
        return "Unprocessable Content";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 507:
        return "Insufficient Storage";
    default:
        return "Error";
    }
}

} // namespace

bool HttpHead::isWebSocketUpgrade() const
{
    return field("upgrade").trimmed().toLower() == "websocket";
}

HeadState parseHead(QByteArrayView bytes, HttpHead &head)
{
    const qsizetype end = bytes.indexOf(QByteArrayView("\r\n\r\n"));
    if (end < 0)
        return bytes.size() > limits::HttpHeadBytes ? HeadState::TooLarge : HeadState::Incomplete;
    if (end + 4 > limits::HttpHeadBytes)
        return HeadState::TooLarge;

    HttpHead parsed;
    parsed.size = end + 4;
    const QByteArrayView text = bytes.first(end);
    const auto takeLine = [&text](qsizetype from, qsizetype &next) {
        const qsizetype stop = text.indexOf(QByteArrayView("\r\n"), from);
        next = stop < 0 ? text.size() + 2 : stop + 2;
        return text.sliced(from, (stop < 0 ? text.size() : stop) - from);
    };

    qsizetype position = 0;
    const QList<QByteArray> request = takeLine(0, position).toByteArray().split(' ');
    if (request.size() != 3 || !isToken(request[0]) || request[1].isEmpty()
        || (request[2] != "HTTP/1.1" && request[2] != "HTTP/1.0"))
        return HeadState::Malformed;
    parsed.method = request[0];
    parsed.target = request[1];
    while (position < text.size()) {
        const QByteArrayView line = takeLine(position, position);
        const qsizetype colon = line.indexOf(':');
        if (colon <= 0 || !isToken(line.first(colon)))
            return HeadState::Malformed;
        parsed.fields.insert(line.first(colon).toByteArray().toLower(), line.sliced(colon + 1).toByteArray().trimmed());
    }
    head = std::move(parsed);
    return HeadState::Complete;
}

Expected<qsizetype> bodyLength(const HttpHead &head, qint64 most, int &refusal)
{
    if (head.fields.contains("transfer-encoding")) {
        refusal = 501;
        return Error{u"transfer_encoding"_s, u"transfer encodings are not supported"_s, ErrorBand::Protocol};
    }
    const QByteArray field = head.field("content-length");
    if (field.isEmpty())
        return qsizetype(0);
    const bool digits = std::all_of(field.begin(), field.end(), [](char c) { return c >= '0' && c <= '9'; });
    bool ok = false;
    const qlonglong length = field.toLongLong(&ok);
    if (!digits || (!ok && field.size() < 19)) {
        refusal = 400;
        return Error{u"bad_length"_s, u"bad content-length"_s, ErrorBand::Protocol};
    }
    if (!ok || length > most) {
        refusal = 413;
        return Error{u"too_large"_s, u"payload too large"_s, ErrorBand::Protocol};
    }
    return qsizetype(length);
}

QByteArray encodeReply(const HttpReply &reply, qint64 bytes, qint64 nowMs)
{
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC);
    const QString date = QLocale::c().toString(now, u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    QByteArray text = "HTTP/1.1 " + QByteArray::number(reply.status) + ' ' + reasonOf(reply.status) + "\r\n"
        + "Date: " + date.toLatin1() + "\r\n" + "Content-Type: " + reply.contentType + "\r\n"
        + "X-Content-Type-Options: nosniff\r\n" + "Connection: close\r\n";
    if (!reply.stream)
        text += "Content-Length: " + QByteArray::number(bytes) + "\r\n";
    for (const auto &[name, value] : reply.fields)
        text += name + ": " + value + "\r\n";
    text += "\r\n";
    if (!reply.file)
        text += reply.body;
    return text;
}

HttpReply jsonReply(int status, const QJsonObject &object)
{
    return {.status = status, .body = QJsonDocument(object).toJson(QJsonDocument::Compact)};
}

} // namespace mesh::local
