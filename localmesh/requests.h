// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/frameevents.h"
#include "models/protocol/frames.h"

#include <memory>
#include <optional>

namespace mesh::local {

class Connection;
class Handshake;
class Presence;
class Router;
enum class RelayKind;
enum class CloseReason;
struct Parts;
struct RelayedRequest;
struct StoredFile;
struct Topic;
struct Webhook;

//! Answers the requests of peers that are in. One on() for each frame that a client can send, so that the compiler
//! would miss one; what is no frame of the protocol gets the error `not_available`. Implemented by subject in
//! requests*.cpp.
class Requests final
{
public:
    Requests(Parts &parts, Router &router, Handshake &handshake)
        : m_parts(parts)
        , m_router(router)
        , m_handshake(handshake)
    {
    }
    Q_DISABLE_COPY_MOVE(Requests)

    //! Answers \a frame of \a connection, which has a presence.
    void handle(Connection &connection, const protocol::ClientFrame &frame);
    //! Says that a request is wrong: an ack for `send`, the error `invalid_args` for all others.
    void refuse(Connection &connection, const QString &type, const QString &id, const QString &why);
    //! Any error, correlated by \a id the way the type is in the original.
    void fail(Connection &connection, const QString &type, const QString &id, const QString &code,
              const QString &message);

    //! A status from `POST /hook/set-status`; `dnd` stays as it is (wire reference 5.3).
    void setHookStatus(Presence &presence, protocol::PeerStatus status);
    //! Lets `working` fall back to `idle` where it is too old.
    void decayStatus();

    //! Removes the MCP servers whose host is gone for good, and gives those that waited for their host back to it.
    void retireServers();
    //! Answers for \a presence, which is offline now, what it was asked.
    void answererLeft(const Presence &presence);
    //! Answers what was asked of peers that did not answer in time.
    void endLateRelays();
    //! Deletes files that were not to be kept.
    void dropEphemeralFiles();

private:
    //! The request being answered.
    struct Context
    {
        Connection &connection;
        Presence &presence;
        QString id;
        QLatin1StringView type;
    };
    template <class Frame>
    void reply(const Context &context, Frame frame);
    //! As refuse() and fail(), for the request at hand.
    void refuse(const Context &context, const QString &why);
    void fail(const Context &context, const QString &code, const QString &message);
    void done(const Context &context, const QString &objectId, const QString &messageId);
    void setStatus(Presence &presence, protocol::PeerStatus status, bool byHook);
    void stepAuditCheck();
    //! The topic of a request, by id or name; without one that the asking member may know of, says so.
    std::optional<Topic> topicFor(const Context &context, const QString &idOrName);
    //! Whether the asker made it, or is an admin.
    bool mayManage(const Context &context, const QString &ownerMemberId) const;
    QString webhookUrl(const Webhook &webhook) const;
    //! The file, or nothing after having refused.
    std::optional<StoredFile> fileOf(const Context &context, const QString &fileId);
    void removeFile(const QString &fileId);
    //! Sends the answer to whom asked, if it is still there.
    template <class Frame>
    void passBack(const RelayedRequest &request, Frame frame);
    void failRelayed(const QList<RelayedRequest> &requests, const QString &callError, const QString &fileError);
    //! Whom to ask for a file, after noting down the question; nullptr after having refused.
    void tellOfCall(const protocol::PeerCall &call);
    const Presence *relayTarget(const Context &context, RelayKind kind, const QString &targetKey, const QString &path);
    //! The question that the asker answers, or nothing after having refused.
    std::optional<RelayedRequest> relayedTo(const Context &context, RelayKind kind, const QString &requesterKey);
    //! Whether the asking member is an admin; if not, says so.
    bool mayModerate(const Context &context, const QString &what);
    //! The connected sessions that a `kick` or `disconnect` means, without the asking one.
    QList<Presence *> meant(const Context &context, const std::optional<QString> &target,
                            const std::optional<qint64> &staleMs, bool all) const;
    template <class Answer, class Frame>
    void remove(const Context &context, const Frame &frame, CloseReason reason, CloseReason staleReason);

    // requestspresence.cpp
    void on(const Context &, const protocol::ListPeers &);
    void on(const Context &, const protocol::SetStatus &);
    void on(const Context &, const protocol::SetSummary &);
    void on(const Context &, const protocol::SetStats &);
    void on(const Context &, const protocol::SetProfile &);
    void on(const Context &, const protocol::SetVisible &);
    void on(const Context &, const protocol::JoinGroup &);
    void on(const Context &, const protocol::LeaveGroup &);
    // requestsmessages.cpp
    void on(const Context &, const protocol::Send &);
    void on(const Context &, const protocol::ClientAck &);
    void on(const Context &, const protocol::MessageStatus &);
    void on(const Context &, const protocol::CreateStream &);
    void on(const Context &, const protocol::Subscribe &);
    void on(const Context &, const protocol::Unsubscribe &);
    void on(const Context &, const protocol::Publish &);
    void on(const Context &, const protocol::ListStreams &);
    // requestsknowledge.cpp
    void on(const Context &, const protocol::SetState &);
    void on(const Context &, const protocol::GetState &);
    void on(const Context &, const protocol::ListState &);
    void on(const Context &, const protocol::Remember &);
    void on(const Context &, const protocol::Recall &);
    void on(const Context &, const protocol::Forget &);
    // requestscontrol.cpp
    void on(const Context &, const protocol::SetClock &);
    void on(const Context &, const protocol::PauseClock &);
    void on(const Context &, const protocol::ResumeClock &);
    void on(const Context &, const protocol::GetClock &);
    void on(const Context &, const protocol::AuditQuery &);
    void on(const Context &, const protocol::AuditVerify &);
    void on(const Context &, const protocol::MeshInfo &);
    void on(const Context &, const protocol::Hello &);
    void on(const Context &, const protocol::SessionHello &);
    // requestsmcp.cpp
    void on(const Context &, const protocol::McpRegister &);
    void on(const Context &, const protocol::McpUnregister &);
    void on(const Context &, const protocol::McpList &);
    void on(const Context &, const protocol::McpCall &);
    void on(const Context &, const protocol::McpCallResponse &);
    void on(const Context &, const protocol::McpSchema &);
    // requestsrelay.cpp
    void on(const Context &, const protocol::PeerFileRequest &);
    void on(const Context &, const protocol::PeerFileResponse &);
    void on(const Context &, const protocol::PeerDirRequest &);
    void on(const Context &, const protocol::PeerDirResponse &);
    // requestswebhooks.cpp
    void on(const Context &, const protocol::CreateWebhook &);
    void on(const Context &, const protocol::ListWebhooks &);
    void on(const Context &, const protocol::DeleteWebhook &);
    // requestsapikeys.cpp
    void on(const Context &, const protocol::ApikeyCreate &);
    void on(const Context &, const protocol::ApikeyList &);
    void on(const Context &, const protocol::ApikeyRevoke &);
    // requestsfiles.cpp
    void on(const Context &, const protocol::ListFiles &);
    void on(const Context &, const protocol::GetFile &);
    void on(const Context &, const protocol::FileStatus &);
    void on(const Context &, const protocol::DeleteFile &);
    void on(const Context &, const protocol::GrantFileAccess &);
    // requeststopics.cpp
    void on(const Context &, const protocol::TopicCreate &);
    void on(const Context &, const protocol::TopicList &);
    void on(const Context &, const protocol::TopicJoin &);
    void on(const Context &, const protocol::TopicLeave &);
    void on(const Context &, const protocol::TopicMembers &);
    void on(const Context &, const protocol::TopicHistory &);
    void on(const Context &, const protocol::TopicMarkRead &);
    // requestswork.cpp
    void on(const Context &, const protocol::CreateTask &);
    void on(const Context &, const protocol::ClaimTask &);
    void on(const Context &, const protocol::CompleteTask &);
    void on(const Context &, const protocol::ListTasks &);
    void on(const Context &, const protocol::ShareContext &);
    void on(const Context &, const protocol::GetContext &);
    void on(const Context &, const protocol::ListContexts &);
    void on(const Context &, const protocol::ShareSkill &);
    void on(const Context &, const protocol::GetSkill &);
    void on(const Context &, const protocol::ListSkills &);
    void on(const Context &, const protocol::RemoveSkill &);
    void on(const Context &, const protocol::SkillDeploy &);
    // requestsvault.cpp
    void on(const Context &, const protocol::VaultSet &);
    void on(const Context &, const protocol::VaultGet &);
    void on(const Context &, const protocol::VaultList &);
    void on(const Context &, const protocol::VaultDelete &);
    // requestsschedule.cpp
    void on(const Context &, const protocol::Schedule &);
    void on(const Context &, const protocol::ListScheduled &);
    void on(const Context &, const protocol::CancelScheduled &);
    // requestswatch.cpp
    void on(const Context &, const protocol::Watch &);
    void on(const Context &, const protocol::Unwatch &);
    void on(const Context &, const protocol::WatchList &);
    // requestsmoderation.cpp
    void on(const Context &, const protocol::Disconnect &);
    void on(const Context &, const protocol::Kick &);
    void on(const Context &, const protocol::Ban &);
    void on(const Context &, const protocol::Unban &);
    void on(const Context &, const protocol::ListBans &);
    // requestsabsent.cpp: what needs a service that a personal mesh does not run (observed 7)
    void on(const Context &, const protocol::VectorStore &);
    void on(const Context &, const protocol::VectorSearch &);
    void on(const Context &, const protocol::VectorDelete &);
    void on(const Context &, const protocol::ListCollections &);
    void on(const Context &, const protocol::GraphQuery &);
    void on(const Context &, const protocol::GraphExecute &);
    void on(const Context &, const protocol::MeshQuery &);
    void on(const Context &, const protocol::MeshExecute &);
    void on(const Context &, const protocol::MeshSchema &);
    void on(const Context &, const protocol::McpDeploy &);
    void on(const Context &, const protocol::McpUndeploy &);
    void on(const Context &, const protocol::McpUpdate &);
    void on(const Context &, const protocol::McpLogs &);
    void on(const Context &, const protocol::McpScope &);
    void on(const Context &, const protocol::McpCatalog &);

    Parts &m_parts;
    Router &m_router;
    Handshake &m_handshake;

    struct AuditWaiter;
    struct AuditJob;
    std::shared_ptr<AuditJob> m_auditJob;
};

} // namespace mesh::local
