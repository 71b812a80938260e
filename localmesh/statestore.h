// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framesknowledge.h"

namespace mesh::local {

//! Shared state (wire reference 7.1). There is no delete.
class StateStore final
{
public:
    explicit StateStore(Database &database);
    Q_DISABLE_COPY_MOVE(StateStore)

    //! Sets a value. False when it is a new key and there are limits::StateKeys already.
    bool set(const QString &key, const QJsonValue &value, const QString &by, qint64 nowMs);
    //! The value, or null with empty words when there is none.
    protocol::StateResult get(const QString &key);
    //! Sorted by key.
    QList<protocol::StateEntry> list();
    QStringList keys();

private:
    Statement m_set;
    Statement m_get;
    Statement m_list;
    Statement m_keys;
    Statement m_count;
};

} // namespace mesh::local
