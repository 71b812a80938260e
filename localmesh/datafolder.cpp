// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/datafolder.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

Error folderError(const QString &path, const QString &reason)
{
    return {u"data_dir"_s, u"The data folder %1 cannot be used: %2."_s.arg(path, reason), ErrorBand::Persistent};
}

QString systemReason()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

} // namespace

DataFolder::~DataFolder()
{
    unlock();
}

Expected<void> DataFolder::prepare(const QString &path)
{
    if (path.isEmpty())
        return folderError(path, u"no folder was given"_s);
    const QFileInfo info(path);
    if (info.exists() && !info.isDir())
        return folderError(path, u"it is not a folder"_s);
    if (!info.exists()) {
        if (!QDir().mkpath(QFileInfo(QDir::cleanPath(path)).path()))
            return folderError(path, u"the folder above it cannot be made"_s);
        if (::mkdir(QFile::encodeName(QDir::cleanPath(path)).constData(), 0700) != 0)
            return folderError(path, systemReason());
    }
    if (::access(QFile::encodeName(path).constData(), R_OK | W_OK | X_OK) != 0)
        return folderError(path, systemReason());
    return {};
}

Expected<void> DataFolder::lock(const QString &path)
{
    unlock();
    const QString file = path + "/broker.lock"_L1;
    const int descriptor = ::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return folderError(path, systemReason());
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        return Error{u"data_in_use"_s, u"Another broker already runs on the data folder %1."_s.arg(path),
                     ErrorBand::Persistent};
    }
    m_descriptor = descriptor;
    return {};
}

void DataFolder::unlock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
}

QString DataFolder::databasePath(const QString &path)
{
    return path + "/mesh.db"_L1;
}

QString DataFolder::filesPath(const QString &path)
{
    return path + "/files"_L1;
}

} // namespace mesh::local
