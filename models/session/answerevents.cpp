// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/answerevents.h"

#include "models/protocol/frameevents.h"

namespace mesh::session {

using namespace protocol;
using namespace protocol::events;

namespace {

//! Answers whose rows depend on the filters of the request.
bool canBePartial(const BrokerFrame &frame)
{
    return std::holds_alternative<TaskList>(frame) || std::holds_alternative<FileList>(frame)
        || std::holds_alternative<SkillList>(frame) || std::holds_alternative<MemoryResults>(frame)
        || std::holds_alternative<AuditResult>(frame);
}

//! Whether \a request asks for everything of its kind.
bool isUnfiltered(const ClientFrame &request)
{
    if (const auto *tasks = std::get_if<ListTasks>(&request))
        return !tasks->status && !tasks->assignee;
    if (const auto *files = std::get_if<ListFiles>(&request))
        return !files->query && !files->from;
    if (const auto *skills = std::get_if<ListSkills>(&request))
        return !skills->query;
    return false;
}

} // namespace

QList<EventBody> eventsFromAnswer(const ClientFrame &request, const BrokerFrame &answer, const QString &ownName)
{
    if (const auto *recall = std::get_if<Recall>(&request)) {
        if (const auto *found = std::get_if<MemoryResults>(&answer))
            return {MemoriesFound{recall->query, found->memories}};
    }
    if (const auto *remember = std::get_if<Remember>(&request)) {
        if (const auto *stored = std::get_if<MemoryStored>(&answer)) {
            return {MemoryRemembered{stored->id, remember->content, remember->tags.value_or(QStringList()), ownName}};
        }
    }
    if (const auto *forget = std::get_if<Forget>(&request)) {
        const auto *ack = std::get_if<Ack>(&answer);
        if (ack && !ack->error)
            return {MemoryForgotten{forget->memoryId}};
    }
    if (const auto *members = std::get_if<TopicMembers>(&request)) {
        if (const auto *listed = std::get_if<TopicMembersResponse>(&answer))
            return {TopicMembersListed{members->topic, listed->members}};
    }
    if (canBePartial(answer) && !isUnfiltered(request))
        return {};
    return eventsFromFrame(answer);
}

QList<EventBody> eventsFromUnasked(const BrokerFrame &frame, qint64 arrivedNs)
{
    return canBePartial(frame) ? QList<EventBody>() : eventsFromFrame(frame, arrivedNs);
}

} // namespace mesh::session
