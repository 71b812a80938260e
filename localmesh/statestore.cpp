// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/statestore.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace mesh::local {

namespace {

// QJsonDocument holds objects and arrays only, so values travel in an array of one.
QByteArray toText(const QJsonValue &value)
{
    return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
}

QJsonValue fromText(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).array().at(0);
}

} // namespace

StateStore::StateStore(Database &database)
    : m_set(database,
            "INSERT INTO state(key, value, updated_by, updated_at) VALUES(?,?,?,?)"
            " ON CONFLICT(key) DO UPDATE SET value=excluded.value, updated_by=excluded.updated_by,"
            " updated_at=excluded.updated_at")
    , m_get(database, "SELECT value, updated_by, updated_at FROM state WHERE key=?")
    , m_list(database, "SELECT key, value, updated_by, updated_at FROM state ORDER BY key")
    , m_keys(database, "SELECT key FROM state ORDER BY key")
    , m_count(database, "SELECT count(*) FROM state")
{
}

bool StateStore::set(const QString &key, const QJsonValue &value, const QString &by, qint64 nowMs)
{
    bool isNew = false;
    {
        Query query(m_get);
        query << key;
        isNew = !query.step();
    }
    if (isNew) {
        Query query(m_count);
        if (query.step() && query.integer(0) >= limits::StateKeys)
            return false;
    }
    Query query(m_set);
    query << key << QString::fromUtf8(toText(value)) << by << nowMs;
    query.run();
    return true;
}

protocol::StateResult StateStore::get(const QString &key)
{
    protocol::StateResult result;
    result.key = key;
    result.value = QJsonValue(QJsonValue::Null);
    Query query(m_get);
    query << key;
    if (query.step()) {
        result.value = fromText(query.blob(0));
        result.updatedBy = query.text(1);
        result.updatedAt = isoTime(query.integer(2));
    }
    return result;
}

QList<protocol::StateEntry> StateStore::list()
{
    QList<protocol::StateEntry> entries;
    Query query(m_list);
    while (query.step()) {
        protocol::StateEntry entry;
        entry.key = query.text(0);
        entry.value = fromText(query.blob(1));
        entry.updatedBy = query.text(2);
        entry.updatedAt = isoTime(query.integer(3));
        entries.append(entry);
    }
    return entries;
}

QStringList StateStore::keys()
{
    QStringList list;
    Query query(m_keys);
    while (query.step())
        list.append(query.text(0));
    return list;
}

} // namespace mesh::local
