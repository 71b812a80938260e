// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/brokerhttp.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLocale>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>

#include "models/protocol/logging.h"
#include "models/session/brokerurl.h"

namespace mesh::session {

using namespace Qt::StringLiterals;

namespace {

constexpr int TimeoutMs = 5'000;
constexpr qint64 MaxAnswerBytes = 64 * 1024;

} // namespace

BrokerHttp::BrokerHttp(const protocol::Clock &clock, const SessionOptions &options, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_options(options)
    , m_network(new QNetworkAccessManager(this))
{
    m_network->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    m_network->setProxy(QNetworkProxy::NoProxy);
}

QNetworkRequest BrokerHttp::request(const QUrl &url) const
{
    QNetworkRequest request(url);
    request.setTransferTimeout(TimeoutMs);
    if (m_options.tls)
        request.setSslConfiguration(*m_options.tls);
    return request;
}

void BrokerHttp::measureClock(const QUrl &socketUrl, std::function<void(std::optional<qint64>)> done)
{
    const qint64 askedMs = m_clock.nowMs();
    QNetworkReply *reply = m_network->get(request(brokerHttpUrl(socketUrl, u"/health"_s)));
    reply->setReadBufferSize(MaxAnswerBytes);
    // The header is all that is wanted: whatever body follows is not waited for.
    connect(reply, &QNetworkReply::metaDataChanged, reply, [reply] {
        if (reply->hasRawHeader("Date"))
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this, [this, reply, askedMs, done = std::move(done)] {
        reply->deleteLater();
        const QString text = QString::fromLatin1(reply->rawHeader("Date"));
        const QDateTime date = QLocale::c().toDateTime(text, u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
        if (!date.isValid()) {
            done(std::nullopt);
            return;
        }
        const qint64 brokerMs = QDateTime(date.date(), date.time(), Qt::UTC).toMSecsSinceEpoch();
        // The header cuts off the fraction of its second, and was written about half way between question and answer.
        const qint64 localMs = (askedMs + m_clock.nowMs()) / 2;
        done(brokerMs + 500 - localMs);
    });
}

void BrokerHttp::releaseHeld(const QUrl &socketUrl, const HostFacts &host)
{
    QNetworkRequest post = request(brokerHttpUrl(socketUrl, u"/hook/set-status"_s));
    post.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    const QJsonObject body{{"cwd"_L1, host.cwd()}, {"pid"_L1, host.pid}, {"status"_L1, "idle"_L1}};
    QNetworkReply *reply = m_network->post(post, QJsonDocument(body).toJson(QJsonDocument::Compact));
    reply->setReadBufferSize(MaxAnswerBytes);
    connect(reply, &QNetworkReply::finished, this, [reply] {
        if (reply->error() != QNetworkReply::NoError)
            qCInfo(lcSession) << "the broker could not be asked to release held messages:" << reply->error();
        reply->deleteLater();
    });
}

void BrokerHttp::call(const QUrl &socketUrl, const ApiCall &call, const QString &bearer, AppApi::Done done)
{
    QNetworkRequest asked = request(appApiUrl(socketUrl, call.path));
    asked.setRawHeader("Authorization", "Bearer " + bearer.toLatin1());
    QByteArray body;
    if (!call.body.isEmpty()) {
        asked.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        body = QJsonDocument(call.body).toJson(QJsonDocument::Compact);
    }
    QNetworkReply *reply = m_network->sendCustomRequest(asked, call.method, body);
    connect(reply, &QNetworkReply::finished, this, [reply, done = std::move(done)] {
        ApiResult result;
        result.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const QJsonDocument document = QJsonDocument::fromJson(reply->read(MaxAnswerBytes));
        result.isJson = document.isObject();
        result.body = document.object();
        reply->deleteLater();
        done(result);
    });
}

} // namespace mesh::session
