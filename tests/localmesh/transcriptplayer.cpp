// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/transcriptplayer.h"

#include "localmesh/localbroker.h"
#include "models/protocol/attestation.h"
#include "models/protocol/invite.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

namespace mesh::tests {

using namespace Qt::StringLiterals;
using protocol::KeyPair;

namespace {

constexpr int AnswerMs = 4'000;
constexpr int SiblingMs = 300;

//! Fields whose values are made by the broker or depend on the moment.
bool isVolatile(const QString &key)
{
    static const QSet<QString> keys{u"messageId"_s,    u"presenceId"_s,  u"presence_id"_s, u"createdAt"_s,
                                    u"connectedAt"_s,  u"simTime"_s,     u"startedAt"_s,   u"updatedAt"_s,
                                    u"rememberedAt"_s, u"deliveredAt"_s, u"lastSeenAt"_s,  u"id"_s};
    return keys.contains(key);
}

bool isPlainPush(const QJsonObject &frame)
{
    return frame.value("type"_L1) == "push"_L1 && !frame.contains("subtype"_L1);
}

bool hasNoAnswer(const QString &type)
{
    static const QSet<QString> types{u"client_ack"_s,  u"set_status"_s, u"set_summary"_s,
                                     u"set_stats"_s,   u"set_state"_s,  u"join_group"_s,
                                     u"leave_group"_s, u"publish"_s,    u"unsubscribe"_s};
    return types.contains(type);
}

//! Where the original is silent, this broker says what is wrong (docs/local-broker.md).
bool isIntendedError(const QJsonObject &frame)
{
    const QString code = frame.value("code"_L1).toString();
    return frame.value("type"_L1) == "error"_L1 && (code == "invalid_args"_L1 || code == "not_available"_L1);
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
    const QJsonObject ids = mesh.value("memberIds"_L1).toObject();
    for (const QJsonValue &value : keys.value("members"_L1).toArray()) {
        const QJsonObject recorded = value.toObject();
        const QString label = recorded.value("label"_L1).toString();
        auto pair = KeyPair::fromSecretHex(recorded.value("secretKey"_L1).toString());
        const auto link = m_broker.makeInvite(local::InviteRole::Member);
        if (!pair || !link) {
            m_problems.append(u"cannot enrol "_s + label);
            return;
        }
        const auto invite = std::get<protocol::Invite>(*protocol::parseInvite(*link));
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
    for (const QJsonObject &line : std::as_const(m_lines)) {
        const QString peer = line.value("peer"_L1).toString();
        if (leftOut.contains(peer) || line.value("dir"_L1) == "note"_L1)
            continue;
        const QJsonObject frame = line.value("frame"_L1).toObject();
        if (peer == "http"_L1)
            playHttp(line);
        else if (line.contains("event"_L1))
            playEvent(peer, line);
        else if (line.value("dir"_L1) == "out"_L1)
            playOut(peer, frame);
        else
            playIn(peer, frame);
    }
    return m_problems;
}

QJsonObject TranscriptPlayer::toNew(const QJsonObject &recorded) const
{
    // Ids and keys are long random words, so replacing the text is safe wherever they stand.
    QString text = QString::fromUtf8(QJsonDocument(recorded).toJson(QJsonDocument::Compact));
    for (auto it = m_new.constBegin(); it != m_new.constEnd(); ++it)
        text.replace(it.key(), it.value());
    for (auto it = m_newPrefixes.constBegin(); it != m_newPrefixes.constEnd(); ++it)
        text.replace(it.key(), it.value());
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

void TranscriptPlayer::playOut(const QString &peer, const QJsonObject &frame)
{
    const QString type = frame.value("type"_L1).toString();
    Peer &at = m_peers[peer];
    if (type == "hello"_L1 || type == "session_hello"_L1) {
        at.client = std::make_unique<TestClient>();
        at.wasClosed = false;
        if (!at.client->open(m_broker.port())) {
            m_problems.append(peer + " cannot connect"_L1);
            return;
        }
        at.client->send(signedAnew(frame));
        return;
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
    if (expected.value("type"_L1) == "ack"_L1 && !expected.contains("_reqId"_L1))
        return expected.value("id"_L1) == actual.value("id"_L1);
    // Which push is which shows in its body, or in whom it tells of.
    return expected.value("ciphertext"_L1) == actual.value("ciphertext"_L1)
        && expected.value("eventData"_L1).toObject().value("pubkey"_L1)
        == actual.value("eventData"_L1).toObject().value("pubkey"_L1);
}

void TranscriptPlayer::playIn(const QString &peer, const QJsonObject &recorded)
{
    Peer &at = m_peers[peer];
    const QJsonObject expected = toNew(recorded);
    const auto fits = [&](const QJsonObject &frame) { return matches(expected, frame); };
    const auto other = m_peers.find(sibling.value(peer));
    const bool shared = other != m_peers.end() && isPlainPush(expected);
    QJsonObject actual = at.client->take(fits, shared ? SiblingMs : AnswerMs);
    if (actual.isEmpty() && shared)
        actual = other->second.client->take(fits, AnswerMs);
    const QString where = peer + u' ' + recorded.value("type"_L1).toString() + u' '
        + recorded.value("event"_L1).toString() + recorded.value("_reqId"_L1).toString();
    if (actual.isEmpty()) {
        m_problems.append(where + ": did not come"_L1);
        return;
    }
    if (!differing.contains(recorded.value("_reqId"_L1).toString()))
        compare(where, expected, actual, true);
    learn(recorded, actual);
}

void TranscriptPlayer::learn(const QJsonValue &recorded, const QJsonValue &actual)
{
    const QJsonObject before = recorded.toObject();
    const QJsonObject now = actual.toObject();
    for (const QLatin1StringView key : {"messageId"_L1, "id"_L1, "presenceId"_L1}) {
        const QString word = before.value(key).toString();
        if (word.size() != 32)
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

void TranscriptPlayer::playHttp(const QJsonObject &line)
{
    if (line.value("dir"_L1) != "out"_L1)
        return;
    const QJsonObject request = line.value("frame"_L1).toObject();
    const QByteArray path = request.value("http"_L1).toString().section(u' ', 1).toUtf8();
    const HttpAnswer answer =
        httpPost(m_broker.port(), path, QJsonDocument(toNew(request.value("body"_L1).toObject())).toJson());
    // The answer stands in one of the lines that follow.
    for (qsizetype i = m_lines.indexOf(line) + 1; i < m_lines.size(); ++i) {
        const QJsonObject &next = m_lines.at(i);
        if (next.value("peer"_L1) != "http"_L1 || next.value("dir"_L1) != "in"_L1)
            continue;
        const QJsonObject recorded = next.value("frame"_L1).toObject();
        if (answer.status != recorded.value("http"_L1).toInt())
            m_problems.append(u"%1: status %2"_s.arg(QString::fromUtf8(path)).arg(answer.status));
        compare(QString::fromUtf8(path), recorded.value("body"_L1), answer.json(), true);
        return;
    }
}

void TranscriptPlayer::playEvent(const QString &peer, const QJsonObject &line)
{
    Peer &at = m_peers[peer];
    if (!at.client || line.value("event"_L1) != "close"_L1)
        return;
    const int code = line.value("code"_L1).toInt();
    const QString reason = line.value("reason"_L1).toString();
    if (code == 1006 || reason == "probe done"_L1 || reason == "bye"_L1) { // the peer's own doing
        // What came and is not in the recording.
        for (const QJsonObject &frame : std::as_const(at.client->frames)) {
            if (!isIntendedError(frame)) {
                m_problems.append(u"%1 got unexpectedly %2"_s.arg(
                    peer, QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)).left(200)));
            }
        }
        at.client->socket.abort();
        return;
    }
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
