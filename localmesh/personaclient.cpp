// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personaclient.h"

#include <algorithm>

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QRandomGenerator>

#include "models/protocol/attestation.h"
#include "models/protocol/box.h"
#include "models/protocol/command.h"
#include "models/protocol/framecodec.h"
#include "models/protocol/logging.h"
#include "models/session/closereaction.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
namespace p = mesh::protocol;

namespace {

constexpr int retryAtMostMs = 10'000;
constexpr int laterMs = 30'000;
constexpr int helloAnswerMs = 10'000;
constexpr quint64 frameBytesAtMost = 16 * 1024 * 1024;
constexpr size_t seenAtMost = 256;

qint64 msOf(const QString &iso)
{
    return QDateTime::fromString(iso, Qt::ISODateWithMs).toMSecsSinceEpoch();
}

} // namespace

PersonaClient::PersonaClient(const PersonaScript &script, p::KeyPair member, p::KeyPair session, const p::Clock &clock,
                             int firstRetryMs, QObject *parent)
    : QObject(parent)
    , m_script(script)
    , m_member(std::move(member))
    , m_session(std::move(session))
    , m_clock(clock)
    , m_backoff{.firstMs = firstRetryMs, .maxMs = retryAtMostMs}
{
    m_socket.setMaxAllowedIncomingFrameSize(frameBytesAtMost);
    m_socket.setMaxAllowedIncomingMessageSize(frameBytesAtMost);
    m_retry.setSingleShot(true);
    m_helloDeadline.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &PersonaClient::open);
    connect(&m_helloDeadline, &QTimer::timeout, &m_socket, &QWebSocket::abort);
    connect(&m_socket, &QWebSocket::connected, this, &PersonaClient::hello);
    connect(&m_socket, &QWebSocket::textMessageReceived, this, &PersonaClient::onText);
    connect(&m_socket, &QWebSocket::disconnected, this, &PersonaClient::onClosed);
}

PersonaClient::~PersonaClient()
{
    // The socket's end says that it is closed, to an object that is half gone by then.
    disconnect(&m_socket, nullptr, this, nullptr);
}

QString PersonaClient::sessionIdOf(const QString &name)
{
    return u"persona-"_s + name;
}

void PersonaClient::connectTo(const PersonaSeat &seat)
{
    m_seat = seat;
    open();
}

void PersonaClient::open()
{
    m_refusal.clear();
    m_socket.open(QUrl(m_seat.brokerUrl));
    m_helloDeadline.start(helloAnswerMs);
}

void PersonaClient::hello()
{
    const qint64 now = m_clock.nowMs();
    const auto attestation = p::makeAttestation(m_member, m_session.publicKey, now + p::AttestationLifeMs);
    const auto signature = p::signSessionHello(m_seat.meshId, m_member.publicKey, m_session, now);
    if (!attestation || !signature)
        return;
    p::SessionHello frame;
    frame.meshId = m_seat.meshId;
    frame.parentMemberId = m_seat.memberId;
    frame.parentMemberPubkey = m_member.publicKey.hex();
    frame.sessionPubkey = m_session.publicKey.hex();
    frame.parentAttestation.sessionPubkey = attestation->sessionPubkey;
    frame.parentAttestation.parentMemberPubkey = attestation->parentMemberPubkey;
    frame.parentAttestation.expiresAt = attestation->expiresAt;
    frame.parentAttestation.signature = attestation->signature;
    frame.displayName = m_script.name;
    frame.sessionId = sessionIdOf(m_script.name);
    frame.pid = int(QCoreApplication::applicationPid() & 0x7fffffff);
    frame.cwd = m_script.cwd;
    if (!m_script.host.isEmpty())
        frame.hostname = m_script.host;
    frame.peerType = QString(p::toWord(m_script.kind));
    if (!m_script.channel.isEmpty())
        frame.channel = m_script.channel;
    if (!m_script.model.isEmpty())
        frame.model = m_script.model;
    QList<p::GroupClaim> groups;
    for (const PersonaGroup &group : m_script.groups) {
        const auto name = p::GroupName::parse(group.name);
        if (!name)
            continue; // parsePersona() lets none through
        p::GroupClaim claim;
        claim.name = *name;
        if (!group.role.isEmpty())
            claim.role = group.role;
        groups << claim;
    }
    frame.groups = groups;
    frame.timestamp = now;
    frame.signature = *signature;
    if (const auto bytes = p::encode(p::ClientFrame(frame)))
        m_socket.sendTextMessage(QString::fromUtf8(*bytes));
}

void PersonaClient::onText(const QString &text)
{
    const auto frame = p::decodeBrokerFrame(text.toUtf8());
    if (!frame) {
        qCDebug(lcPersona) << "bad frame" << frame.error().code;
        return;
    }
    if (holds<p::HelloAck>(*frame)) {
        m_helloDeadline.stop();
        m_backoff.reset();
        m_ready = true;
        Q_EMIT ready();
    } else if (const auto *push = getIf<p::Push>(&*frame)) {
        onPush(*push);
    } else if (const auto *peers = getIf<p::PeersList>(&*frame)) {
        Q_EMIT peersListed(peers->peers);
    } else if (const auto *clock = getIf<p::ClockStatus>(&*frame)) {
        Q_EMIT clockReported(clock->speed, clock->paused);
    } else if (const auto *error = getIf<p::ErrorFrame>(&*frame); error && !m_ready) {
        m_refusal = error->code;
    } else if (m_ready) {
        Q_EMIT frameReceived(*frame);
    }
}

void PersonaClient::onPush(const p::Push &push)
{
    if (push.subtype == u"system"_s) {
        const QJsonObject data = push.eventData.toObject();
        if (push.event == u"tick"_s)
            Q_EMIT ticked(msOf(data.value("simTime"_L1).toString()), data.value("speed"_L1).toDouble(1));
        else if (push.event && push.event->startsWith("peer_"_L1))
            Q_EMIT peersChanged();
        return;
    }
    if (push.subtype || push.senderMemberPubkey || push.nonce.isEmpty())
        return; // to many, or a reminder: heard, not answered
    p::ClientAck ack;
    ack.brokerMessageId = push.messageId;
    ack.clientMessageId = push.clientMessageId;
    send(ack);
    const auto sender = p::PublicKey::fromHex(push.senderPubkey);
    if (!sender || !isNew(push.messageId))
        return;
    const p::SealedText sealed{push.nonce, push.ciphertext};
    auto opened = p::openDirect(sealed, *sender, m_session.secretKey);
    if (!opened)
        opened = p::openDirect(sealed, *sender, m_member.secretKey);
    if (opened)
        Q_EMIT directReceived(push.senderPubkey, *opened);
}

bool PersonaClient::isNew(const QString &messageId)
{
    if (std::find(m_seen.cbegin(), m_seen.cend(), messageId) != m_seen.cend())
        return false;
    m_seen.push_back(messageId);
    if (m_seen.size() > seenAtMost)
        m_seen.pop_front();
    return true;
}

void PersonaClient::onClosed()
{
    using Action = session::CloseReaction::Action;
    const bool wasReady = std::exchange(m_ready, false);
    m_helloDeadline.stop();
    const session::CloseReaction reaction =
        session::reactToClose(int(m_socket.closeCode()), m_socket.closeReason(), m_refusal);
    // After a socket that never opened the close code is that of the one before it.
    if (reaction.action == Action::Final && (wasReady || !m_refusal.isEmpty())) {
        m_staysAway = true;
        qCInfo(lcPersona) << m_script.name << "stays away:" << reaction.code;
        Q_EMIT left(reaction.code);
        return;
    }
    const double random = QRandomGenerator::global()->generateDouble();
    m_retry.start(reaction.action == Action::Later ? laterMs : int(m_backoff.next(random)));
    if (wasReady)
        Q_EMIT lost();
}

bool PersonaClient::send(const p::ClientFrame &frame)
{
    if (!m_ready)
        return false;
    const auto bytes = p::encode(frame);
    if (!bytes) {
        qCWarning(lcPersona) << m_script.name << "cannot send:" << bytes.error().code;
        return false;
    }
    m_socket.sendTextMessage(QString::fromUtf8(*bytes));
    return true;
}

bool PersonaClient::sendDirect(const QString &key, const QString &text, p::Priority priority)
{
    const auto recipient = p::PublicKey::fromHex(key);
    if (!recipient)
        return false;
    const auto sealed = p::sealDirect(text, *recipient, m_session.secretKey);
    if (!sealed)
        return false;
    p::Send frame;
    frame.id = p::newMessageId();
    frame.clientMessageId = frame.id;
    frame.targetSpec = key;
    frame.priority = priority;
    frame.nonce = sealed->nonce;
    frame.ciphertext = sealed->ciphertext;
    return send(frame);
}

bool PersonaClient::sendToMany(const QString &target, const QString &text, p::Priority priority)
{
    const auto body = p::encodeBroadcast(text);
    if (!body)
        return false;
    p::Send frame;
    frame.id = p::newMessageId();
    frame.targetSpec = target;
    frame.priority = priority;
    frame.nonce = body->nonce;
    frame.ciphertext = body->ciphertext;
    return send(frame);
}

} // namespace mesh::local
