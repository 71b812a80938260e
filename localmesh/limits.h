// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

//! Bounds on what one peer can make everybody else carry. The original has none of these; a request beyond one is
//! refused with `invalid_args` (docs/local-broker.md).
namespace mesh::local::limits {

inline constexpr qsizetype NameChars = 128;         //!< display names, group roles, stream names
inline constexpr qsizetype FieldChars = 1'024;      //!< cwd, hostname, channel, model, sessionId
inline constexpr qsizetype SummaryChars = 8'192;    //!< summary, and each text of a profile
inline constexpr qsizetype StatsBytes = 16 * 1'024; //!< stats as JSON
inline constexpr qsizetype GroupsPerPresence = 64;
inline constexpr qsizetype Capabilities = 64;
inline constexpr qsizetype SubscriptionsPerPresence = 1'024;
inline constexpr qsizetype Streams = 10'000;
inline constexpr qsizetype StateKeyChars = 512;
inline constexpr qint64 StateKeys = 100'000;
inline constexpr qsizetype MemoryChars = 256 * 1'024;
inline constexpr qsizetype MemoryTags = 64;
inline constexpr qsizetype ListEntries = 256;      //!< tags, files and findings of a context, tags of a task or skill
inline constexpr qsizetype TaskChars = 16 * 1'024; //!< title, and result
inline constexpr qint64 Tasks = 100'000;
inline constexpr qsizetype TasksListed = 100; //!< rows in one task_list, as in the original
inline constexpr qsizetype ContextChars = 64 * 1'024;
inline constexpr qsizetype SkillChars = 256 * 1'024; //!< description, instructions and manifest together
inline constexpr qint64 Skills = 10'000;
inline constexpr qint64 Topics = 10'000;
inline constexpr qsizetype TopicMentions = 16;       //!< of one message, as in the original
inline constexpr qsizetype VaultChars = 256 * 1'024; //!< all fields of one entry
inline constexpr qint64 VaultEntries = 1'000;        //!< of one member
inline constexpr qsizetype WatchesPerPresence = 50;
inline constexpr qsizetype Watches = 1'000;
inline constexpr qsizetype WatchHeaders = 32;
inline constexpr qsizetype ScheduleChars = 4 * 1'024 * 1'024; //!< of all messages of one member that wait
inline constexpr qsizetype AnswerChars = 4 * 1'024 * 1'024;   //!< of one list, where its rows can be long
inline constexpr qint64 Schedules = 1'000;                    //!< of one member
inline constexpr qsizetype SendChars = 65'536; //!< targetSpec, nonce and ciphertext together, as in the original
inline constexpr qsizetype AuditRows = 5'000;  //!< rows in one audit_result
inline constexpr qsizetype AuditBytes = 4 * 1'024 * 1'024; //!< payload bytes in one audit_result
inline constexpr qsizetype McpServers = 1'000;
inline constexpr qsizetype McpTools = 256;               //!< of one server
inline constexpr qsizetype McpServerChars = 256 * 1'024; //!< names, descriptions and schemas of one server
inline constexpr int RelayedPerPeer = 256;               //!< open questions a peer has put, or has to answer
inline constexpr qsizetype PathChars = 4'096;            //!< of a file that one peer asks another for
inline constexpr qint64 Webhooks = 1'000;
inline constexpr qint64 ApiKeys = 10'000;
inline constexpr qsizetype TopicListeners = 256; //!< streams of topics over HTTP
inline constexpr qsizetype TopicScopes = 64;     //!< of one API key
inline constexpr qsizetype Grants = 10'000;      //!< of one member
inline constexpr qint64 Files = 100'000;
inline constexpr qint64 FileBytes = 50LL * 1'024 * 1'024; //!< of one file, as in the original
inline constexpr qsizetype FileNameChars = 255;
inline constexpr qsizetype FileTags = 64;
inline constexpr qsizetype FileKeys = 4'096;     //!< peers that one encrypted file is sealed to
inline constexpr qsizetype FileRows = 100;       //!< in one file_list, as in the original
inline constexpr qsizetype FileAccesses = 1'000; //!< remembered for one file
inline constexpr int BadFrames = 200;            //!< of one connection, before it is closed
inline constexpr qsizetype InboxFrames = 65'536; //!< of one connection, waiting for their turn
inline constexpr qsizetype InboxBytes = 16 * 1'024 * 1'024;

inline constexpr qsizetype HttpHeadBytes = 16 * 1'024;
inline constexpr qsizetype HttpBodyBytes = 65'536;
inline constexpr int Uploads = 16;              //!< at the same time
inline constexpr qint64 SlowestBytesPerMs = 64; //!< an upload or download has to go faster than this

} // namespace mesh::local::limits
