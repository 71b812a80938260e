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
    return holdsAny<TaskList, FileList, SkillList, MemoryResults, AuditResult>(frame);
}

//! Whether \a request asks for everything of its kind.
bool isUnfiltered(const ClientFrame &request)
{
    if (const auto *tasks = getIf<ListTasks>(&request))
        return !tasks->status && !tasks->assignee;
    if (const auto *files = getIf<ListFiles>(&request))
        return !files->query && !files->from;
    if (const auto *skills = getIf<ListSkills>(&request))
        return !skills->query;
    return false;
}

} // namespace

QList<EventBody> eventsFromAnswer(const ClientFrame &request, const BrokerFrame &answer, const QString &ownName)
{
    if (const auto *recall = getIf<Recall>(&request)) {
        if (const auto *found = getIf<MemoryResults>(&answer))
            return {MemoriesFound{recall->query, found->memories}};
    }
    if (const auto *remember = getIf<Remember>(&request)) {
        if (const auto *stored = getIf<MemoryStored>(&answer)) {
            return {MemoryRemembered{stored->id, remember->content, remember->tags.value_or(QStringList()), ownName}};
        }
    }
    if (const auto *forget = getIf<Forget>(&request)) {
        const auto *ack = getIf<Ack>(&answer);
        if (ack && !ack->error)
            return {MemoryForgotten{forget->memoryId}};
    }
    if (const auto *members = getIf<TopicMembers>(&request)) {
        if (const auto *listed = getIf<TopicMembersResponse>(&answer))
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
