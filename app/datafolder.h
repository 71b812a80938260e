// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QLockFile>
#include <QtCore/QString>

#include <memory>

#include "models/protocol/expected.h"

namespace mesh::app {

//! The folder that everything of one installation lives below, held by one program at a time.
class DataFolder final
{
public:
    //! Makes the folder if it is missing (only the user may read it), checks that it can be written, and locks it.
    //! Errors (Persistent): `not_a_folder`, `read_only`, `disk_full`, `in_use`.
    static protocol::Expected<std::unique_ptr<DataFolder>> open(const QString &path);

    QString path() const { return m_path; }
    QString file(QStringView name) const;
    //! A folder below it, made if missing.
    QString subfolder(QStringView name) const;

private:
    explicit DataFolder(const QString &path);

    QString m_path;
    QLockFile m_lock;
};

} // namespace mesh::app
