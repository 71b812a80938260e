// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framesvalues.h"

//! \file
//! State, memory and skills. See frames.h.

namespace mesh::protocol {

// --- State ---

//! \a updatedBy is a display name, \a updatedAt ISO UTC.
struct StateEntry
{
    QString key;
    QJsonValue value = QJsonValue(QJsonValue::Undefined);
    QString updatedBy;
    QString updatedAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("value", self.value);
        v("updatedBy", self.updatedBy);
        v("updatedAt", self.updatedAt);
    }
    friend bool operator==(const StateEntry &, const StateEntry &) = default;
};

//! Client to broker. \a value is any JSON but null, which a broker silently drops. No answer.
struct SetState
{
    static constexpr QLatin1StringView kType{"set_state"};
    QString key;
    QJsonValue value = QJsonValue(QJsonValue::Undefined);
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("value", self.value);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SetState &, const SetState &) = default;
};

//! Client to broker. Answer: state_result.
struct GetState
{
    static constexpr QLatin1StringView kType{"get_state"};
    QString key;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GetState &, const GetState &) = default;
};

//! Broker to client. For a missing key \a value is null and the others are empty.
struct StateResult
{
    static constexpr QLatin1StringView kType{"state_result"};
    QString key;
    QJsonValue value = QJsonValue(QJsonValue::Undefined);
    QString updatedBy;
    QString updatedAt;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("value", self.value);
        v("updatedBy", self.updatedBy);
        v("updatedAt", self.updatedAt);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const StateResult &, const StateResult &) = default;
};

//! Client to broker. Answer: state_list.
struct ListState
{
    static constexpr QLatin1StringView kType{"list_state"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListState &, const ListState &) = default;
};

//! Broker to client.
struct StateList
{
    static constexpr QLatin1StringView kType{"state_list"};
    QList<StateEntry> entries;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("entries", self.entries);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const StateList &, const StateList &) = default;
};

//! Broker to client. To all but the writer. A key starting with `_context:` is a context notice.
struct StateChange
{
    static constexpr QLatin1StringView kType{"state_change"};
    QString key;
    QJsonValue value = QJsonValue(QJsonValue::Undefined);
    QString updatedBy;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("value", self.value);
        v("updatedBy", self.updatedBy);
    }
    friend bool operator==(const StateChange &, const StateChange &) = default;
};

// --- Memory ---

struct MemoryRow
{
    QString id;
    QString content;
    QStringList tags;
    Nullable<QString> rememberedBy;
    QString rememberedAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("content", self.content);
        v.orDefault("tags", self.tags);
        v("rememberedBy", self.rememberedBy);
        v("rememberedAt", self.rememberedAt);
    }
    friend bool operator==(const MemoryRow &, const MemoryRow &) = default;
};

//! Client to broker. Answer: memory_stored.
struct Remember
{
    static constexpr QLatin1StringView kType{"remember"};
    QString content;
    std::optional<QStringList> tags;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("content", self.content);
        v("tags", self.tags);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Remember &, const Remember &) = default;
};

//! Broker to client.
struct MemoryStored
{
    static constexpr QLatin1StringView kType{"memory_stored"};
    QString id;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MemoryStored &, const MemoryStored &) = default;
};

//! Client to broker. Answer: memory_results, at most 20.
struct Recall
{
    static constexpr QLatin1StringView kType{"recall"};
    QString query;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("query", self.query);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Recall &, const Recall &) = default;
};

//! Broker to client.
struct MemoryResults
{
    static constexpr QLatin1StringView kType{"memory_results"};
    QList<MemoryRow> memories;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("memories", self.memories);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const MemoryResults &, const MemoryResults &) = default;
};

//! Client to broker. Answer: ack with queued false.
struct Forget
{
    static constexpr QLatin1StringView kType{"forget"};
    QString memoryId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("memoryId", self.memoryId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const Forget &, const Forget &) = default;
};

// --- Skills ---

struct SkillRow
{
    QString name;
    Nullable<QString> description;
    QStringList tags;
    Nullable<QString> author;
    QString createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("description", self.description);
        v.orDefault("tags", self.tags);
        v("author", self.author);
        v("createdAt", self.createdAt);
    }
    friend bool operator==(const SkillRow &, const SkillRow &) = default;
};

//! \a manifest is whatever was shared.
struct SkillDetail
{
    QString name;
    Nullable<QString> description;
    QString instructions;
    QStringList tags;
    Nullable<QString> author;
    QJsonValue manifest = QJsonValue(QJsonValue::Undefined);
    QString createdAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("description", self.description);
        v("instructions", self.instructions);
        v.orDefault("tags", self.tags);
        v("author", self.author);
        v("manifest", self.manifest);
        v("createdAt", self.createdAt);
    }
    friend bool operator==(const SkillDetail &, const SkillDetail &) = default;
};

//! Client to broker. Answer: skill_ack.
struct ShareSkill
{
    static constexpr QLatin1StringView kType{"share_skill"};
    QString name;
    QString description;
    QString instructions;
    std::optional<QStringList> tags;
    std::optional<QJsonObject> manifest;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("description", self.description);
        v("instructions", self.instructions);
        v("tags", self.tags);
        v("manifest", self.manifest);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ShareSkill &, const ShareSkill &) = default;
};

//! Broker to client. \a action is "shared", "removed" or "not_found".
struct SkillAck
{
    static constexpr QLatin1StringView kType{"skill_ack"};
    QString name;
    QString action;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("action", self.action);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SkillAck &, const SkillAck &) = default;
};

//! Client to broker. Answer: skill_data.
struct GetSkill
{
    static constexpr QLatin1StringView kType{"get_skill"};
    QString name;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GetSkill &, const GetSkill &) = default;
};

//! Broker to client. Null when there is no such skill.
struct SkillData
{
    static constexpr QLatin1StringView kType{"skill_data"};
    Nullable<SkillDetail> skill;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("skill", self.skill);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SkillData &, const SkillData &) = default;
};

//! Client to broker. Answer: skill_list.
struct ListSkills
{
    static constexpr QLatin1StringView kType{"list_skills"};
    std::optional<QString> query;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("query", self.query);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListSkills &, const ListSkills &) = default;
};

//! Broker to client.
struct SkillList
{
    static constexpr QLatin1StringView kType{"skill_list"};
    QList<SkillRow> skills;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("skills", self.skills);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SkillList &, const SkillList &) = default;
};

//! Client to broker. Answer: skill_ack.
struct RemoveSkill
{
    static constexpr QLatin1StringView kType{"remove_skill"};
    QString name;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const RemoveSkill &, const RemoveSkill &) = default;
};

//! Client to broker. Answer: skill_deploy_ack. Unfinished in the known broker, refused with `deploy_error` by the
//! personal mesh.
struct SkillDeploy
{
    static constexpr QLatin1StringView kType{"skill_deploy"};
    QJsonObject source;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("source", self.source);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SkillDeploy &, const SkillDeploy &) = default;
};

//! Broker to client.
struct SkillDeployAck
{
    static constexpr QLatin1StringView kType{"skill_deploy_ack"};
    QString name;
    QStringList files;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("files", self.files);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const SkillDeployAck &, const SkillDeployAck &) = default;
};

} // namespace mesh::protocol
