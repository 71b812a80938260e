// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/apiaccess.h"
#include "localmesh/httpentry.h"
#include "localmesh/topicstreams.h"

#include <functional>

namespace mesh::local {

class Router;
struct Parts;

//! The REST calls about topics and mentions (wire reference 1.7), on behalf of the member whose API key it is.
class RestTopics final
{
public:
    //! Runs \a handler for requests whose key may \a capability; see RestApi.
    using Handler = std::function<HttpReply(const HttpHead &, const QJsonObject &body, const ApiCaller &)>;
    using AddCall = std::function<void(const QByteArray &method, const QByteArray &path, QLatin1StringView capability,
                                       Handler handler)>;

    //! Both outlive this.
    RestTopics(Parts &parts, Router &router)
        : m_parts(parts)
        , m_router(router)
        , m_streams(parts)
    {
    }
    Q_DISABLE_COPY_MOVE(RestTopics)

    //! Adds the calls. Those below `/api/v1/topics/` come through below(), which finds the topic and the capability.
    void addCalls(const AddCall &add);
    //! What a request below `/api/v1/topics/` needs; empty for one that is none.
    static QLatin1StringView capabilityBelow(const HttpHead &head);
    HttpReply below(const HttpHead &head, const QJsonObject &body, const ApiCaller &caller);

    //! Tells who listens to \a topic over HTTP.
    void posted(const Topic &topic, const TopicPost &post) { m_streams.posted(topic, post); }

private:
    struct Call
    {
        const HttpHead &head;
        const QJsonObject &body;
        const ApiCaller &caller;
        Topic topic;
    };
    HttpReply list(const ApiCaller &caller);
    HttpReply post(const HttpHead &head, const QJsonObject &body, const ApiCaller &caller);
    HttpReply history(const Call &call);
    HttpReply markRead(const Call &call);
    HttpReply key(const Call &call);
    HttpReply pendingSeals(const Call &call);
    HttpReply seal(const Call &call);
    HttpReply claimKey(const Call &call);
    HttpReply notifications(const HttpHead &head, const ApiCaller &caller);
    HttpReply readNotifications(const QJsonObject &body, const ApiCaller &caller);
    //! The topic \a name if \a caller may know of it.
    std::optional<Topic> topicFor(const QString &name, const ApiCaller &caller);

    Parts &m_parts;
    Router &m_router;
    TopicStreams m_streams;
};

} // namespace mesh::local
