// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/sharedbook.h"
#include "models/store/storejson.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;

QJsonObject SharedBook::save() const
{
    QJsonArray state;
    for (auto it = m_state.cbegin(); it != m_state.cend(); ++it) {
        state.append(
            QJsonObject{{u"key"_s, it.key()}, {u"points"_s, trackToArray(*it, [](const Revision &r) {
                                                   return QJsonValue(QJsonArray{r.value, r.by, r.atMs, r.text});
                                               })}});
    }
    QJsonArray memories;
    for (const MemoryRecord &record : m_memories)
        memories.append(QJsonObject{
            {u"memory"_s, toJson(record.memory)}, {u"seen"_s, record.seenMs}, {u"forgotten"_s, record.forgottenMs}});
    QJsonArray members;
    for (auto it = m_listings.topicMembers.cbegin(); it != m_listings.topicMembers.cend(); ++it)
        members.append(
            QJsonObject{{u"topic"_s, it.key()}, {u"at"_s, m_membersHeard.value(it.key())}, {u"rows"_s, toArray(*it)}});
    QJsonArray decided;
    for (auto it = m_topicsDecided.cbegin(); it != m_topicsDecided.cend(); ++it)
        decided.append(QJsonArray{it.key(), *it, m_listings.topicsLeft.contains(it.key())});
    QJsonArray heard;
    for (auto it = m_heard.cbegin(); it != m_heard.cend(); ++it)
        heard.append(QJsonArray{qint64(it.key()), it->first, it->second});
    return {{u"state"_s, state},
            {u"memories"_s, memories},
            {u"members"_s, members},
            {u"topicsDecided"_s, decided},
            {u"heard"_s, heard},
            {u"tasks"_s, toArray(m_listings.tasks)},
            {u"skills"_s, toArray(m_listings.skills)},
            {u"files"_s, toArray(m_listings.files)},
            {u"streams"_s, toArray(m_listings.streams)},
            {u"topics"_s, toArray(m_listings.topics)},
            {u"servers"_s, toArray(m_listings.servers)},
            {u"services"_s, toArray(m_listings.services)},
            {u"schedules"_s, toArray(m_listings.schedules)},
            {u"webhooks"_s, toArray(m_listings.webhooks)},
            {u"contexts"_s, toArray(m_listings.contexts)},
            {u"memoryCount"_s, m_listings.memoryCount},
            {u"fileCount"_s, m_listings.fileCount},
            {u"groups"_s, QJsonArray::fromStringList(m_listings.groups)},
            {u"audit"_s, toArray(m_audit.values())},
            {u"auditTotal"_s, m_auditTotal},
            {u"auditTotalAt"_s, m_auditTotalMs}};
}

void SharedBook::load(const QJsonObject &object)
{
    *this = SharedBook();
    for (const QJsonValue &value : object[u"state"].toArray()) {
        const QString key = value[u"key"].toString();
        trackFromArray(m_state[key], value[u"points"], [](const QJsonValue &point) {
            const QJsonArray r = point.toArray();
            return Revision{r.at(0), r.at(1).toString(), r.at(2).toInteger(), r.at(3).toString()};
        });
        if (m_state.value(key).isEmpty())
            m_state.remove(key);
    }
    for (const QJsonValue &value : object[u"memories"].toArray()) {
        if (Expected<Memory> memory = fromJson<Memory>(value[u"memory"].toObject(), FieldRules::lenient()))
            m_memories.insert(memory->id, {*memory, value[u"seen"].toInteger(-1), value[u"forgotten"].toInteger(-1)});
    }
    for (const QJsonValue &value : object[u"members"].toArray()) {
        const QString topic = value[u"topic"].toString();
        m_listings.topicMembers.insert(topic, fromArray<TopicMemberRow>(value[u"rows"]));
        m_membersHeard.insert(topic, value[u"at"].toInteger());
    }
    for (const QJsonValue &value : object[u"topicsDecided"].toArray()) {
        const QJsonArray entry = value.toArray();
        m_topicsDecided.insert(entry.at(0).toString(), entry.at(1).toInteger());
        if (entry.at(2).toBool())
            m_listings.topicsLeft.insert(entry.at(0).toString());
    }
    for (const QJsonValue &value : object[u"heard"].toArray()) {
        const QJsonArray entry = value.toArray();
        m_heard.insert(quint32(entry.at(0).toInteger()), {entry.at(1).toInteger(), entry.at(2).toBool()});
    }
    m_listings.tasks = fromArray<TaskRow>(object[u"tasks"]);
    m_listings.skills = fromArray<SkillRow>(object[u"skills"]);
    m_listings.files = fromArray<FileRow>(object[u"files"]);
    m_listings.streams = fromArray<StreamRow>(object[u"streams"]);
    m_listings.topics = fromArray<TopicRow>(object[u"topics"]);
    m_listings.servers = fromArray<McpServerRow>(object[u"servers"]);
    m_listings.services = fromArray<ServiceRow>(object[u"services"]);
    m_listings.schedules = fromArray<ScheduleRow>(object[u"schedules"]);
    m_listings.webhooks = fromArray<WebhookRow>(object[u"webhooks"]);
    m_listings.contexts = fromArray<ContextRow>(object[u"contexts"]);
    m_listings.memoryCount = object[u"memoryCount"].toInt(-1);
    m_listings.fileCount = object[u"fileCount"].toInt(-1);
    for (const QJsonValue &group : object[u"groups"].toArray())
        m_listings.groups.append(group.toString());
    for (const AuditRow &row : fromArray<AuditRow>(object[u"audit"]))
        m_audit.insert(row.id, row);
    m_auditTotal = object[u"auditTotal"].toInteger();
    m_auditTotalMs = object[u"auditTotalAt"].toInteger(-1);
}

} // namespace mesh::store
