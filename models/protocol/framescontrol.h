// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framespresence.h"

//! \file
//! Simulation clock, moderation, API keys, the audit log and mesh information. See frames.h.

namespace mesh::protocol {

// --- Simulation clock ---

//! Client to broker. Clamped to 1..100 by the broker. Answer: clock_status.
struct SetClock
{
    static constexpr QLatin1StringView kType{"set_clock"};
    double speed = 0.0;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("speed", self.speed);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SetClock &, const SetClock &) = default;
};

//! Client to broker. Answer: clock_status or error no_clock.
struct PauseClock
{
    static constexpr QLatin1StringView kType{"pause_clock"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PauseClock &, const PauseClock &) = default;
};

//! Client to broker. Answer: clock_status or error no_clock.
struct ResumeClock
{
    static constexpr QLatin1StringView kType{"resume_clock"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ResumeClock &, const ResumeClock &) = default;
};

//! Client to broker. Answer: clock_status.
struct GetClock
{
    static constexpr QLatin1StringView kType{"get_clock"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GetClock &, const GetClock &) = default;
};

//! Broker to client. With no clock set speed is 0. Times are ISO UTC.
struct ClockStatus
{
    static constexpr QLatin1StringView kType{"clock_status"};
    double speed = 0.0;
    bool paused = false;
    qint64 tick = 0;
    QString simTime;
    QString startedAt;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("speed", self.speed);
        v("paused", self.paused);
        v("tick", self.tick);
        v("simTime", self.simTime);
        v("startedAt", self.startedAt);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ClockStatus &, const ClockStatus &) = default;
};

// --- Moderation ---

//! Client to broker. Soft: the peer may come back. \a stale in ms. Answer: disconnect_ack.
struct Disconnect
{
    static constexpr QLatin1StringView kType{"disconnect"};
    std::optional<QString> target;
    std::optional<qint64> stale;
    std::optional<bool> all;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("target", self.target);
        v("stale", self.stale);
        v("all", self.all);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Disconnect &, const Disconnect &) = default;
};

//! Client to broker. Hard: close 4001. \a stale in ms. Answer: kick_ack.
struct Kick
{
    static constexpr QLatin1StringView kType{"kick"};
    std::optional<QString> target;
    std::optional<qint64> stale;
    std::optional<bool> all;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("target", self.target);
        v("stale", self.stale);
        v("all", self.all);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Kick &, const Kick &) = default;
};

//! Client to broker. Answer: ban_ack.
struct Ban
{
    static constexpr QLatin1StringView kType{"ban"};
    QString target;
    std::optional<QString> reason;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v.orDefault("target", self.target);
        v("reason", self.reason);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Ban &, const Ban &) = default;
};

//! Client to broker. Answer: unban_ack.
struct Unban
{
    static constexpr QLatin1StringView kType{"unban"};
    QString target;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("target", self.target);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Unban &, const Unban &) = default;
};

//! Client to broker. Answer: list_bans_result.
struct ListBans
{
    static constexpr QLatin1StringView kType{"list_bans"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListBans &, const ListBans &) = default;
};

//! Broker to client.
struct DisconnectAck
{
    static constexpr QLatin1StringView kType{"disconnect_ack"};
    QStringList kicked;
    QStringList affected;
    std::optional<QStringList> skippedControlPlane;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("kicked", self.kicked);
        v.orDefault("affected", self.affected);
        v("skipped_control_plane", self.skippedControlPlane);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const DisconnectAck &, const DisconnectAck &) = default;
};

//! Broker to client.
struct KickAck
{
    static constexpr QLatin1StringView kType{"kick_ack"};
    QStringList kicked;
    QStringList affected;
    std::optional<QStringList> skippedControlPlane;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("kicked", self.kicked);
        v.orDefault("affected", self.affected);
        v("skipped_control_plane", self.skippedControlPlane);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const KickAck &, const KickAck &) = default;
};

//! Broker to client.
struct BanAck
{
    static constexpr QLatin1StringView kType{"ban_ack"};
    QString banned;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("banned", self.banned);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const BanAck &, const BanAck &) = default;
};

//! Broker to client.
struct UnbanAck
{
    static constexpr QLatin1StringView kType{"unban_ack"};
    QString unbanned;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("unbanned", self.unbanned);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const UnbanAck &, const UnbanAck &) = default;
};

struct BanRow
{
    QString name;
    QString pubkey;
    Nullable<QString> revokedAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("pubkey", self.pubkey);
        v("revokedAt", self.revokedAt);
    }
    friend bool operator==(const BanRow &, const BanRow &) = default;
};

//! Broker to client.
struct ListBansResult
{
    static constexpr QLatin1StringView kType{"list_bans_result"};
    QList<BanRow> bans;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("bans", self.bans);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListBansResult &, const ListBansResult &) = default;
};

// --- API keys ---

//! Times are ISO UTC.
struct ApiKeyRow
{
    QString id;
    QString label;
    QString prefix;
    QStringList capabilities;
    Nullable<QStringList> topicScopes;
    QString createdAt;
    Nullable<QString> lastUsedAt;
    Nullable<QString> revokedAt;
    Nullable<QString> expiresAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("label", self.label);
        v("prefix", self.prefix);
        v("capabilities", self.capabilities);
        v("topicScopes", self.topicScopes);
        v("createdAt", self.createdAt);
        v("lastUsedAt", self.lastUsedAt);
        v("revokedAt", self.revokedAt);
        v("expiresAt", self.expiresAt);
    }
    friend bool operator==(const ApiKeyRow &, const ApiKeyRow &) = default;
};

//! Client to broker. Capabilities are "send", "read", "state_write", "admin". Answer: apikey_created.
struct ApikeyCreate
{
    static constexpr QLatin1StringView kType{"apikey_create"};
    QString label;
    QStringList capabilities;
    std::optional<QStringList> topicScopes;
    std::optional<QString> expiresAt;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("label", self.label);
        v("capabilities", self.capabilities);
        v("topicScopes", self.topicScopes);
        v("expiresAt", self.expiresAt);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ApikeyCreate &, const ApikeyCreate &) = default;
};

//! Broker to client. \a secret is shown once.
struct ApikeyCreated
{
    static constexpr QLatin1StringView kType{"apikey_created"};
    QString id;
    QString secret;
    QString label;
    QString prefix;
    QStringList capabilities;
    Nullable<QStringList> topicScopes;
    QString createdAt;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("secret", self.secret);
        v("label", self.label);
        v("prefix", self.prefix);
        v("capabilities", self.capabilities);
        v("topicScopes", self.topicScopes);
        v("createdAt", self.createdAt);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ApikeyCreated &, const ApikeyCreated &) = default;
};

//! Client to broker. Answer: apikey_list_response.
struct ApikeyList
{
    static constexpr QLatin1StringView kType{"apikey_list"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ApikeyList &, const ApikeyList &) = default;
};

//! Broker to client.
struct ApikeyListResponse
{
    static constexpr QLatin1StringView kType{"apikey_list_response"};
    QList<ApiKeyRow> keys;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("keys", self.keys);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ApikeyListResponse &, const ApikeyListResponse &) = default;
};

//! Client to broker. \a id is whole or a unique prefix. Answer: apikey_revoke_response.
struct ApikeyRevoke
{
    static constexpr QLatin1StringView kType{"apikey_revoke"};
    QString id;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v.orDefault("id", self.id);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ApikeyRevoke &, const ApikeyRevoke &) = default;
};

//! Broker to client. \a status is "revoked", "not_found" or "not_unique".
struct ApikeyRevokeResponse
{
    static constexpr QLatin1StringView kType{"apikey_revoke_response"};
    QString status;
    std::optional<QString> id;
    QJsonValue matches = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("status", self.status);
        v("id", self.id);
        v("matches", self.matches);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ApikeyRevokeResponse &, const ApikeyRevokeResponse &) = default;
};

// --- Audit log ---

//! \a actor is a display name, else a member id, else "system".
struct AuditRow
{
    qint64 id = 0;
    QString eventType;
    QString actor;
    QJsonValue payload = QJsonValue(QJsonValue::Undefined);
    QString hash;
    QString createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("eventType", self.eventType);
        v("actor", self.actor);
        v("payload", self.payload);
        v("hash", self.hash);
        v("createdAt", self.createdAt);
    }
    friend bool operator==(const AuditRow &, const AuditRow &) = default;
};

//! Client to broker. Answer: audit_result.
struct AuditQuery
{
    static constexpr QLatin1StringView kType{"audit_query"};
    std::optional<int> limit;
    std::optional<int> offset;
    std::optional<QString> eventType;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("limit", self.limit);
        v("offset", self.offset);
        v("eventType", self.eventType);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const AuditQuery &, const AuditQuery &) = default;
};

//! Broker to client. Newest first.
struct AuditResult
{
    static constexpr QLatin1StringView kType{"audit_result"};
    QList<AuditRow> entries;
    qint64 total = 0;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("entries", self.entries);
        v("total", self.total);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const AuditResult &, const AuditResult &) = default;
};

//! Client to broker. Answer: audit_verify_result.
struct AuditVerify
{
    static constexpr QLatin1StringView kType{"audit_verify"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const AuditVerify &, const AuditVerify &) = default;
};

//! Broker to client. \a brokenAt is an entry's id.
struct AuditVerifyResult
{
    static constexpr QLatin1StringView kType{"audit_verify_result"};
    bool valid = false;
    qint64 entries = 0;
    std::optional<qint64> brokenAt;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("valid", self.valid);
        v("entries", self.entries);
        v("brokenAt", self.brokenAt);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const AuditVerifyResult &, const AuditVerifyResult &) = default;
};

// --- Mesh information ---

struct TaskCounts
{
    int open = 0;
    int claimed = 0;
    int done = 0;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v.orDefault("open", self.open);
        v.orDefault("claimed", self.claimed);
        v.orDefault("done", self.done);
    }
    friend bool operator==(const TaskCounts &, const TaskCounts &) = default;
};

//! Client to broker. Answer: mesh_info_result.
struct MeshInfo
{
    static constexpr QLatin1StringView kType{"mesh_info"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MeshInfo &, const MeshInfo &) = default;
};

//! Broker to client.
struct MeshInfoResult
{
    static constexpr QLatin1StringView kType{"mesh_info_result"};
    QString mesh;
    int peers = 0;
    QStringList groups;
    QStringList stateKeys;
    int memoryCount = 0;
    int fileCount = 0;
    TaskCounts tasks;
    QStringList streams;
    QStringList tables;
    QStringList collections;
    QString yourName;
    QList<GroupRef> yourGroups;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("mesh", self.mesh);
        v("peers", self.peers);
        v("groups", self.groups);
        v("stateKeys", self.stateKeys);
        v("memoryCount", self.memoryCount);
        v("fileCount", self.fileCount);
        v("tasks", self.tasks);
        v("streams", self.streams);
        v.orDefault("tables", self.tables);
        v.orDefault("collections", self.collections);
        v("yourName", self.yourName);
        v("yourGroups", self.yourGroups);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MeshInfoResult &, const MeshInfoResult &) = default;
};

} // namespace mesh::protocol
