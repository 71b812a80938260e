// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/humanchat.h"

#include <algorithm>

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

HumanChat::HumanChat(SessionPort &port, MessageOpener &opener, const NameCache &names, QString ownKey)
    : m_port(port)
    , m_opener(opener)
    , m_names(names)
    , m_ownKey(std::move(ownKey))
    , m_throttle(port.timings().typingThrottleMs)
{
}

QString HumanChat::signalKey(const ConversationId &conversation) const
{
    if (conversation.kind != ConversationKind::Direct || !m_port.online())
        return {};
    const QString key = m_names.route(conversation.key);
    const PeerIdentity *peer = m_names.find(key);
    return peer && peer->live && peer->humanSignals ? key : QString();
}

void HumanChat::publish(const HumanSignal &signal, const QString &recipient)
{
    const Expected<QJsonValue> data = sealSignal(signal, m_ownKey, recipient, m_opener);
    if (!data)
        return;
    Publish frame;
    frame.stream = humanStream(recipient);
    frame.data = *data;
    // A lost signal is no loss: typing expires, and messages read are reported with the next ones.
    (void)m_port.post(frame).hasValue();
}

QStringList HumanChat::typingKeys(const ConversationId &conversation) const
{
    const QString own = m_names.memberKeyOf(m_ownKey);
    const auto other = [&](const PeerIdentity &peer) { return peer.key != m_ownKey && peer.memberKey != own; };
    switch (conversation.kind) {
    case ConversationKind::Direct: {
        const QString key = signalKey(conversation);
        return key.isEmpty() ? QStringList() : QStringList{key};
    }
    case ConversationKind::Group:
        return m_names.humans(
            [&](const PeerIdentity &peer) { return other(peer) && peer.groups.contains(conversation.key); }, MaxTold);
    case ConversationKind::Topic: {
        const QSet<QString> members = membersOf ? membersOf(conversation.key) : QSet<QString>();
        return m_names.humans([&](const PeerIdentity &peer) { return other(peer) && members.contains(peer.memberKey); },
                              MaxTold);
    }
    case ConversationKind::Broadcast:
    case ConversationKind::System:
    case ConversationKind::Notes:
        break;
    }
    return {};
}

void HumanChat::setTyping(const ConversationId &conversation, bool on)
{
    if (!m_sending || !m_port.online())
        return;
    HumanSignal signal;
    signal.kind = HumanSignal::Kind::Typing;
    signal.on = on;
    signal.sentAtMs = m_port.wallMs();
    if (conversation.kind == ConversationKind::Group)
        signal.place = u'@' + conversation.key;
    else if (conversation.kind == ConversationKind::Topic)
        signal.place = u'#' + conversation.key;
    const QStringList keys = typingKeys(conversation);
    for (const QString &key : keys) {
        if (m_throttle.pass(key + signal.place, on, m_port.monoMs()))
            publish(signal, key);
    }
}

void HumanChat::stopped(const QString &key)
{
    const auto it = m_writing.constFind(key);
    if (it == m_writing.cend())
        return;
    const ConversationId conversation = it->conversation;
    m_writing.erase(it);
    m_port.emitEvent(events::TypingChanged{key, false, 0, conversation});
}

void HumanChat::received(const events::MessageReceived &message)
{
    if (message.conversation.kind != ConversationKind::Direct || message.clientMessageId.isEmpty())
        return;
    if (m_unread.size() >= MaxPeers && !m_unread.contains(message.senderKey))
        m_unread.erase(m_unread.begin());
    QList<Unread> &unread = m_unread[message.senderKey];
    unread.append({message.clientMessageId, message.sentAtMs});
    if (unread.size() > MaxUnreadPerPeer)
        unread.removeFirst();
    // Who sends has stopped writing, whatever its last signal said.
    if (m_writing.value(message.senderKey).conversation.kind == ConversationKind::Direct)
        stopped(message.senderKey);
}

void HumanChat::markRead(const ConversationId &conversation, qint64 upToMs)
{
    if (conversation.kind != ConversationKind::Direct)
        return;
    const QString recipient = signalKey(conversation);
    if (recipient.isEmpty())
        return; // kept: the peer may be back before the next mark
    const QString member = m_names.memberKeyOf(conversation.key);
    QStringList ids;
    for (auto it = m_unread.begin(); it != m_unread.end(); ++it) {
        const bool same = it.key() == conversation.key || it.key() == recipient
            || (!member.isEmpty() && m_names.memberKeyOf(it.key()) == member);
        if (!same)
            continue;
        it->removeIf([&](const Unread &unread) {
            if (unread.sentAtMs > upToMs)
                return false;
            ids.append(unread.clientMessageId);
            return true;
        });
    }
    if (ids.isEmpty() || !m_sending)
        return;
    HumanSignal signal;
    signal.kind = HumanSignal::Kind::Read;
    signal.ids = ids;
    signal.sentAtMs = m_port.wallMs();
    publish(signal, recipient);
}

Expected<void> HumanChat::take(const QJsonValue &data)
{
    const Expected<HumanSignal> signal = openSignal(data, m_ownKey, m_opener);
    if (!signal)
        return signal.error();
    if (signal->kind == HumanSignal::Kind::Read) {
        if (onRead)
            onRead(signal->from, signal->ids);
        return {};
    }
    if (m_lastSignalMs.size() >= MaxPeers)
        m_lastSignalMs.clear();
    qint64 &last = m_lastSignalMs[signal->from];
    if (signal->sentAtMs <= last)
        return Error{u"replayed"_s, u"An old signal came again."_s, ErrorBand::Security};
    last = signal->sentAtMs;
    const int expiry = m_port.timings().typingExpiryMs;
    ConversationId conversation;
    if (signal->place.startsWith(u'@'))
        conversation = {ConversationKind::Group, signal->place.sliced(1)};
    else if (signal->place.startsWith(u'#'))
        conversation = {ConversationKind::Topic, signal->place.sliced(1)};
    if (signal->on) {
        m_writing[signal->from] = {m_port.monoMs() + expiry, conversation};
        m_port.emitEvent(events::TypingChanged{signal->from, true, m_port.wallMs() + expiry, conversation});
        m_port.wake();
    } else if (m_writing.value(signal->from).conversation == conversation) {
        stopped(signal->from);
    }
    return {};
}

void HumanChat::advance()
{
    const qint64 now = m_port.monoMs();
    QStringList silent;
    for (auto it = m_writing.cbegin(); it != m_writing.cend(); ++it) {
        if (it->untilMs <= now)
            silent.append(it.key());
    }
    for (const QString &key : std::as_const(silent))
        stopped(key);
}

qint64 HumanChat::nextDueMs() const
{
    qint64 due = Never;
    for (const Writing &writing : m_writing)
        due = std::min(due, writing.untilMs);
    return due;
}

} // namespace mesh::session
