// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QString>

namespace mesh::local {

//! The folder a broker keeps everything in, and the lock that keeps a second broker out of it. The lock is the
//! kernel's: it is gone with the process, however that ends.
class DataFolder final
{
public:
    DataFolder() = default;
    ~DataFolder();
    Q_DISABLE_COPY_MOVE(DataFolder)

    //! Makes \a path (0700) when it is missing, and makes sure that it can be written. Error: "data_dir".
    static protocol::Expected<void> prepare(const QString &path);
    //! Locks \a path for this broker. Errors: "data_in_use", "data_dir".
    protocol::Expected<void> lock(const QString &path);
    void unlock();

    static QString databasePath(const QString &path);
    //! Where uploaded files are kept.
    static QString filesPath(const QString &path);

private:
    int m_descriptor = -1;
};

} // namespace mesh::local
