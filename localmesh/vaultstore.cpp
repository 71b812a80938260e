// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/vaultstore.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"

namespace mesh::local {

namespace {

protocol::Nullable<QString> nullableText(const Query &query, int column)
{
    if (query.isNull(column))
        return std::nullopt;
    return query.text(column);
}

} // namespace

VaultStore::VaultStore(Database &database)
    : m_put(database,
            "INSERT OR REPLACE INTO vault(member_id, key, ciphertext, nonce, sealed_key, entry_type, mount_path,"
            " description, updated_at) VALUES(?,?,?,?,?,?,?,?,?)")
    , m_list(database,
             "SELECT key, entry_type, mount_path, description, updated_at FROM vault WHERE member_id=? ORDER BY key")
    , m_get(database,
            "SELECT key, ciphertext, nonce, sealed_key, entry_type, mount_path FROM vault WHERE member_id=? AND key=?")
    , m_remove(database, "DELETE FROM vault WHERE member_id=? AND key=?")
    , m_count(database, "SELECT count(*) FROM vault WHERE member_id=? AND key<>?")
{
}

bool VaultStore::set(const QString &memberId, const protocol::VaultSet &entry, qint64 nowMs)
{
    {
        Query query(m_count);
        query << memberId << entry.key;
        if (query.step() && query.integer(0) >= limits::VaultEntries)
            return false;
    }
    Query query(m_put);
    query << memberId << entry.key << entry.ciphertext << entry.nonce << entry.sealedKey << entry.entryType;
    for (const std::optional<QString> &text : {entry.mountPath, entry.description}) {
        if (text)
            query << *text;
        else
            query << nullptr;
    }
    query << nowMs;
    return query.run();
}

QList<protocol::VaultRow> VaultStore::list(const QString &memberId)
{
    QList<protocol::VaultRow> rows;
    Query query(m_list);
    query << memberId;
    while (query.step()) {
        protocol::VaultRow row;
        row.key = query.text(0);
        row.entryType = query.text(1);
        row.mountPath = nullableText(query, 2);
        row.description = nullableText(query, 3);
        row.updatedAt = isoTime(query.integer(4));
        rows.append(row);
    }
    return rows;
}

QList<protocol::VaultEntry> VaultStore::get(const QString &memberId, const QStringList &keys)
{
    QList<protocol::VaultEntry> entries;
    qsizetype chars = 0;
    for (const QString &key : keys) {
        if (chars > limits::AnswerChars)
            break;
        Query query(m_get);
        query << memberId << key;
        if (!query.step())
            continue;
        protocol::VaultEntry entry;
        entry.key = query.text(0);
        entry.ciphertext = query.text(1);
        entry.nonce = query.text(2);
        entry.sealedKey = query.text(3);
        entry.entryType = query.text(4);
        entry.mountPath = nullableText(query, 5);
        chars += entry.ciphertext.size() + entry.nonce.size() + entry.sealedKey.size();
        entries.append(entry);
    }
    return entries;
}

bool VaultStore::remove(const QString &memberId, const QString &key)
{
    Query query(m_remove);
    query << memberId << key;
    return query.run() && query.changes() == 1;
}

} // namespace mesh::local
