// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framespresence.h"

//! \file
//! MCP servers and managed services. See frames.h.

namespace mesh::protocol {

// --- Peer-hosted MCP servers ---

//! Tools are as their host registered them; entries of the wrong kind are left out.
struct McpServerRow
{
    QString name;
    std::optional<QString> description;
    QString hostedBy;
    QList<McpToolRow> tools;
    bool online = false;
    QJsonValue offlineSince = QJsonValue(QJsonValue::Undefined);
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v.loose("description", self.description);
        v("hostedBy", self.hostedBy);
        v.loose("tools", self.tools);
        v("online", self.online);
        v("offlineSince", self.offlineSince);
    }
    friend bool operator==(const McpServerRow &, const McpServerRow &) = default;
};

//! Client to broker. A registration without tools makes mcp_list unanswerable for the mesh, so the list is always sent.
//! Answer: mcp_register_ack.
struct McpRegister
{
    static constexpr QLatin1StringView kType{"mcp_register"};
    QString serverName;
    QString description;
    QList<McpToolRow> tools;
    std::optional<bool> persistent;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("serverName", self.serverName);
        v("description", self.description);
        v("tools", self.tools);
        v("persistent", self.persistent);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpRegister &, const McpRegister &) = default;
};

//! Broker to client.
struct McpRegisterAck
{
    static constexpr QLatin1StringView kType{"mcp_register_ack"};
    QString serverName;
    int toolCount = 0;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("serverName", self.serverName);
        v("toolCount", self.toolCount);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpRegisterAck &, const McpRegisterAck &) = default;
};

//! Client to broker. No answer.
struct McpUnregister
{
    static constexpr QLatin1StringView kType{"mcp_unregister"};
    QString serverName;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("serverName", self.serverName);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpUnregister &, const McpUnregister &) = default;
};

//! Client to broker. Answer: mcp_list_result.
struct McpList
{
    static constexpr QLatin1StringView kType{"mcp_list"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpList &, const McpList &) = default;
};

//! Broker to client.
struct McpListResult
{
    static constexpr QLatin1StringView kType{"mcp_list_result"};
    QList<McpServerRow> servers;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("servers", self.servers);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpListResult &, const McpListResult &) = default;
};

//! Client to broker. Answer: mcp_call_result, up to 30 s later.
struct McpCall
{
    static constexpr QLatin1StringView kType{"mcp_call"};
    QString serverName;
    QString toolName;
    QJsonObject args;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("serverName", self.serverName);
        v("toolName", self.toolName);
        v("args", self.args);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpCall &, const McpCall &) = default;
};

//! Broker to client.
struct McpCallResult
{
    static constexpr QLatin1StringView kType{"mcp_call_result"};
    QJsonValue result = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> error;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("result", self.result);
        v("error", self.error);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpCallResult &, const McpCallResult &) = default;
};

//! Broker to client. \a args is whatever the caller sent.
struct McpCallForward
{
    static constexpr QLatin1StringView kType{"mcp_call_forward"};
    QString callId;
    QString serverName;
    QString toolName;
    QJsonValue args = QJsonValue(QJsonValue::Undefined);
    QString callerName;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("callId", self.callId);
        v("serverName", self.serverName);
        v("toolName", self.toolName);
        v("args", self.args);
        v("callerName", self.callerName);
    }
    friend bool operator==(const McpCallForward &, const McpCallForward &) = default;
};

//! Client to broker. No answer.
struct McpCallResponse
{
    static constexpr QLatin1StringView kType{"mcp_call_response"};
    QString callId;
    QJsonValue result = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> error;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("callId", self.callId);
        v("result", self.result);
        v("error", self.error);
    }
    friend bool operator==(const McpCallResponse &, const McpCallResponse &) = default;
};

// --- Managed services ---

//! Client to broker. Answer: mcp_deploy_status, later another one with the same id.
struct McpDeploy
{
    static constexpr QLatin1StringView kType{"mcp_deploy"};
    QString serverName;
    QJsonObject source;
    std::optional<QJsonObject> config;
    QJsonValue scope = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("source", self.source);
        v("config", self.config);
        v("scope", self.scope);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpDeploy &, const McpDeploy &) = default;
};

//! Client to broker. Answer: mcp_deploy_status.
struct McpUndeploy
{
    static constexpr QLatin1StringView kType{"mcp_undeploy"};
    QString serverName;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpUndeploy &, const McpUndeploy &) = default;
};

//! Client to broker. Answer: mcp_deploy_status.
struct McpUpdate
{
    static constexpr QLatin1StringView kType{"mcp_update"};
    QString serverName;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpUpdate &, const McpUpdate &) = default;
};

//! Broker to client. \a status is "building", "running", "failed" or "stopped".
struct McpDeployStatus
{
    static constexpr QLatin1StringView kType{"mcp_deploy_status"};
    QString serverName;
    QString status;
    std::optional<QList<McpToolRow>> tools;
    std::optional<QString> error;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("status", self.status);
        v("tools", self.tools);
        v("error", self.error);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpDeployStatus &, const McpDeployStatus &) = default;
};

//! Client to broker. Answer: mcp_logs_result.
struct McpLogs
{
    static constexpr QLatin1StringView kType{"mcp_logs"};
    QString serverName;
    std::optional<int> lines;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("lines", self.lines);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpLogs &, const McpLogs &) = default;
};

//! Broker to client.
struct McpLogsResult
{
    static constexpr QLatin1StringView kType{"mcp_logs_result"};
    QString serverName;
    QStringList lines;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("lines", self.lines);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpLogsResult &, const McpLogsResult &) = default;
};

//! Client to broker. Without \a scope it only asks. Answer: mcp_scope_result.
struct McpScope
{
    static constexpr QLatin1StringView kType{"mcp_scope"};
    QString serverName;
    QJsonValue scope = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("scope", self.scope);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpScope &, const McpScope &) = default;
};

//! Broker to client.
struct McpScopeResult
{
    static constexpr QLatin1StringView kType{"mcp_scope_result"};
    QString serverName;
    QJsonValue scope = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> deployedBy;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("scope", self.scope);
        v("deployed_by", self.deployedBy);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpScopeResult &, const McpScopeResult &) = default;
};

//! Client to broker. Answer: mcp_schema_result.
struct McpSchema
{
    static constexpr QLatin1StringView kType{"mcp_schema"};
    QString serverName;
    std::optional<QString> toolName;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("tool_name", self.toolName);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpSchema &, const McpSchema &) = default;
};

//! Broker to client.
struct McpSchemaResult
{
    static constexpr QLatin1StringView kType{"mcp_schema_result"};
    QString serverName;
    QList<McpToolRow> tools;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("server_name", self.serverName);
        v("tools", self.tools);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpSchemaResult &, const McpSchemaResult &) = default;
};

//! Client to broker. Answer: mcp_catalog_result.
struct McpCatalog
{
    static constexpr QLatin1StringView kType{"mcp_catalog"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpCatalog &, const McpCatalog &) = default;
};

//! Broker to client.
struct McpCatalogResult
{
    static constexpr QLatin1StringView kType{"mcp_catalog_result"};
    QList<ServiceRow> services;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("services", self.services);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const McpCatalogResult &, const McpCatalogResult &) = default;
};

} // namespace mesh::protocol
