// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

namespace mesh::local {

//! A display name as the mesh keeps it: no control characters, surrounding space removed, at most limits::NameChars.
QString cleanName(const QString &text);

} // namespace mesh::local
