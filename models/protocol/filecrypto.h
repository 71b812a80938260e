// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/keys.h"

namespace mesh::protocol {

//! Bytes of the key of one file or vault entry.
inline constexpr qsizetype FileKeySize = 32;
//! The largest file taken, in bytes: the broker's upload limit (wire reference 1.6).
inline constexpr qsizetype MaxFileBytes = 50LL * 1024 * 1024;

//! An encrypted file and the key that opens it. Move only.
struct EncryptedFile
{
    QByteArray stored; //!< nonce, then ciphertext: 40 bytes longer than the file
    SecretBytes key;
};

//! Encrypts a file under a fresh key (wire reference 4.9). Over MaxFileBytes: "too_large".
Expected<EncryptedFile> encryptFile(QByteArrayView contents);
//! Opens stored bytes (wire reference 4.9): "malformed" (too short), "too_large", "bad_key", "cannot_open".
Expected<QByteArray> decryptFile(QByteArrayView stored, const SecretBytes &fileKey);

//! Seals a file key to a peer's routing key (wire reference 4.9); base64 with padding. "bad_key" for an unusable key.
Expected<QString> sealFileKey(const SecretBytes &fileKey, const PublicKey &recipient);
//! Opens a sealed file key (wire reference 4.9): "malformed", "bad_key", "cannot_open".
Expected<SecretBytes> openFileKey(QStringView sealedKey, const KeyPair &own);

//! The three fields of a vault entry on the wire, base64 with padding (wire reference 4.10).
struct VaultCipher
{
    QString ciphertext;
    QString nonce;
    QString sealedKey;

    friend bool operator==(const VaultCipher &, const VaultCipher &) = default;
};

//! Encrypts a vault value for one's own MEMBER key (wire reference 4.10). Over 48 kB: "too_large".
Expected<VaultCipher> sealVaultValue(const SecretBytes &value, const PublicKey &ownMember);
//! Opens a vault value (wire reference 4.10): "malformed", "cannot_open".
Expected<SecretBytes> openVaultValue(const VaultCipher &entry, const KeyPair &ownMember);

} // namespace mesh::protocol
