// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/meshtemplate.h"

namespace mesh::local {

//! A template by the key of one that comes with the program, or by its file. Errors `bad_template` (with line and
//! column), `file`.
protocol::Expected<protocol::MeshTemplate> loadTemplate(const QString &keyOrPath);

//! Makes the mesh in \a dataDir from a template: its state keys are set and its skills shared before anybody joins (a
//! group begins with its first peer; the state key `mesh:template` names groups and roles). No broker may run there
//! yet. \return false when the mesh has members already, and stays as it is. Errors as LocalBroker::start().
protocol::Expected<bool> seedMesh(const QString &dataDir, const protocol::MeshTemplate &meshTemplate);

} // namespace mesh::local
