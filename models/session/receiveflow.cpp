// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/receiveflow.h"

#include <algorithm>

#include "models/protocol/frameevents.h"
#include "models/protocol/logging.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

namespace {

constexpr qsizetype MaxHeld = 1'000;

} // namespace

ReceiveFlow::ReceiveFlow(SessionPort &port, MessageOpener &opener, NameCache &names, TopicPoller &topics,
                         TrafficFeed &traffic, QString ownKey, QString ownMemberKey)
    : m_port(port)
    , m_opener(opener)
    , m_names(names)
    , m_topics(topics)
    , m_traffic(traffic)
    , m_ownKey(std::move(ownKey))
    , m_ownMemberKey(std::move(ownMemberKey))
{
}

void ReceiveFlow::take(const Push &push)
{
    if (push.senderPubkey == m_ownKey)
        return; // a topic row of ours that a drain gave back (wire reference 6.5)
    if (push.topic) {
        m_topics.pushed(*push.topic);
        return;
    }
    if (push.senderMemberPubkey || push.senderMemberId) {
        m_names.learnMember(push.senderPubkey, push.senderMemberPubkey.value_or(QString()),
                            push.senderMemberId.value_or(QString()), push.senderName.value_or(QString()),
                            m_port.monoMs());
    }
    const OpenedPush opened = m_opener.open(push, m_names.memberKeyOf(push.senderPubkey));
    if (opened.kind != OpenedPush::Kind::Unexplained) {
        // The full form of a multicast replaces its bare copy.
        m_held.remove(push.messageId);
        deliver(push, opened);
        return;
    }
    if (m_topics.hasBody(push.nonce, push.ciphertext))
        return; // known from the history; a confirmation would take it from the other members of the topic
    if (m_held.contains(push.messageId) || m_held.size() >= MaxHeld)
        return; // unconfirmed, so the broker delivers it again
    m_held.insert(push.messageId, {push, m_port.monoMs() + m_port.timings().heldPushMs, false});
    m_port.wake();
}

void ReceiveFlow::settle(const QString &messageId)
{
    const auto it = m_held.find(messageId);
    if (it == m_held.end())
        return;
    if (!it->topicsAsked && m_topics.hasTopics() && m_port.online()) {
        it->topicsAsked = true;
        it->dueMs = Never;
        m_topics.refreshAll([this, messageId] { settle(messageId); });
        return;
    }
    const Push push = m_held.take(messageId).push;
    if (m_topics.hasBody(push.nonce, push.ciphertext))
        return;
    // The name cache may know the sender's member key by now.
    deliver(push, m_opener.open(push, m_names.memberKeyOf(push.senderPubkey)));
}

void ReceiveFlow::deliver(const Push &push, const OpenedPush &opened)
{
    // Ids of clients are unique for their sender only; somebody else must not be able to hide a message by reusing one.
    const QString sender = m_names.memberKeyOf(push.senderPubkey);
    const QString clientId = push.clientMessageId && !push.clientMessageId->isEmpty()
        ? (sender.isEmpty() ? push.senderPubkey : sender) + u'/' + *push.clientMessageId
        : QString();
    if (m_ledger.arrived(push.messageId, clientId) == AckLedger::Arrival::Duplicate) {
        sendAcks();
        return;
    }

    events::MessageReceived message = messageFrom(push, m_port.wallMs());
    message.body = opened.body;
    message.text = opened.text;
    if (opened.kind == OpenedPush::Kind::Reminder)
        message.subtype = u"reminder"_s;
    if (message.senderMemberKey.isEmpty())
        message.senderMemberKey = sender;
    if (message.senderName.isEmpty())
        message.senderName = m_names.nameOf(push.senderPubkey);
    const bool unknown = message.senderName.isEmpty();

    events::TrafficSeen traffic;
    traffic.source = events::TrafficSource::Own;
    traffic.messageId = push.messageId;
    traffic.senderKey = push.senderPubkey;
    traffic.senderName = message.senderName;
    traffic.targetSpec = isMulticast(push) ? u"*"_s : opened.toMemberKey ? m_ownMemberKey : m_ownKey;
    traffic.priority = push.priority;
    traffic.sentAtMs = message.sentAtMs;

    if (onMessage)
        onMessage(message);
    m_port.emitEvent(std::move(message));
    m_traffic.feed(std::move(traffic));
    if (unknown && onUnknownSender)
        onUnknownSender();
}

void ReceiveFlow::confirmStored(const QStringList &messageIds)
{
    for (const QString &id : messageIds)
        m_ledger.confirm(id);
    sendAcks();
}

void ReceiveFlow::sendAcks()
{
    if (!m_ledger.hasDue() || !m_port.online())
        return;
    const QStringList due = m_ledger.takeDue();
    for (qsizetype i = 0; i < due.size(); ++i) {
        ClientAck ack;
        ack.brokerMessageId = due.at(i);
        const Expected<void> sent = m_port.post(ack);
        if (!sent && sent.error().code == "offline"_L1) {
            m_ledger.putBack(due.mid(i));
            return;
        }
        if (!sent)
            qCWarning(lcSession) << "a message could not be confirmed:" << sent.error().code;
    }
}

void ReceiveFlow::linkUp()
{
    sendAcks();
}

void ReceiveFlow::advance()
{
    const qint64 now = m_port.monoMs();
    QStringList due;
    for (auto it = m_held.cbegin(); it != m_held.cend(); ++it) {
        if (it->dueMs <= now)
            due.append(it.key());
    }
    for (const QString &id : std::as_const(due))
        settle(id);
}

qint64 ReceiveFlow::nextDueMs() const
{
    qint64 due = Never;
    for (const Held &held : m_held)
        due = std::min(due, held.dueMs);
    return due;
}

} // namespace mesh::session
