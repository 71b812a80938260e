// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framesvalues.h"

//! \file
//! Schedules, the peer-to-peer file relay, contexts and tasks. See frames.h.

namespace mesh::protocol {

// --- Schedules ---

//! Times in ms since the epoch.
struct ScheduleRow
{
    QString id;
    QString to;
    QString message;
    qint64 deliverAt = 0;
    qint64 createdAt = 0;
    std::optional<QString> cron;
    std::optional<int> firedCount;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("to", self.to);
        v("message", self.message);
        v("deliverAt", self.deliverAt);
        v("createdAt", self.createdAt);
        v("cron", self.cron);
        v("firedCount", self.firedCount);
    }
    friend bool operator==(const ScheduleRow &, const ScheduleRow &) = default;
};

//! Client to broker. \a message is plain text and must not be missing or empty: a broker dies of that. \a deliverAt in
//! ms since the epoch; ignored, and not needed, with \a cron (wire reference 7.15). Answer: scheduled_ack.
struct Schedule
{
    static constexpr QLatin1StringView kType{"schedule"};
    QString to;
    QString message;
    std::optional<qint64> deliverAt;
    std::optional<QString> subtype;
    std::optional<QString> cron;
    std::optional<bool> recurring;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("to", self.to);
        v("message", self.message);
        v("deliverAt", self.deliverAt);
        v("subtype", self.subtype);
        v("cron", self.cron);
        v("recurring", self.recurring);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Schedule &, const Schedule &) = default;
};

//! Broker to client.
struct ScheduledAck
{
    static constexpr QLatin1StringView kType{"scheduled_ack"};
    QString scheduledId;
    qint64 deliverAt = 0;
    std::optional<QString> cron;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("scheduledId", self.scheduledId);
        v("deliverAt", self.deliverAt);
        v("cron", self.cron);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ScheduledAck &, const ScheduledAck &) = default;
};

//! Client to broker. Answer: scheduled_list.
struct ListScheduled
{
    static constexpr QLatin1StringView kType{"list_scheduled"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListScheduled &, const ListScheduled &) = default;
};

//! Broker to client.
struct ScheduledList
{
    static constexpr QLatin1StringView kType{"scheduled_list"};
    QList<ScheduleRow> messages;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("messages", self.messages);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ScheduledList &, const ScheduledList &) = default;
};

//! Client to broker. Answer: cancel_scheduled_ack.
struct CancelScheduled
{
    static constexpr QLatin1StringView kType{"cancel_scheduled"};
    QString scheduledId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("scheduledId", self.scheduledId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const CancelScheduled &, const CancelScheduled &) = default;
};

//! Broker to client.
struct CancelScheduledAck
{
    static constexpr QLatin1StringView kType{"cancel_scheduled_ack"};
    QString scheduledId;
    bool ok = false;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("scheduledId", self.scheduledId);
        v("ok", self.ok);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const CancelScheduledAck &, const CancelScheduledAck &) = default;
};

// --- Peer-to-peer file relay ---

//! Client to broker. Answer: peer_file_response_forward, or none when the peer does not answer.
struct PeerFileRequest
{
    static constexpr QLatin1StringView kType{"peer_file_request"};
    QString targetPubkey;
    QString filePath;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("targetPubkey", self.targetPubkey);
        v("filePath", self.filePath);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeerFileRequest &, const PeerFileRequest &) = default;
};

//! Broker to client. \a reqId is the requester's and goes back unchanged.
struct PeerFileRequestForward
{
    static constexpr QLatin1StringView kType{"peer_file_request_forward"};
    QString requesterPubkey;
    QString filePath;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("requesterPubkey", self.requesterPubkey);
        v("filePath", self.filePath);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeerFileRequestForward &, const PeerFileRequestForward &) = default;
};

//! Client to broker. \a content is base64. No answer.
struct PeerFileResponse
{
    static constexpr QLatin1StringView kType{"peer_file_response"};
    QString requesterPubkey;
    QString filePath;
    std::optional<QString> content;
    std::optional<QString> error;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("requesterPubkey", self.requesterPubkey);
        v("filePath", self.filePath);
        v("content", self.content);
        v("error", self.error);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeerFileResponse &, const PeerFileResponse &) = default;
};

//! Broker to client.
struct PeerFileResponseForward
{
    static constexpr QLatin1StringView kType{"peer_file_response_forward"};
    QString filePath;
    std::optional<QString> content;
    std::optional<QString> error;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("filePath", self.filePath);
        v("content", self.content);
        v("error", self.error);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeerFileResponseForward &, const PeerFileResponseForward &) = default;
};

//! Client to broker. Answer: peer_dir_response_forward, or none.
struct PeerDirRequest
{
    static constexpr QLatin1StringView kType{"peer_dir_request"};
    QString targetPubkey;
    QString dirPath;
    std::optional<QString> pattern;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("targetPubkey", self.targetPubkey);
        v("dirPath", self.dirPath);
        v("pattern", self.pattern);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeerDirRequest &, const PeerDirRequest &) = default;
};

//! Broker to client. \a reqId is the requester's and goes back unchanged.
struct PeerDirRequestForward
{
    static constexpr QLatin1StringView kType{"peer_dir_request_forward"};
    QString requesterPubkey;
    QString dirPath;
    std::optional<QString> pattern;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("requesterPubkey", self.requesterPubkey);
        v("dirPath", self.dirPath);
        v("pattern", self.pattern);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeerDirRequestForward &, const PeerDirRequestForward &) = default;
};

//! Client to broker. No answer.
struct PeerDirResponse
{
    static constexpr QLatin1StringView kType{"peer_dir_response"};
    QString requesterPubkey;
    QString dirPath;
    std::optional<QStringList> entries;
    std::optional<QString> error;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("requesterPubkey", self.requesterPubkey);
        v("dirPath", self.dirPath);
        v("entries", self.entries);
        v("error", self.error);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeerDirResponse &, const PeerDirResponse &) = default;
};

//! Broker to client.
struct PeerDirResponseForward
{
    static constexpr QLatin1StringView kType{"peer_dir_response_forward"};
    QString dirPath;
    std::optional<QStringList> entries;
    std::optional<QString> error;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("dirPath", self.dirPath);
        v("entries", self.entries);
        v("error", self.error);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeerDirResponseForward &, const PeerDirResponseForward &) = default;
};

// --- Contexts ---

struct ContextRow
{
    QString peerName;
    QString summary;
    std::optional<QStringList> filesRead;
    std::optional<QStringList> keyFindings;
    QStringList tags;
    QString updatedAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("peerName", self.peerName);
        v("summary", self.summary);
        v("filesRead", self.filesRead);
        v("keyFindings", self.keyFindings);
        v.orDefault("tags", self.tags);
        v("updatedAt", self.updatedAt);
    }
    friend bool operator==(const ContextRow &, const ContextRow &) = default;
};

//! Client to broker. Answer: context_shared, without a request id.
struct ShareContext
{
    static constexpr QLatin1StringView kType{"share_context"};
    QString summary;
    std::optional<QStringList> filesRead;
    std::optional<QStringList> keyFindings;
    std::optional<QStringList> tags;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("summary", self.summary);
        v("filesRead", self.filesRead);
        v("keyFindings", self.keyFindings);
        v("tags", self.tags);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ShareContext &, const ShareContext &) = default;
};

//! Broker to client.
struct ContextShared
{
    static constexpr QLatin1StringView kType{"context_shared"};
    QString id;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ContextShared &, const ContextShared &) = default;
};

//! Client to broker. Answer: context_results.
struct GetContext
{
    static constexpr QLatin1StringView kType{"get_context"};
    QString query;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("query", self.query);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GetContext &, const GetContext &) = default;
};

//! Broker to client.
struct ContextResults
{
    static constexpr QLatin1StringView kType{"context_results"};
    QList<ContextRow> contexts;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("contexts", self.contexts);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ContextResults &, const ContextResults &) = default;
};

//! Client to broker. Answer: context_list.
struct ListContexts
{
    static constexpr QLatin1StringView kType{"list_contexts"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListContexts &, const ListContexts &) = default;
};

//! Broker to client.
struct ContextList
{
    static constexpr QLatin1StringView kType{"context_list"};
    QList<ContextRow> contexts;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("contexts", self.contexts);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ContextList &, const ContextList &) = default;
};

// --- Tasks ---

//! \a status is "open", "claimed" or "done"; \a priority is free text.
struct TaskRow
{
    QString id;
    QString title;
    Nullable<QString> assignee;
    Nullable<QString> claimedBy;
    QString status;
    Nullable<QString> priority;
    Nullable<QString> createdBy;
    QStringList tags;
    QString createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("title", self.title);
        v("assignee", self.assignee);
        v("claimedBy", self.claimedBy);
        v("status", self.status);
        v("priority", self.priority);
        v("createdBy", self.createdBy);
        v.orDefault("tags", self.tags);
        v("createdAt", self.createdAt);
    }
    friend bool operator==(const TaskRow &, const TaskRow &) = default;
};

//! Client to broker. Answer: task_created.
struct CreateTask
{
    static constexpr QLatin1StringView kType{"create_task"};
    QString title;
    std::optional<QString> assignee;
    std::optional<QString> priority;
    std::optional<QStringList> tags;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("title", self.title);
        v("assignee", self.assignee);
        v("priority", self.priority);
        v("tags", self.tags);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const CreateTask &, const CreateTask &) = default;
};

//! Broker to client.
struct TaskCreated
{
    static constexpr QLatin1StringView kType{"task_created"};
    QString id;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TaskCreated &, const TaskCreated &) = default;
};

//! Client to broker. Answer: task_list or error task_not_claimable.
struct ClaimTask
{
    static constexpr QLatin1StringView kType{"claim_task"};
    QString taskId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("taskId", self.taskId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ClaimTask &, const ClaimTask &) = default;
};

//! Client to broker. Answer: task_list or error task_not_found.
struct CompleteTask
{
    static constexpr QLatin1StringView kType{"complete_task"};
    QString taskId;
    std::optional<QString> result;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("taskId", self.taskId);
        v("result", self.result);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const CompleteTask &, const CompleteTask &) = default;
};

//! Client to broker. Answer: task_list.
struct ListTasks
{
    static constexpr QLatin1StringView kType{"list_tasks"};
    std::optional<QString> status;
    std::optional<QString> assignee;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("status", self.status);
        v("assignee", self.assignee);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListTasks &, const ListTasks &) = default;
};

//! Broker to client.
struct TaskList
{
    static constexpr QLatin1StringView kType{"task_list"};
    QList<TaskRow> tasks;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("tasks", self.tasks);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TaskList &, const TaskList &) = default;
};

} // namespace mesh::protocol
