// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/apiaccess.h"
#include "localmesh/httpentry.h"
#include "localmesh/resttopics.h"

namespace mesh::local {

class Router;
struct Parts;

//! The REST calls that an API key opens (wire reference 1.7), below `/api/v1/`. In the original they are the web
//! application's; here the broker answers them itself.
class RestApi final
{
public:
    //! All outlive this.
    RestApi(Parts &parts, Router &router, ApiAccess &access)
        : m_parts(parts)
        , m_access(access)
        , m_topics(parts, router)
    {
    }
    Q_DISABLE_COPY_MOVE(RestApi)

    void addRoutes(HttpEntry &entry);
    //! Tells who listens to \a topic over HTTP.
    void posted(const Topic &topic, const TopicPost &post) { m_topics.posted(topic, post); }

private:
    using Handler = RestTopics::Handler;
    void add(HttpEntry &entry, const QByteArray &method, const QByteArray &path, QLatin1StringView capability,
             Handler handler);
    //! Answers one call within a turn.
    void call(const HttpHead &head, const QByteArray &body, QLatin1StringView capability, const Handler &handler,
              const HttpEntry::Reply &reply);
    //! `POST /cli/mesh/<slug>/grants`: what the caller's member allows others (3.8).
    HttpReply setGrants(const QJsonObject &body, const ApiCaller &caller);
    HttpReply members();
    HttpReply peers();

    Parts &m_parts;
    ApiAccess &m_access;
    RestTopics m_topics;
};

} // namespace mesh::local
