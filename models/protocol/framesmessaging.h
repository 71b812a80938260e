// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framesvalues.h"

//! \file
//! Messages, topics and streams. See frames.h.

namespace mesh::protocol {

// --- Messages ---

//! Client to broker. Answer: ack matched by \a id; _reqId is never echoed. nonce, ciphertext and targetSpec together
//! may have 65,536 characters.
struct Send
{
    static constexpr QLatin1StringView kType{"send"};
    std::optional<QString> id;
    QString targetSpec;
    Priority priority = Priority::Next;
    QString nonce;
    QString ciphertext;
    std::optional<QString> clientMessageId;
    std::optional<QString> requestFingerprint;
    std::optional<QStringList> mentions;
    std::optional<QString> replyToId;
    std::optional<int> bodyVersion;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("targetSpec", self.targetSpec);
        v("priority", self.priority);
        v("nonce", self.nonce);
        v("ciphertext", self.ciphertext);
        v("client_message_id", self.clientMessageId);
        v("request_fingerprint", self.requestFingerprint);
        v("mentions", self.mentions);
        v("replyToId", self.replyToId);
        v("bodyVersion", self.bodyVersion);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Send &, const Send &) = default;
};

//! Broker to client. Answer to `send` and to several others, where queued is false and only \a error means refusal.
struct Ack
{
    static constexpr QLatin1StringView kType{"ack"};
    QString id;
    QString messageId;
    bool queued = false;
    std::optional<QString> error;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v.orDefault("messageId", self.messageId);
        v("queued", self.queued);
        v("error", self.error);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Ack &, const Ack &) = default;
};

//! Broker to client. Message, reminder, system event or webhook, told apart by \a subtype (absent for a message). \a
//! eventData is any JSON for a webhook, an object for system events. \a createdAt is ISO UTC.
struct Push
{
    static constexpr QLatin1StringView kType{"push"};
    std::optional<QString> subtype;
    std::optional<QString> event;
    QJsonValue eventData = QJsonValue(QJsonValue::Undefined);
    QString messageId;
    QString meshId;
    QString senderPubkey;
    std::optional<QString> senderMemberPubkey;
    std::optional<QString> senderMemberId;
    std::optional<QString> senderName;
    Priority priority = Priority::Next;
    QString nonce;
    QString ciphertext;
    QString createdAt;
    std::optional<QString> clientMessageId;
    std::optional<QString> requestFingerprint;
    std::optional<QString> topic;
    std::optional<QString> replyToId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("subtype", self.subtype);
        v("event", self.event);
        v("eventData", self.eventData);
        v("messageId", self.messageId);
        v("meshId", self.meshId);
        v("senderPubkey", self.senderPubkey);
        v("senderMemberPubkey", self.senderMemberPubkey);
        v("senderMemberId", self.senderMemberId);
        v("senderName", self.senderName);
        v("priority", self.priority);
        v("nonce", self.nonce);
        v("ciphertext", self.ciphertext);
        v("createdAt", self.createdAt);
        v("client_message_id", self.clientMessageId);
        v("request_fingerprint", self.requestFingerprint);
        v("topic", self.topic);
        v("replyToId", self.replyToId);
    }
    friend bool operator==(const Push &, const Push &) = default;
};

//! Client to broker. Answers every direct push; either id is enough. No answer.
struct ClientAck
{
    static constexpr QLatin1StringView kType{"client_ack"};
    std::optional<QString> brokerMessageId;
    std::optional<QString> clientMessageId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("brokerMessageId", self.brokerMessageId);
        v("clientMessageId", self.clientMessageId);
    }
    friend bool operator==(const ClientAck &, const ClientAck &) = default;
};

//! Client to broker. \a messageId may be a prefix of 8 characters or more. Answer: message_status_result.
struct MessageStatus
{
    static constexpr QLatin1StringView kType{"message_status"};
    QString messageId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("messageId", self.messageId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MessageStatus &, const MessageStatus &) = default;
};

//! \a status is "delivered", "held", "disconnected" or "unknown".
struct RecipientRow
{
    QString name;
    QString pubkey;
    QString status;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("pubkey", self.pubkey);
        v("status", self.status);
    }
    friend bool operator==(const RecipientRow &, const RecipientRow &) = default;
};

//! Broker to client.
struct MessageStatusResult
{
    static constexpr QLatin1StringView kType{"message_status_result"};
    QString messageId;
    QString targetSpec;
    bool delivered = false;
    Nullable<QString> deliveredAt;
    QList<RecipientRow> recipients;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("messageId", self.messageId);
        v("targetSpec", self.targetSpec);
        v("delivered", self.delivered);
        v("deliveredAt", self.deliveredAt);
        v("recipients", self.recipients);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MessageStatusResult &, const MessageStatusResult &) = default;
};

// --- Topics ---

struct TopicRow
{
    QString id;
    QString name;
    std::optional<QString> description;
    QString visibility;
    std::optional<int> memberCount;
    std::optional<QString> createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("name", self.name);
        v("description", self.description);
        v("visibility", self.visibility);
        v("memberCount", self.memberCount);
        v("createdAt", self.createdAt);
    }
    friend bool operator==(const TopicRow &, const TopicRow &) = default;
};

//! \a pubkey is the member key; times are ISO UTC.
struct TopicMemberRow
{
    QString memberId;
    QString pubkey;
    QString displayName;
    QString role;
    QString joinedAt;
    Nullable<QString> lastReadAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("memberId", self.memberId);
        v("pubkey", self.pubkey);
        v("displayName", self.displayName);
        v("role", self.role);
        v("joinedAt", self.joinedAt);
        v("lastReadAt", self.lastReadAt);
    }
    friend bool operator==(const TopicMemberRow &, const TopicMemberRow &) = default;
};

//! \a bodyVersion 1 is base64 text, 2 a secret box.
struct TopicMessageRow
{
    QString id;
    QString senderPubkey;
    QString senderMemberId;
    QString senderName;
    QString nonce;
    QString ciphertext;
    int bodyVersion = 1;
    std::optional<QString> replyToId;
    QString createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("senderPubkey", self.senderPubkey);
        v("senderMemberId", self.senderMemberId);
        v.orDefault("senderName", self.senderName);
        v("nonce", self.nonce);
        v("ciphertext", self.ciphertext);
        v.orDefault("bodyVersion", self.bodyVersion);
        v("replyToId", self.replyToId);
        v("createdAt", self.createdAt);
    }
    friend bool operator==(const TopicMessageRow &, const TopicMessageRow &) = default;
};

//! Client to broker. \a visibility is "public", "private" or "dm". Answer: topic_created. Brokers give each new topic a
//! key; \a encrypted false asks the personal mesh for one without, which other brokers do not know.
struct TopicCreate
{
    static constexpr QLatin1StringView kType{"topic_create"};
    QString name;
    std::optional<QString> description;
    std::optional<QString> visibility;
    std::optional<bool> encrypted;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("description", self.description);
        v("visibility", self.visibility);
        v("encrypted", self.encrypted);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicCreate &, const TopicCreate &) = default;
};

//! Broker to client.
struct TopicCreated
{
    static constexpr QLatin1StringView kType{"topic_created"};
    TopicRow topic;
    bool created = false;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topic", self.topic);
        v("created", self.created);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicCreated &, const TopicCreated &) = default;
};

//! Client to broker. Answer: topic_list_response.
struct TopicList
{
    static constexpr QLatin1StringView kType{"topic_list"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicList &, const TopicList &) = default;
};

//! Broker to client.
struct TopicListResponse
{
    static constexpr QLatin1StringView kType{"topic_list_response"};
    QList<TopicRow> topics;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topics", self.topics);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicListResponse &, const TopicListResponse &) = default;
};

//! Client to broker. \a topic is an id or a name. No answer on success.
struct TopicJoin
{
    static constexpr QLatin1StringView kType{"topic_join"};
    QString topic;
    std::optional<QString> role;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topic", self.topic);
        v("role", self.role);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicJoin &, const TopicJoin &) = default;
};

//! Client to broker. No answer on success.
struct TopicLeave
{
    static constexpr QLatin1StringView kType{"topic_leave"};
    QString topic;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topic", self.topic);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicLeave &, const TopicLeave &) = default;
};

//! Client to broker. Answer: topic_members_response.
struct TopicMembers
{
    static constexpr QLatin1StringView kType{"topic_members"};
    QString topic;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topic", self.topic);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicMembers &, const TopicMembers &) = default;
};

//! Broker to client.
struct TopicMembersResponse
{
    static constexpr QLatin1StringView kType{"topic_members_response"};
    QString topic;
    QList<TopicMemberRow> members;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topic", self.topic);
        v("members", self.members);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicMembersResponse &, const TopicMembersResponse &) = default;
};

//! Client to broker. \a limit 1..200. Answer: topic_history_response.
struct TopicHistory
{
    static constexpr QLatin1StringView kType{"topic_history"};
    QString topic;
    std::optional<int> limit;
    std::optional<QString> beforeId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topic", self.topic);
        v("limit", self.limit);
        v("beforeId", self.beforeId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicHistory &, const TopicHistory &) = default;
};

//! Broker to client. Newest first.
struct TopicHistoryResponse
{
    static constexpr QLatin1StringView kType{"topic_history_response"};
    QString topic;
    QList<TopicMessageRow> messages;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topic", self.topic);
        v("messages", self.messages);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicHistoryResponse &, const TopicHistoryResponse &) = default;
};

//! Client to broker. No answer on success.
struct TopicMarkRead
{
    static constexpr QLatin1StringView kType{"topic_mark_read"};
    QString topic;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topic", self.topic);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const TopicMarkRead &, const TopicMarkRead &) = default;
};

// --- Streams ---

struct StreamRow
{
    QString id;
    QString name;
    Nullable<QString> createdBy;
    QString createdAt;
    int subscriberCount = 0;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("name", self.name);
        v("createdBy", self.createdBy);
        v("createdAt", self.createdAt);
        v("subscriberCount", self.subscriberCount);
    }
    friend bool operator==(const StreamRow &, const StreamRow &) = default;
};

//! Client to broker. Answer: stream_created.
struct CreateStream
{
    static constexpr QLatin1StringView kType{"create_stream"};
    QString name;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const CreateStream &, const CreateStream &) = default;
};

//! Broker to client.
struct StreamCreated
{
    static constexpr QLatin1StringView kType{"stream_created"};
    QString id;
    QString name;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("name", self.name);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const StreamCreated &, const StreamCreated &) = default;
};

//! Client to broker. Answer: subscribed.
struct Subscribe
{
    static constexpr QLatin1StringView kType{"subscribe"};
    QString stream;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("stream", self.stream);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Subscribe &, const Subscribe &) = default;
};

//! Broker to client.
struct Subscribed
{
    static constexpr QLatin1StringView kType{"subscribed"};
    QString stream;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("stream", self.stream);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Subscribed &, const Subscribed &) = default;
};

//! Client to broker. No answer.
struct Unsubscribe
{
    static constexpr QLatin1StringView kType{"unsubscribe"};
    QString stream;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("stream", self.stream);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Unsubscribe &, const Unsubscribe &) = default;
};

//! Client to broker. No answer.
struct Publish
{
    static constexpr QLatin1StringView kType{"publish"};
    QString stream;
    QJsonValue data = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("stream", self.stream);
        v("data", self.data);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Publish &, const Publish &) = default;
};

//! Broker to client. \a publishedBy is a display name, not a key.
struct StreamData
{
    static constexpr QLatin1StringView kType{"stream_data"};
    QString stream;
    QJsonValue data = QJsonValue(QJsonValue::Undefined);
    QString publishedBy;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("stream", self.stream);
        v("data", self.data);
        v("publishedBy", self.publishedBy);
    }
    friend bool operator==(const StreamData &, const StreamData &) = default;
};

//! Client to broker. Answer: stream_list.
struct ListStreams
{
    static constexpr QLatin1StringView kType{"list_streams"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListStreams &, const ListStreams &) = default;
};

//! Broker to client.
struct StreamList
{
    static constexpr QLatin1StringView kType{"stream_list"};
    QList<StreamRow> streams;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("streams", self.streams);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const StreamList &, const StreamList &) = default;
};

} // namespace mesh::protocol
