// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/secretbytes.h"

namespace mesh::protocol {

//! The largest backup file read or written, in bytes. A configuration is a few kilobytes.
inline constexpr qsizetype MaxBackupBytes = 4LL * 1024 * 1024;
//! The shortest passphrase for a new backup, in UTF-8 bytes (wire reference 3.5).
inline constexpr qsizetype MinBackupPassphraseBytes = 12;

// Both take about 0.1 s and 64 MiB (Argon2id, 2 passes): not for the GUI or network thread.

//! Makes a `.cmb` backup, format CMB1 (wire reference 3.5, 4.11). "passphrase_too_short", "too_large", "no_memory".
Expected<QByteArray> sealBackup(const SecretBytes &contents, const SecretBytes &passphrase);
//! Opens a `.cmb` backup (wire reference 3.5, 4.11). "malformed" (not CMB1, too short), "too_large", "cannot_open"
//! (wrong passphrase or altered), "no_memory" (Transient).
Expected<SecretBytes> openBackup(QByteArrayView file, const SecretBytes &passphrase);

} // namespace mesh::protocol
