// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

bool isBase62(const QString &text)
{
    return std::all_of(text.cbegin(), text.cend(), [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'A' && c <= u'Z') || (c >= u'a' && c <= u'z');
    });
}

bool isStreamName(const QString &name)
{
    return !name.isEmpty() && name.size() <= limits::NameChars;
}

QString streamNameRule()
{
    return u"a stream name has 1 to %1 characters"_s.arg(limits::NameChars);
}

} // namespace

void Requests::on(const Context &context, const protocol::Send &frame)
{
    const protocol::Ack ack = m_router.send(Sender::of(context.presence), frame);
    if (ack.queued)
        m_parts.metrics.routeMessage(toWord(frame.priority));
    else
        m_parts.metrics.rejectMessage(ack.error.value_or(QString()));
    m_parts.turn.send(&context.connection, protocol::encode(ack));
}

void Requests::on(const Context &context, const protocol::ClientAck &frame)
{
    const Presence &presence = context.presence;
    QStringList targets{presence.memberPubkey};
    if (!presence.sessionPubkey.isEmpty())
        targets.prepend(presence.sessionPubkey);
    m_parts.queue.acknowledge(targets, frame.brokerMessageId, frame.clientMessageId, m_parts.clock.nowMs());
}

void Requests::on(const Context &context, const protocol::MessageStatus &frame)
{
    const qsizetype size = frame.messageId.size();
    if (size < 8 || size > 32 || !isBase62(frame.messageId)) {
        fail(context, u"invalid_argument"_s, u"messageId must be 8-32 base62 chars (got %1)"_s.arg(size));
        return;
    }
    QList<QueuedMessage> found = m_parts.queue.find(frame.messageId);
    found.removeIf([&](const QueuedMessage &message) {
        if (!message.target.startsWith(u'#'))
            return false;
        const std::optional<Topic> topic = m_parts.topics.find(message.target.mid(1));
        return topic && !m_parts.topics.mayRead(*topic, context.presence.memberId);
    });
    if (found.isEmpty()) {
        fail(context, u"not_found"_s, u"message not found"_s);
        return;
    }
    if (found.size() > 1) {
        fail(context, u"ambiguous_prefix"_s, u"several messages start with this id"_s);
        return;
    }
    const QueuedMessage &message = found.constFirst();
    protocol::MessageStatusResult result;
    result.messageId = frame.messageId;
    result.targetSpec = message.target;
    result.delivered = message.deliveredAtMs.has_value();
    if (message.deliveredAtMs)
        result.deliveredAt = isoTime(*message.deliveredAtMs);
    result.recipients = m_router.recipients(message);
    reply(context, std::move(result));
}

void Requests::on(const Context &context, const protocol::CreateStream &frame)
{
    if (!isStreamName(frame.name)) {
        refuse(context, streamNameRule());
        return;
    }
    const QString id = m_parts.streams.create(frame.name, context.presence.memberName, m_parts.clock.nowMs());
    if (id.isEmpty()) {
        fail(context, u"limit"_s, u"this mesh has too many streams"_s);
        return;
    }
    protocol::StreamCreated created;
    created.id = id;
    created.name = frame.name;
    reply(context, std::move(created));
}

void Requests::on(const Context &context, const protocol::Subscribe &frame)
{
    if (!isStreamName(frame.stream)) {
        refuse(context, streamNameRule());
        return;
    }
    if (!m_parts.streams.subscribe(context.presence, frame.stream)) {
        fail(context, u"limit"_s, u"too many subscriptions"_s);
        return;
    }
    protocol::Subscribed subscribed;
    subscribed.stream = frame.stream;
    reply(context, std::move(subscribed));
}

void Requests::on(const Context &context, const protocol::Unsubscribe &frame)
{
    m_parts.streams.unsubscribe(context.presence, frame.stream);
}

void Requests::on(const Context &context, const protocol::Publish &frame)
{
    if (!isStreamName(frame.stream) || frame.data.isUndefined())
        refuse(context, u"publish needs a stream and data"_s);
    else if (frame.stream.startsWith(OwnStreams))
        fail(context, u"forbidden"_s, u"streams named x-mesh:... belong to the broker"_s);
    else
        m_router.publish(frame.stream, frame.data, context.presence.memberName, &context.presence);
}

void Requests::on(const Context &context, const protocol::ListStreams &)
{
    protocol::StreamList list;
    list.streams = m_parts.streams.list();
    reply(context, std::move(list));
}

} // namespace mesh::local
