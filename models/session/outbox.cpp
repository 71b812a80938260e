// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/outbox.h"

#include <QtCore/QSet>

#include <algorithm>
#include <tuple>

namespace mesh::session {

using protocol::ConversationKind;

OutgoingMessage *Outbox::compose(const protocol::commands::SendMessage &content, bool *isNew)
{
    std::shared_ptr<OutgoingMessage> &slot = m_messages[content.clientMessageId];
    *isNew = !slot;
    if (!slot) {
        slot = std::make_shared<OutgoingMessage>();
    } else if (slot->state != OutgoingState::Refused && slot->state != OutgoingState::Unknown
               && slot->state != OutgoingState::Cancelled) {
        return nullptr;
    }
    m_finished.removeOne(content.clientMessageId);
    slot->content = content;
    slot->state = OutgoingState::Queued;
    slot->absent = false;
    slot->recipientMissed = false;
    slot->messageId.clear();
    slot->order = ++m_order;
    return slot.get();
}

OutgoingMessage *Outbox::cancel(const QString &clientMessageId)
{
    OutgoingMessage *message = find(clientMessageId);
    if (!message)
        return nullptr;
    switch (message->state) {
    case OutgoingState::Queued:
    case OutgoingState::Refused:
    case OutgoingState::Unknown:
        setState(*message, OutgoingState::Cancelled);
        return message;
    default:
        return nullptr;
    }
}

OutgoingMessage *Outbox::find(const QString &clientMessageId)
{
    const auto it = m_messages.constFind(clientMessageId);
    return it == m_messages.cend() ? nullptr : it->get();
}

OutgoingMessage *Outbox::nextQueued(const std::function<bool(const protocol::ConversationId &)> &isReady)
{
    QSet<QString> busy;
    for (const auto &message : std::as_const(m_messages)) {
        if (message->state == OutgoingState::Sent)
            busy.insert(message->content.conversation.key + QChar(int(message->content.conversation.kind)));
    }
    OutgoingMessage *best = nullptr;
    const auto rank = [](const OutgoingMessage &message) {
        return std::tuple(int(message.content.priority), message.order);
    };
    for (const auto &message : std::as_const(m_messages)) {
        if (message->state != OutgoingState::Queued
            || busy.contains(message->content.conversation.key + QChar(int(message->content.conversation.kind))))
            continue;
        if (isReady && !isReady(message->content.conversation))
            continue;
        if (!best || rank(*message) < rank(*best))
            best = message.get();
    }
    return best;
}

int Outbox::waiting() const
{
    return int(std::count_if(m_messages.cbegin(), m_messages.cend(),
                             [](const auto &message) { return message->state == OutgoingState::Queued; }));
}

QList<OutgoingMessage *> Outbox::linkLost()
{
    const QList<OutgoingMessage *> sent = inState(OutgoingState::Sent);
    for (OutgoingMessage *message : sent) {
        setState(*message,
                 message->content.conversation.kind == ConversationKind::Direct ? OutgoingState::Queued
                                                                                : OutgoingState::Unknown);
    }
    return sent;
}

QList<OutgoingMessage *> Outbox::refusedForAbsence()
{
    QList<OutgoingMessage *> refused = inState(OutgoingState::Refused);
    refused.removeIf([](const OutgoingMessage *message) { return !message->absent; });
    return refused;
}

QList<OutgoingMessage *> Outbox::inState(OutgoingState state)
{
    QList<OutgoingMessage *> found;
    for (const auto &message : std::as_const(m_messages)) {
        if (message->state == state)
            found.append(message.get());
    }
    std::sort(found.begin(), found.end(),
              [](const OutgoingMessage *a, const OutgoingMessage *b) { return a->order < b->order; });
    return found;
}

void Outbox::setState(OutgoingMessage &message, OutgoingState state)
{
    message.state = state;
    switch (state) {
    case OutgoingState::Queued:
    case OutgoingState::Sent:
        m_finished.removeOne(message.content.clientMessageId);
        return;
    default:
        break;
    }
    if (!m_finished.contains(message.content.clientMessageId)) {
        m_finished.append(message.content.clientMessageId);
        forgetOldest();
    }
}

void Outbox::forgetOldest()
{
    while (m_finished.size() > m_keepFinished)
        m_messages.remove(m_finished.takeFirst());
}

} // namespace mesh::session
