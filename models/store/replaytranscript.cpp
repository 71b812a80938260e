// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/replaytranscript.h"

#include "models/protocol/box.h"
#include "models/protocol/framecodec.h"
#include "models/protocol/frameevents.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

TranscriptReader::TranscriptReader(const QFileInfo &file, const ReadOptions &options)
    : m_peer(options.peer)
    , m_startMs(options.startMs)
    , m_nowMs(options.startMs)
{
    QFile keys(file.dir().filePath(u"keys.json"_s));
    if (!keys.open(QIODevice::ReadOnly))
        return; // bodies stay closed
    const QJsonObject object = QJsonDocument::fromJson(keys.readAll()).object();
    const auto add = [this](const QString &publicKey, const QString &secretHex) {
        if (Expected<KeyPair> pair = KeyPair::fromSecretHex(secretHex))
            m_secrets.insert(publicKey, std::make_shared<SecretKey>(std::move(pair->secretKey)));
    };
    for (const QJsonValue &member : object[u"members"].toArray())
        add(member[u"pubkey"].toString(), member[u"secretKey"].toString());
    const QJsonObject sessions = object[u"sessionSecretKeyByPublicKey"].toObject();
    for (auto it = sessions.begin(); it != sessions.end(); ++it)
        add(it.key(), it.value().toString());
    for (const QJsonValue &mesh : object[u"meshes"].toObject())
        m_slugs.insert(mesh[u"meshId"].toString(), mesh[u"slug"].toString());
}

void TranscriptReader::add(EventBody body)
{
    m_events.append({m_mesh, m_nowMs, std::move(body)});
}

EventList TranscriptReader::takeEvents()
{
    return std::exchange(m_events, {});
}

const SecretKey *TranscriptReader::secretOf(const QString &publicKey) const
{
    const auto it = m_secrets.constFind(publicKey);
    return it == m_secrets.cend() ? nullptr : it->get();
}

QString TranscriptReader::keyOfName(const QString &name) const
{
    QString found;
    for (auto it = m_names.cbegin(); it != m_names.cend(); ++it) {
        if (*it != name)
            continue;
        if (!found.isEmpty())
            return {};
        found = it.key();
    }
    return found;
}

std::optional<QString> TranscriptReader::openBox(const QString &nonce, const QString &ciphertext,
                                                 const QString &otherKey) const
{
    // A sender may seal with its member key while its session key is what the broker reports (wire/observed 3).
    for (const QString &theirs : {otherKey, m_memberOf.value(otherKey)}) {
        const Expected<PublicKey> key = PublicKey::fromHex(theirs);
        if (!key)
            continue;
        for (const QString &ours : {m_ownKey, m_ownMemberKey}) {
            const SecretKey *secret = secretOf(ours);
            if (!secret)
                continue;
            if (const Expected<QString> text = openDirect({nonce, ciphertext}, *key, *secret))
                return *text;
        }
    }
    return std::nullopt;
}

Expected<void> TranscriptReader::readLine(const QJsonObject &line)
{
    const QString peer = line[u"peer"].toString();
    const QString dir = line[u"dir"].toString();
    m_nowMs = m_startMs + line[u"t"].toInteger();
    const QJsonObject frame = line[u"frame"].toObject();
    if (dir == "out"_L1 && frame[u"type"].toString().endsWith("hello"_L1))
        m_hello.insert(peer, frame);
    if (m_peer.isEmpty() && dir == "in"_L1 && frame[u"type"] == "hello_ack"_L1)
        m_peer = peer;
    if (peer != m_peer)
        return {};
    if (line[u"event"] == "close"_L1) {
        const int code = line[u"code"].toInt();
        ConnectionChanged closed;
        closed.state = ConnectionState::Offline;
        closed.code = u"closed_%1"_s.arg(code);
        closed.detail = line[u"reason"].toString();
        closed.closeCode = code;
        if (!m_mesh.isEmpty())
            add(closed);
        return {};
    }
    if (frame.isEmpty())
        return {};
    if (dir == "out"_L1) {
        outgoing(frame);
        return {};
    }
    return dir == "in"_L1 ? incoming(frame) : Expected<void>();
}

void TranscriptReader::outgoing(const QJsonObject &frame)
{
    if (frame[u"type"] != "send"_L1 || m_mesh.isEmpty())
        return;
    const QString id = frame[u"id"].toString();
    const QString target = frame[u"targetSpec"].toString();
    if (id.isEmpty() || target.isEmpty())
        return;
    MessageComposed composed;
    composed.clientMessageId = id;
    composed.priority = fromWord<Priority>(frame[u"priority"].toString()).value_or(Priority::Next);
    composed.replyToId = frame[u"replyToId"].toString();
    composed.composedAtMs = m_nowMs;
    const QString ciphertext = frame[u"ciphertext"].toString();
    if (target == "*"_L1 || target == "@all"_L1)
        composed.conversation = {ConversationKind::Broadcast, {}};
    else if (target.startsWith(u'@'))
        composed.conversation = {ConversationKind::Group, target.sliced(1)};
    else if (target.startsWith(u'#'))
        composed.conversation = {ConversationKind::Topic, target.sliced(1)};
    else
        composed.conversation = {ConversationKind::Direct, target};
    if (composed.conversation.kind == ConversationKind::Direct) {
        composed.text = openBox(frame[u"nonce"].toString(), ciphertext, target).value_or(QString());
    } else if (const Expected<QString> text = decodeBroadcast(ciphertext)) {
        composed.text = *text;
    }
    m_sent.insert(id);
    add(composed);
    add(OutgoingChanged{id, OutgoingState::Sent, {}, {}, {}, {}});
}

Expected<void> TranscriptReader::incoming(const QJsonObject &object)
{
    const Expected<BrokerFrame> decoded = decodeBrokerFrame(QJsonDocument(object).toJson(QJsonDocument::Compact));
    if (!decoded)
        return decoded.error();
    const BrokerFrame &frame = *decoded;
    if (const auto *ack = getIf<HelloAck>(&frame)) {
        const QJsonObject hello = m_hello.value(m_peer);
        m_mesh = hello[u"meshId"].toString();
        if (m_mesh.isEmpty())
            return Error{u"no_hello"_s, ReplaySource::tr("a hello_ack without a hello"), ErrorBand::Protocol};
        const bool bySession = hello[u"type"] == "session_hello"_L1;
        m_ownMemberKey = hello[bySession ? u"parentMemberPubkey"_s : u"pubkey"_s].toString();
        m_ownKey = hello[u"sessionPubkey"].toString();
        if (m_ownKey.isEmpty())
            m_ownKey = m_ownMemberKey;
        SessionEstablished session;
        session.meshSlug = m_slugs.value(m_mesh);
        session.meshName = session.meshSlug;
        session.ownKey = m_ownKey;
        session.ownMemberKey = m_ownMemberKey;
        session.ownMemberId = hello[bySession ? u"parentMemberId"_s : u"memberId"_s].toString();
        session.displayName = ack->memberDisplayName;
        add(session);
        ConnectionChanged online;
        online.state = ConnectionState::Online;
        add(online);
    }
    if (m_mesh.isEmpty())
        return {};
    if (const auto *list = getIf<PeersList>(&frame)) {
        for (const PeerRow &row : list->peers) {
            m_memberOf.insert(row.pubkey, row.memberPubkey);
            m_names.insert(row.pubkey, row.displayName);
        }
    } else if (const auto *push = getIf<Push>(&frame); push && isMessagePush(*push)) {
        message(*push);
    } else if (const auto *history = getIf<TopicHistoryResponse>(&frame)) {
        topicHistory(*history);
    } else if (const auto *answer = getIf<Ack>(&frame); answer && m_sent.remove(answer->id)) {
        if (answer->error)
            add(OutgoingChanged{answer->id, OutgoingState::Refused, {}, u"refused"_s, *answer->error, {}});
        else
            add(OutgoingChanged{answer->id, OutgoingState::Accepted, answer->messageId, {}, {}, {}});
    } else if (const auto *audit = getIf<AuditResult>(&frame)) {
        for (const AuditRow &row : ascendingAfter(audit->entries, m_lastAuditId)) {
            m_lastAuditId = row.id;
            if (std::optional<TrafficSeen> traffic =
                    trafficFromAudit(row, [this](const QString &name) { return keyOfName(name); }))
                add(*traffic);
        }
    } else if (const auto *data = getIf<StreamData>(&frame)) {
        if (std::optional<TrafficSeen> traffic = trafficFromStream(*data, m_nowMs))
            add(*traffic);
    }
    for (EventBody &body : eventsFromFrame(frame))
        add(std::move(body));
    return {};
}

void TranscriptReader::message(const Push &push)
{
    MessageReceived received = messageFrom(push, m_nowMs);
    if (received.senderKey == m_ownKey)
        return; // an own topic post that was drained to us
    if (isMulticast(push) || push.nonce.isEmpty()) {
        if (const Expected<QString> text = decodeBroadcast(push.ciphertext)) {
            received.body = BodyKind::Clear;
            received.text = *text;
        }
    } else if (const std::optional<QString> text = openBox(push.nonce, push.ciphertext, push.senderPubkey)) {
        received.body = BodyKind::Sealed;
        received.text = *text;
    } else if (const Expected<QString> clear = decodeBroadcast(push.ciphertext)) {
        received.body = BodyKind::Clear;
        received.text = *clear;
    }
    received.ackWanted = false; // nobody waits for an answer
    add(received);
}

void TranscriptReader::topicHistory(const TopicHistoryResponse &frame)
{
    for (auto row = frame.messages.crbegin(); row != frame.messages.crend(); ++row) {
        MessageReceived received = messageFrom(*row, frame.topic, m_nowMs);
        if (row->bodyVersion == 1) {
            if (const Expected<QString> text = decodeBroadcast(row->ciphertext)) {
                received.body = BodyKind::Clear;
                received.text = *text;
            }
        }
        add(received);
    }
}

} // namespace mesh::store
