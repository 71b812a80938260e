// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/datafolder.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QStorageInfo>
#include <QtCore/QTemporaryFile>

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;

namespace {

constexpr auto ownerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner;
constexpr qint64 spaceNeeded = 1024 * 1024; // less, and not even the journal's first pages fit

Error error(const char *code, const QString &detail)
{
    return Error{QString::fromLatin1(code), detail, ErrorBand::Persistent};
}

struct FolderWords
{
    Q_DECLARE_TR_FUNCTIONS(DataFolder)
};

} // namespace

DataFolder::DataFolder(const QString &path)
    : m_path(path)
    , m_lock(path + u"/lock"_s)
{
    // A crashed program must not lock the next one out; QLockFile then checks whether the process still lives.
    m_lock.setStaleLockTime(0);
}

protocol::Expected<std::unique_ptr<DataFolder>> DataFolder::open(const QString &path)
{
    const QFileInfo info(path);
    if (info.exists() && !info.isDir())
        return error("not_a_folder", FolderWords::tr("%1 is not a folder. Choose another one with --data.").arg(path));
    if (!info.exists()) {
        if (!QDir().mkpath(path))
            return error("read_only",
                         FolderWords::tr("The folder %1 cannot be made. Choose another one with --data.").arg(path));
        QFile::setPermissions(path, ownerOnly);
    }
    QTemporaryFile probe(path + u"/probe-XXXXXX"_s);
    if (!probe.open())
        return error("read_only",
                     FolderWords::tr("Nothing can be written in %1. Choose another folder with --data.").arg(path));
    const QStorageInfo storage(path);
    if (storage.bytesAvailable() >= 0 && storage.bytesAvailable() < spaceNeeded)
        return error("disk_full", FolderWords::tr("The disk that holds %1 is full. Nothing was changed.").arg(path));
    if (probe.write(QByteArray(4096, 'x')) != 4096 || !probe.flush())
        return error("disk_full", FolderWords::tr("The disk that holds %1 is full. Nothing was changed.").arg(path));

    std::unique_ptr<DataFolder> folder(new DataFolder(path));
    if (!folder->m_lock.tryLock(0)) {
        qint64 pid = 0;
        QString host, program;
        folder->m_lock.getLockInfo(&pid, &host, &program);
        return error(
            "in_use",
            FolderWords::tr(
                "Claudemesh Desktop already runs on %1 (process %2). Use that window, or another folder with --data.")
                .arg(path)
                .arg(pid));
    }
    return folder;
}

QString DataFolder::file(QStringView name) const
{
    return m_path + u'/' + name.toString();
}

QString DataFolder::subfolder(QStringView name) const
{
    const QString path = file(name);
    if (!QFileInfo::exists(path) && QDir().mkpath(path))
        QFile::setPermissions(path, ownerOnly);
    return path;
}

} // namespace mesh::app
