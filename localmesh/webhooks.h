// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"

#include <QtCore/QList>

#include <optional>

namespace mesh::local {

//! A name under which things outside the mesh may post into it. The secret is part of its URL, and whoever has the URL
//! may post.
struct Webhook
{
    QString name;
    QString secret;   //!< 64 hex characters
    QString memberId; //!< who made it
    qint64 createdAtMs = 0;
};

//! The mesh's webhooks (wire reference 7.17).
class Webhooks final
{
public:
    explicit Webhooks(Database &database);
    Q_DISABLE_COPY_MOVE(Webhooks)

    //! Makes one with a fresh secret. Nothing when there are limits::Webhooks, or the row cannot be written.
    std::optional<Webhook> create(const QString &name, const QString &memberId, qint64 nowMs);
    std::optional<Webhook> byName(const QString &name);
    std::optional<Webhook> bySecret(const QString &secret);
    //! Oldest first.
    QList<Webhook> list();
    void remove(const QString &name);

private:
    static Webhook read(const Query &query);

    Statement m_insert;
    Statement m_byName;
    Statement m_bySecret;
    Statement m_list;
    Statement m_count;
    Statement m_delete;
};

} // namespace mesh::local
