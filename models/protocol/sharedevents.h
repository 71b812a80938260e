// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QStringList>

#include <optional>

#include "models/protocol/frames.h"
#include "models/protocol/types.h"

//! Events about what a mesh shares: state, memory, lists, the simulation clock, the audit log; and outcomes of
//! commands. See event.h. All times are milliseconds since the Unix epoch, UTC, unless a name says otherwise.
namespace mesh::protocol::events {

// --- shared things ----------------------------------------------------------------------------------------------

struct StateListed
{
    static constexpr QLatin1StringView kType{"stateList"};
    QList<StateEntry> entries;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("entries", self.entries);
    }
};

struct StateSet
{
    static constexpr QLatin1StringView kType{"state"};
    QString key;
    QJsonValue value;
    QString by;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("value", self.value);
        v("by", self.by);
    }
};

struct MemoryRemembered
{
    static constexpr QLatin1StringView kType{"remembered"};
    QString id;
    QString content;
    QStringList tags;
    QString by;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("content", self.content);
        v("tags", self.tags);
        v("by", self.by);
    }
};

//! Rows that a `recall` found; memory has no list on the wire.
struct MemoriesFound
{
    static constexpr QLatin1StringView kType{"memories"};
    QString query;
    QList<MemoryRow> memories;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("query", self.query);
        v("memories", self.memories);
    }
};

struct MemoryForgotten
{
    static constexpr QLatin1StringView kType{"forgotten"};
    QString id;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
    }
};

//! A full list of one kind of shared thing, as polled. \tparam Tag only tells the kinds apart.
template <class Row, class Tag>
struct Listed
{
    static constexpr QLatin1StringView kType{Tag::kType};
    QList<Row> rows;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("rows", self.rows);
    }
};

struct TasksTag
{
    static constexpr auto kType = "tasks";
};
struct SkillsTag
{
    static constexpr auto kType = "skills";
};
struct FilesTag
{
    static constexpr auto kType = "files";
};
struct StreamsTag
{
    static constexpr auto kType = "streams";
};
struct TopicsTag
{
    static constexpr auto kType = "topics";
};
struct ServersTag
{
    static constexpr auto kType = "mcpServers";
};
struct ServicesTag
{
    static constexpr auto kType = "services";
};
struct SchedulesTag
{
    static constexpr auto kType = "schedules";
};
struct WebhooksTag
{
    static constexpr auto kType = "webhooks";
};
struct ContextsTag
{
    static constexpr auto kType = "contexts";
};

using TasksListed = Listed<TaskRow, TasksTag>;
using SkillsListed = Listed<SkillRow, SkillsTag>;
using FilesListed = Listed<FileRow, FilesTag>;
using StreamsListed = Listed<StreamRow, StreamsTag>;
using TopicsListed = Listed<TopicRow, TopicsTag>;
using ServersListed = Listed<McpServerRow, ServersTag>;
using ServicesListed = Listed<ServiceRow, ServicesTag>;
using SchedulesListed = Listed<ScheduleRow, SchedulesTag>;
using WebhooksListed = Listed<WebhookRow, WebhooksTag>;
using ContextsListed = Listed<ContextRow, ContextsTag>;

struct TopicMembersListed
{
    static constexpr QLatin1StringView kType{"topicMembers"};
    QString topicId;
    QList<TopicMemberRow> members;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topicId", self.topicId);
        v("members", self.members);
    }
};

//! What is known of a topic's key. Unknown: not yet. Clear: bodies are not encrypted there. Waiting: they are, and no
//! member has sealed the key for us yet. Held: we have it. Unavailable: they are, and the broker gives no keys out.
enum class TopicKeyState { Unknown, Clear, Waiting, Held, Unavailable };

struct TopicKeyChanged
{
    static constexpr QLatin1StringView kType{"topicKey"};
    QString topicId;
    TopicKeyState state = TopicKeyState::Unknown;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topicId", self.topicId);
        v("state", self.state);
    }
};

//! The user joined or left a topic here.
struct TopicMembershipChanged
{
    static constexpr QLatin1StringView kType{"topicMembership"};
    QString topicId;
    bool joined = false;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("topicId", self.topicId);
        v("joined", self.joined);
    }
};

//! Counts from `mesh_info`.
struct MeshDescribed
{
    static constexpr QLatin1StringView kType{"meshInfo"};
    int memoryCount = 0;
    int fileCount = 0;
    QStringList groups;
    QStringList stateKeys;
    QStringList streams;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("memoryCount", self.memoryCount);
        v("fileCount", self.fileCount);
        v("groups", self.groups);
        v("stateKeys", self.stateKeys);
        v("streams", self.streams);
    }
};

struct StreamDataReceived
{
    static constexpr QLatin1StringView kType{"streamData"};
    QString stream;
    QJsonValue data;
    QString by; //!< display name of the publisher's member

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("stream", self.stream);
        v("data", self.data);
        v("by", self.by);
    }
};

//! Any other system push or a webhook: shown in the timeline as it came.
struct SystemNotice
{
    static constexpr QLatin1StringView kType{"system"};
    QString name; //!< wire `event`; for a webhook its name
    QJsonValue data;
    bool webhook = false;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("name", self.name);
        v("data", self.data);
        v("webhook", self.webhook);
    }
};

// --- simulation clock -------------------------------------------------------------------------------------------

//! An answer of `get_clock`, `set_clock`, `pause_clock` or `resume_clock`. speed 0 with tick 0: no clock was ever set.
struct ClockReported
{
    static constexpr QLatin1StringView kType{"clock"};
    double speed = 0;
    bool paused = true;
    qint64 tick = 0;
    qint64 simTimeMs = 0;
    qint64 startedAtMs = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("speed", self.speed);
        v("paused", self.paused);
        v("tick", self.tick);
        v("simTimeMs", self.simTimeMs);
        v("startedAtMs", self.startedAtMs);
    }
};

struct Ticked
{
    static constexpr QLatin1StringView kType{"tick"};
    qint64 tick = 0;
    qint64 simTimeMs = 0;
    double speed = 1;
    qint64 arrivedNs = 0; //!< monotonic, for jitter; 0 in old recordings

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("tick", self.tick);
        v("simTimeMs", self.simTimeMs);
        v("speed", self.speed);
        v("arrivedNs", self.arrivedNs);
    }
};

// --- audit, outcomes --------------------------------------------------------------------------------------------

//! New entries of the audit log, ascending by id, each id once.
struct AuditAppended
{
    static constexpr QLatin1StringView kType{"audit"};
    QList<AuditRow> entries;
    qint64 total = 0;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("entries", self.entries);
        v("total", self.total);
    }
};

//! What became of a command. \a result is the reply frame as JSON for `Request` commands, else empty.
struct CommandFinished
{
    static constexpr QLatin1StringView kType{"command"};
    qint64 commandId = 0;
    QString name;
    bool ok = true;
    QString code;
    QString detail;
    QJsonObject result;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("commandId", self.commandId);
        v("name", self.name);
        v("ok", self.ok);
        v("code", self.code);
        v("detail", self.detail);
        v("result", self.result);
    }
};

} // namespace mesh::protocol::events
