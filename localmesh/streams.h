// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framesmessaging.h"

#include <QtCore/QHash>

namespace mesh::local {

class Presence;

//! Streams (wire reference 7.5): named ones have a row, but any name can be subscribed to and published on. What is
//! published is kept nowhere.
class Streams final
{
public:
    explicit Streams(Database &database);
    Q_DISABLE_COPY_MOVE(Streams)

    //! The id of \a name, made when it is new; empty when there are too many.
    QString create(const QString &name, const QString &by, qint64 nowMs);
    //! All that have a row, oldest first.
    QList<protocol::StreamRow> list();
    QStringList names();

    //! False when \a presence has too many.
    bool subscribe(Presence &presence, const QString &stream);
    void unsubscribe(Presence &presence, const QString &stream);
    //! Before a presence goes away.
    void forget(Presence &presence);
    //! Those who subscribed and are online.
    QList<Presence *> subscribers(const QString &stream) const;

private:
    Statement m_insert;
    Statement m_find;
    Statement m_list;
    Statement m_count;
    QHash<QString, QList<Presence *>> m_subscribers;
};

} // namespace mesh::local
