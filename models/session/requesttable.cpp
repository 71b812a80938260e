// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/requesttable.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <iterator>

#include "models/protocol/framecodec.h"
#include "models/session/answer.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

Answer toAnswer(const BrokerFrame &frame, QLatin1StringView requestType)
{
    if (const auto *error = getIf<ErrorFrame>(&frame))
        return Error{error->code, error->message, ErrorBand::Persistent};
    if (const auto *ack = getIf<Ack>(&frame)) {
        if (ack->error)
            return Error{u"refused"_s, *ack->error, ErrorBand::Persistent};
        if (requestType == Send::kType && !ack->queued)
            return Error{u"refused"_s, QString(), ErrorBand::Persistent};
    }
    return std::optional<BrokerFrame>(frame);
}

AnswerKind answerKind(const ClientFrame &frame)
{
    if (holdsAny<SetStatus, SetSummary, SetStats, protocol::JoinGroup, protocol::LeaveGroup, SetState, Publish,
                 Unsubscribe, McpUnregister, ClientAck, PeerFileResponse, PeerDirResponse, McpCallResponse>(frame))
        return AnswerKind::None;
    if (holdsAny<TopicJoin, TopicLeave, TopicMarkRead>(frame))
        return AnswerKind::ErrorOnly;
    return AnswerKind::Frame;
}

int requestTimeoutMs(const ClientFrame &frame, const SessionTimings &timings)
{
    if (answerKind(frame) == AnswerKind::ErrorOnly)
        return timings.silentSuccessMs;
    if (holdsAny<Send, PeerFileRequest, PeerDirRequest, GetFile, ListFiles, DeleteFile, FileStatus>(frame))
        return timings.longRequestTimeoutMs;
    if (holdsAny<McpCall, McpDeploy, McpUndeploy, McpUpdate, McpSchema, McpLogs, McpCatalog, McpScope>(frame))
        return timings.mcpTimeoutMs;
    return timings.requestTimeoutMs;
}

void RequestTable::add(const QString &id, QLatin1StringView type, AnswerKind kind, qint64 dueMs, Reply reply)
{
    m_waiting.insert(id, Waiting{type, kind, dueMs, ++m_order, std::move(reply)});
}

bool RequestTable::resolve(const BrokerFrame &frame)
{
    auto found = m_waiting.end();
    const QString id = requestId(frame);
    if (!id.isEmpty()) {
        found = m_waiting.find(id);
    } else if (holds<ContextShared>(frame)) {
        for (auto it = m_waiting.begin(); it != m_waiting.end(); ++it) {
            if (it->type == ShareContext::kType && (found == m_waiting.end() || it->order < found->order))
                found = it;
        }
    }
    if (found == m_waiting.end())
        return false;
    const Waiting waiting = std::move(*found);
    m_waiting.erase(found);
    waiting.reply(toAnswer(frame, waiting.type));
    return true;
}

void RequestTable::expire(qint64 nowMs)
{
    std::vector<Waiting> due;
    for (auto it = m_waiting.begin(); it != m_waiting.end();) {
        if (it->dueMs > nowMs) {
            ++it;
            continue;
        }
        due.push_back(std::move(*it));
        it = m_waiting.erase(it);
    }
    std::sort(due.begin(), due.end(), [](const Waiting &a, const Waiting &b) { return a.order < b.order; });
    for (const Waiting &waiting : due) {
        if (waiting.kind == AnswerKind::ErrorOnly) {
            waiting.reply(std::optional<BrokerFrame>());
            continue;
        }
        waiting.reply(Error{u"timeout"_s,
                            QCoreApplication::translate("mesh::session", "The broker did not answer in time."),
                            ErrorBand::Transient});
    }
}

void RequestTable::failAll(const Error &error)
{
    std::vector<Waiting> all;
    all.reserve(size_t(m_waiting.size()));
    for (auto it = m_waiting.begin(); it != m_waiting.end(); ++it)
        all.push_back(std::move(*it));
    m_waiting.clear();
    std::sort(all.begin(), all.end(), [](const Waiting &a, const Waiting &b) { return a.order < b.order; });
    for (const Waiting &waiting : all)
        waiting.reply(error);
}

qint64 RequestTable::nextDueMs() const
{
    qint64 due = Never;
    for (const Waiting &waiting : m_waiting)
        due = std::min(due, waiting.dueMs);
    return due;
}

QString RequestTable::nextId()
{
    return u"d%1"_s.arg(++m_order);
}

} // namespace mesh::session
