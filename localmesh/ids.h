// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

namespace mesh::local {

//! A new row id: 32 characters of [0-9A-Za-z] from the system's random source, evenly distributed.
QString newId();
//! A random UUID without braces, as system pushes carry.
QString newUuid();
//! \a ms since the epoch as on the wire: UTC, three decimals, Z.
QString isoTime(qint64 ms);

} // namespace mesh::local
