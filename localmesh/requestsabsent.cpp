// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

//! As the original checks them: 1 to 64 letters, digits, hyphens and underscores, the first a letter or digit.
bool isServiceName(const QString &name)
{
    const auto isPlain = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9');
    };
    return !name.isEmpty() && name.size() <= 64 && isPlain(name.front())
        && std::all_of(name.cbegin(), name.cend(), [&](QChar c) { return isPlain(c) || c == u'-' || c == u'_'; });
}

protocol::McpDeployStatus statusOf(const QString &server, const QString &status, const std::optional<QString> &error)
{
    protocol::McpDeployStatus answer;
    answer.serverName = server;
    answer.status = status;
    answer.error = error;
    return answer;
}

QString noRunner()
{
    return u"this broker runs no services"_s;
}

} // namespace

void Requests::on(const Context &context, const protocol::VectorStore &)
{
    fail(context, u"vector_error"_s, u"this broker has no vector database"_s);
}

void Requests::on(const Context &context, const protocol::VectorSearch &)
{
    reply(context, protocol::VectorResults());
}

void Requests::on(const Context &context, const protocol::VectorDelete &frame)
{
    done(context, frame.id, frame.id);
}

void Requests::on(const Context &context, const protocol::ListCollections &)
{
    reply(context, protocol::CollectionList());
}

void Requests::on(const Context &context, const protocol::GraphQuery &)
{
    fail(context, u"graph_error"_s, u"this broker has no graph database"_s);
}

void Requests::on(const Context &context, const protocol::GraphExecute &)
{
    fail(context, u"graph_error"_s, u"this broker has no graph database"_s);
}

void Requests::on(const Context &context, const protocol::MeshQuery &)
{
    fail(context, u"query_error"_s, u"this broker has no mesh database"_s);
}

void Requests::on(const Context &context, const protocol::MeshExecute &)
{
    fail(context, u"execute_error"_s, u"this broker has no mesh database"_s);
}

void Requests::on(const Context &context, const protocol::MeshSchema &)
{
    reply(context, protocol::MeshSchemaResult());
}

void Requests::on(const Context &context, const protocol::McpDeploy &frame)
{
    if (!isServiceName(frame.serverName)) {
        fail(context, u"invalid_name"_s,
             u"service name must be 1-64 chars, alphanumeric/hyphens/underscores, starting with alphanumeric"_s);
        return;
    }
    reply(context, statusOf(frame.serverName, u"building"_s, {}));
    reply(context, statusOf(frame.serverName, u"failed"_s, noRunner()));
}

void Requests::on(const Context &context, const protocol::McpUndeploy &frame)
{
    reply(context, statusOf(frame.serverName, u"stopped"_s, {}));
}

void Requests::on(const Context &context, const protocol::McpUpdate &frame)
{
    reply(context, statusOf(frame.serverName, u"failed"_s, noRunner()));
}

void Requests::on(const Context &context, const protocol::McpLogs &frame)
{
    protocol::McpLogsResult result;
    result.serverName = frame.serverName;
    reply(context, std::move(result));
}

void Requests::on(const Context &context, const protocol::McpScope &)
{
    fail(context, u"scope_error"_s, noRunner());
}

void Requests::on(const Context &context, const protocol::McpCatalog &)
{
    reply(context, protocol::McpCatalogResult());
}

} // namespace mesh::local
