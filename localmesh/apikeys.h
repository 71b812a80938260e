// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"

#include <QtCore/QList>
#include <QtCore/QStringList>

#include <optional>

namespace mesh::local {

//! A key for the REST calls (wire reference 7.16). The database holds its SHA-256 only.
struct ApiKey
{
    QString id;
    QString label;
    QString prefix; //!< the first 11 characters of the secret
    QStringList capabilities;
    std::optional<QStringList> topicScopes; //!< names of topics; all when empty
    QString memberId;                       //!< who made it, and whom it speaks for
    qint64 createdAtMs = 0;
    std::optional<qint64> lastUsedAtMs;
    std::optional<qint64> revokedAtMs;
    std::optional<qint64> expiresAtMs;

    //! "admin" includes everything.
    bool may(QLatin1StringView capability) const;
    bool isFor(const QString &topic) const { return !topicScopes || topicScopes->contains(topic); }
};

//! The mesh's API keys.
class ApiKeys final
{
public:
    explicit ApiKeys(Database &database);
    Q_DISABLE_COPY_MOVE(ApiKeys)

    //! Gives \a key an id, a secret and a prefix, and stores it; \return the secret, which nobody can read again.
    //! Where there are limits::ApiKeys, those that are of no use any more make room. Empty when none is, or the row
    //! cannot be written.
    QString create(ApiKey &key);
    //! Newest first.
    QList<ApiKey> list();
    //! The keys, at most two, whose id starts with \a prefix.
    QList<ApiKey> find(const QString &prefix);
    void revoke(const QString &id, qint64 nowMs);

    //! The key with this secret, unless it was revoked or is over. Reads only.
    std::optional<ApiKey> bySecret(QByteArrayView secret, qint64 nowMs);
    //! Whether the key \a id was neither revoked nor is over.
    bool isValid(const QString &id, qint64 nowMs);
    //! Remembers that a key was used, to the minute.
    void touch(const ApiKey &key, qint64 nowMs);
    //! Members with a key used since \a sinceMs.
    QStringList membersActiveSince(qint64 sinceMs);

private:
    static ApiKey read(const Query &query);

    Statement m_insert;
    Statement m_list;
    Statement m_find;
    Statement m_bySecret;
    Statement m_count;
    Statement m_purge;
    Statement m_valid;
    Statement m_revoke;
    Statement m_touch;
    Statement m_active;
};

} // namespace mesh::local
