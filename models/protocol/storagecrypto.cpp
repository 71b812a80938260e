// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/storagecrypto.h"

#include "models/protocol/cryptoerror.h"
#include "models/protocol/sodium.h"

#include <QtCore/QtEndian>

#include <sodium.h>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype TagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(StorageKeySize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(StorageNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(StorageOverhead == StorageNonceSize + TagSize);
static_assert(KdfSaltSize == crypto_pwhash_argon2id_SALTBYTES);

constexpr quint32 MaxPasses = 16;
constexpr quint32 MinMemoryBytes = 8 * 1024;
constexpr quint32 MaxMemoryBytes = 1024U * 1024 * 1024;
constexpr qsizetype MaxPassphraseBytes = 64 * 1024;

constexpr QByteArrayView Magic("CMK1");
constexpr qsizetype FileHeaderSize = 4 + 4 + 4 + KdfSaltSize;
constexpr qsizetype MaxPassphraseFileBytes = 4 * 1024 * 1024;

//! Opens into \a out, which holds sealed.size() - StorageOverhead bytes (and is never null).
bool openInto(unsigned char *out, QByteArrayView sealed, QByteArrayView associatedData, const SecretBytes &key)
{
    const QByteArrayView ciphertext = sealed.sliced(StorageNonceSize);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, nullptr, nullptr, detail::raw(ciphertext),
                                                      detail::length(ciphertext), detail::raw(associatedData),
                                                      detail::length(associatedData), detail::raw(sealed), key.data())
        == 0;
}

Expected<void> checkSealed(QByteArrayView sealed, const SecretBytes &key)
{
    if (key.size() != StorageKeySize)
        return detail::badKey();
    if (sealed.size() < StorageOverhead)
        return detail::malformed("The sealed data is too short."_L1);
    return {};
}

} // namespace

SecretBytes generateStorageKey()
{
    return SecretBytes::random(StorageKeySize);
}

Expected<QByteArray> sealStorage(QByteArrayView plaintext, QByteArrayView associatedData, const SecretBytes &key)
{
    if (key.size() != StorageKeySize)
        return detail::badKey();
    QByteArray sealed(plaintext.size() + StorageOverhead, Qt::Uninitialized);
    unsigned char *out = detail::raw(sealed);
    randombytes_buf(out, StorageNonceSize);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + StorageNonceSize, nullptr, detail::raw(plaintext),
                                               detail::length(plaintext), detail::raw(associatedData),
                                               detail::length(associatedData), nullptr, out, key.data());
    return sealed;
}

Expected<QByteArray> openStorage(QByteArrayView sealed, QByteArrayView associatedData, const SecretBytes &key)
{
    if (const auto usable = checkSealed(sealed, key); !usable)
        return usable.error();
    QByteArray plaintext(sealed.size() - StorageOverhead, Qt::Uninitialized);
    if (!openInto(detail::raw(plaintext), sealed, associatedData, key))
        return detail::cannotOpen();
    return plaintext;
}

Expected<SecretBytes> openStorageSecret(QByteArrayView sealed, QByteArrayView associatedData, const SecretBytes &key)
{
    if (const auto usable = checkSealed(sealed, key); !usable)
        return usable.error();
    SecretBytes plaintext(sealed.size() - StorageOverhead);
    if (plaintext.size() != sealed.size() - StorageOverhead)
        return detail::noMemory();
    unsigned char nothing = 0; // for empty contents, which have no memory of their own
    if (!openInto(plaintext.isEmpty() ? &nothing : plaintext.data(), sealed, associatedData, key))
        return detail::cannotOpen();
    return plaintext;
}

Expected<SecretBytes> deriveSubkey(const SecretBytes &key, QByteArrayView context, qsizetype size)
{
    if (key.size() < static_cast<qsizetype>(crypto_generichash_KEYBYTES_MIN)
        || key.size() > static_cast<qsizetype>(crypto_generichash_KEYBYTES_MAX)
        || size < static_cast<qsizetype>(crypto_generichash_BYTES_MIN)
        || size > static_cast<qsizetype>(crypto_generichash_BYTES_MAX))
        return detail::badKey();
    SecretBytes subkey(size);
    if (subkey.isEmpty())
        return detail::noMemory();
    crypto_generichash(subkey.data(), detail::count(size), detail::raw(context), detail::length(context), key.data(),
                       detail::count(key.size()));
    return subkey;
}

Expected<SecretBytes> deriveStorageKey(const SecretBytes &passphrase, QByteArrayView salt, const KdfCost &cost)
{
    if (cost.passes < 1 || cost.passes > MaxPasses || cost.memoryBytes < MinMemoryBytes
        || cost.memoryBytes > MaxMemoryBytes)
        return detail::makeError("bad_cost"_L1, "The passphrase cost is out of range."_L1, ErrorBand::Protocol);
    if (salt.size() != KdfSaltSize)
        return detail::malformed("The salt has the wrong length."_L1);
    if (passphrase.isEmpty())
        return detail::makeError("passphrase_empty"_L1, "A passphrase is needed."_L1, ErrorBand::Persistent);
    if (passphrase.size() > MaxPassphraseBytes)
        return detail::tooLarge("The passphrase is too long."_L1);
    SecretBytes key(StorageKeySize);
    if (key.isEmpty())
        return detail::noMemory();
    if (crypto_pwhash(key.data(), detail::length(key.view()), passphrase.view().data(),
                      detail::length(passphrase.view()), detail::raw(salt), cost.passes, cost.memoryBytes,
                      crypto_pwhash_ALG_ARGON2ID13)
        != 0)
        return detail::noMemory();
    return key;
}

Expected<QByteArray> sealWithPassphrase(const SecretBytes &contents, const SecretBytes &passphrase, const KdfCost &cost)
{
    if (contents.size() > MaxPassphraseFileBytes - FileHeaderSize - StorageOverhead)
        return detail::tooLarge("The contents are too large."_L1);
    QByteArray header = Magic.toByteArray();
    header.resize(FileHeaderSize - KdfSaltSize);
    qToBigEndian(cost.passes, header.data() + 4);
    qToBigEndian(cost.memoryBytes, header.data() + 8);
    header += randomBytes(KdfSaltSize);
    const auto key = deriveStorageKey(passphrase, QByteArrayView(header).last(KdfSaltSize), cost);
    if (!key)
        return key.error();
    const auto sealed = sealStorage(contents.view(), header, *key);
    if (!sealed)
        return sealed.error();
    return header + *sealed;
}

Expected<SecretBytes> openWithPassphrase(QByteArrayView file, const SecretBytes &passphrase)
{
    if (file.size() > MaxPassphraseFileBytes)
        return detail::tooLarge("The file is too large for a key file."_L1);
    if (file.size() < FileHeaderSize + StorageOverhead || !file.startsWith(Magic))
        return detail::malformed("Not a passphrase-sealed file."_L1);
    const QByteArrayView header = file.first(FileHeaderSize);
    const KdfCost cost{qFromBigEndian<quint32>(header.data() + 4), qFromBigEndian<quint32>(header.data() + 8)};
    const auto key = deriveStorageKey(passphrase, header.last(KdfSaltSize), cost);
    if (!key)
        return key.error();
    auto contents = openStorageSecret(file.sliced(FileHeaderSize), header, *key);
    if (!contents && contents.error().code == "cannot_open"_L1)
        return detail::wrongPassphrase();
    return contents;
}

} // namespace mesh::protocol
