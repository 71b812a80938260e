// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QString>

namespace mesh::local {

// A backup is one SQLite file: the mesh's database as it was at one moment, and the contents of its files in a table.

//! Writes a backup of the mesh in \a dataDir to \a target, which must not exist yet. A broker may run meanwhile.
//! Errors: "no_mesh", "backup_exists", "backup_failed", "database", "database_damaged".
protocol::Expected<void> backUpMesh(const QString &dataDir, const QString &target);

//! Checks the backup \a source from end to end and puts it into \a dataDir, where it replaces the mesh that is there.
//! That one is kept beside it under a name with `.replaced-`. A running broker takes it up within a second or two,
//! closing its connections with 1001; \a waitMs bounds how long it is waited for. Errors: "backup_damaged",
//! "other_mesh" (the folder holds a mesh with another id), "restore_failed", "data_dir", "database".
protocol::Expected<void> restoreMesh(const QString &dataDir, const QString &source, int waitMs);

//! Whether a restored mesh waits in \a dataDir to be taken up.
bool restoreWaits(const QString &dataDir);
//! Takes it up. For who holds the folder's lock and has no database open. Does nothing when none waits; may be
//! repeated after a crash at any point. Error: "restore_failed".
protocol::Expected<void> takeUpRestore(const QString &dataDir);

} // namespace mesh::local
