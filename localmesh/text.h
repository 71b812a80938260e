// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>

namespace mesh::local {

//! A display name as the mesh keeps it: no control characters, surrounding space removed, at most limits::NameChars.
QString cleanName(const QString &text);

//! A list as a column of the database: a JSON array. And back; what is no string there is left out.
QString toColumn(const QStringList &list);
QStringList listFromColumn(const QString &column);

//! \a text inside a LIKE pattern that uses a backslash as its escape, matching anywhere.
QString likePattern(const QString &text);

} // namespace mesh::local
