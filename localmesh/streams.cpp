// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/streams.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/presence.h"

namespace mesh::local {

Streams::Streams(Database &database)
    : m_insert(database, "INSERT INTO stream(id, name, created_by, created_at) VALUES(?,?,?,?)")
    , m_find(database, "SELECT id FROM stream WHERE name=?")
    , m_list(database, "SELECT id, name, created_by, created_at FROM stream ORDER BY rowid")
    , m_count(database, "SELECT count(*) FROM stream")
{
}

QString Streams::create(const QString &name, const QString &by, qint64 nowMs)
{
    {
        Query query(m_find);
        query << name;
        if (query.step())
            return query.text(0);
    }
    {
        Query query(m_count);
        if (query.step() && query.integer(0) >= limits::Streams)
            return {};
    }
    const QString id = newId();
    Query query(m_insert);
    query << id << name << by << nowMs;
    return query.run() ? id : QString();
}

QList<protocol::StreamRow> Streams::list()
{
    QList<protocol::StreamRow> rows;
    Query query(m_list);
    while (query.step()) {
        protocol::StreamRow row;
        row.id = query.text(0);
        row.name = query.text(1);
        row.createdBy = query.text(2);
        row.createdAt = isoTime(query.integer(3));
        row.subscriberCount = int(subscribers(row.name).size());
        rows.append(row);
    }
    return rows;
}

QStringList Streams::names()
{
    QStringList list;
    Query query(m_list);
    while (query.step())
        list.append(query.text(1));
    return list;
}

bool Streams::subscribe(Presence &presence, const QString &stream)
{
    if (presence.subscriptions.contains(stream))
        return true;
    if (presence.subscriptions.size() >= limits::SubscriptionsPerPresence)
        return false;
    presence.subscriptions.insert(stream);
    m_subscribers[stream].append(&presence);
    return true;
}

void Streams::unsubscribe(Presence &presence, const QString &stream)
{
    if (!presence.subscriptions.remove(stream))
        return;
    const auto found = m_subscribers.find(stream);
    found->removeOne(&presence);
    if (found->isEmpty())
        m_subscribers.erase(found);
}

void Streams::forget(Presence &presence)
{
    const QSet<QString> streams = presence.subscriptions;
    for (const QString &stream : streams)
        unsubscribe(presence, stream);
}

QList<Presence *> Streams::subscribers(const QString &stream) const
{
    QList<Presence *> list = m_subscribers.value(stream);
    list.removeIf([](const Presence *presence) { return !presence->isOnline(); });
    return list;
}

} // namespace mesh::local
