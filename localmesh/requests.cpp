// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

//! These answer errors with the request's id in `id` (observed 2).
bool isCorrelatedById(const QString &type)
{
    return type.startsWith("topic_"_L1) || type == "apikey_create"_L1;
}

} // namespace

void Requests::handle(Connection &connection, const protocol::ClientFrame &frame)
{
    const Context context{.connection = connection,
                          .presence = *connection.presence,
                          .id = protocol::requestId(frame),
                          .type = protocol::typeOf(frame)};
    visit([this, &context](const auto &request) { on(context, request); }, frame);

    // A request whose writes are lost must not stay without an answer.
    if (!m_parts.database->inTransaction() && !m_parts.database->hasFailed())
        return;
    const QPointer<Connection> guarded(&connection);
    m_parts.turn.afterwards([this, guarded, id = context.id, type = context.type](bool committed) {
        if (committed || !guarded || !guarded->presence)
            return;
        fail(*guarded, QString(type), id, u"storage_error"_s,
             u"the broker could not write this down (disk full or damaged)"_s);
    });
}

void Requests::refuse(Connection &connection, const QString &type, const QString &id, const QString &why)
{
    fail(connection, type, id, u"invalid_args"_s, why);
}

void Requests::fail(Connection &connection, const QString &type, const QString &id, const QString &code,
                    const QString &message)
{
    if (type == protocol::Send::kType) {
        const protocol::Ack ack{
            .id = id, .messageId = {}, .queued = false, .error = QString(code + ": "_L1 + message), .reqId = {}};
        m_parts.turn.send(&connection, protocol::encode(ack));
        return;
    }
    protocol::ErrorFrame error;
    error.code = code;
    error.message = message;
    if (!id.isEmpty())
        (isCorrelatedById(type) ? error.id : error.reqId) = id;
    m_parts.turn.send(&connection, protocol::encode(protocol::BrokerFrame(std::move(error))));
}

void Requests::refuse(const Context &context, const QString &why)
{
    refuse(context.connection, QString(context.type), context.id, why);
}

void Requests::fail(const Context &context, const QString &code, const QString &message)
{
    fail(context.connection, QString(context.type), context.id, code, message);
}

void Requests::done(const Context &context, const QString &objectId, const QString &messageId)
{
    reply(context, protocol::Ack{.id = objectId, .messageId = messageId, .queued = false, .error = {}, .reqId = {}});
}

} // namespace mesh::local
