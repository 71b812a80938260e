// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/sendflow.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <array>

#include "models/protocol/framecodec.h"
#include "models/session/topickeys.h"
#include "models/session/topicpoller.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;
using namespace protocol::events;

namespace {

//! Waits before each question whether a message was delivered (Appendix D); the last one repeats.
constexpr std::array<qint64, 4> StatusWaitsMs{2'000, 5'000, 15'000, 60'000};
constexpr int MaxStatusPolls = 60;

Error badMessage(const char *text)
{
    return {u"bad_message"_s, QCoreApplication::translate("mesh::session", text), ErrorBand::Persistent};
}

} // namespace

QString refusalCode(const QString &text)
{
    static constexpr std::array<std::pair<QLatin1StringView, QLatin1StringView>, 4> prefixes{{
        {"rate_limit"_L1, "rate_limit"_L1},
        {"payload too large"_L1, "payload_too_large"_L1},
        {"no connected peer"_L1, "not_connected"_L1},
        {"blocked by recipient"_L1, "blocked"_L1},
    }};
    for (const auto &[prefix, code] : prefixes) {
        if (text.startsWith(prefix))
            return code;
    }
    return u"refused"_s;
}

QStringList mentionsIn(const QString &text)
{
    static const QRegularExpression pattern(u"(?<![\\w@])@([\\p{L}\\p{N}][\\p{L}\\p{N}_.-]{0,63})"_s,
                                            QRegularExpression::UseUnicodePropertiesOption);
    QStringList names;
    for (auto it = pattern.globalMatch(text); it.hasNext() && names.size() < 16;) {
        QString name = it.next().captured(1).toLower();
        while (name.endsWith(u'.') || name.endsWith(u'-'))
            name.chop(1);
        if (!names.contains(name))
            names.append(name);
    }
    return names;
}

SendFlow::SendFlow(SessionPort &port, MessageOpener &opener, const NameCache &names, TrafficFeed &traffic,
                   std::shared_ptr<SendLimiter> limiter, QString ownKey)
    : m_port(port)
    , m_opener(opener)
    , m_names(names)
    , m_traffic(traffic)
    , m_limiter(std::move(limiter))
    , m_ownKey(std::move(ownKey))
{
}

Expected<void> SendFlow::submit(const commands::SendMessage &content)
{
    if (content.clientMessageId.isEmpty() || content.clientMessageId.size() > 64)
        return badMessage("The message has no usable id.");
    if (content.text.isEmpty())
        return badMessage("The message is empty.");
    if (content.conversation.kind == ConversationKind::Notes) {
        keep(content);
        return {};
    }
    if (content.conversation.kind == ConversationKind::System
        || (content.conversation.kind != ConversationKind::Broadcast && content.conversation.key.isEmpty()))
        return badMessage("Nobody can be written to there.");
    bool isNew = false;
    OutgoingMessage *message = m_outbox.compose(content, &isNew);
    if (!message)
        return {};
    if (isNew) {
        m_port.emitEvent(MessageComposed{content.clientMessageId, content.conversation, content.priority, content.text,
                                         content.replyToId, m_port.wallMs()});
    }
    if (waitsForKey(content.conversation)) {
        m_topicKeys->want(content.conversation.key);
        tell(*message, OutgoingState::Queued,
             Error{u"topic_key_wanted"_s, QCoreApplication::translate("mesh::session", "It waits for the topic's key."),
                   ErrorBand::Transient});
    } else {
        tell(*message, OutgoingState::Queued);
    }
    pump();
    return {};
}

//! A note to oneself goes no further than the journal. It is told as accepted under its own id, by which others can
//! answer it.
void SendFlow::keep(const commands::SendMessage &note)
{
    m_port.emitEvent(MessageComposed{note.clientMessageId, note.conversation, note.priority, note.text, note.replyToId,
                                     m_port.wallMs()});
    OutgoingChanged kept;
    kept.clientMessageId = note.clientMessageId;
    kept.messageId = note.clientMessageId;
    kept.state = OutgoingState::Accepted;
    m_port.emitEvent(kept);
}

bool SendFlow::waitsForKey(const ConversationId &conversation) const
{
    if (!m_topicKeys || conversation.kind != ConversationKind::Topic)
        return false;
    const events::TopicKeyState state = m_topicKeys->state(conversation.key);
    return state == events::TopicKeyState::Unknown || state == events::TopicKeyState::Waiting;
}

Expected<void> SendFlow::cancel(const QString &clientMessageId)
{
    OutgoingMessage *message = m_outbox.cancel(clientMessageId);
    if (!message) {
        return Error{u"not_waiting"_s, QCoreApplication::translate("mesh::session", "The message has left already."),
                     ErrorBand::Persistent};
    }
    tell(*message, OutgoingState::Cancelled);
    tellQueue();
    return {};
}

void SendFlow::linkUp()
{
    const qint64 now = m_port.monoMs();
    for (OutgoingMessage *message : m_outbox.inState(OutgoingState::Accepted)) {
        if (message->statusDueMs != Never)
            message->statusDueMs = now;
    }
    m_statusDueMs = now;
    pump();
    m_port.wake();
}

void SendFlow::linkDown()
{
    for (OutgoingMessage *message : m_outbox.linkLost()) {
        const OutgoingState state = message->state;
        tell(*message, state,
             state == OutgoingState::Unknown
                 ? Error{u"link_lost"_s,
                         QCoreApplication::translate("mesh::session",
                                                     "The connection was lost before the broker answered."),
                         ErrorBand::Transient}
                 : Error{});
    }
    m_pumpDueMs = Never;
    m_statusDueMs = Never;
    tellQueue();
}

void SendFlow::peersListed()
{
    bool queued = false;
    for (OutgoingMessage *message : m_outbox.refusedForAbsence()) {
        const QString route = m_names.route(message->content.conversation.key);
        const PeerIdentity *peer = m_names.find(route);
        const bool live = peer && peer->live;
        if (!live || (route == message->target && !message->recipientMissed)) {
            // Listed under the very key that was refused: it must go away first, or this would try at every list.
            message->recipientMissed = message->recipientMissed || !live;
            continue;
        }
        message->absent = false;
        m_outbox.setState(*message, OutgoingState::Queued);
        tell(*message, OutgoingState::Queued);
        queued = true;
    }
    if (queued)
        pump();
}

void SendFlow::readBy(const QString &from, const QStringList &clientMessageIds)
{
    for (const QString &id : clientMessageIds) {
        OutgoingMessage *message = m_outbox.find(id);
        if (!message) {
            // Written before this run: the id is unguessable, so whoever names it has received it.
            m_port.emitEvent(OutgoingChanged{id, OutgoingState::Read, {}, {}, {}, from});
            continue;
        }
        const QString member = m_names.memberKeyOf(from);
        const bool recipient = message->content.conversation.kind == ConversationKind::Direct
            && (message->target == from || message->content.conversation.key == from
                || (!member.isEmpty() && member == message->memberKey));
        if (recipient && message->state != OutgoingState::Read)
            tell(*message, OutgoingState::Read, {}, from);
    }
}

QString SendFlow::ownTopicMessage(const SealedText &body) const
{
    const QString *id = m_topicBodies.find(TopicPoller::bodyKey(body.nonce, body.ciphertext));
    return id ? *id : QString();
}

void SendFlow::advance()
{
    const qint64 now = m_port.monoMs();
    if (m_pumpDueMs <= now)
        pump();
    if (m_statusDueMs > now)
        return;
    m_statusDueMs = Never;
    if (!m_port.online())
        return;
    for (OutgoingMessage *message : m_outbox.inState(OutgoingState::Accepted)) {
        if (message->statusDueMs <= now)
            pollStatus(*message);
        m_statusDueMs = std::min(m_statusDueMs, message->statusDueMs);
    }
}

qint64 SendFlow::nextDueMs() const
{
    return std::min(m_pumpDueMs, m_statusDueMs);
}

void SendFlow::pump()
{
    // Sending can fail at once and so come back here; the loop below then goes on by itself.
    if (m_pumping)
        return;
    m_pumping = true;
    m_pumpDueMs = Never;
    while (m_port.online()) {
        OutgoingMessage *message =
            m_outbox.nextQueued([this](const ConversationId &conversation) { return !waitsForKey(conversation); });
        if (!message)
            break;
        const qint64 now = m_port.monoMs();
        if (!m_limiter->take(now)) {
            m_pumpDueMs = m_limiter->nextAtMs(now);
            m_port.wake();
            break;
        }
        send(*message);
    }
    m_pumping = false;
    tellQueue();
}

Expected<Send> SendFlow::frameFor(OutgoingMessage &message)
{
    const commands::SendMessage &content = message.content;
    Send frame;
    frame.id = content.clientMessageId;
    frame.clientMessageId = content.clientMessageId;
    frame.priority = content.priority;
    Expected<SealedText> body = Error{};
    switch (content.conversation.kind) {
    case ConversationKind::Direct:
        // Sealed anew at every try, to the key the peer has now.
        message.target = m_names.route(content.conversation.key);
        message.memberKey = m_names.memberKeyOf(message.target);
        body = m_opener.sealFor(message.target, content.text);
        break;
    case ConversationKind::Group: {
        const Expected<GroupName> name = GroupName::parse(content.conversation.key);
        if (!name)
            return name.error();
        message.target = u'@' + name->text();
        body = encodeBroadcast(content.text);
        break;
    }
    case ConversationKind::Topic:
        message.target = u'#' + content.conversation.key;
        body = topicBody(content, frame.bodyVersion.emplace(1));
        if (const QStringList names = mentionsIn(content.text); !names.isEmpty())
            frame.mentions = names;
        if (!content.replyToId.isEmpty())
            frame.replyToId = content.replyToId;
        break;
    case ConversationKind::Broadcast:
        message.target = u"*"_s;
        body = encodeBroadcast(content.text);
        break;
    case ConversationKind::System:
    case ConversationKind::Notes:
        return badMessage("Nobody can be written to there.");
    }
    if (!body)
        return body.error();
    frame.targetSpec = message.target;
    frame.nonce = body->nonce;
    frame.ciphertext = body->ciphertext;
    if (content.conversation.kind == ConversationKind::Topic)
        m_topicBodies.insert(TopicPoller::bodyKey(body->nonce, body->ciphertext), content.clientMessageId);
    return frame;
}

Expected<SealedText> SendFlow::topicBody(const commands::SendMessage &content, int &version)
{
    const auto state = m_topicKeys ? m_topicKeys->state(content.conversation.key) : events::TopicKeyState::Clear;
    if (state == events::TopicKeyState::Held) {
        version = 2;
        return m_topicKeys->seal(content.conversation.key, content.text);
    }
    if (state == events::TopicKeyState::Clear)
        return encodeBroadcast(content.text);
    return Error{u"topic_encrypted"_s,
                 QCoreApplication::translate("mesh::session", "This topic is encrypted and its key is not known here."),
                 ErrorBand::Security};
}

void SendFlow::send(OutgoingMessage &message)
{
    const QString id = message.content.clientMessageId;
    const Expected<Send> frame = frameFor(message);
    if (!frame) {
        refused(message, frame.error());
        return;
    }
    tell(message, OutgoingState::Sent);
    m_port.request(*frame, [this, id](const Answer &answer) { answered(id, answer); });
}

void SendFlow::answered(const QString &clientMessageId, const Answer &answer)
{
    OutgoingMessage *message = m_outbox.find(clientMessageId);
    // linkDown() may have decided already.
    if (!message || message->state != OutgoingState::Sent)
        return;
    if (answer) {
        const auto *ack = *answer ? getIf<Ack>(&**answer) : nullptr;
        accepted(*message, ack ? ack->messageId : QString());
    } else {
        refused(*message, answer.error());
    }
    pump();
}

void SendFlow::accepted(OutgoingMessage &message, const QString &messageId)
{
    message.messageId = messageId;
    message.statusPolls = 0;
    message.statusDueMs = Never;
    // A direct message is confirmed by its recipient. Multicasts count as delivered the moment they are fanned out; the
    // broker tells once who got them. Topics are told of by their history.
    if (message.content.conversation.kind != ConversationKind::Topic && !messageId.isEmpty()) {
        message.statusDueMs = m_port.monoMs() + StatusWaitsMs.front();
        m_statusDueMs = std::min(m_statusDueMs, message.statusDueMs);
        m_port.wake();
    }
    tell(message, OutgoingState::Accepted);
    m_traffic.feed(TrafficSeen{TrafficSource::Own, messageId, 0, m_ownKey, m_names.nameOf(m_ownKey), message.target,
                               message.content.priority, m_port.wallMs()});
}

void SendFlow::refused(OutgoingMessage &message, const Error &error)
{
    if (error.code == "timeout"_L1) {
        tell(message, OutgoingState::Unknown, error);
        return;
    }
    if (error.code == "offline"_L1 || error.code == "closed"_L1) {
        tell(message, OutgoingState::Queued);
        return;
    }
    const QString code = error.code == "refused"_L1 ? refusalCode(error.detail) : error.code;
    if (code == "rate_limit"_L1) {
        // Somebody else sends as this member. The message waits instead of failing.
        m_limiter->drain(m_port.monoMs());
        tell(message, OutgoingState::Queued);
        return;
    }
    message.absent = code == "not_connected"_L1 && message.content.conversation.kind == ConversationKind::Direct;
    message.recipientMissed = false;
    tell(message, OutgoingState::Refused, Error{code, error.detail, error.band});
}

void SendFlow::pollStatus(OutgoingMessage &message)
{
    const size_t step = std::min(size_t(++message.statusPolls), StatusWaitsMs.size() - 1);
    message.statusDueMs = message.statusPolls < MaxStatusPolls ? m_port.monoMs() + StatusWaitsMs[step] : Never;
    MessageStatus question;
    question.messageId = message.messageId;
    m_port.request(question, [this, id = message.content.clientMessageId](const Answer &answer) {
        OutgoingMessage *message = m_outbox.find(id);
        if (!message || message->state != OutgoingState::Accepted || !answer || !*answer)
            return;
        const auto *status = getIf<MessageStatusResult>(&**answer);
        if (!status)
            return;
        if (message->content.conversation.kind == ConversationKind::Direct) {
            if (status->delivered)
                tell(*message, OutgoingState::Delivered, {}, message->target);
            return;
        }
        message->statusDueMs = Never; // who was not there at once never gets it
        for (const RecipientRow &recipient : status->recipients) {
            if (recipient.status == "delivered"_L1 && !recipient.pubkey.isEmpty())
                tell(*message, OutgoingState::Delivered, {}, recipient.pubkey);
        }
    });
}

void SendFlow::tell(OutgoingMessage &message, OutgoingState state, const Error &error, const QString &recipientKey)
{
    m_outbox.setState(message, state);
    m_port.emitEvent(OutgoingChanged{message.content.clientMessageId, state, message.messageId, error.code,
                                     error.detail, recipientKey});
}

void SendFlow::tellQueue()
{
    const int waiting = m_outbox.waiting();
    const qint64 nextAt =
        waiting > 0 && m_pumpDueMs != Never ? m_port.wallMs() + std::max<qint64>(0, m_pumpDueMs - m_port.monoMs()) : 0;
    if (waiting == m_toldWaiting && (waiting == 0 || nextAt == m_toldNextAtMs))
        return;
    m_toldWaiting = waiting;
    m_toldNextAtMs = nextAt;
    m_port.emitEvent(SendQueueChanged{waiting, nextAt});
}

} // namespace mesh::session
