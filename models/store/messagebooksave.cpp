// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/messagebook.h"
#include "models/store/storejson.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;

QJsonObject MessageBook::save() const
{
    QJsonArray conversations;
    for (const Record &record : m_records) {
        const Conversation &c = record.shown;
        conversations.append(QJsonObject{{u"id"_s, toJson(c.id)},
                                         {u"title"_s, c.title},
                                         {u"peer"_s, c.peerKey},
                                         {u"lastAt"_s, c.lastAtMs},
                                         {u"messages"_s, toArray(record.messages)}});
    }
    QJsonObject former;
    for (auto it = m_formerKeys.cbegin(); it != m_formerKeys.cend(); ++it)
        former.insert(it.key(), *it);
    QJsonArray parts;
    for (auto it = m_parts.cbegin(); it != m_parts.cend(); ++it)
        parts.append(QJsonObject{{u"id"_s, toJson(it.key())},
                                 {u"readUpTo"_s, it->readUpToMs},
                                 {u"draft"_s, it->draft},
                                 {u"draftReplyTo"_s, it->draftReplyToId},
                                 {u"draftAt"_s, it->draftAtMs},
                                 {u"arrangement"_s, toJson(it->arrangement)}});
    // Ids under which a message was told besides its own.
    QJsonArray other;
    for (auto it = m_index.cbegin(); it != m_index.cend(); ++it) {
        const Message *message = peek(*it);
        if (message && !names(*message).contains(it.key()) && !names(*message).isEmpty())
            other.append(QJsonArray{it.key(), names(*message).first()});
    }
    return {{u"conversations"_s, conversations},
            {u"former"_s, former},
            {u"parts"_s, parts},
            {u"otherIds"_s, other},
            {u"name"_s, m_displayName}};
}

void MessageBook::load(const QJsonObject &object)
{
    *this = MessageBook();
    m_displayName = object[u"name"].toString();
    const QJsonObject former = object[u"former"].toObject();
    for (auto it = former.begin(); it != former.end(); ++it)
        m_formerKeys.insert(it.key(), it.value().toString());
    for (const QJsonValue &value : object[u"parts"].toArray()) {
        const Expected<ConversationId> id = fromJson<ConversationId>(value[u"id"].toObject());
        if (!id)
            continue;
        Part part{value[u"readUpTo"].toInteger(),
                  value[u"draft"].toString(),
                  value[u"draftReplyTo"].toString(),
                  value[u"draftAt"].toInteger(-1),
                  {}};
        // Snapshots of older versions have none.
        if (const auto arrangement = fromJson<Arrangement>(value[u"arrangement"].toObject()))
            part.arrangement = *arrangement;
        m_parts.insert(*id, part);
    }
    const StoreLimits limits;
    StoreCounters counters;
    ChangeSet changes;
    Timeline timeline;
    FoldContext context{limits, counters, changes, timeline};
    for (const QJsonValue &value : object[u"conversations"].toArray()) {
        const QJsonObject o = value.toObject();
        Expected<ConversationId> id = fromJson<ConversationId>(o[u"id"].toObject());
        if (!id)
            continue;
        Record &r = record(*id, context);
        r.shown.title = o[u"title"].toString();
        r.shown.peerKey = o[u"peer"].toString();
        r.shown.lastAtMs = o[u"lastAt"].toInteger();
        r.messages = fromArray<Message>(o[u"messages"]);
        for (Message &message : r.messages) {
            message.seq = ++m_lastSeq;
            index(message);
        }
        applyParts(*id, context);
        summarise(r, context);
    }
    for (const QJsonValue &value : object[u"otherIds"].toArray()) {
        const QJsonArray pair = value.toArray();
        if (const auto it = m_index.constFind(pair.at(1).toString()); it != m_index.cend())
            m_index.insert(pair.at(0).toString(), Place(*it));
    }
    m_touched.clear();
}

} // namespace mesh::store
