// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framesvalues.h"

//! \file
//! Vectors, graph and mesh SQL, webhooks and URL watches. See frames.h.

namespace mesh::protocol {

// --- Vectors and graph ---

struct VectorRow
{
    QJsonValue id = QJsonValue(QJsonValue::Undefined);
    QString text;
    double score = 0.0;
    QJsonValue metadata = QJsonValue(QJsonValue::Undefined);
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v.orDefault("text", self.text);
        v.orDefault("score", self.score);
        v("metadata", self.metadata);
    }
    friend bool operator==(const VectorRow &, const VectorRow &) = default;
};

//! Client to broker. Answer: vector_stored.
struct VectorStore
{
    static constexpr QLatin1StringView kType{"vector_store"};
    QString collection;
    QString text;
    std::optional<QJsonObject> metadata;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("collection", self.collection);
        v("text", self.text);
        v("metadata", self.metadata);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VectorStore &, const VectorStore &) = default;
};

//! Broker to client.
struct VectorStored
{
    static constexpr QLatin1StringView kType{"vector_stored"};
    QString id;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VectorStored &, const VectorStored &) = default;
};

//! Client to broker. Answer: vector_results.
struct VectorSearch
{
    static constexpr QLatin1StringView kType{"vector_search"};
    QString collection;
    QString query;
    std::optional<int> limit;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("collection", self.collection);
        v("query", self.query);
        v("limit", self.limit);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VectorSearch &, const VectorSearch &) = default;
};

//! Broker to client.
struct VectorResults
{
    static constexpr QLatin1StringView kType{"vector_results"};
    QList<VectorRow> results;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("results", self.results);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VectorResults &, const VectorResults &) = default;
};

//! Client to broker. Answer: ack with queued false.
struct VectorDelete
{
    static constexpr QLatin1StringView kType{"vector_delete"};
    QString collection;
    QString id;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("collection", self.collection);
        v("id", self.id);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VectorDelete &, const VectorDelete &) = default;
};

//! Client to broker. Answer: collection_list.
struct ListCollections
{
    static constexpr QLatin1StringView kType{"list_collections"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListCollections &, const ListCollections &) = default;
};

//! Broker to client.
struct CollectionList
{
    static constexpr QLatin1StringView kType{"collection_list"};
    QStringList collections;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("collections", self.collections);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const CollectionList &, const CollectionList &) = default;
};

//! Client to broker. Answer: graph_result.
struct GraphQuery
{
    static constexpr QLatin1StringView kType{"graph_query"};
    QString cypher;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("cypher", self.cypher);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GraphQuery &, const GraphQuery &) = default;
};

//! Client to broker. Answer: graph_result.
struct GraphExecute
{
    static constexpr QLatin1StringView kType{"graph_execute"};
    QString cypher;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("cypher", self.cypher);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GraphExecute &, const GraphExecute &) = default;
};

//! Broker to client.
struct GraphResult
{
    static constexpr QLatin1StringView kType{"graph_result"};
    QJsonArray records;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("records", self.records);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GraphResult &, const GraphResult &) = default;
};

// --- Mesh SQL ---

struct ColumnRow
{
    QString name;
    QString type;
    bool nullable = false;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("type", self.type);
        v("nullable", self.nullable);
    }
    friend bool operator==(const ColumnRow &, const ColumnRow &) = default;
};

struct TableRow
{
    QString name;
    QList<ColumnRow> columns;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("columns", self.columns);
    }
    friend bool operator==(const TableRow &, const TableRow &) = default;
};

//! Client to broker. Answer: mesh_query_result. An expert tool: never run text that came from a peer.
struct MeshQuery
{
    static constexpr QLatin1StringView kType{"mesh_query"};
    QString sql;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("sql", self.sql);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MeshQuery &, const MeshQuery &) = default;
};

//! Client to broker. Answer: mesh_query_result with no rows.
struct MeshExecute
{
    static constexpr QLatin1StringView kType{"mesh_execute"};
    QString sql;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("sql", self.sql);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MeshExecute &, const MeshExecute &) = default;
};

//! Broker to client.
struct MeshQueryResult
{
    static constexpr QLatin1StringView kType{"mesh_query_result"};
    QStringList columns;
    QJsonArray rows;
    qint64 rowCount = 0;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("columns", self.columns);
        v("rows", self.rows);
        v("rowCount", self.rowCount);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MeshQueryResult &, const MeshQueryResult &) = default;
};

//! Client to broker. Answer: mesh_schema_result.
struct MeshSchema
{
    static constexpr QLatin1StringView kType{"mesh_schema"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MeshSchema &, const MeshSchema &) = default;
};

//! Broker to client.
struct MeshSchemaResult
{
    static constexpr QLatin1StringView kType{"mesh_schema_result"};
    QList<TableRow> tables;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("tables", self.tables);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MeshSchemaResult &, const MeshSchemaResult &) = default;
};

// --- Webhooks ---

//! \a url holds the secret.
struct WebhookRow
{
    QString name;
    QString url;
    bool active = false;
    QString createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("url", self.url);
        v("active", self.active);
        v("createdAt", self.createdAt);
    }
    friend bool operator==(const WebhookRow &, const WebhookRow &) = default;
};

//! Client to broker. Answer: webhook_ack; none when the name was ever used.
struct CreateWebhook
{
    static constexpr QLatin1StringView kType{"create_webhook"};
    QString name;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v.orDefault("name", self.name);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const CreateWebhook &, const CreateWebhook &) = default;
};

//! Broker to client. \a url and \a secret are empty after a deletion.
struct WebhookAck
{
    static constexpr QLatin1StringView kType{"webhook_ack"};
    QString name;
    QString url;
    QString secret;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("url", self.url);
        v("secret", self.secret);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const WebhookAck &, const WebhookAck &) = default;
};

//! Client to broker. Answer: webhook_list.
struct ListWebhooks
{
    static constexpr QLatin1StringView kType{"list_webhooks"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListWebhooks &, const ListWebhooks &) = default;
};

//! Broker to client.
struct WebhookList
{
    static constexpr QLatin1StringView kType{"webhook_list"};
    QList<WebhookRow> webhooks;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("webhooks", self.webhooks);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const WebhookList &, const WebhookList &) = default;
};

//! Client to broker. Answer: webhook_ack.
struct DeleteWebhook
{
    static constexpr QLatin1StringView kType{"delete_webhook"};
    QString name;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const DeleteWebhook &, const DeleteWebhook &) = default;
};

// --- URL watches ---

//! \a interval in seconds.
struct WatchRow
{
    QString id;
    QString url;
    QString mode;
    std::optional<QString> label;
    int interval = 0;
    Nullable<QString> lastHash;
    Nullable<QString> lastValue;
    std::optional<QString> lastCheck;
    QString createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("url", self.url);
        v("mode", self.mode);
        v("label", self.label);
        v("interval", self.interval);
        v("lastHash", self.lastHash);
        v("lastValue", self.lastValue);
        v("lastCheck", self.lastCheck);
        v("createdAt", self.createdAt);
    }
    friend bool operator==(const WatchRow &, const WatchRow &) = default;
};

//! Client to broker. \a mode is "hash", "json" or "status"; \a interval in seconds, at least 5. Answer: watch_ack.
struct Watch
{
    static constexpr QLatin1StringView kType{"watch"};
    QString url;
    std::optional<QString> mode;
    std::optional<QString> extract;
    std::optional<int> interval;
    std::optional<QString> notifyOn;
    std::optional<QJsonObject> headers;
    std::optional<QString> label;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("url", self.url);
        v("mode", self.mode);
        v("extract", self.extract);
        v("interval", self.interval);
        v("notify_on", self.notifyOn);
        v("headers", self.headers);
        v("label", self.label);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Watch &, const Watch &) = default;
};

//! Client to broker. Answer: watch_ack with interval 0.
struct Unwatch
{
    static constexpr QLatin1StringView kType{"unwatch"};
    QString watchId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("watchId", self.watchId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Unwatch &, const Unwatch &) = default;
};

//! Broker to client.
struct WatchAck
{
    static constexpr QLatin1StringView kType{"watch_ack"};
    QString watchId;
    QString url;
    QString mode;
    int interval = 0;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("watchId", self.watchId);
        v("url", self.url);
        v("mode", self.mode);
        v("interval", self.interval);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const WatchAck &, const WatchAck &) = default;
};

//! Client to broker. Answer: watch_list_result.
struct WatchList
{
    static constexpr QLatin1StringView kType{"watch_list"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const WatchList &, const WatchList &) = default;
};

//! Broker to client.
struct WatchListResult
{
    static constexpr QLatin1StringView kType{"watch_list_result"};
    QList<WatchRow> watches;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("watches", self.watches);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const WatchListResult &, const WatchListResult &) = default;
};

} // namespace mesh::protocol
