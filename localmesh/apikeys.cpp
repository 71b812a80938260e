// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/apikeys.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "models/protocol/encoding.h"
#include "models/protocol/sodium.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

constexpr int ApiSecretBytes = 32;
constexpr qsizetype ApiPrefixChars = 11;
constexpr qint64 TouchMs = 60'000;

// The secret is 256 random bits, so a plain hash hides it; there is nothing to guess.
QByteArray hashOf(QByteArrayView secret)
{
    return QCryptographicHash::hash(secret.toByteArray(), QCryptographicHash::Sha256);
}

QString listText(const QStringList &list)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(list)).toJson(QJsonDocument::Compact));
}

QStringList listFrom(const QString &text)
{
    QStringList list;
    const QJsonArray array = QJsonDocument::fromJson(text.toUtf8()).array();
    for (const QJsonValue &value : array)
        list.append(value.toString());
    return list;
}

std::optional<qint64> timeAt(const Query &query, int column)
{
    return query.isNull(column) ? std::nullopt : std::optional(query.integer(column));
}

} // namespace

#define MESH_API_KEY_COLUMNS                                                                                  \
    "SELECT id, label, prefix, capabilities, topic_scopes, member_id, created_at, last_used_at, revoked_at, " \
    "expires_at FROM api_key "

ApiKeys::ApiKeys(Database &database)
    : m_insert(database,
               "INSERT INTO api_key(id, label, prefix, hash, capabilities, topic_scopes, member_id, created_at, "
               "expires_at) VALUES(?,?,?,?,?,?,?,?,?)")
    , m_list(database, MESH_API_KEY_COLUMNS "ORDER BY rowid DESC")
    , m_find(database, MESH_API_KEY_COLUMNS "WHERE substr(id, 1, length(?1))=?1 LIMIT 2")
    , m_bySecret(database,
                 MESH_API_KEY_COLUMNS "WHERE hash=? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at>?)")
    , m_count(database, "SELECT count(*) FROM api_key")
    , m_purge(database, "DELETE FROM api_key WHERE revoked_at IS NOT NULL OR expires_at<=?")
    , m_valid(database,
              "SELECT 1 FROM api_key WHERE id=? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at>?)")
    , m_revoke(database, "UPDATE api_key SET revoked_at=? WHERE id=? AND revoked_at IS NULL")
    , m_touch(database, "UPDATE api_key SET last_used_at=? WHERE id=?")
    , m_active(database, "SELECT DISTINCT member_id FROM api_key WHERE last_used_at>=?")
{
}

#undef MESH_API_KEY_COLUMNS

bool ApiKey::may(QLatin1StringView capability) const
{
    return capabilities.contains(capability) || capabilities.contains("admin"_L1);
}

ApiKey ApiKeys::read(const Query &query)
{
    ApiKey key;
    key.id = query.text(0);
    key.label = query.text(1);
    key.prefix = query.text(2);
    key.capabilities = listFrom(query.text(3));
    if (!query.isNull(4))
        key.topicScopes = listFrom(query.text(4));
    key.memberId = query.text(5);
    key.createdAtMs = query.integer(6);
    key.lastUsedAtMs = timeAt(query, 7);
    key.revokedAtMs = timeAt(query, 8);
    key.expiresAtMs = timeAt(query, 9);
    return key;
}

QString ApiKeys::create(ApiKey &key)
{
    // Clients make keys that end after minutes for one task each, so a mesh that lives long sees very many.
    const auto isFull = [this] {
        Query count(m_count);
        return count.step() && count.integer(0) >= limits::ApiKeys;
    };
    if (isFull()) {
        {
            Query purge(m_purge);
            purge << key.createdAtMs;
            purge.run();
        }
        if (isFull())
            return {};
    }
    const QString secret = "cm_"_L1 + protocol::toBase64Url(protocol::randomBytes(ApiSecretBytes));
    key.id = newId();
    key.prefix = secret.left(ApiPrefixChars);
    Query query(m_insert);
    query << key.id << key.label << key.prefix << hashOf(secret.toLatin1()) << listText(key.capabilities);
    if (key.topicScopes)
        query << listText(*key.topicScopes);
    else
        query << nullptr;
    query << key.memberId << key.createdAtMs;
    if (key.expiresAtMs)
        query << *key.expiresAtMs;
    else
        query << nullptr;
    return query.run() ? secret : QString();
}

QList<ApiKey> ApiKeys::list()
{
    QList<ApiKey> keys;
    Query query(m_list);
    while (query.step())
        keys.append(read(query));
    return keys;
}

QList<ApiKey> ApiKeys::find(const QString &prefix)
{
    QList<ApiKey> keys;
    Query query(m_find);
    query << prefix;
    while (query.step())
        keys.append(read(query));
    return keys;
}

void ApiKeys::revoke(const QString &id, qint64 nowMs)
{
    Query query(m_revoke);
    query << nowMs << id;
    query.run();
}

std::optional<ApiKey> ApiKeys::bySecret(QByteArrayView secret, qint64 nowMs)
{
    Query query(m_bySecret);
    query << hashOf(secret) << nowMs;
    return query.step() ? std::optional(read(query)) : std::nullopt;
}

bool ApiKeys::isValid(const QString &id, qint64 nowMs)
{
    Query query(m_valid);
    query << id << nowMs;
    return query.step();
}

void ApiKeys::touch(const ApiKey &key, qint64 nowMs)
{
    if (key.lastUsedAtMs && nowMs - *key.lastUsedAtMs < TouchMs)
        return;
    Query query(m_touch);
    query << nowMs << key.id;
    query.run();
}

QStringList ApiKeys::membersActiveSince(qint64 sinceMs)
{
    QStringList members;
    Query query(m_active);
    query << sinceMs;
    while (query.step())
        members.append(query.text(0));
    return members;
}

} // namespace mesh::local
