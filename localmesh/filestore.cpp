// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/filestore.h"

#include "localmesh/limits.h"
#include "models/protocol/logging.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

QString tagsText(const QStringList &tags)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(tags)).toJson(QJsonDocument::Compact));
}

QStringList tagsFrom(const QString &text)
{
    QStringList tags;
    const QJsonArray array = QJsonDocument::fromJson(text.toUtf8()).array();
    for (const QJsonValue &tag : array)
        tags.append(tag.toString());
    return tags;
}

} // namespace

#define MESH_FILE_COLUMNS                                                                                     \
    "SELECT id, name, size, tags, content_type, uploaded_by, owner_key, persistent, encrypted, uploaded_at, " \
    "target FROM file "

FileStore::FileStore(Database &database, const QString &folder)
    : m_folder(folder)
    , m_insert(database,
               "INSERT INTO file(id, name, size, tags, content_type, uploaded_by, owner_key, persistent, encrypted, "
               "uploaded_at, target) VALUES(?,?,?,?,?,?,?,?,?,?,?)")
    , m_find(database, MESH_FILE_COLUMNS "WHERE id=?")
    , m_list(database,
             MESH_FILE_COLUMNS "WHERE (?1='' OR instr(lower(name), lower(?1))) AND (?2='' OR uploaded_by=?2) "
                               "ORDER BY rowid DESC")
    , m_delete(database, "DELETE FROM file WHERE id=?")
    , m_totals(database, "SELECT count(*), total(size) FROM file")
    , m_key(database, "SELECT sealed_key FROM file_key WHERE file_id=? AND peer_key=?")
    , m_insertKey(database,
                  "INSERT INTO file_key(file_id, peer_key, sealed_key) VALUES(?,?,?) "
                  "ON CONFLICT(file_id, peer_key) DO UPDATE SET sealed_key=excluded.sealed_key")
    , m_countKeys(database, "SELECT count(*) FROM file_key WHERE file_id=?")
    , m_insertAccess(database, "INSERT INTO file_access(file_id, peer_name, accessed_at) VALUES(?,?,?)")
    , m_trimAccesses(database,
                     "DELETE FROM file_access WHERE file_id=?1 AND id<=(SELECT id FROM file_access WHERE file_id=?1 "
                     "ORDER BY id DESC LIMIT 1 OFFSET ?2)")
    , m_accesses(database, "SELECT peer_name, accessed_at FROM file_access WHERE file_id=? ORDER BY id")
    , m_ephemeral(database, "SELECT id FROM file WHERE persistent=0 AND uploaded_at<?")
    , m_exists(database, "SELECT 1 FROM file WHERE id=?")
{
    QDir().mkpath(m_folder);
    QFile::setPermissions(m_folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

#undef MESH_FILE_COLUMNS

void FileStore::clearLeftovers()
{
    const QStringList names = QDir(m_folder).entryList(QDir::Files | QDir::Hidden);
    for (const QString &name : names) {
        Query query(m_exists);
        query << name;
        if (!query.step() && !QFile::remove(m_folder + u'/' + name))
            qCWarning(lcLocalMesh) << "cannot remove the leftover" << name;
    }
}

QString FileStore::pathOf(const QString &fileId) const
{
    return m_folder + u'/' + fileId;
}

StoredFile FileStore::read(const Query &query)
{
    return {.id = query.text(0),
            .name = query.text(1),
            .size = query.integer(2),
            .tags = tagsFrom(query.text(3)),
            .contentType = query.text(4).toLatin1(),
            .uploadedBy = query.text(5),
            .ownerKey = query.text(6),
            .target = query.text(10),
            .persistent = query.integer(7) != 0,
            .encrypted = query.integer(8) != 0,
            .uploadedAtMs = query.integer(9)};
}

bool FileStore::add(const StoredFile &file, const QHash<QString, QString> &sealedKeys)
{
    {
        Query query(m_insert);
        query << file.id << file.name << file.size << tagsText(file.tags) << QString::fromLatin1(file.contentType)
              << file.uploadedBy << file.ownerKey << int(file.persistent) << int(file.encrypted) << file.uploadedAtMs
              << file.target;
        if (!query.run())
            return false;
    }
    for (auto key = sealedKeys.cbegin(); key != sealedKeys.cend(); ++key) {
        if (!grant(file.id, key.key(), key.value()))
            return false;
    }
    return true;
}

std::optional<StoredFile> FileStore::find(const QString &fileId)
{
    Query query(m_find);
    query << fileId;
    return query.step() ? std::optional(read(query)) : std::nullopt;
}

QList<StoredFile> FileStore::list(const QString &name, const QString &uploadedBy,
                                  const std::function<bool(const StoredFile &)> &test)
{
    QList<StoredFile> files;
    Query query(m_list);
    query << name << uploadedBy;
    while (files.size() < limits::FileRows && query.step()) {
        StoredFile file = read(query);
        if (test(file))
            files.append(std::move(file));
    }
    return files;
}

void FileStore::remove(const QString &fileId)
{
    Query query(m_delete);
    query << fileId;
    query.run();
}

qint64 FileStore::count()
{
    Query query(m_totals);
    return query.step() ? query.integer(0) : 0;
}

qint64 FileStore::totalBytes()
{
    Query query(m_totals);
    return query.step() ? query.integer(1) : 0;
}

QString FileStore::sealedKey(const QString &fileId, const QStringList &peerKeys)
{
    for (const QString &peerKey : peerKeys) {
        Query query(m_key);
        query << fileId << peerKey;
        if (query.step())
            return query.text(0);
    }
    return {};
}

bool FileStore::grant(const QString &fileId, const QString &peerKey, const QString &sealedKey)
{
    {
        Query query(m_countKeys);
        query << fileId;
        if (query.step() && query.integer(0) >= limits::FileKeys)
            return false;
    }
    Query query(m_insertKey);
    query << fileId << peerKey << sealedKey;
    return query.run();
}

void FileStore::recordAccess(const QString &fileId, const QString &peerName, qint64 nowMs)
{
    {
        Query query(m_insertAccess);
        query << fileId << peerName << nowMs;
        query.run();
    }
    Query query(m_trimAccesses);
    query << fileId << qint64(limits::FileAccesses);
    query.run();
}

QList<FileAccess> FileStore::accesses(const QString &fileId)
{
    QList<FileAccess> list;
    Query query(m_accesses);
    query << fileId;
    while (query.step())
        list.append({.peerName = query.text(0), .atMs = query.integer(1)});
    return list;
}

QStringList FileStore::ephemeralBefore(qint64 beforeMs)
{
    QStringList ids;
    Query query(m_ephemeral);
    query << beforeMs;
    while (query.step())
        ids.append(query.text(0));
    return ids;
}

} // namespace mesh::local
