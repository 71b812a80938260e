// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framescontrol.h"
#include "models/protocol/framesdata.h"
#include "models/protocol/framesexchange.h"
#include "models/protocol/framesfiles.h"
#include "models/protocol/framesknowledge.h"
#include "models/protocol/framesmessaging.h"
#include "models/protocol/framespresence.h"
#include "models/protocol/framesservices.h"
#include "models/protocol/oneof.h"

//! \file
//! Every frame of the wire protocol, both directions, as value types. One struct for each wire type, named after it
//! (`peers_list` is PeersList), with members named as on the wire (`_reqId` is reqId, `server_name` is serverName) and
//! one describe() that the decoder, the encoder and the journal share.
//!
//! - `std::optional`: the key may be absent; null reads as absent and nothing is written for an empty one.
//! - Nullable: the key is written as null when empty.
//! - QJsonValue: any JSON; undefined stands for an absent key.
//! - A plain member must be present and of its JSON kind, or decoding fails with `bad_field`. Some members of frames
//! that
//!   brokers send may be left out and keep their default then.
//! - Words of an enum that are unknown cost a client's frame, but read as the default in a broker's frame, so that a
//! newer
//!   broker does not blind this program.
//! - Times are strings in ISO 8601 UTC unless a member's note says ms (since the Unix epoch).

namespace mesh::protocol {

struct ClientFrameKinds
    : TypeList<ApikeyCreate, ApikeyList, ApikeyRevoke, AuditQuery, AuditVerify, Ban, CancelScheduled, ClaimTask,
               ClientAck, CompleteTask, CreateStream, CreateTask, CreateWebhook, DeleteFile, DeleteWebhook, Disconnect,
               FileStatus, Forget, GetClock, GetContext, GetFile, GetSkill, GetState, GrantFileAccess, GraphExecute,
               GraphQuery, Hello, JoinGroup, Kick, LeaveGroup, ListBans, ListCollections, ListContexts, ListFiles,
               ListPeers, ListScheduled, ListSkills, ListState, ListStreams, ListTasks, ListWebhooks, McpCall,
               McpCallResponse, McpCatalog, McpDeploy, McpList, McpLogs, McpRegister, McpSchema, McpScope, McpUndeploy,
               McpUnregister, McpUpdate, MeshExecute, MeshInfo, MeshQuery, MeshSchema, MessageStatus, PauseClock,
               PeerDirRequest, PeerDirResponse, PeerFileRequest, PeerFileResponse, Publish, Recall, Remember,
               RemoveSkill, ResumeClock, Schedule, Send, SessionHello, SetClock, SetProfile, SetState, SetStats,
               SetStatus, SetSummary, SetVisible, ShareContext, ShareSkill, SkillDeploy, Subscribe, TopicCreate,
               TopicHistory, TopicJoin, TopicLeave, TopicList, TopicMarkRead, TopicMembers, Unban, Unsubscribe, Unwatch,
               VaultDelete, VaultGet, VaultList, VaultSet, VectorDelete, VectorSearch, VectorStore, Watch, WatchList>
{
};

//! Any frame a client sends.
class ClientFrame final : public OneOf<ClientFrameKinds>
{
public:
    using OneOf::OneOf;

    friend bool operator==(const ClientFrame &a, const ClientFrame &b);
};

struct BrokerFrameKinds
    : TypeList<Ack, ApikeyCreated, ApikeyListResponse, ApikeyRevokeResponse, AuditResult, AuditVerifyResult, BanAck,
               CancelScheduledAck, ClockStatus, CollectionList, ContextList, ContextResults, ContextShared,
               DisconnectAck, ErrorFrame, FileList, FileStatusResult, FileUrl, GrantFileAccessOk, GraphResult, HelloAck,
               KickAck, ListBansResult, McpCallForward, McpCallResult, McpCatalogResult, McpDeployStatus, McpListResult,
               McpLogsResult, McpRegisterAck, McpSchemaResult, McpScopeResult, MemoryResults, MemoryStored,
               MeshInfoResult, MeshQueryResult, MeshSchemaResult, MessageStatusResult, PeerDirRequestForward,
               PeerDirResponseForward, PeerFileRequestForward, PeerFileResponseForward, PeersList, Push, ScheduledAck,
               ScheduledList, SkillAck, SkillData, SkillDeployAck, SkillList, StateChange, StateList, StateResult,
               StreamCreated, StreamData, StreamList, Subscribed, TaskCreated, TaskList, TopicCreated,
               TopicHistoryResponse, TopicListResponse, TopicMembersResponse, UnbanAck, VaultAck, VaultGetResult,
               VaultListResult, VectorResults, VectorStored, WatchAck, WatchListResult, WebhookAck, WebhookList>
{
};

//! Any frame a broker sends.
class BrokerFrame final : public OneOf<BrokerFrameKinds>
{
public:
    using OneOf::OneOf;

    friend bool operator==(const BrokerFrame &a, const BrokerFrame &b);
};

} // namespace mesh::protocol
