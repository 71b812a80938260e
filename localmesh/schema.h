// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

namespace mesh::local {

class Database;

//! Version of the tables that this program writes.
inline constexpr int SchemaVersion = 4;

//! Makes the tables of a new database, brings an older one up to date, and checks that this one is sound.
//! Errors: "database_damaged", "database_newer", "database".
protocol::Expected<void> prepareSchema(Database &database);

} // namespace mesh::local
