// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framesfiles.h"

namespace mesh::local {

//! What members keep sealed for themselves (wire reference 7.19). The broker cannot read it.
class VaultStore final
{
public:
    explicit VaultStore(Database &database);
    Q_DISABLE_COPY_MOVE(VaultStore)

    //! Keeps an entry, in place of an older one of that key. False when the member has too many, or it cannot be
    //! written.
    bool set(const QString &memberId, const protocol::VaultSet &entry, qint64 nowMs);
    //! By key.
    QList<protocol::VaultRow> list(const QString &memberId);
    //! Those of \a keys that there are, in that order.
    QList<protocol::VaultEntry> get(const QString &memberId, const QStringList &keys);
    //! False when there is none of that key.
    bool remove(const QString &memberId, const QString &key);

private:
    Statement m_put;
    Statement m_list;
    Statement m_get;
    Statement m_remove;
    Statement m_count;
};

} // namespace mesh::local
