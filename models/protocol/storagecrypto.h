// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/secretbytes.h"

#include <QtCore/QByteArray>

namespace mesh::protocol {

// Sealing of what this program keeps on disk: XChaCha20-Poly1305 with associated data. Not part of the wire protocol.

//! Bytes of a storage key, of its nonce, and how much longer than its contents a sealed blob is.
inline constexpr qsizetype StorageKeySize = 32;
inline constexpr qsizetype StorageNonceSize = 24;
inline constexpr qsizetype StorageOverhead = StorageNonceSize + 16;

//! A fresh storage key.
SecretBytes generateStorageKey();

//! Seals \a plaintext under a fresh nonce: nonce, then ciphertext. \a associatedData is not stored; opening needs the
//! same (for instance table and row id, so that blobs cannot be exchanged). Wrong key size: "bad_key".
Expected<QByteArray> sealStorage(QByteArrayView plaintext, QByteArrayView associatedData, const SecretBytes &key);
//! Opens a sealed blob: "malformed" (too short), "bad_key", "cannot_open" (wrong key, other associated data, altered).
Expected<QByteArray> openStorage(QByteArrayView sealed, QByteArrayView associatedData, const SecretBytes &key);
//! As openStorage(), for contents that are secret themselves.
Expected<SecretBytes> openStorageSecret(QByteArrayView sealed, QByteArrayView associatedData, const SecretBytes &key);

//! A key of \a size bytes (16 to 64) made from another for one purpose: BLAKE2b keyed with \a key over \a context.
Expected<SecretBytes> deriveSubkey(const SecretBytes &key, QByteArrayView context, qsizetype size = StorageKeySize);

//! Cost of turning a passphrase into a key (Argon2id 1.3).
struct KdfCost
{
    quint32 passes = 3;                       //!< 1 to 16
    quint32 memoryBytes = 256U * 1024 * 1024; //!< 8 KiB to 1 GiB

    friend bool operator==(const KdfCost &, const KdfCost &) = default;
};

//! Bytes of the salt of deriveStorageKey().
inline constexpr qsizetype KdfSaltSize = 16;

//! Key from passphrase (Argon2id). Slow on purpose (about half a second as it is): not for the GUI thread. "bad_cost"
//! (out of the ranges above), "malformed" (salt size), "passphrase_empty", "no_memory" (Transient).
Expected<SecretBytes> deriveStorageKey(const SecretBytes &passphrase, QByteArrayView salt, const KdfCost &cost = {});

//! A self-contained file sealed with a passphrase: magic "CMK1", cost, salt, nonce, ciphertext; the header is the
//! associated data.
Expected<QByteArray> sealWithPassphrase(const SecretBytes &contents, const SecretBytes &passphrase,
                                        const KdfCost &cost = {});
//! Opens it: "malformed", "bad_cost", "cannot_open" (wrong passphrase or altered), "no_memory" (Transient).
Expected<SecretBytes> openWithPassphrase(QByteArrayView file, const SecretBytes &passphrase);

} // namespace mesh::protocol
