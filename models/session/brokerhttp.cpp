// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/brokerhttp.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLocale>
#include <QtCore/QPointer>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>

#include <algorithm>
#include <memory>
#include <utility>

#include "models/protocol/filecrypto.h"
#include "models/protocol/logging.h"
#include "models/session/brokerurl.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

constexpr int TimeoutMs = 5'000;
constexpr qint64 MaxAnswerBytes = 64 * 1024;
constexpr int TransferSilenceMs = 30'000;
constexpr qint64 MaxStoredBytes = protocol::MaxFileBytes + 64; // sealed: a nonce and a tag more

Error uploadError(const QNetworkReply &reply)
{
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    switch (status) {
    case 401:
    case 403:
    case 404:
    case 405:
        return {
            u"no_uploads"_s,
            BrokerHttp::tr("This broker takes no files from you (HTTP status %1). Some take them only from accounts "
                           "of their web site.")
                .arg(status),
            ErrorBand::Persistent};
    case 413:
        return {u"too_large"_s, BrokerHttp::tr("The file is too large for this broker."), ErrorBand::Persistent};
    case 507:
        return {u"upload_failed"_s, BrokerHttp::tr("The broker has no room for the file."), ErrorBand::Transient};
    default:
        break;
    }
    return {u"upload_failed"_s,
            status == 0 ? BrokerHttp::tr("The file could not be sent: %1.").arg(reply.errorString())
                        : BrokerHttp::tr("The broker did not take the file (HTTP status %1).").arg(status),
            ErrorBand::Transient};
}

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

std::function<void()> BrokerHttp::upload(const QUrl &socketUrl, const MeshProfile &profile, const FileUpload &upload,
                                         FileFlow::Progress progress, FileFlow::Done done)
{
    QNetworkRequest post = request(brokerHttpUrl(socketUrl, u"/upload"_s));
    post.setTransferTimeout(TransferSilenceMs);
    post.setHeader(QNetworkRequest::ContentTypeHeader,
                   upload.encrypted ? u"application/octet-stream"_s : u"text/plain; charset=utf-8"_s);
    post.setRawHeader("Authorization", "Bearer " + upload.bearer.toLatin1());
    post.setRawHeader("X-Mesh-Id", profile.meshId.toLatin1());
    post.setRawHeader("X-Member-Id", profile.memberId.toLatin1());
    post.setRawHeader("X-File-Name", upload.fileName.toLatin1());
    post.setRawHeader("X-Target-Spec", upload.targetSpec.toUtf8());
    if (upload.encrypted) {
        post.setRawHeader("X-Encrypted", "true");
        post.setRawHeader("X-Owner-Pubkey", upload.ownerKey.toLatin1());
        post.setRawHeader("X-File-Keys", QJsonDocument(upload.sealedKeys).toJson(QJsonDocument::Compact));
    }
    QNetworkReply *reply = m_network->post(post, upload.body);
    reply->setReadBufferSize(MaxAnswerBytes);
    connect(reply, &QNetworkReply::uploadProgress, reply, [progress](qint64 sent, qint64 total) {
        if (total > 0)
            progress(sent, total);
    });
    connect(reply, &QNetworkReply::finished, this, [reply, done] {
        reply->deleteLater();
        const QJsonObject answer = QJsonDocument::fromJson(reply->read(MaxAnswerBytes)).object();
        const QString fileId = answer.value("fileId"_L1).toString();
        const bool taken = reply->error() == QNetworkReply::NoError && answer.value("ok"_L1).toBool()
            && !fileId.isEmpty() && fileId.size() <= 128;
        done(taken ? Expected<QString>(fileId) : Expected<QString>(uploadError(*reply)));
    });
    return [this, reply = QPointer(reply)] {
        if (!reply)
            return;
        reply->disconnect(this);
        reply->abort();
        reply->deleteLater();
    };
}

void BrokerHttp::download(const QUrl &socketUrl, const QUrl &url, bool sealed, FileFlow::Downloaded done)
{
    const bool secure = url.scheme() == "https"_L1;
    const bool inClear = url.scheme() == "http"_L1 && (sealed || socketUrl.scheme() != "wss"_L1);
    if (!url.isValid() || url.host().isEmpty() || !(secure || inClear)) {
        done(Error{u"bad_link"_s, tr("The broker's link to the file is none that is safe to follow."),
                   ErrorBand::Persistent});
        return;
    }
    QNetworkRequest get = request(url);
    get.setTransferTimeout(TransferSilenceMs);
    QNetworkReply *reply = m_network->get(get);
    // Whatever the header says: what comes is counted, and no more than this is ever held.
    const auto tooLarge = std::make_shared<bool>(false);
    connect(reply, &QNetworkReply::downloadProgress, reply, [reply, tooLarge](qint64 received, qint64 total) {
        if (*tooLarge || std::max(received, total) <= MaxStoredBytes)
            return;
        *tooLarge = true;
        reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this, [reply, tooLarge, done = std::move(done)] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (*tooLarge)
            done(
                Error{u"too_large"_s, tr("The file is larger than any that may be on a mesh."), ErrorBand::Persistent});
        else if (reply->error() != QNetworkReply::NoError)
            done(Error{u"download_failed"_s, tr("The file could not be fetched: %1.").arg(reply->errorString()),
                       ErrorBand::Transient});
        else if (status != 200)
            done(Error{u"download_failed"_s, tr("The broker did not give the file (HTTP status %1).").arg(status),
                       ErrorBand::Transient});
        else
            done(reply->readAll());
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
