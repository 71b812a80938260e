// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/frames.h"

#include <memory>

namespace mesh::local {

class Connection;
class Presence;
class Router;
struct Parts;
struct Topic;

//! Answers the requests of peers that are in. One operator() for each frame that this broker knows, to be visited by
//! the variant; what it does not know gets the error `not_available`. Implemented by subject in requests*.cpp.
class Requests final
{
public:
    Requests(Parts &parts, Router &router)
        : m_parts(parts)
        , m_router(router)
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
    void on(const Context &, const protocol::McpSchema &);
    void on(const Context &, const protocol::McpCatalog &);
    // Lists of what this edition has none of: truthfully empty.
    void on(const Context &, const protocol::ListFiles &);
    void on(const Context &, const protocol::ListScheduled &);
    void on(const Context &, const protocol::ListWebhooks &);
    void on(const Context &, const protocol::McpList &);
    void on(const Context &, const protocol::WatchList &);
    void on(const Context &, const protocol::ApikeyList &);
    void on(const Context &, const protocol::ListBans &);
    template <class Frame>
    void on(const Context &context, const Frame &)
    {
        fail(context, QStringLiteral("not_available"),
             context.type + QLatin1StringView(" is not available in the personal mesh yet"));
    }

    Parts &m_parts;
    Router &m_router;

    struct AuditWaiter;
    struct AuditJob;
    std::shared_ptr<AuditJob> m_auditJob;
};

} // namespace mesh::local
