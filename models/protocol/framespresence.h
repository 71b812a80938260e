// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framesvalues.h"

//! \file
//! Handshake and peers. See frames.h for the rules that all frames follow.

namespace mesh::protocol {

// --- Rows ---

//! A group as a broker reports it. The name is whatever a peer chose, so it may break any rule.
struct GroupRef
{
    QString name;
    std::optional<QString> role;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("role", self.role);
    }
    friend bool operator==(const GroupRef &, const GroupRef &) = default;
};

//! A group as this side claims it in a hello.
struct GroupClaim
{
    GroupName name;
    std::optional<QString> role;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("role", self.role);
    }
    friend bool operator==(const GroupClaim &, const GroupClaim &) = default;
};

//! What a peer says about itself. Peers send this unchecked, so values of the wrong kind read as absent.
struct PeerProfile
{
    std::optional<QString> avatar;
    std::optional<QString> title;
    std::optional<QString> bio;
    std::optional<QStringList> capabilities;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v.loose("avatar", self.avatar);
        v.loose("title", self.title);
        v.loose("bio", self.bio);
        v.loose("capabilities", self.capabilities);
    }
    friend bool operator==(const PeerProfile &, const PeerProfile &) = default;
};

//! One connection. \a pubkey routes (session key, else member key); \a connectedAt is ISO UTC. What peers put in
//! unchecked (groups, hostname, type, channel, model, stats, profile) reads as absent when it is of the wrong kind:
//! one peer must not be able to cost everybody the list. \a stats keeps any keys, `uptime` is in seconds.
struct PeerRow
{
    QString pubkey;
    QString memberPubkey;
    QString displayName;
    PeerStatus status = PeerStatus::Idle;
    Nullable<QString> summary;
    QList<GroupRef> groups;
    QString sessionId;
    QString connectedAt;
    QString cwd;
    QString peerRole;
    std::optional<QString> hostname;
    std::optional<QString> peerType;
    std::optional<QString> channel;
    std::optional<QString> model;
    std::optional<QJsonObject> stats;
    std::optional<bool> visible;
    std::optional<PeerProfile> profile;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("pubkey", self.pubkey);
        v("memberPubkey", self.memberPubkey);
        v("displayName", self.displayName);
        v("status", self.status);
        v("summary", self.summary);
        v.loose("groups", self.groups);
        v.orDefault("sessionId", self.sessionId);
        v.orDefault("connectedAt", self.connectedAt);
        v.orDefault("cwd", self.cwd);
        v.orDefault("peerRole", self.peerRole);
        v.loose("hostname", self.hostname);
        v.loose("peerType", self.peerType);
        v.loose("channel", self.channel);
        v.loose("model", self.model);
        v.loose("stats", self.stats);
        v.loose("visible", self.visible);
        v.loose("profile", self.profile);
    }
    friend bool operator==(const PeerRow &, const PeerRow &) = default;
};

//! Member-level settings; \a messageMode is "push", "inbox" or "off" and never enforced by the broker.
struct MemberProfile
{
    Nullable<QString> roleTag;
    QList<GroupRef> groups;
    QString messageMode;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("roleTag", self.roleTag);
        v.loose("groups", self.groups);
        v("messageMode", self.messageMode);
    }
    friend bool operator==(const MemberProfile &, const MemberProfile &) = default;
};

//! The member key vouching for a session key until \a expiresAt (ms, at most 24 h ahead).
struct ParentAttestation
{
    QString sessionPubkey;
    QString parentMemberPubkey;
    qint64 expiresAt = 0;
    QString signature;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("sessionPubkey", self.sessionPubkey);
        v("parentMemberPubkey", self.parentMemberPubkey);
        v("expiresAt", self.expiresAt);
        v("signature", self.signature);
    }
    friend bool operator==(const ParentAttestation &, const ParentAttestation &) = default;
};

//! One tool of an MCP server.
struct McpToolRow
{
    QString name;
    std::optional<QString> description;
    QJsonValue inputSchema = QJsonValue(QJsonValue::Undefined);
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v.loose("description", self.description);
        v("inputSchema", self.inputSchema);
    }
    friend bool operator==(const McpToolRow &, const McpToolRow &) = default;
};

//! A managed service, as in hello_ack (with tools) and in mcp_catalog_result (with the other fields).
struct ServiceRow
{
    QString name;
    std::optional<QString> type;
    std::optional<QString> description;
    std::optional<QString> status;
    std::optional<QList<McpToolRow>> tools;
    std::optional<int> toolCount;
    std::optional<QString> deployedBy;
    QJsonValue scope = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> sourceType;
    std::optional<QString> runtime;
    std::optional<QString> createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("type", self.type);
        v("description", self.description);
        v("status", self.status);
        v("tools", self.tools);
        v("tool_count", self.toolCount);
        v("deployed_by", self.deployedBy);
        v("scope", self.scope);
        v("source_type", self.sourceType);
        v("runtime", self.runtime);
        v("created_at", self.createdAt);
    }
    friend bool operator==(const ServiceRow &, const ServiceRow &) = default;
};

// --- Handshake ---

//! Client to broker. Member-keyed handshake; registers as "control-plane". A broker answers nothing at all when
//! sessionId, pid or cwd is missing. Answer: hello_ack, or error and a close.
struct Hello
{
    static constexpr QLatin1StringView kType{"hello"};
    std::optional<int> protocolVersion;
    std::optional<QStringList> capabilities;
    QString meshId;
    QString memberId;
    QString pubkey;
    std::optional<QString> sessionPubkey;
    std::optional<QString> displayName;
    QString sessionId;
    int pid = 0;
    QString cwd;
    std::optional<QString> hostname;
    std::optional<QString> peerType;
    std::optional<QString> channel;
    std::optional<QString> model;
    std::optional<QList<GroupClaim>> groups;
    qint64 timestamp = 0;
    QString signature;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("protocolVersion", self.protocolVersion);
        v("capabilities", self.capabilities);
        v("meshId", self.meshId);
        v("memberId", self.memberId);
        v("pubkey", self.pubkey);
        v("sessionPubkey", self.sessionPubkey);
        v("displayName", self.displayName);
        v("sessionId", self.sessionId);
        v("pid", self.pid);
        v("cwd", self.cwd);
        v("hostname", self.hostname);
        v("peerType", self.peerType);
        v("channel", self.channel);
        v("model", self.model);
        v("groups", self.groups);
        v.orDefault("timestamp", self.timestamp);
        v("signature", self.signature);
    }
    friend bool operator==(const Hello &, const Hello &) = default;
};

//! Client to broker. Session-keyed handshake, the one this program uses. Answer: hello_ack, or error and a close.
struct SessionHello
{
    static constexpr QLatin1StringView kType{"session_hello"};
    std::optional<int> protocolVersion;
    std::optional<QStringList> capabilities;
    QString meshId;
    QString parentMemberId;
    QString parentMemberPubkey;
    QString sessionPubkey;
    ParentAttestation parentAttestation;
    std::optional<QString> displayName;
    QString sessionId;
    int pid = 0;
    QString cwd;
    std::optional<QString> hostname;
    std::optional<QString> peerType;
    std::optional<QString> channel;
    std::optional<QString> model;
    std::optional<QList<GroupClaim>> groups;
    std::optional<QString> role;
    qint64 timestamp = 0;
    QString signature;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("protocolVersion", self.protocolVersion);
        v("capabilities", self.capabilities);
        v("meshId", self.meshId);
        v("parentMemberId", self.parentMemberId);
        v("parentMemberPubkey", self.parentMemberPubkey);
        v("sessionPubkey", self.sessionPubkey);
        v("parentAttestation", self.parentAttestation);
        v("displayName", self.displayName);
        v("sessionId", self.sessionId);
        v("pid", self.pid);
        v("cwd", self.cwd);
        v("hostname", self.hostname);
        v("peerType", self.peerType);
        v("channel", self.channel);
        v("model", self.model);
        v("groups", self.groups);
        v("role", self.role);
        v.orDefault("timestamp", self.timestamp);
        v("signature", self.signature);
    }
    friend bool operator==(const SessionHello &, const SessionHello &) = default;
};

//! Broker to client. \a memberProfile is missing after a silent reattach; the restored fields come after `hello` only.
struct HelloAck
{
    static constexpr QLatin1StringView kType{"hello_ack"};
    QString presenceId;
    QString memberDisplayName;
    std::optional<MemberProfile> memberProfile;
    std::optional<QJsonObject> meshPolicy;
    std::optional<bool> restored;
    std::optional<QString> lastSummary;
    std::optional<QString> lastSeenAt;
    std::optional<QList<GroupRef>> restoredGroups;
    std::optional<QJsonObject> restoredStats;
    std::optional<QList<ServiceRow>> services;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("presenceId", self.presenceId);
        v("memberDisplayName", self.memberDisplayName);
        v("memberProfile", self.memberProfile);
        v("meshPolicy", self.meshPolicy);
        v("restored", self.restored);
        v("lastSummary", self.lastSummary);
        v("lastSeenAt", self.lastSeenAt);
        v("restoredGroups", self.restoredGroups);
        v("restoredStats", self.restoredStats);
        v("services", self.services);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const HelloAck &, const HelloAck &) = default;
};

//! Broker to client. Correlated by _reqId, for topics and apikey_create by id, at the handshake by neither.
struct ErrorFrame
{
    static constexpr QLatin1StringView kType{"error"};
    QString code;
    QString message;
    std::optional<QString> id;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("code", self.code);
        v.orDefault("message", self.message);
        v("id", self.id);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ErrorFrame &, const ErrorFrame &) = default;
};

// --- Peers ---

//! Client to broker. Answer: peers_list.
struct ListPeers
{
    static constexpr QLatin1StringView kType{"list_peers"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListPeers &, const ListPeers &) = default;
};

//! Broker to client. Oldest connection first, oneself included.
struct PeersList
{
    static constexpr QLatin1StringView kType{"peers_list"};
    QList<PeerRow> peers;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("peers", self.peers);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const PeersList &, const PeersList &) = default;
};

//! Client to broker. No answer.
struct SetStatus
{
    static constexpr QLatin1StringView kType{"set_status"};
    PeerStatus status = PeerStatus::Idle;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("status", self.status);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SetStatus &, const SetStatus &) = default;
};

//! Client to broker. No answer.
struct SetSummary
{
    static constexpr QLatin1StringView kType{"set_summary"};
    QString summary;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("summary", self.summary);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SetSummary &, const SetSummary &) = default;
};

//! Client to broker. Replaces the former stats. No answer.
struct SetStats
{
    static constexpr QLatin1StringView kType{"set_stats"};
    QJsonObject stats;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("stats", self.stats);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SetStats &, const SetStats &) = default;
};

//! Client to broker. Merges field by field. Answer: ack with queued false.
struct SetProfile
{
    static constexpr QLatin1StringView kType{"set_profile"};
    std::optional<QString> avatar;
    std::optional<QString> title;
    std::optional<QString> bio;
    std::optional<QStringList> capabilities;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("avatar", self.avatar);
        v("title", self.title);
        v("bio", self.bio);
        v("capabilities", self.capabilities);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SetProfile &, const SetProfile &) = default;
};

//! Client to broker. Answer: ack with queued false.
struct SetVisible
{
    static constexpr QLatin1StringView kType{"set_visible"};
    bool visible = false;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("visible", self.visible);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SetVisible &, const SetVisible &) = default;
};

//! Client to broker. No answer.
struct JoinGroup
{
    static constexpr QLatin1StringView kType{"join_group"};
    GroupName name;
    std::optional<QString> role;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("role", self.role);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const JoinGroup &, const JoinGroup &) = default;
};

//! Client to broker. No answer.
struct LeaveGroup
{
    static constexpr QLatin1StringView kType{"leave_group"};
    GroupName name;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const LeaveGroup &, const LeaveGroup &) = default;
};

} // namespace mesh::protocol
