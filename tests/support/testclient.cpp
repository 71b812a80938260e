// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testclient.h"

#include "models/protocol/attestation.h"
#include "models/protocol/invite.h"
#include "tests/support/waiting.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QUrl>
#include <QtNetwork/QTcpSocket>

namespace mesh::tests {

using namespace Qt::StringLiterals;
using protocol::KeyPair;

namespace {

QByteArray toBytes(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

void apply(QJsonObject &frame, const QJsonObject &changes)
{
    for (auto it = changes.constBegin(); it != changes.constEnd(); ++it) {
        if (it.value().isNull())
            frame.remove(it.key());
        else
            frame.insert(it.key(), it.value());
    }
}

} // namespace

QJsonObject HttpAnswer::json() const
{
    return QJsonDocument::fromJson(body).object();
}

HttpAnswer exchange(quint16 port, const QByteArray &bytes)
{
    QTcpSocket socket;
    socket.connectToHost(u"127.0.0.1"_s, port);
    if (!waitFor([&] { return socket.state() == QAbstractSocket::ConnectedState; }))
        return {};
    socket.write(bytes);
    QByteArray all;
    (void)waitFor(
        [&] {
            all += socket.readAll();
            return socket.state() == QAbstractSocket::UnconnectedState;
        },
        10'000);
    all += socket.readAll();
    HttpAnswer answer;
    const qsizetype end = all.indexOf("\r\n\r\n");
    if (end < 0 || !all.startsWith("HTTP/1.1 "))
        return answer;
    answer.status = all.mid(9, 3).toInt();
    answer.head = all.left(end);
    answer.body = all.mid(end + 4);
    return answer;
}

HttpAnswer httpGet(quint16 port, const QByteArray &path)
{
    return exchange(port, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
}

HttpAnswer httpPost(quint16 port, const QByteArray &path, const QByteArray &body)
{
    return exchange(port,
                    "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: "
                        + QByteArray::number(body.size()) + "\r\n\r\n" + body);
}

Identity joinMesh(quint16 port, const QString &inviteLink, const QString &name)
{
    Identity identity;
    identity.member = KeyPair::generate();
    identity.session = KeyPair::generate();
    const auto parsed = protocol::parseInvite(inviteLink);
    if (!parsed || !std::holds_alternative<protocol::Invite>(*parsed))
        return identity;
    const auto &invite = std::get<protocol::Invite>(*parsed);
    identity.meshId = invite.meshId;
    const QJsonObject body{{u"invite_token"_s, invite.token},
                           {u"invite_payload"_s, invite.payload},
                           {u"peer_pubkey"_s, identity.member.publicKey.hex()},
                           {u"display_name"_s, name}};
    identity.memberId = httpPost(port, "/join", toBytes(body)).json().value("memberId"_L1).toString();
    return identity;
}

TestClient::TestClient()
{
    QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket,
                     [this](const QString &text) { frames.append(QJsonDocument::fromJson(text.toUtf8()).object()); });
    QObject::connect(&socket, &QWebSocket::disconnected, &socket, [this] { closed = true; });
}

TestClient::~TestClient()
{
    socket.disconnect();
    socket.abort();
}

bool TestClient::open(quint16 port, const QString &path)
{
    closed = false;
    socket.open(QUrl(u"ws://127.0.0.1:%1%2"_s.arg(port).arg(path)));
    return waitFor([this] { return closed || socket.state() == QAbstractSocket::ConnectedState; })
        && socket.state() == QAbstractSocket::ConnectedState;
}

QJsonObject TestClient::sessionHello(const Identity &identity, const QString &name, const QJsonObject &changes) const
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto attested = protocol::makeAttestation(identity.member, identity.session.publicKey, now + 3'600'000);
    const auto signature =
        protocol::signSessionHello(identity.meshId, identity.member.publicKey, identity.session, now);
    QJsonObject frame{{u"type"_s, u"session_hello"_s},
                      {u"meshId"_s, identity.meshId},
                      {u"parentMemberId"_s, identity.memberId},
                      {u"parentMemberPubkey"_s, identity.member.publicKey.hex()},
                      {u"sessionPubkey"_s, identity.session.publicKey.hex()},
                      {u"parentAttestation"_s,
                       QJsonObject{{u"sessionPubkey"_s, attested->sessionPubkey},
                                   {u"parentMemberPubkey"_s, attested->parentMemberPubkey},
                                   {u"expiresAt"_s, attested->expiresAt},
                                   {u"signature"_s, attested->signature}}},
                      {u"displayName"_s, name},
                      {u"sessionId"_s, u"session-"_s + identity.session.publicKey.hex().left(12)},
                      {u"pid"_s, 4'242},
                      {u"cwd"_s, u"/home/"_s + name},
                      {u"timestamp"_s, now},
                      {u"signature"_s, *signature}};
    apply(frame, changes);
    return frame;
}

QJsonObject TestClient::hello(const Identity &identity, const QString &name, bool withSession,
                              const QJsonObject &changes) const
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto signature = protocol::signHello(identity.meshId, identity.memberId, identity.member, now);
    QJsonObject frame{{u"type"_s, u"hello"_s},
                      {u"meshId"_s, identity.meshId},
                      {u"memberId"_s, identity.memberId},
                      {u"pubkey"_s, identity.member.publicKey.hex()},
                      {u"displayName"_s, name},
                      {u"sessionId"_s, u"hello-"_s + identity.session.publicKey.hex().left(12)},
                      {u"pid"_s, 4'242},
                      {u"cwd"_s, u"/home/"_s + name},
                      {u"timestamp"_s, now},
                      {u"signature"_s, *signature}};
    if (withSession)
        frame.insert("sessionPubkey"_L1, identity.session.publicKey.hex());
    apply(frame, changes);
    return frame;
}

bool TestClient::enter(quint16 port, const Identity &identity, const QString &name, const QJsonObject &changes)
{
    if (!open(port))
        return false;
    send(sessionHello(identity, name, changes));
    routingKey = identity.session.publicKey.hex();
    return !takeType(u"hello_ack"_s).isEmpty();
}

void TestClient::send(const QJsonObject &frame)
{
    sendText(QString::fromUtf8(toBytes(frame)));
}

void TestClient::sendText(const QString &text)
{
    socket.sendTextMessage(text);
}

QJsonObject TestClient::ask(QJsonObject frame)
{
    const QString id = u"q%1"_s.arg(++m_nextId);
    frame.insert("_reqId"_L1, id);
    send(frame);
    // Errors of a few requests carry it as `id` instead.
    return take([&id](const QJsonObject &answer) {
        return answer.value("_reqId"_L1) == id
            || (answer.value("type"_L1) == "error"_L1 && answer.value("id"_L1) == id);
    });
}

QJsonObject TestClient::message(const QString &target, const QString &text, const QString &priority,
                                const QJsonObject &more)
{
    const QString id = u"m%1"_s.arg(++m_nextId);
    QJsonObject frame{{u"type"_s, u"send"_s},    {u"id"_s, id},
                      {u"targetSpec"_s, target}, {u"priority"_s, priority},
                      {u"nonce"_s, u""_s},       {u"ciphertext"_s, QString::fromLatin1(text.toUtf8().toBase64())}};
    apply(frame, more);
    send(frame);
    return take([&id](const QJsonObject &answer) {
        return answer.value("type"_L1) == "ack"_L1 && answer.value("id"_L1) == id;
    });
}

void TestClient::post(const QString &target, const QString &text)
{
    send({{u"type"_s, u"send"_s},
          {u"id"_s, u"m%1"_s.arg(++m_nextId)},
          {u"targetSpec"_s, target},
          {u"priority"_s, u"next"_s},
          {u"nonce"_s, u""_s},
          {u"ciphertext"_s, QString::fromLatin1(text.toUtf8().toBase64())}});
}

QJsonObject TestClient::take(const Test &test, int timeoutMs)
{
    QJsonObject found;
    (void)waitFor(
        [&] {
            for (qsizetype i = 0; i < frames.size(); ++i) {
                if (test(frames.at(i))) {
                    found = frames.takeAt(i);
                    return true;
                }
            }
            return false;
        },
        timeoutMs);
    return found;
}

QJsonObject TestClient::takeType(const QString &type, int timeoutMs)
{
    return take([&type](const QJsonObject &frame) { return frame.value("type"_L1) == type; }, timeoutMs);
}

QJsonObject TestClient::takeEvent(const QString &event, int timeoutMs)
{
    return take([&event](const QJsonObject &frame) { return frame.value("event"_L1) == event; }, timeoutMs);
}

QJsonObject TestClient::takeMessage(int timeoutMs)
{
    return take(
        [](const QJsonObject &frame) { return frame.value("type"_L1) == "push"_L1 && !frame.contains("subtype"_L1); },
        timeoutMs);
}

bool TestClient::nothing(const Test &test)
{
    if (ask({{u"type"_s, u"get_clock"_s}}).isEmpty())
        return false;
    return std::none_of(frames.cbegin(), frames.cend(), test);
}

bool TestClient::waitClosed(int timeoutMs)
{
    return waitFor([this] { return closed; }, timeoutMs);
}

} // namespace mesh::tests
