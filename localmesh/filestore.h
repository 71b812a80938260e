// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QStringList>

#include <functional>
#include <optional>

namespace mesh::local {

//! A file that was uploaded to the mesh.
struct StoredFile
{
    QString id;
    QString name; //!< as given; never part of a path on this machine
    qint64 size = 0;
    QStringList tags;
    QByteArray contentType;
    QString uploadedBy; //!< member id
    QString ownerKey;   //!< of an encrypted file; may be empty
    QString target;     //!< whom it is for, as resolveFileTarget() says it; empty: everybody
    bool persistent = true;
    bool encrypted = false;
    qint64 uploadedAtMs = 0;
};

struct FileAccess
{
    QString peerName;
    qint64 atMs = 0;
};

//! The mesh's files (wire reference 7.9): rows in the database, contents in a folder beside it, one file for each id.
//! Contents are there before their row is, and go after it; what a crash leaves without a row is cleared at the start.
class FileStore final
{
public:
    //! \a folder is made (0700) when it is missing.
    FileStore(Database &database, const QString &folder);
    Q_DISABLE_COPY_MOVE(FileStore)

    //! Deletes contents that no row knows, and unfinished uploads.
    void clearLeftovers();

    const QString &folder() const { return m_folder; }
    QString pathOf(const QString &fileId) const;

    //! Adds the row of a file whose contents are in place, with the sealed keys of those who may read it.
    bool add(const StoredFile &file, const QHash<QString, QString> &sealedKeys);
    std::optional<StoredFile> find(const QString &fileId);
    //! Newest first, at most limits::FileRows that pass \a test: names that contain \a query (all when empty), of
    //! \a uploadedBy (anyone when empty).
    QList<StoredFile> list(const QString &query, const QString &uploadedBy,
                           const std::function<bool(const StoredFile &)> &test);
    //! Deletes the row and what belongs to it. The contents are the caller's to delete when that is committed.
    void remove(const QString &fileId);
    qint64 count();
    qint64 totalBytes();

    //! The file's key sealed for the first of \a peerKeys that has one; empty when none has.
    QString sealedKey(const QString &fileId, const QStringList &peerKeys);
    //! False when the file is sealed to limits::FileKeys peers already.
    bool grant(const QString &fileId, const QString &peerKey, const QString &sealedKey);

    void recordAccess(const QString &fileId, const QString &peerName, qint64 nowMs);
    //! Oldest first, the last limits::FileAccesses.
    QList<FileAccess> accesses(const QString &fileId);

    //! Ids of files that were not to be kept and are older than \a beforeMs.
    QStringList ephemeralBefore(qint64 beforeMs);

private:
    static StoredFile read(const Query &query);

    QString m_folder;
    Statement m_insert;
    Statement m_find;
    Statement m_list;
    Statement m_delete;
    Statement m_totals;
    Statement m_key;
    Statement m_insertKey;
    Statement m_countKeys;
    Statement m_insertAccess;
    Statement m_trimAccesses;
    Statement m_accesses;
    Statement m_ephemeral;
    Statement m_exists;
};

} // namespace mesh::local
