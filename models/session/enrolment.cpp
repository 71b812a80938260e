// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/enrolment.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTimer>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>
#include <QtNetwork/QSslError>

#include "models/protocol/logging.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::Invite;

namespace {

constexpr int answerTimeoutMs = 15'000;
constexpr qint64 maxAnswerBytes = 64 * 1024; // the answers are a few hundred bytes

//! The broker's refusals, in words.
QString joinRefusal(const QString &code)
{
    if (code == "invite_expired"_L1)
        return Enrolment::tr("This invite has expired. Ask for a new one.");
    if (code == "invite_exhausted"_L1)
        return Enrolment::tr("This invite was used as often as it may be. Ask for a new one.");
    if (code == "invite_revoked"_L1)
        return Enrolment::tr("This invite was withdrawn. Ask for a new one.");
    if (code == "invite_bad_signature"_L1 || code == "invite_owner_mismatch"_L1 || code == "invite_mesh_mismatch"_L1)
        return Enrolment::tr(
            "The broker does not accept this invite's signature: it was not made by the mesh's owner.");
    if (code == "invite_not_found"_L1)
        return Enrolment::tr("The broker does not know this invite.");
    if (code == "mesh_not_found"_L1 || code == "mesh_missing_owner_key"_L1)
        return Enrolment::tr("The broker does not know this mesh.");
    return Enrolment::tr("The broker refused: %1.").arg(code.left(200));
}

} // namespace

Enrolment::Enrolment(const protocol::Clock &clock, std::optional<QSslConfiguration> tls, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_tls(std::move(tls))
{
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

QString Enrolment::defaultAppHost()
{
    return u"claudemesh.com"_s;
}

void Enrolment::resolve(const protocol::ShortInvite &code, Resolved done)
{
    const QUrl url = code.resolveUrl(defaultAppHost());
    if (url.scheme() != "https"_L1 && !protocol::isLoopbackHost(url.host())) {
        done(Error{u"network"_s, tr("Short invites are looked up over https only."), ErrorBand::Security});
        return;
    }
    QNetworkRequest request(url);
    if (m_tls)
        request.setSslConfiguration(*m_tls);
    finishWith(m_network.get(request), [done = std::move(done)](Expected<QJsonObject> answer, int status) {
        if (!answer) {
            done(answer.error());
        } else if (status == 404 || !answer->value("found"_L1).toBool()) {
            done(Error{u"invite_unknown_code"_s, tr("Nobody knows this short invite; it may have expired."),
                       ErrorBand::Persistent});
        } else {
            done(protocol::parseInviteToken(answer->value("token"_L1).toString()));
        }
    });
}

void Enrolment::join(const Invite &invite, const protocol::PublicKey &member, const QString &displayName, Joined done)
{
    if (const auto verified = protocol::verifyInvite(invite, m_clock.nowMs()); !verified) {
        done(verified.error());
        return;
    }
    const QUrl url = protocol::joinUrl(invite);
    if (url.scheme() != "https"_L1 && !protocol::isLoopbackHost(url.host())) {
        done(Error{u"insecure"_s, tr("Plain connections go to this machine only; the broker is %1.").arg(url.host()),
                   ErrorBand::Security});
        return;
    }
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    if (m_tls)
        request.setSslConfiguration(*m_tls);
    const QJsonObject body{{u"invite_token"_s, invite.token},
                           {u"invite_payload"_s, invite.payload},
                           {u"peer_pubkey"_s, member.hex()},
                           {u"display_name"_s, displayName}};
    QNetworkReply *reply = m_network.post(request, QJsonDocument(body).toJson(QJsonDocument::Compact));
    finishWith(reply, [invite, displayName, done = std::move(done)](Expected<QJsonObject> answer, int) {
        if (!answer) {
            done(answer.error());
            return;
        }
        const QString memberId = answer->value("memberId"_L1).toString();
        if (!answer->value("ok"_L1).toBool() || memberId.isEmpty()) {
            const QString code = answer->value("error"_L1).toString(u"bad_answer"_s);
            done(Error{code.left(64), joinRefusal(code), ErrorBand::Persistent});
            return;
        }
        MeshProfile profile;
        profile.meshId = invite.meshId;
        profile.slug = invite.meshSlug;
        profile.name = invite.meshSlug;
        profile.memberId = memberId;
        profile.brokerUrl = invite.brokerUrl;
        profile.displayName = displayName;
        done(profile);
    });
}

void Enrolment::finishWith(QNetworkReply *reply, Answered done)
{
    reply->setParent(this);
    auto *deadline = new QTimer(reply);
    deadline->setSingleShot(true);
    connect(deadline, &QTimer::timeout, reply, &QNetworkReply::abort);
    deadline->start(answerTimeoutMs);
    connect(reply, &QNetworkReply::readyRead, reply, [reply] {
        if (reply->bytesAvailable() > maxAnswerBytes)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this, [reply, done = std::move(done)] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const QByteArray bytes = reply->read(maxAnswerBytes);
        const QJsonDocument document = QJsonDocument::fromJson(bytes);
        if (reply->error() == QNetworkReply::SslHandshakeFailedError) {
            done(Error{u"tls_error"_s,
                       tr("The certificate of %1 cannot be trusted: %2. Nothing was sent.")
                           .arg(reply->url().host(), reply->errorString()),
                       ErrorBand::Security},
                 status);
        } else if (document.isObject() && status != 0) {
            done(document.object(), status);
        } else if (status == 0) {
            done(Error{u"network"_s, tr("%1 cannot be reached: %2.").arg(reply->url().host(), reply->errorString()),
                       ErrorBand::Transient},
                 status);
        } else {
            done(Error{u"bad_answer"_s,
                       tr("%1 gave an answer that cannot be understood (HTTP status %2).")
                           .arg(reply->url().host())
                           .arg(status),
                       ErrorBand::Protocol},
                 status);
        }
    });
}

} // namespace mesh::session
