// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::McpToolRow;

namespace {

QJsonArray toolNames(const QList<McpToolRow> &tools)
{
    QJsonArray names;
    for (const McpToolRow &tool : tools)
        names.append(tool.name);
    return names;
}

//! What a registration makes everybody else carry, in bytes or characters.
qsizetype sizeOf(const protocol::McpRegister &frame)
{
    qsizetype size = frame.description.size();
    for (const McpToolRow &tool : frame.tools) {
        size += tool.name.size() + (tool.description ? tool.description->size() : 0);
        if (tool.inputSchema.isObject())
            size += QJsonDocument(tool.inputSchema.toObject()).toJson(QJsonDocument::Compact).size();
    }
    return size;
}

} // namespace

void Requests::on(const Context &context, const protocol::McpRegister &frame)
{
    const Presence &host = context.presence;
    if (frame.serverName.isEmpty() || frame.serverName.size() > limits::NameChars
        || frame.tools.size() > limits::McpTools || sizeOf(frame) > limits::McpServerChars) {
        refuse(context,
               u"an MCP server has a name of 1 to %1 characters and at most %2 tools, %3 characters in all"_s
                   .arg(limits::NameChars)
                   .arg(limits::McpTools)
                   .arg(limits::McpServerChars));
        return;
    }
    const McpServer *known = m_parts.mcp.find(frame.serverName);
    if (known && known->memberId != host.memberId) {
        fail(context, u"forbidden"_s,
             u"an MCP server named \"%1\" is hosted by %2"_s.arg(frame.serverName, known->hostName));
        return;
    }
    const bool added = m_parts.mcp.put({.name = frame.serverName,
                                        .description = frame.description,
                                        .tools = frame.tools,
                                        .persistent = frame.persistent.value_or(false),
                                        .memberId = host.memberId,
                                        .hostName = host.displayName,
                                        .host = host.order});
    if (!added) {
        fail(context, u"limit"_s, u"this mesh has too many MCP servers"_s);
        return;
    }
    m_router.announce("mcp_registered"_L1,
                      {{u"serverName"_s, frame.serverName},
                       {u"description"_s, frame.description},
                       {u"tools"_s, toolNames(frame.tools)},
                       {u"hostedBy"_s, host.displayName}},
                      m_router.everyoneBut(&host));
    protocol::McpRegisterAck ack;
    ack.serverName = frame.serverName;
    ack.toolCount = int(frame.tools.size());
    reply(context, std::move(ack));
}

void Requests::on(const Context &context, const protocol::McpUnregister &frame)
{
    const McpServer *server = m_parts.mcp.find(frame.serverName);
    if (!server) {
        fail(context, u"not_found"_s, u"MCP server \"%1\" not found in mesh"_s.arg(frame.serverName));
        return;
    }
    if (server->memberId != context.presence.memberId) {
        fail(context, u"forbidden"_s, u"only its host can unregister an MCP server"_s);
        return;
    }
    const QString hostName = server->hostName;
    m_parts.mcp.remove(frame.serverName);
    m_router.announce("mcp_unregistered"_L1, {{u"serverName"_s, frame.serverName}, {u"hostedBy"_s, hostName}},
                      m_router.everyoneBut(&context.presence));
}

void Requests::on(const Context &context, const protocol::McpList &)
{
    protocol::McpListResult list;
    for (const McpServer &server : std::as_const(m_parts.mcp.servers())) {
        protocol::McpServerRow row;
        row.name = server.name;
        row.description = server.description;
        row.hostedBy = server.hostName;
        for (const McpToolRow &tool : server.tools)
            row.tools.append({.name = tool.name, .description = tool.description});
        const Presence *host = m_parts.presences.byOrder(server.host);
        row.online = host && host->isOnline();
        if (!row.online)
            row.offlineSince =
                isoTime(host ? m_parts.clock.nowMs() - (m_parts.clock.monotonicNs() - host->offlineSinceNs) / 1'000'000
                             : server.offlineSinceMs);
        list.servers.append(std::move(row));
    }
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::McpCall &frame)
{
    const auto answerError = [&](const QString &error) {
        protocol::McpCallResult result;
        result.error = error;
        reply(context, std::move(result));
    };
    const McpServer *server = m_parts.mcp.find(frame.serverName);
    if (!server) {
        answerError(u"MCP server \"%1\" not found in mesh"_s.arg(frame.serverName));
        return;
    }
    const Presence *host = m_parts.presences.byOrder(server->host);
    if (!host || !host->isOnline()) {
        answerError(
            u"MCP server \"%1\" is offline: its host %2 is not connected"_s.arg(frame.serverName, server->hostName));
        return;
    }
    protocol::McpCallForward forward;
    forward.callId = newUuid();
    const bool added =
        m_parts.relay.add(forward.callId,
                          {.kind = RelayKind::McpCall,
                           .asker = &context.connection,
                           .askerRequestId = context.id,
                           .subject = frame.serverName,
                           .askerOrder = context.presence.order,
                           .answerer = host->order,
                           .deadlineNs = m_parts.clock.monotonicNs() + m_parts.options.mcpCallTimeoutMs * 1'000'000});
    if (!added) {
        answerError(u"too many calls wait for an answer"_s);
        return;
    }
    forward.serverName = frame.serverName;
    forward.toolName = frame.toolName;
    forward.args = frame.args;
    forward.callerName = context.presence.displayName;
    m_parts.turn.send(host->connection, protocol::encode(protocol::BrokerFrame(std::move(forward))));
    tellOfCall({.file = false,
                .senderKey = context.presence.routingKey(),
                .targetKey = host->routingKey(),
                .name = frame.toolName});
}

void Requests::on(const Context &context, const protocol::McpCallResponse &frame)
{
    const auto call = m_parts.relay.take(frame.callId, context.presence.order);
    if (!call || call->kind != RelayKind::McpCall) {
        fail(context, u"not_found"_s, u"no MCP call waits for this answer"_s);
        return;
    }
    protocol::McpCallResult result;
    result.error = frame.error;
    if (!frame.error)
        result.result = frame.result;
    passBack(*call, std::move(result));
}

void Requests::retireServers()
{
    for (qsizetype i = m_parts.mcp.servers().size() - 1; i >= 0; --i) {
        McpServer &server = m_parts.mcp.servers()[i];
        if (m_parts.presences.byOrder(server.host))
            continue;
        if (!server.persistent) {
            const QJsonObject news{{u"serverName"_s, server.name}, {u"hostedBy"_s, server.hostName}};
            m_parts.mcp.remove(QString(server.name));
            m_router.announce("mcp_unregistered"_L1, news, m_router.everyoneBut(nullptr));
            continue;
        }
        if (server.host != 0) {
            server.host = 0;
            server.offlineSinceMs = m_parts.clock.nowMs();
        }
        // The same member under the same name is the program that registered it, come back.
        for (const Presence *presence : m_parts.presences.online()) {
            if (presence->memberId != server.memberId || presence->displayName != server.hostName)
                continue;
            server.host = presence->order;
            m_router.announce("mcp_restored"_L1, {{u"serverName"_s, server.name}, {u"hostedBy"_s, server.hostName}},
                              m_router.everyoneBut(nullptr));
            break;
        }
    }
}

void Requests::on(const Context &context, const protocol::McpSchema &frame)
{
    // The original knows schemas of managed services only; those of hosted ones are as useful.
    const McpServer *server = m_parts.mcp.find(frame.serverName);
    if (!server) {
        fail(context, u"schema_error"_s, u"MCP server \"%1\" not found in mesh"_s.arg(frame.serverName));
        return;
    }
    protocol::McpSchemaResult result;
    result.serverName = server->name;
    for (const McpToolRow &tool : server->tools) {
        if (!frame.toolName || *frame.toolName == tool.name)
            result.tools.append(tool);
    }
    reply(context, std::move(result));
}

} // namespace mesh::local
