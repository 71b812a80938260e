// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"
#include "localmesh/router.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace mesh::local {

using namespace Qt::StringLiterals;

void Requests::on(const Context &context, const protocol::SetState &frame)
{
    if (frame.key.isEmpty() || frame.key.size() > limits::StateKeyChars) {
        refuse(context, u"key must have 1 to %1 characters"_s.arg(limits::StateKeyChars));
        return;
    }
    if (frame.value.isUndefined() || frame.value.isNull()) {
        refuse(context, u"value must not be null or missing"_s);
        return;
    }
    const Presence &presence = context.presence;
    const qint64 nowMs = m_parts.clock.nowMs();
    if (!m_parts.state.set(frame.key, frame.value, presence.memberName, nowMs)) {
        fail(context, u"limit"_s, u"this mesh has too many state keys"_s);
        return;
    }
    m_parts.audit.append("state_set"_L1, presence.memberId, presence.displayName,
                         {{u"key"_s, frame.key}, {u"value"_s, frame.value}}, nowMs);
    protocol::StateChange change;
    change.key = frame.key;
    change.value = frame.value;
    change.updatedBy = presence.memberName;
    m_parts.turn.send(m_router.everyoneBut(&presence), protocol::encode(protocol::BrokerFrame(std::move(change))));
}

void Requests::on(const Context &context, const protocol::GetState &frame)
{
    reply(context, m_parts.state.get(frame.key));
}

void Requests::on(const Context &context, const protocol::ListState &)
{
    protocol::StateList list;
    list.entries = m_parts.state.list();
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::Remember &frame)
{
    const QStringList tags = frame.tags.value_or(QStringList());
    const bool longTag =
        std::any_of(tags.cbegin(), tags.cend(), [](const QString &tag) { return tag.size() > limits::NameChars; });
    if (frame.content.isEmpty() || frame.content.size() > limits::MemoryChars || tags.size() > limits::MemoryTags
        || longTag) {
        refuse(context,
               u"content must have 1 to %1 characters, with at most %2 short tags"_s.arg(limits::MemoryChars)
                   .arg(limits::MemoryTags));
        return;
    }
    protocol::MemoryStored stored;
    stored.id = m_parts.memory.remember(frame.content, tags, context.presence.memberName, m_parts.clock.nowMs());
    if (stored.id.isEmpty())
        return;
    m_router.publish(MemoryStream,
                     QJsonObject{{u"op"_s, u"remembered"_s},
                                 {u"id"_s, stored.id},
                                 {u"content"_s, frame.content},
                                 {u"tags"_s, QJsonArray::fromStringList(tags)},
                                 {u"by"_s, context.presence.memberName}},
                     u"system"_s, &context.presence);
    reply(context, std::move(stored));
}

void Requests::on(const Context &context, const protocol::Recall &frame)
{
    protocol::MemoryResults results;
    results.memories = m_parts.memory.recall(frame.query);
    reply(context, std::move(results));
}

void Requests::on(const Context &context, const protocol::Forget &frame)
{
    m_parts.memory.forget(frame.memoryId);
    m_router.publish(MemoryStream, QJsonObject{{u"op"_s, u"forgotten"_s}, {u"id"_s, frame.memoryId}}, u"system"_s,
                     &context.presence);
    done(context, frame.memoryId, frame.memoryId);
}

} // namespace mesh::local
