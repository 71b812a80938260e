// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <optional>

namespace mesh::local {

struct Parts;
struct StoredFile;

//! Whom an uploaded file is for, as StoredFile keeps it: empty for everybody, "@group", "#<topic id>", or a member id.
//! \a spec is the `X-Target-Spec` of the upload by \a uploader (a member id): a targetSpec of wire reference 6.2. A
//! session's key means its member, since sessions come and go. Nothing when it names nobody here.
std::optional<QString> resolveFileTarget(Parts &parts, const QString &spec, const QString &uploader);

//! True where \a memberId is who the file is for, uploaded it, has its key sealed for it, or is an admin. The original
//! keeps the target of a file and asks nobody.
bool mayOpenFile(Parts &parts, const StoredFile &file, const QString &memberId);

} // namespace mesh::local
