// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/transcriptplayer.h"

#include "localmesh/localbroker.h"
#include "models/protocol/attestation.h"
#include "tests/support/waiting.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>

namespace mesh::tests {

using namespace Qt::StringLiterals;
using protocol::KeyPair;

namespace {

constexpr int AnswerMs = 12'000;
constexpr int SiblingMs = 300;
constexpr int PingRounds = 5;

//! Fields whose values are made by the broker or depend on the moment.
bool isVolatile(const QString &key)
{
    static const QSet<QString> keys{
        u"messageId"_s, u"presenceId"_s, u"presence_id"_s,  u"createdAt"_s,   u"connectedAt"_s, u"simTime"_s,
        u"startedAt"_s, u"updatedAt"_s,  u"rememberedAt"_s, u"deliveredAt"_s, u"lastSeenAt"_s,  u"id"_s,
        u"callId"_s,    u"secret"_s,     u"url"_s,          u"prefix"_s,      u"accessedAt"_s,  u"uploadedAt"_s,
        u"fileId"_s,    u"deliverAt"_s,  u"scheduledId"_s,  u"updated_at"_s,  u"revokedAt"_s,   u"watchId"_s,
        u"oldValue"_s,  u"newValue"_s,   u"lastHash"_s,     u"lastValue"_s,   u"lastCheck"_s};
    return keys.contains(key);
}

bool isPlainPush(const QJsonObject &frame)
{
    return frame.value("type"_L1) == "push"_L1 && !frame.contains("subtype"_L1);
}

bool hasNoAnswer(const QString &type)
{
    static const QSet<QString> types{u"client_ack"_s,  u"set_status"_s, u"set_summary"_s, u"set_stats"_s,
                                     u"set_state"_s,   u"join_group"_s, u"leave_group"_s, u"publish"_s,
                                     u"unsubscribe"_s, u"topic_join"_s, u"topic_leave"_s, u"topic_mark_read"_s};
    return types.contains(type);
}

//! Where the original is silent, this broker says what is wrong (docs/local-broker.md).
bool isIntendedError(const QJsonObject &frame)
{
    if (frame.value("type"_L1) == "ack"_L1)
        return frame.value("error"_L1).toString().startsWith("invalid_args"_L1);
    const QString code = frame.value("code"_L1).toString();
    return frame.value("type"_L1) == "error"_L1 && (code == "invalid_args"_L1 || code == "not_available"_L1);
}

//! An ack that no request asked for: a scheduled message went out.
bool isFiring(const QJsonObject &frame)
{
    return frame.value("type"_L1) == "ack"_L1 && frame.value("id"_L1).toString().count(u'-') == 4;
}

QString kindOf(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Null:
        return u"null"_s;
    case QJsonValue::Bool:
        return u"bool"_s;
    case QJsonValue::Double:
        return u"number"_s;
    case QJsonValue::String:
        return u"string"_s;
    case QJsonValue::Array:
        return u"array"_s;
    case QJsonValue::Object:
        return u"object"_s;
    case QJsonValue::Undefined:
        break;
    }
    return u"nothing"_s;
}

QJsonObject readObject(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

} // namespace

TranscriptPlayer::TranscriptPlayer(local::LocalBroker &broker, const QString &name)
    : m_broker(broker)
    , m_name(name)
{
}

bool TranscriptPlayer::load()
{
    QFile file(QStringLiteral(MESH_TEST_DATA "/transcripts/%1.jsonl").arg(m_name));
    if (!file.open(QIODevice::ReadOnly))
        return false;
    while (!file.atEnd())
        m_lines.append(QJsonDocument::fromJson(file.readLine()).object());
    return !m_lines.isEmpty();
}

void TranscriptPlayer::enrol()
{
    const QJsonObject keys = readObject(QStringLiteral(MESH_TEST_DATA "/transcripts/keys.json"));
    const QJsonObject mesh = keys.value("meshes"_L1).toObject().value(m_name).toObject();
    m_new.insert(mesh.value("meshId"_L1).toString(), m_broker.meshId());
    m_new.insert(mesh.value("slug"_L1).toString(), m_broker.meshSlug());
    const QJsonObject ids = mesh.value("memberIds"_L1).toObject();
    for (const QJsonValue &value : keys.value("members"_L1).toArray()) {
        const QJsonObject recorded = value.toObject();
        const QString label = recorded.value("label"_L1).toString();
        auto pair = KeyPair::fromSecretHex(recorded.value("secretKey"_L1).toString());
        const bool admin = recorded.value("role"_L1) == "admin"_L1;
        const auto link = m_broker.makeInvite(admin ? local::InviteRole::Admin : local::InviteRole::Member);
        if (!pair || !link) {
            m_problems.append(u"cannot enrol "_s + label);
            return;
        }
        const auto invite = std::get<protocol::Invite>(*protocol::parseInvite(*link));
        if (label == "ada"_L1)
            m_invite = invite;
        const QJsonObject body{{u"invite_token"_s, invite.token},
                               {u"invite_payload"_s, invite.payload},
                               {u"peer_pubkey"_s, pair->publicKey.hex()},
                               {u"display_name"_s, label}};
        Identity identity;
        identity.meshId = m_broker.meshId();
        identity.memberId =
            httpPost(m_broker.port(), "/join", QJsonDocument(body).toJson()).json().value("memberId"_L1).toString();
        identity.member = std::move(*pair);
        m_new.insert(ids.value(label).toString(), identity.memberId);
        const QString pubkey = identity.member.publicKey.hex();
        m_members.emplace(pubkey, std::move(identity));
    }
}

const Identity *TranscriptPlayer::identityOf(const QString &pubkey) const
{
    const auto found = m_members.find(pubkey);
    return found == m_members.end() ? nullptr : &found->second;
}

QStringList TranscriptPlayer::play()
{
    if (!load())
        return {u"no transcript "_s + m_name};
    enrol();
    for (auto it = replaced.constBegin(); it != replaced.constEnd(); ++it)
        m_new.insert(it.key(), it.value());
    for (const QJsonObject &line : std::as_const(m_lines)) {
        const QString peer = line.value("peer"_L1).toString();
        if (passTime)
            passTime(line.value("t"_L1).toInteger());
        if (!deviation.until.isEmpty()
            && (line.value("note"_L1) == deviation.until || line.value("raw"_L1) == deviation.until))
            break;
        if (line.value("note"_L1) == "broker up again"_L1)
            restart();
        if (deviation.leftOut.contains(peer) || line.value("dir"_L1) == "note"_L1)
            continue;
        const QJsonObject frame = line.value("frame"_L1).toObject();
        if (deviation.skipped.contains(frame.value("id"_L1).toString())
            || deviation.skipped.contains(frame.value("_reqId"_L1).toString()))
            continue;
        if (peer == "http"_L1)
            playHttp(line);
        else if (line.contains("event"_L1))
            playEvent(peer, line);
        else if (line.value("dir"_L1) == "out"_L1)
            playOut(peer, line);
        else
            playIn(peer, frame);
    }
    for (const auto &[peer, at] : m_peers) {
        if (at.client && !at.wasClosed)
            reportUnexpected(peer);
    }
    return m_problems;
}

void TranscriptPlayer::reportUnexpected(const QString &peer)
{
    if (deviation.letIn.contains(peer))
        return; // there was nothing that it could have been told
    Peer &at = m_peers[peer];
    for (const QJsonObject &frame : std::as_const(at.client->frames)) {
        if (!isIntendedError(frame) && !deviation.extra.contains(frame.value("_reqId"_L1).toString())
            && !deviation.extra.contains(frame.value("ciphertext"_L1).toString())) {
            m_problems.append(u"%1 got unexpectedly %2"_s.arg(
                peer, QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)).left(200)));
        }
    }
}

QJsonObject TranscriptPlayer::toNew(const QJsonObject &recorded) const
{
    // Ids and keys are long random words, so replacing the text is safe wherever they stand.
    QString text = QString::fromUtf8(QJsonDocument(recorded).toJson(QJsonDocument::Compact));
    for (auto it = m_new.constBegin(); it != m_new.constEnd(); ++it)
        text.replace(it.key(), it.value());
    for (auto it = m_newPrefixes.constBegin(); it != m_newPrefixes.constEnd(); ++it)
        text.replace(it.key(), it.value());
    // Bodies that were too long to be kept in the recording.
    static const QRegularExpression cut(u"<(\\d+) chars, cut in the transcript>"_s);
    for (QRegularExpressionMatch match = cut.match(text); match.hasMatch(); match = cut.match(text))
        text.replace(match.capturedStart(), match.capturedLength(), QString(match.captured(1).toInt(), u'x'));
    return QJsonDocument::fromJson(text.toUtf8()).object();
}

QJsonObject TranscriptPlayer::signedAnew(QJsonObject frame)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const bool session = frame.value("type"_L1) == "session_hello"_L1;
    const QString memberKey = frame.value(session ? "parentMemberPubkey"_L1 : "pubkey"_L1).toString();
    const Identity *identity = identityOf(memberKey);
    if (!identity) {
        m_problems.append(u"unknown member "_s + memberKey);
        return frame;
    }
    const QString recordedSession = frame.value("sessionPubkey"_L1).toString();
    if (!recordedSession.isEmpty()) {
        KeyPair &pair = m_sessions[recordedSession];
        if (pair.isNull())
            pair = KeyPair::generate();
        m_new.insert(recordedSession, pair.publicKey.hex());
    }
    frame = toNew(frame);
    frame.insert("timestamp"_L1, now);
    if (session) {
        const KeyPair &pair = m_sessions[recordedSession];
        const auto attested = protocol::makeAttestation(identity->member, pair.publicKey, now + 3'600'000);
        frame.insert("parentAttestation"_L1,
                     QJsonObject{{u"sessionPubkey"_s, attested->sessionPubkey},
                                 {u"parentMemberPubkey"_s, attested->parentMemberPubkey},
                                 {u"expiresAt"_s, attested->expiresAt},
                                 {u"signature"_s, attested->signature}});
        frame.insert("signature"_L1,
                     *protocol::signSessionHello(identity->meshId, identity->member.publicKey, pair, now));
    } else {
        frame.insert(
            "signature"_L1,
            *protocol::signHello(identity->meshId, frame.value("memberId"_L1).toString(), identity->member, now));
    }
    return frame;
}

void TranscriptPlayer::playRaw(const QString &peer, const QString &raw)
{
    TestClient &client = *m_peers[peer].client;
    static const QRegularExpression size(u"^<(\\d+) bytes(, binary frame)?>$"_s);
    const QRegularExpressionMatch match = size.match(raw);
    if (!match.hasMatch()) {
        client.sendText(raw);
    } else if (match.capturedLength(2) > 0) {
        client.socket.sendBinaryMessage(R"({"type":"get_clock","_reqId":"bin"})");
    } else {
        const QString frame = u"{\"type\":\"padding\",\"text\":\"\"}"_s;
        client.sendText(frame.chopped(2) + QString(match.captured(1).toInt() - frame.size(), u'x') + "\"}"_L1);
    }
}

void TranscriptPlayer::playOut(const QString &peer, const QJsonObject &line)
{
    if (line.contains("raw"_L1)) {
        playRaw(peer, line.value("raw"_L1).toString());
        return;
    }
    QJsonObject frame = line.value("frame"_L1).toObject();
    const QString type = frame.value("type"_L1).toString();
    Peer &at = m_peers[peer];
    const qint64 recordedMs = m_recordedStartMs + line.value("t"_L1).toInteger();
    if (type == "schedule"_L1 && frame.value("deliverAt"_L1).toInteger() > 0) {
        const qint64 ahead = frame.value("deliverAt"_L1).toInteger() - recordedMs;
        frame.insert("deliverAt"_L1, QDateTime::currentMSecsSinceEpoch() + ahead);
    }
    if (type == "hello"_L1 || type == "session_hello"_L1) {
        const bool again = at.client && !at.wasClosed;
        if (!again)
            at.client = std::make_unique<TestClient>();
        at.wasClosed = false;
        m_recordedStartMs = frame.value("timestamp"_L1).toInteger() - line.value("t"_L1).toInteger();
        if (deviation.deaf.contains(peer))
            at.bare = std::make_unique<BareWebSocket>();
        if (again)
            at.client->send(signedAnew(frame));
        else if (at.bare ? !at.bare->open(m_broker.port()) : !at.client->open(m_broker.port()))
            m_problems.append(peer + " cannot connect"_L1);
        else if (at.bare)
            at.bare->say(signedAnew(frame));
        else
            at.client->send(signedAnew(frame));
        QObject::connect(&at.client->socket, &QWebSocket::pong, &at.client->socket, [&at] { ++at.pongs; });
        return;
    }
    if (!at.client) { // it has nothing to say before its first request
        at.client = std::make_unique<TestClient>();
        if (!at.client->open(m_broker.port()))
            m_problems.append(peer + " cannot connect"_L1);
    }
    at.client->send(toNew(frame));
    // In the recording there was time for what has no answer to have its effect.
    if (hasNoAnswer(type) && at.client->ask({{u"type"_s, u"get_clock"_s}}).isEmpty())
        m_problems.append(peer + " is not answered after "_L1 + type);
}

bool TranscriptPlayer::matches(const QJsonObject &expected, const QJsonObject &actual) const
{
    for (const QLatin1StringView key : {"type"_L1, "_reqId"_L1, "event"_L1, "key"_L1, "stream"_L1}) {
        if (expected.value(key) != actual.value(key))
            return false;
    }
    if (isFiring(expected))
        return isFiring(actual) && expected.value("queued"_L1) == actual.value("queued"_L1);
    if (expected.value("type"_L1) == "ack"_L1 && !expected.contains("_reqId"_L1))
        return expected.value("id"_L1) == actual.value("id"_L1);
    // Which push is which shows in its body, or in whom it tells of.
    const QJsonObject data = expected.value("eventData"_L1).toObject();
    const QJsonObject actualData = actual.value("eventData"_L1).toObject();
    return expected.value("ciphertext"_L1) == actual.value("ciphertext"_L1)
        && data.value("pubkey"_L1) == actualData.value("pubkey"_L1)
        && data.value("label"_L1) == actualData.value("label"_L1);
}

bool TranscriptPlayer::isMissing(const QString &peer, const QJsonObject &recorded) const
{
    return deviation.missing.contains(peer + u' ' + recorded.value("type"_L1).toString())
        || deviation.missing.contains(recorded.value("_reqId"_L1).toString())
        || deviation.missing.contains(recorded.value("type"_L1).toString())
        || deviation.missing.contains(recorded.value("id"_L1).toString())
        || deviation.missing.contains(recorded.value("event"_L1).toString());
}

void TranscriptPlayer::playIn(const QString &peer, const QJsonObject &recorded)
{
    if (isMissing(peer, recorded))
        return;
    Peer &at = m_peers[peer];
    if (deviation.letIn.contains(peer)) {
        if (at.client->takeType(u"hello_ack"_s).isEmpty())
            m_problems.append(peer + " was not let in"_L1);
        return;
    }
    QJsonObject expected = toNew(recorded);
    const auto fits = [&](const QJsonObject &frame) { return matches(expected, frame); };
    const auto other = m_peers.find(sibling.value(peer));
    const bool shared = other != m_peers.end() && isPlainPush(expected);
    QJsonObject actual = at.bare ? at.bare->take(fits, AnswerMs) : at.client->take(fits, shared ? SiblingMs : AnswerMs);
    if (actual.isEmpty() && shared)
        actual = other->second.client->take(fits, AnswerMs);
    const QString where = peer + u' ' + recorded.value("type"_L1).toString() + u' '
        + recorded.value("event"_L1).toString() + recorded.value("_reqId"_L1).toString();
    if (actual.isEmpty()) {
        m_problems.append(where + ": did not come"_L1);
        return;
    }
    const QString request = recorded.value("_reqId"_L1).toString();
    if (deviation.otherWords.contains(request))
        expected.insert("message"_L1, actual.value("message"_L1));
    if (!deviation.differing.contains(request))
        compare(where, expected, actual, true);
    learn(recorded, actual);
}

void TranscriptPlayer::learn(const QJsonValue &recorded, const QJsonValue &actual)
{
    const QJsonObject before = recorded.toObject();
    const QJsonObject now = actual.toObject();
    for (const QLatin1StringView key : {"messageId"_L1, "id"_L1, "presenceId"_L1, "callId"_L1, "secret"_L1, "fileId"_L1,
                                        "scheduledId"_L1, "watchId"_L1, "memberId"_L1}) {
        const QString word = before.value(key).toString();
        const bool isOfBroker = word.size() >= 32 || key == "scheduledId"_L1 || word.startsWith("w_"_L1);
        if (!isOfBroker || !now.value(key).isString())
            continue;
        m_new.insert(word, now.value(key).toString());
        m_newPrefixes.insert(word.left(10), now.value(key).toString().left(10));
    }
}

void TranscriptPlayer::compare(const QString &where, const QJsonValue &expected, const QJsonValue &actual, bool values)
{
    if (expected.isObject() && actual.isObject()) {
        const QJsonObject before = expected.toObject();
        const QJsonObject now = actual.toObject();
        if (before.keys() != now.keys()) {
            m_problems.append(
                u"%1: fields %2, recorded %3"_s.arg(where, now.keys().join(u','), before.keys().join(u',')));
            return;
        }
        for (auto it = before.constBegin(); it != before.constEnd(); ++it)
            compare(where + u'.' + it.key(), it.value(), now.value(it.key()), values && !isVolatile(it.key()));
        return;
    }
    if (expected.isArray() && actual.isArray()) {
        const QJsonArray before = expected.toArray();
        const QJsonArray now = actual.toArray();
        if (values && before.size() != now.size())
            m_problems.append(u"%1: %2 entries, recorded %3"_s.arg(where).arg(now.size()).arg(before.size()));
        for (qsizetype i = 0; i < qMin(before.size(), now.size()); ++i)
            compare(u"%1[%2]"_s.arg(where).arg(i), before.at(i), now.at(i), values);
        return;
    }
    if (values ? expected != actual : kindOf(expected) != kindOf(actual)) {
        const auto show = [](const QJsonValue &value) {
            return QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact)).left(120);
        };
        m_problems.append(u"%1: %2, recorded %3"_s.arg(where, show(actual), show(expected)));
    }
}

QByteArray TranscriptPlayer::ownersKey()
{
    if (m_ownersKey.isEmpty()) {
        m_ownersKey = m_peers["owner"_L1]
                          .client
                          ->ask({{u"type"_s, u"apikey_create"_s},
                                 {u"label"_s, u"recording"_s},
                                 {u"capabilities"_s, QJsonArray{u"read"_s, u"send"_s}}})
                          .value("secret"_L1)
                          .toString()
                          .toLatin1();
    }
    return m_ownersKey;
}

void TranscriptPlayer::playHttp(const QJsonObject &line)
{
    if (line.value("dir"_L1) != "out"_L1)
        return;
    const QJsonObject request = toNew(line.value("frame"_L1).toObject());
    const QString call = request.value("http"_L1).toString();
    const QJsonValue recordedBody = request.value("body"_L1);
    QByteArray body = recordedBody.isObject()
        ? QJsonDocument(invitedAnew(recordedBody.toObject())).toJson(QJsonDocument::Compact)
        : recordedBody.toString().toUtf8();
    if (body == "a string") // recorded as a value, sent as JSON
        body = "\"a string\"";
    QByteArray bytes = call.toUtf8() + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    const QJsonObject headers = request.value("headers"_L1).toObject();
    for (auto header = headers.constBegin(); header != headers.constEnd(); ++header) {
        const bool bearer = header.key() == "Authorization"_L1;
        bytes += header.key().toUtf8() + ": " + (bearer ? "Bearer " + ownersKey() : header.value().toString().toUtf8())
            + "\r\n";
    }
    bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    const HttpAnswer answer = exchange(m_broker.port(), bytes);
    // The answer stands in one of the lines that follow.
    for (qsizetype i = m_lines.indexOf(line) + 1; i < m_lines.size(); ++i) {
        const QJsonObject &next = m_lines.at(i);
        if (next.value("peer"_L1) != "http"_L1 || next.value("dir"_L1) != "in"_L1)
            continue;
        const QJsonObject recorded = next.value("frame"_L1).toObject();
        const QString which = recordedBody.isString() ? call + u' ' + recordedBody.toString() : call;
        const int status = deviation.statuses.value(which, recorded.value("http"_L1).toInt());
        if (answer.status != status)
            m_problems.append(u"%1: status %2, not %3"_s.arg(which).arg(answer.status).arg(status));
        if (deviation.statuses.contains(which) || deviation.differing.contains(call))
            return;
        if (recorded.value("body"_L1).isString() && status == 404
            && answer.body != recorded.value("body"_L1).toString().toUtf8())
            m_problems.append(u"%1: body %2"_s.arg(which, QString::fromUtf8(answer.body.left(80))));
        if (recorded.value("body"_L1).isObject()) {
            learn(recorded.value("body"_L1), answer.json());
            compare(call, toNew(recorded.value("body"_L1).toObject()), answer.json(), true);
        }
        return;
    }
}

QJsonObject TranscriptPlayer::invitedAnew(QJsonObject body)
{
    if (!body.contains("invite_payload"_L1))
        return body;
    if (m_recordedInvite.isEmpty())
        m_recordedInvite = body;
    const QJsonObject recorded = m_recordedInvite.value("invite_payload"_L1).toObject();
    QJsonObject payload = body.value("invite_payload"_L1).toObject();
    // What somebody tampered with stays as it is.
    for (const QString &key : payload.keys()) {
        if (payload.value(key) == recorded.value(key))
            payload.insert(key, m_invite.payload.value(key));
    }
    body.insert("invite_payload"_L1, payload);
    if (body.value("invite_token"_L1) == m_recordedInvite.value("invite_token"_L1))
        body.insert("invite_token"_L1, m_invite.token);
    return body;
}

void TranscriptPlayer::playEvent(const QString &peer, const QJsonObject &line)
{
    Peer &at = m_peers[peer];
    if (!at.client || deviation.letIn.contains(peer))
        return;
    const QString event = line.value("event"_L1).toString();
    if (event == "ws-ping"_L1 && line.value("dir"_L1) == "out"_L1)
        at.client->socket.ping();
    if (event == "ws-pong"_L1 && !waitFor([&at] { return at.pongs > 0; }, AnswerMs))
        m_problems.append(peer + ": its ping was not answered"_L1);
    if (at.bare) {
        // Pings come to all alike; only this client can count them. After some rounds the pongs of all others are in.
        const bool ping = event == "ws-ping"_L1;
        at.bare->read();
        at.bare->pings = 0;
        const bool happened = waitFor(
            [&] {
                at.bare->read();
                return ping ? at.bare->pings >= PingRounds
                            : at.bare->socket.state() == QAbstractSocket::UnconnectedState;
            },
            AnswerMs);
        if (!happened || at.bare->saidClose)
            m_problems.append(peer + (ping ? ": was not pinged"_L1 : ": was not cut without a word"_L1));
        return;
    }
    if (event != "close"_L1)
        return;
    const int code = line.value("code"_L1).toInt();
    const QString reason = line.value("reason"_L1).toString();
    if (code == 1006 || reason == "probe done"_L1 || reason == "bye"_L1) { // the peer's own doing
        reportUnexpected(peer);
        at.wasClosed = true;
        at.client->socket.abort();
        return;
    }
    at.wasClosed = true;
    if (code == 1001)
        m_broker.stop();
    if (!at.client->waitClosed() || int(at.client->socket.closeCode()) != code
        || at.client->socket.closeReason() != reason) {
        m_problems.append(u"%1: closed %2 %3, recorded %4 %5"_s.arg(peer)
                              .arg(int(at.client->socket.closeCode()))
                              .arg(at.client->socket.closeReason())
                              .arg(code)
                              .arg(reason));
    }
}

} // namespace mesh::tests
