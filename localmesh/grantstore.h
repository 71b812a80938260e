// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"

#include <QtCore/QHash>
#include <QtCore/QStringList>

#include <optional>

namespace mesh::local {

//! What members allow others (wire reference 3.8): for each member and key of a sender a list of capabilities among
//! `read, dm, broadcast, state-read, state-write, file-read`. Without one `read, dm, broadcast, state-read` holds. Kept
//! in memory and written through; load() again after a rollback.
class GrantStore final
{
public:
    explicit GrantStore(Database &database);
    Q_DISABLE_COPY_MOVE(GrantStore)

    void load();
    static bool isCapability(const QString &word);

    //! Sets what \a memberId allows the member with \a senderKey; without \a capabilities the default holds again.
    void set(const QString &memberId, const QString &senderKey, const std::optional<QStringList> &capabilities);
    //! What \a memberId has set, by sender key.
    QHash<QString, QStringList> of(const QString &memberId) const { return m_grants.value(memberId); }
    bool allows(const QString &memberId, const QString &senderKey, QLatin1StringView capability) const;

private:
    Statement m_read;
    Statement m_put;
    Statement m_remove;
    QHash<QString, QHash<QString, QStringList>> m_grants;
};

} // namespace mesh::local
