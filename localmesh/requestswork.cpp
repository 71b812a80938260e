// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

#include <QtCore/QJsonDocument>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

//! Whether a list is short, with entries of at most \a chars characters.
bool isModest(const std::optional<QStringList> &list, qsizetype chars)
{
    return !list
        || (list->size() <= limits::ListEntries
            && std::all_of(list->cbegin(), list->cend(),
                           [chars](const QString &entry) { return entry.size() <= chars; }));
}

qsizetype sizeOf(const std::optional<QString> &text)
{
    return text ? text->size() : 0;
}

} // namespace

void Requests::on(const Context &context, const protocol::CreateTask &frame)
{
    if (frame.title.isEmpty() || frame.title.size() > limits::TaskChars || sizeOf(frame.assignee) > limits::NameChars
        || sizeOf(frame.priority) > limits::NameChars || !isModest(frame.tags, limits::NameChars)) {
        refuse(context, u"title must have 1 to %1 characters, with short words and tags"_s.arg(limits::TaskChars));
        return;
    }
    protocol::TaskCreated created;
    created.id = m_parts.tasks.create(frame, context.presence.memberName, m_parts.clock.nowMs());
    if (created.id.isEmpty())
        fail(context, u"limit"_s, u"this mesh has too many tasks"_s);
    else
        reply(context, std::move(created));
}

void Requests::on(const Context &context, const protocol::ClaimTask &frame)
{
    if (!m_parts.tasks.claim(frame.taskId, context.presence.memberName, m_parts.clock.nowMs())) {
        fail(context, u"task_not_claimable"_s, u"task not found or already claimed"_s);
        return;
    }
    protocol::TaskList list;
    list.tasks = m_parts.tasks.list({}, {});
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::CompleteTask &frame)
{
    if (sizeOf(frame.result) > limits::TaskChars) {
        refuse(context, u"result may have at most %1 characters"_s.arg(limits::TaskChars));
        return;
    }
    if (!m_parts.tasks.complete(frame.taskId, frame.result, m_parts.clock.nowMs())) {
        fail(context, u"task_not_found"_s, u"task not found"_s);
        return;
    }
    protocol::TaskList list;
    list.tasks = m_parts.tasks.list({}, {});
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::ListTasks &frame)
{
    const QString status = frame.status.value_or(QString());
    if (!status.isEmpty() && status != "open"_L1 && status != "claimed"_L1 && status != "done"_L1) {
        refuse(context, u"status is open, claimed or done"_s);
        return;
    }
    protocol::TaskList list;
    list.tasks = m_parts.tasks.list(status, frame.assignee.value_or(QString()));
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::ShareContext &frame)
{
    if (frame.summary.isEmpty() || frame.summary.size() > limits::ContextChars
        || !isModest(frame.filesRead, limits::FieldChars) || !isModest(frame.keyFindings, limits::SummaryChars)
        || !isModest(frame.tags, limits::NameChars)) {
        refuse(context,
               u"summary must have 1 to %1 characters, with at most %2 files, findings and tags"_s
                   .arg(limits::ContextChars)
                   .arg(limits::ListEntries));
        return;
    }
    const Presence &presence = context.presence;
    protocol::ContextShared shared;
    shared.id = m_parts.contexts.share(presence.memberId, presence.memberName, frame, m_parts.clock.nowMs());
    if (shared.id.isEmpty())
        return;
    protocol::StateChange change;
    change.key = "_context:"_L1 + presence.memberName;
    change.value = frame.summary;
    change.updatedBy = presence.memberName;
    m_parts.turn.send(m_router.everyoneBut(&presence), protocol::encode(protocol::BrokerFrame(std::move(change))));
    // This answer alone has never carried a request id (observed 2); clients match it by its type.
    m_parts.turn.send(&context.connection, protocol::encode(protocol::BrokerFrame(std::move(shared))));
}

void Requests::on(const Context &context, const protocol::GetContext &frame)
{
    protocol::ContextResults results;
    results.contexts = m_parts.contexts.find(frame.query);
    reply(context, std::move(results));
}

void Requests::on(const Context &context, const protocol::ListContexts &)
{
    protocol::ContextList list;
    list.contexts = m_parts.contexts.list();
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::ShareSkill &frame)
{
    const qsizetype manifest =
        frame.manifest ? QJsonDocument(*frame.manifest).toJson(QJsonDocument::Compact).size() : 0;
    if (frame.name.isEmpty() || frame.name.size() > limits::NameChars
        || frame.description.size() + frame.instructions.size() + manifest > limits::SkillChars
        || !isModest(frame.tags, limits::NameChars)) {
        refuse(context,
               u"a skill has a name of 1 to %1 characters and at most %2 characters altogether"_s.arg(limits::NameChars)
                   .arg(limits::SkillChars));
        return;
    }
    if (!m_parts.skills.share(frame, context.presence.memberName, m_parts.clock.nowMs())) {
        fail(context, u"limit"_s, u"this mesh has too many skills"_s);
        return;
    }
    reply(context, protocol::SkillAck{.name = frame.name, .action = u"shared"_s, .reqId = {}});
}

void Requests::on(const Context &context, const protocol::GetSkill &frame)
{
    protocol::SkillData data;
    data.skill = m_parts.skills.get(frame.name);
    reply(context, std::move(data));
}

void Requests::on(const Context &context, const protocol::ListSkills &frame)
{
    protocol::SkillList list;
    list.skills = m_parts.skills.list(frame.query.value_or(QString()));
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::RemoveSkill &frame)
{
    const bool removed = m_parts.skills.remove(frame.name);
    reply(context,
          protocol::SkillAck{.name = frame.name, .action = removed ? u"removed"_s : u"not_found"_s, .reqId = {}});
}

void Requests::on(const Context &context, const protocol::SkillDeploy &)
{
    // The original acknowledges without deploying anything (observed 7), which nobody can tell from success.
    fail(context, u"deploy_error"_s, u"this broker deploys no bundles of skills; use share_skill"_s);
}

} // namespace mesh::local
