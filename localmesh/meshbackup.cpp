// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/meshbackup.h"

#include "localmesh/auditlog.h"
#include "localmesh/database.h"
#include "localmesh/datafolder.h"
#include "localmesh/schema.h"
#include "models/protocol/logging.h"

#include <QtCore/QDateTime>
#include <QtCore/QDeadlineTimer>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QThread>

#include <algorithm>
#include <unistd.h>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

constexpr int AuditRowsAtOnce = 10'000;
constexpr int LookAgainMs = 50;

Error backupError(const QString &code, const QString &text)
{
    return {code, text, ErrorBand::Persistent};
}

QString restoredDatabase(const QString &dataDir)
{
    return dataDir + "/restore.db"_L1;
}

QString restoredFiles(const QString &dataDir)
{
    return dataDir + "/restore-files"_L1;
}

void removeDatabase(const QString &path)
{
    for (const QLatin1StringView suffix : {""_L1, "-wal"_L1, "-shm"_L1, "-journal"_L1})
        QFile::remove(path + suffix);
}

QString quoted(QString text)
{
    return u'\'' + text.replace(u'\'', "''"_L1) + u'\'';
}

//! Writes \a path through to the disk.
bool syncFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadWrite) && ::fsync(file.handle()) == 0;
}

//! One file without a write-ahead log beside it.
Expected<void> closeAsOneFile(std::unique_ptr<Database> database)
{
    if (auto committed = database->commit(); !committed)
        return committed;
    return database->execute("PRAGMA journal_mode=DELETE");
}

//! Puts the contents of the mesh's files into the backup. A file deleted since the snapshot leaves it as well.
Expected<void> addContents(Database &backup, const QString &folder)
{
    if (auto made = backup.execute("CREATE TABLE backup_file(id TEXT PRIMARY KEY, content BLOB NOT NULL)"); !made)
        return made;
    QStringList ids;
    {
        Statement list(backup, "SELECT id FROM file");
        Query query(list);
        while (query.step())
            ids.append(query.text(0));
    }
    Statement insert(backup, "INSERT INTO backup_file(id, content) VALUES(?,?)");
    Statement forget(backup, "DELETE FROM file WHERE id=?");
    for (const QString &id : std::as_const(ids)) {
        QFile file(folder + u'/' + id);
        if (file.open(QIODevice::ReadOnly)) {
            Query query(insert);
            query << id << file.readAll();
            query.run();
        } else {
            qCWarning(lcLocalMesh) << "file" << id << "has gone and is not in the backup";
            Query query(forget);
            query << id;
            query.run();
        }
    }
    return backup.commit();
}

//! Writes the contents in the backup to \a folder and takes them out of it. Error: "backup_damaged".
Expected<void> extractContents(Database &backup, const QString &folder)
{
    const auto damaged = [](const QString &why) {
        return backupError(u"backup_damaged"_s, u"The backup is damaged: %1."_s.arg(why));
    };
    if (backup.integer("SELECT count(*) FROM sqlite_master WHERE name='backup_file'") != 1)
        return damaged(u"it is not one that claudemesh-local made"_s);
    {
        Statement list(backup, "SELECT file.id, size, content FROM file LEFT JOIN backup_file USING(id)");
        Query query(list);
        while (query.step()) {
            const QString id = query.text(0);
            // The id becomes a path here, and the backup came from who knows where.
            const bool plain = !id.isEmpty() && std::all_of(id.cbegin(), id.cend(), [](QChar c) {
                return c.unicode() < 0x80 && c.isLetterOrNumber();
            });
            const QByteArray content = query.blob(2);
            if (!plain || query.isNull(2) || content.size() != query.integer(1))
                return damaged(u"the contents of a file are missing"_s);
            QFile file(folder + u'/' + id);
            if (!file.open(QIODevice::WriteOnly, QFile::ReadOwner | QFile::WriteOwner)
                || file.write(content) != content.size() || !file.flush() || ::fsync(file.handle()) != 0)
                return backupError(u"restore_failed"_s,
                                   u"Cannot write %1: %2."_s.arg(file.fileName(), file.errorString()));
        }
    }
    if (backup.hasFailed()) {
        backup.rollback();
        return damaged(u"its tables cannot be read"_s);
    }
    return backup.execute("DROP TABLE backup_file");
}

Expected<QString> meshIdIn(Database &database)
{
    Statement statement(database, "SELECT id FROM mesh");
    Query query(statement);
    if (query.step())
        return query.text(0);
    return backupError(u"backup_damaged"_s, u"There is no mesh in %1."_s.arg(database.path()));
}

Expected<void> checkAudit(Database &database, const QString &meshId)
{
    AuditLog audit(database);
    audit.load(meshId);
    AuditLog::Check check = audit.beginCheck();
    while (!check.done)
        audit.continueCheck(check, AuditRowsAtOnce);
    if (check.brokenAt)
        return backupError(u"backup_damaged"_s,
                           u"The backup's audit log was tampered with at row %1."_s.arg(*check.brokenAt));
    return {};
}

//! Moves \a path aside, keeping it.
bool setAside(const QString &path, const QString &suffix)
{
    return !QFile::exists(path) || QFile::rename(path, path + suffix);
}

} // namespace

Expected<void> backUpMesh(const QString &dataDir, const QString &target)
{
    const QString source = DataFolder::databasePath(dataDir);
    if (!QFile::exists(source))
        return backupError(u"no_mesh"_s, u"There is no mesh in %1."_s.arg(dataDir));
    if (QFile::exists(target))
        return backupError(u"backup_exists"_s, u"%1 exists already; it was left as it is."_s.arg(target));
    auto database = Database::open(source, false);
    if (!database)
        return database.error();

    // Under another name until it is whole: what has the name is a backup.
    const QString part = target + ".part"_L1;
    removeDatabase(part);
    QFile made(part);
    if (!made.open(QIODevice::ReadWrite | QIODevice::NewOnly, QFile::ReadOwner | QFile::WriteOwner))
        return backupError(u"backup_failed"_s, u"Cannot write %1: %2."_s.arg(part, made.errorString()));
    made.close();
    const auto write = [&]() -> Expected<void> {
        if (auto copied = (*database)->execute(("VACUUM INTO "_L1 + quoted(part)).toUtf8().constData()); !copied)
            return copied;
        auto backup = Database::open(part, false);
        if (!backup)
            return backup.error();
        if (auto prepared = prepareSchema(**backup); !prepared)
            return prepared;
        if (auto added = addContents(**backup, DataFolder::filesPath(dataDir)); !added)
            return added;
        return closeAsOneFile(std::move(*backup));
    };
    if (auto written = write(); !written) {
        removeDatabase(part);
        return written;
    }
    if (!syncFile(part) || !QFile::rename(part, target)) {
        removeDatabase(part);
        return backupError(u"backup_failed"_s, u"Cannot write %1."_s.arg(target));
    }
    return {};
}

bool restoreWaits(const QString &dataDir)
{
    return QFile::exists(restoredDatabase(dataDir));
}

Expected<void> restoreMesh(const QString &dataDir, const QString &source, int waitMs)
{
    if (auto prepared = DataFolder::prepare(dataDir); !prepared)
        return prepared;
    if (restoreWaits(dataDir))
        return backupError(u"restore_failed"_s, u"Another restore waits in %1 for its broker."_s.arg(dataDir));
    const QString part = dataDir + "/restore.part"_L1;
    removeDatabase(part);
    QDir(restoredFiles(dataDir)).removeRecursively();
    QFile original(source);
    if (!original.open(QIODevice::ReadOnly))
        return backupError(u"restore_failed"_s, u"Cannot read %1: %2."_s.arg(source, original.errorString()));
    original.close();
    if (!QFile::copy(source, part) || !QDir().mkpath(restoredFiles(dataDir)))
        return backupError(u"restore_failed"_s, u"Cannot write into %1."_s.arg(dataDir));

    const auto check = [&]() -> Expected<void> {
        auto backup = Database::open(part, false);
        if (!backup)
            return backupError(u"backup_damaged"_s, u"%1 is not a backup, or is damaged."_s.arg(source));
        if (auto prepared = prepareSchema(**backup); !prepared)
            return backupError(u"backup_damaged"_s, prepared.error().detail);
        const auto meshId = meshIdIn(**backup);
        if (!meshId)
            return meshId.error();
        if (QFile::exists(DataFolder::databasePath(dataDir))) {
            auto present = Database::open(DataFolder::databasePath(dataDir), false);
            // One that cannot be opened is what a restore is for.
            const auto presentId = present ? meshIdIn(**present) : Expected<QString>(*meshId);
            if (presentId && *presentId != *meshId)
                return backupError(u"other_mesh"_s,
                                   u"%1 holds another mesh than the backup. Nothing was changed; restore into an empty "
                                   "folder."_s.arg(dataDir));
        }
        if (auto sound = checkAudit(**backup, *meshId); !sound)
            return sound;
        if (auto extracted = extractContents(**backup, restoredFiles(dataDir)); !extracted)
            return extracted;
        return closeAsOneFile(std::move(*backup));
    };
    if (auto checked = check(); !checked) {
        removeDatabase(part);
        QDir(restoredFiles(dataDir)).removeRecursively();
        return checked;
    }
    if (!syncFile(part) || !QFile::rename(part, restoredDatabase(dataDir)))
        return backupError(u"restore_failed"_s, u"Cannot write into %1."_s.arg(dataDir));

    // Where no broker runs it is taken up here, else by the broker. Asked once only: a broker that takes it up lets go
    // of the lock for a moment.
    {
        DataFolder folder;
        if (folder.lock(dataDir))
            return takeUpRestore(dataDir);
    }
    for (const QDeadlineTimer deadline(waitMs); restoreWaits(dataDir); QThread::msleep(LookAgainMs)) {
        if (deadline.hasExpired())
            return backupError(u"restore_failed"_s,
                               u"The broker on %1 has not taken the backup up yet; it will when it is started "
                               "again."_s.arg(dataDir));
    }
    return {};
}

Expected<void> takeUpRestore(const QString &dataDir)
{
    if (!restoreWaits(dataDir))
        return {};
    const QString suffix = ".replaced-"_L1 + QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmsszzz"_s);
    const QString path = DataFolder::databasePath(dataDir);
    const QString files = DataFolder::filesPath(dataDir);
    // Opened once more, so that its log is part of it before it moves; one that does not open is moved as it is.
    if (QFile::exists(path)) {
        if (const auto opened = Database::open(path, false); !opened)
            qCWarning(lcLocalMesh) << "the mesh that a backup replaces cannot be opened:" << opened.error().detail;
    }
    bool moved = setAside(path, suffix) && setAside(path + "-wal"_L1, suffix) && setAside(path + "-shm"_L1, suffix);
    if (moved && QFile::exists(restoredFiles(dataDir)))
        moved = setAside(files, suffix) && QFile::rename(restoredFiles(dataDir), files);
    // Last, because it is what says that there is something to do.
    if (!moved || !QFile::rename(restoredDatabase(dataDir), path))
        return backupError(u"restore_failed"_s, u"The backup in %1 cannot be put in place."_s.arg(dataDir));
    qCInfo(lcLocalMesh) << "a backup was restored";
    return {};
}

} // namespace mesh::local
