// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

//! What the answer names again: who asked, and with which `_reqId`.
QString relayKey(RelayKind kind, const QString &requesterKey, const QString &requestId)
{
    return (kind == RelayKind::PeerFile ? u"file "_s : u"dir "_s) + requesterKey + u' ' + requestId;
}

} // namespace

void Requests::failRelayed(const QList<RelayedRequest> &requests, const QString &callError, const QString &fileError)
{
    for (const RelayedRequest &request : requests) {
        switch (request.kind) {
        case RelayKind::McpCall: {
            protocol::McpCallResult result;
            result.error = callError;
            passBack(request, std::move(result));
            break;
        }
        case RelayKind::PeerFile: {
            protocol::PeerFileResponseForward answer;
            answer.filePath = request.subject;
            answer.error = fileError;
            passBack(request, std::move(answer));
            break;
        }
        case RelayKind::PeerDir: {
            protocol::PeerDirResponseForward answer;
            answer.dirPath = request.subject;
            answer.error = fileError;
            passBack(request, std::move(answer));
            break;
        }
        }
    }
}

void Requests::answererLeft(const Presence &presence)
{
    failRelayed(m_parts.relay.takeAllOf(presence.order), u"the host of this MCP server went offline"_s,
                u"the peer went offline"_s);
}

void Requests::endLateRelays()
{
    failRelayed(m_parts.relay.takeLate(m_parts.clock.monotonicNs()),
                u"MCP call timed out (%1s)"_s.arg(m_parts.options.mcpCallTimeoutMs / 1'000),
                u"the peer did not answer within %1 s"_s.arg(m_parts.options.peerFileTimeoutMs / 1'000));
}

const Presence *Requests::relayTarget(const Context &context, RelayKind kind, const QString &targetKey,
                                      const QString &path)
{
    if (path.size() > limits::PathChars) {
        refuse(context, u"a path may have at most %1 characters"_s.arg(limits::PathChars));
        return nullptr;
    }
    // A session key means that session; a member key the session of that member that came last.
    const Presence *target = nullptr;
    const QList<Presence *> candidates = m_parts.presences.byTarget(targetKey);
    for (const Presence *candidate : candidates) {
        if (candidate->isOnline() && candidate != &context.presence && (!target || candidate->order > target->order))
            target = candidate;
    }
    if (!target) {
        fail(context, u"peer_not_found"_s, u"target peer not connected"_s);
        return nullptr;
    }
    const bool added =
        m_parts.relay.add(relayKey(kind, context.presence.routingKey(), context.id),
                          {.kind = kind,
                           .asker = &context.connection,
                           .askerRequestId = context.id,
                           .subject = path,
                           .askerOrder = context.presence.order,
                           .answerer = target->order,
                           .deadlineNs = m_parts.clock.monotonicNs() + m_parts.options.peerFileTimeoutMs * 1'000'000});
    if (!added) {
        refuse(context, u"too many requests wait for an answer, or one with this _reqId does"_s);
        return nullptr;
    }
    return target;
}

//! No push tells others of a call or a request for a file; this stream does, without arguments, paths or contents.
void Requests::tellOfCall(const protocol::PeerCall &call)
{
    m_router.publish(protocol::kCallStream, protocol::callToStream(call), u"system"_s, nullptr);
}

void Requests::on(const Context &context, const protocol::PeerFileRequest &frame)
{
    const Presence *target = relayTarget(context, RelayKind::PeerFile, frame.targetPubkey, frame.filePath);
    if (!target)
        return;
    protocol::PeerFileRequestForward forward;
    forward.requesterPubkey = context.presence.routingKey();
    forward.filePath = frame.filePath;
    forward.reqId = frame.reqId;
    m_parts.turn.send(target->connection, protocol::encode(protocol::BrokerFrame(std::move(forward))));
    tellOfCall({.file = true,
                .senderKey = context.presence.routingKey(),
                .targetKey = target->routingKey(),
                .name = frame.filePath.section(u'/', -1)});
}

void Requests::on(const Context &context, const protocol::PeerDirRequest &frame)
{
    const Presence *target = relayTarget(context, RelayKind::PeerDir, frame.targetPubkey, frame.dirPath);
    if (!target)
        return;
    protocol::PeerDirRequestForward forward;
    forward.requesterPubkey = context.presence.routingKey();
    forward.dirPath = frame.dirPath;
    forward.pattern = frame.pattern;
    forward.reqId = frame.reqId;
    m_parts.turn.send(target->connection, protocol::encode(protocol::BrokerFrame(std::move(forward))));
    tellOfCall({.file = true,
                .senderKey = context.presence.routingKey(),
                .targetKey = target->routingKey(),
                .name = frame.dirPath.section(u'/', -1, -1, QString::SectionSkipEmpty)});
}

std::optional<RelayedRequest> Requests::relayedTo(const Context &context, RelayKind kind, const QString &requesterKey)
{
    auto request = m_parts.relay.take(relayKey(kind, requesterKey, context.id), context.presence.order);
    if (!request)
        fail(context, u"not_found"_s, u"no request of that peer waits for this answer"_s);
    return request;
}

void Requests::on(const Context &context, const protocol::PeerFileResponse &frame)
{
    const auto request = relayedTo(context, RelayKind::PeerFile, frame.requesterPubkey);
    if (!request)
        return;
    protocol::PeerFileResponseForward answer;
    answer.filePath = frame.filePath;
    answer.content = frame.content;
    answer.error = frame.error;
    passBack(*request, std::move(answer));
}

void Requests::on(const Context &context, const protocol::PeerDirResponse &frame)
{
    const auto request = relayedTo(context, RelayKind::PeerDir, frame.requesterPubkey);
    if (!request)
        return;
    protocol::PeerDirResponseForward answer;
    answer.dirPath = frame.dirPath;
    answer.entries = frame.entries;
    answer.error = frame.error;
    passBack(*request, std::move(answer));
}

} // namespace mesh::local
