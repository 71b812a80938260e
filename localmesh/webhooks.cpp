// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/webhooks.h"

#include "localmesh/limits.h"
#include "models/protocol/encoding.h"
#include "models/protocol/sodium.h"

namespace mesh::local {

namespace {

constexpr int WebhookSecretBytes = 32;

} // namespace

Webhooks::Webhooks(Database &database)
    : m_insert(database, "INSERT INTO webhook(name, secret, member_id, created_at) VALUES(?,?,?,?)")
    , m_byName(database, "SELECT name, secret, member_id, created_at FROM webhook WHERE name=?")
    , m_bySecret(database, "SELECT name, secret, member_id, created_at FROM webhook WHERE secret=?")
    , m_list(database, "SELECT name, secret, member_id, created_at FROM webhook ORDER BY rowid")
    , m_count(database, "SELECT count(*) FROM webhook")
    , m_delete(database, "DELETE FROM webhook WHERE name=?")
{
}

Webhook Webhooks::read(const Query &query)
{
    return {.name = query.text(0), .secret = query.text(1), .memberId = query.text(2), .createdAtMs = query.integer(3)};
}

std::optional<Webhook> Webhooks::create(const QString &name, const QString &memberId, qint64 nowMs)
{
    {
        Query count(m_count);
        if (count.step() && count.integer(0) >= limits::Webhooks)
            return std::nullopt;
    }
    const Webhook webhook{.name = name,
                          .secret = protocol::toHex(protocol::randomBytes(WebhookSecretBytes)),
                          .memberId = memberId,
                          .createdAtMs = nowMs};
    Query query(m_insert);
    query << webhook.name << webhook.secret << webhook.memberId << nowMs;
    return query.run() ? std::optional(webhook) : std::nullopt;
}

std::optional<Webhook> Webhooks::byName(const QString &name)
{
    Query query(m_byName);
    query << name;
    return query.step() ? std::optional(read(query)) : std::nullopt;
}

std::optional<Webhook> Webhooks::bySecret(const QString &secret)
{
    Query query(m_bySecret);
    query << secret;
    return query.step() ? std::optional(read(query)) : std::nullopt;
}

QList<Webhook> Webhooks::list()
{
    QList<Webhook> webhooks;
    Query query(m_list);
    while (query.step())
        webhooks.append(read(query));
    return webhooks;
}

void Webhooks::remove(const QString &name)
{
    Query query(m_delete);
    query << name;
    query.run();
}

} // namespace mesh::local
