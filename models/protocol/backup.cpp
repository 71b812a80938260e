// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/backup.h"

#include "models/protocol/cryptoerror.h"

#include <sodium.h>

#include <cstring>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

constexpr QByteArrayView Magic("CMB1");
constexpr qsizetype SaltSize = crypto_pwhash_argon2id_SALTBYTES;
constexpr qsizetype NonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr qsizetype TagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr qsizetype HeaderSize = 4 + SaltSize + NonceSize;
// The format fixes the cost, whatever the constants of the sodium in use say (wire reference 3.5).
constexpr unsigned long long Passes = 2;
constexpr size_t MemoryBytes = 67'108'864;

SecretBytes backupKey(const SecretBytes &passphrase, const unsigned char *salt)
{
    SecretBytes key(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    if (key.isEmpty())
        return key;
    const QByteArrayView text = passphrase.view();
    if (crypto_pwhash(key.data(), detail::length(key.view()), text.isEmpty() ? "" : text.data(), detail::length(text),
                      salt, Passes, MemoryBytes, crypto_pwhash_ALG_ARGON2ID13)
        != 0)
        return {};
    return key;
}

} // namespace

Expected<QByteArray> sealBackup(const SecretBytes &contents, const SecretBytes &passphrase)
{
    if (passphrase.size() < MinBackupPassphraseBytes)
        return detail::makeError("passphrase_too_short"_L1, "A backup passphrase needs at least 12 characters."_L1,
                                 ErrorBand::Persistent);
    if (contents.size() > MaxBackupBytes - HeaderSize - TagSize)
        return detail::tooLarge("The configuration is too large for a backup."_L1);
    QByteArray file(HeaderSize + contents.size() + TagSize, Qt::Uninitialized);
    unsigned char *out = detail::raw(file);
    std::memcpy(out, Magic.data(), detail::count(Magic.size()));
    unsigned char *salt = out + Magic.size();
    unsigned char *nonce = salt + SaltSize;
    randombytes_buf(salt, SaltSize + NonceSize);
    const SecretBytes key = backupKey(passphrase, salt);
    if (key.isEmpty())
        return detail::noMemory();
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + HeaderSize, nullptr, contents.data(),
                                               detail::length(contents.view()), nullptr, 0, nullptr, nonce, key.data());
    return file;
}

Expected<SecretBytes> openBackup(QByteArrayView file, const SecretBytes &passphrase)
{
    if (file.size() > MaxBackupBytes)
        return detail::tooLarge("The file is too large for a backup."_L1);
    if (file.size() < HeaderSize + TagSize || !file.startsWith(Magic))
        return detail::malformed("Not a CMB1 backup."_L1);
    const unsigned char *in = detail::raw(file);
    const SecretBytes key = backupKey(passphrase, in + Magic.size());
    if (key.isEmpty())
        return detail::noMemory();
    SecretBytes contents(file.size() - HeaderSize - TagSize);
    if (contents.size() != file.size() - HeaderSize - TagSize)
        return detail::noMemory();
    unsigned char nothing = 0; // sodium wants somewhere to point at, also for empty contents
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(contents.isEmpty() ? &nothing : contents.data(), nullptr, nullptr,
                                                   in + HeaderSize,
                                                   static_cast<unsigned long long>(file.size() - HeaderSize), nullptr,
                                                   0, in + Magic.size() + SaltSize, key.data())
        != 0)
        return detail::wrongPassphrase();
    return contents;
}

} // namespace mesh::protocol
