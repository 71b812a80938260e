// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personafiles.h"

#include "localmesh/ids.h"
#include "models/protocol/command.h"
#include "models/session/brokerurl.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>

#include <algorithm>

namespace mesh::local {

using namespace Qt::StringLiterals;
namespace p = mesh::protocol;

namespace {

constexpr qint64 fileKeyLifeMs = 3'600'000;
constexpr qint64 fileKeyReserveMs = 60'000;
constexpr int fileTransferMs = 10'000;
constexpr size_t parcelsAtMost = 8;
constexpr qint64 fileReadAtMost = 1'024 * 1'024; // of a file of somebody else

} // namespace

PersonaFiles::PersonaFiles(const PersonaScript &script, PersonaClient &client, const p::Clock &clock,
                           QNetworkAccessManager &network, QObject *parent)
    : QObject(parent)
    , m_script(script)
    , m_client(client)
    , m_clock(clock)
    , m_network(network)
{
    connect(&client, &PersonaClient::frameReceived, this, &PersonaFiles::onFrame);
    connect(&client, &PersonaClient::lost, this, [this] {
        // Whatever was asked is answered no more.
        m_keyAsked.clear();
        m_listAsked.clear();
        m_linkAsked.clear();
        m_waiting.clear();
    });
}

bool PersonaFiles::upload(PersonaParcel parcel)
{
    if (!m_key.isEmpty() && m_clock.nowMs() < m_keyUntilMs - fileKeyReserveMs) {
        post(parcel);
        return true;
    }
    if (m_waiting.size() >= parcelsAtMost || (m_keyAsked.isEmpty() && !askForKey()))
        return false;
    m_waiting.push_back(std::move(parcel));
    return true;
}

bool PersonaFiles::askForKey()
{
    m_keyUntilMs = m_clock.nowMs() + fileKeyLifeMs;
    p::ApikeyCreate frame;
    frame.label = u"files of "_s + m_script.name;
    frame.capabilities = QStringList{u"send"_s};
    frame.expiresAt = isoTime(m_keyUntilMs);
    frame.reqId = p::newMessageId();
    if (!m_client.send(frame))
        return false;
    m_keyAsked = *frame.reqId;
    return true;
}

bool PersonaFiles::download(const QString &part)
{
    if (!m_listAsked.isEmpty() || !m_linkAsked.isEmpty())
        return false;
    p::ListFiles frame;
    frame.query = part;
    frame.reqId = p::newMessageId();
    if (!m_client.send(frame))
        return false;
    m_listAsked = *frame.reqId;
    return true;
}

void PersonaFiles::post(const PersonaParcel &parcel)
{
    QNetworkRequest request(session::brokerHttpUrl(QUrl(m_client.seat().brokerUrl), u"/upload"_s));
    request.setTransferTimeout(fileTransferMs);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"text/plain; charset=utf-8"_s);
    request.setRawHeader("Authorization", "Bearer " + m_key);
    request.setRawHeader("X-Mesh-Id", m_client.seat().meshId.toLatin1());
    request.setRawHeader("X-Member-Id", m_client.seat().memberId.toLatin1());
    request.setRawHeader("X-File-Name", parcel.name.toUtf8());
    request.setRawHeader("X-Persistent", "false");
    if (!parcel.target.isEmpty())
        request.setRawHeader("X-Target-Spec", parcel.target.toUtf8());
    if (!parcel.tags.isEmpty()) {
        request.setRawHeader("X-Tags",
                             QJsonDocument(QJsonArray::fromStringList(parcel.tags)).toJson(QJsonDocument::Compact));
    }
    const QByteArray body = parcel.text.toUtf8();
    QNetworkReply *reply = m_network.post(request, body);
    connect(reply, &QNetworkReply::finished, this, [this, reply, bytes = body.size()] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (status == 200) {
            Q_EMIT done(bytes);
            return;
        }
        // A key that is not taken where it was made: this broker takes files from other callers only. One that is busy
        // or full for the moment takes the same key later.
        const bool refused = status == 401 || status == 403 || status == 404;
        if (refused)
            m_key.clear();
        Q_EMIT failed(refused);
    });
}

void PersonaFiles::fetch(const QUrl &link)
{
    // Nobody sends a persona anywhere else than to the broker that it came to.
    if (link.host() != QUrl(m_client.seat().brokerUrl).host() || !link.scheme().startsWith("http"_L1)) {
        Q_EMIT failed(false);
        return;
    }
    QNetworkRequest request(link);
    request.setTransferTimeout(fileTransferMs);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    QNetworkReply *reply = m_network.get(request);
    reply->setReadBufferSize(fileReadAtMost + 1);
    connect(reply, &QNetworkReply::finished, this, [this, reply] {
        reply->deleteLater();
        if (reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() == 200)
            Q_EMIT done(reply->bytesAvailable());
        else
            Q_EMIT failed(false);
    });
}

void PersonaFiles::onFrame(const p::BrokerFrame &frame)
{
    if (const auto *created = getIf<p::ApikeyCreated>(&frame); created && created->reqId == m_keyAsked) {
        m_keyAsked.clear();
        m_key = created->secret.toLatin1();
        for (const PersonaParcel &parcel : std::exchange(m_waiting, {}))
            post(parcel);
    } else if (const auto *list = getIf<p::FileList>(&frame); list && list->reqId == m_listAsked) {
        m_listAsked.clear();
        const auto found = std::find_if(list->files.cbegin(), list->files.cend(), [this](const p::FileRow &file) {
            return !file.encrypted && file.size <= fileReadAtMost
                && file.uploadedBy.value_or(QString()) != m_client.seat().memberId;
        });
        if (found == list->files.cend())
            return;
        p::GetFile get;
        get.fileId = found->id;
        get.reqId = p::newMessageId();
        if (m_client.send(get))
            m_linkAsked = *get.reqId;
    } else if (const auto *link = getIf<p::FileUrl>(&frame); link && link->reqId == m_linkAsked) {
        m_linkAsked.clear();
        fetch(QUrl(link->url));
    } else if (const auto *error = getIf<p::ErrorFrame>(&frame)) {
        onError(*error);
    }
}

void PersonaFiles::onError(const p::ErrorFrame &error)
{
    const QString id = error.reqId.value_or(error.id.value_or(QString()));
    for (QString *asked : {&m_keyAsked, &m_listAsked, &m_linkAsked}) {
        if (id.isEmpty() || *asked != id)
            continue;
        asked->clear();
        m_waiting.clear();
        Q_EMIT failed(error.code == "not_available"_L1 || error.code == "unknown_type"_L1);
        return;
    }
}

} // namespace mesh::local
