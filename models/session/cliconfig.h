// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <vector>

#include "models/protocol/expected.h"
#include "models/protocol/keys.h"
#include "models/session/meshprofile.h"

namespace mesh::session {

//! A membership found in the claudemesh CLI's configuration.
struct CliMesh
{
    MeshProfile profile;
    protocol::KeyPair member;
    bool unregisteredKey = false; //!< joined by a v2 invite, whose key the broker most likely does not know (3.4)
};

struct CliConfig
{
    QString displayName;
    std::vector<CliMesh> meshes;
    QStringList skipped; //!< a sentence for each entry that cannot be used
};

//! `$CLAUDEMESH_CONFIG_DIR` if it exists, else `~/.claudemesh` (wire reference 3.4).
QString defaultCliConfigDir();

//! Reads `config.json` in \a dir and nothing else; never writes. Entries that are incomplete, or whose secret key does
//! not end in its public key, are skipped and said. Errors (Persistent): `not_found`, `read_failed`, `malformed` (not a
//! configuration of the CLI), `version`.
protocol::Expected<CliConfig> readCliConfig(const QString &dir);

} // namespace mesh::session
