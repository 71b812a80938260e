// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/filecrypto.h"

#include "models/protocol/box.h"
#include "models/protocol/cryptoerror.h"
#include "models/protocol/encoding.h"
#include "models/protocol/sodium.h"

#include <sodium.h>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype FileOverhead = BoxNonceSize + BoxOverhead;

Error fileTooLarge()
{
    return detail::tooLarge("The file is over 50 MiB."_L1);
}

} // namespace

Expected<EncryptedFile> encryptFile(QByteArrayView contents)
{
    if (contents.size() > MaxFileBytes)
        return fileTooLarge();
    EncryptedFile file{QByteArray(contents.size() + FileOverhead, Qt::Uninitialized), SecretBytes::random(FileKeySize)};
    if (file.key.isEmpty())
        return detail::noMemory();
    unsigned char *out = detail::raw(file.stored);
    randombytes_buf(out, BoxNonceSize);
    crypto_secretbox_easy(out + BoxNonceSize, detail::raw(contents), detail::length(contents), out, file.key.data());
    return file;
}

Expected<QByteArray> decryptFile(QByteArrayView stored, const SecretBytes &fileKey)
{
    if (fileKey.size() != FileKeySize)
        return detail::badKey();
    if (stored.size() < FileOverhead)
        return detail::malformed("The stored file is too short."_L1);
    if (stored.size() - FileOverhead > MaxFileBytes)
        return fileTooLarge();
    const QByteArrayView ciphertext = stored.sliced(BoxNonceSize);
    QByteArray contents(stored.size() - FileOverhead, Qt::Uninitialized);
    if (crypto_secretbox_open_easy(detail::raw(contents), detail::raw(ciphertext), detail::length(ciphertext),
                                   detail::raw(stored), fileKey.data())
        != 0)
        return detail::cannotOpen();
    return contents;
}

Expected<QString> sealFileKey(const SecretBytes &fileKey, const PublicKey &recipient)
{
    if (fileKey.size() != FileKeySize)
        return detail::badKey();
    const auto recipientBox = BoxPublicKey::fromSigningKey(recipient);
    if (!recipientBox)
        return recipientBox.error();
    QByteArray sealed(FileKeySize + static_cast<qsizetype>(crypto_box_SEALBYTES), Qt::Uninitialized);
    if (crypto_box_seal(detail::raw(sealed), fileKey.data(), FileKeySize, recipientBox->data()) != 0)
        return detail::badKey();
    return toBase64(sealed);
}

Expected<SecretBytes> openFileKey(QStringView sealedKey, const KeyPair &own)
{
    if (own.isNull())
        return detail::badKey();
    const auto sealed = fromBase64(sealedKey, FileKeySize + static_cast<qsizetype>(crypto_box_SEALBYTES));
    if (!sealed)
        return sealed.error();
    const auto ownPublic = BoxPublicKey::fromSigningKey(own.publicKey);
    if (!ownPublic)
        return ownPublic.error();
    const SecretBytes ownSecret = own.secretKey.toBoxSecret();
    SecretBytes key(FileKeySize);
    if (ownSecret.isEmpty() || key.isEmpty())
        return detail::noMemory();
    if (crypto_box_seal_open(key.data(), detail::raw(QByteArrayView(*sealed)), detail::length(*sealed),
                             ownPublic->data(), ownSecret.data())
        != 0)
        return detail::cannotOpen();
    return key;
}

Expected<VaultCipher> sealVaultValue(const SecretBytes &value, const PublicKey &ownMember)
{
    if (value.size() > MaxTextBytes)
        return detail::tooLarge("The value is over 48 kB."_L1);
    const SecretBytes key = SecretBytes::random(FileKeySize);
    if (key.isEmpty())
        return detail::noMemory();
    const QByteArray nonce = randomBytes(BoxNonceSize);
    QByteArray ciphertext(value.size() + BoxOverhead, Qt::Uninitialized);
    crypto_secretbox_easy(detail::raw(ciphertext), value.data(), detail::length(value.view()),
                          detail::raw(QByteArrayView(nonce)), key.data());
    const auto sealedKey = sealFileKey(key, ownMember);
    if (!sealedKey)
        return sealedKey.error();
    return VaultCipher{toBase64(ciphertext), toBase64(nonce), *sealedKey};
}

Expected<SecretBytes> openVaultValue(const VaultCipher &entry, const KeyPair &ownMember)
{
    const auto nonce = fromBase64(entry.nonce, BoxNonceSize);
    if (!nonce)
        return nonce.error();
    const auto ciphertext = fromBase64(entry.ciphertext);
    if (!ciphertext)
        return ciphertext.error();
    if (ciphertext->size() < BoxOverhead)
        return detail::malformed("The vault entry is too short."_L1);
    const auto key = openFileKey(entry.sealedKey, ownMember);
    if (!key)
        return key.error();
    SecretBytes value(ciphertext->size() - BoxOverhead);
    if (value.size() != ciphertext->size() - BoxOverhead)
        return detail::noMemory();
    // An empty value has no memory of its own, but sodium wants somewhere to point at.
    unsigned char nothing = 0;
    if (crypto_secretbox_open_easy(value.isEmpty() ? &nothing : value.data(), detail::raw(QByteArrayView(*ciphertext)),
                                   detail::length(*ciphertext), detail::raw(QByteArrayView(*nonce)), key->data())
        != 0)
        return detail::cannotOpen();
    return value;
}

} // namespace mesh::protocol
