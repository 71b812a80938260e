// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/keys.h"

#include "models/protocol/cryptoerror.h"
#include "models/protocol/encoding.h"
#include "models/protocol/sodium.h"

#include <sodium.h>

#include <cstring>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype SeedSize = 32;

} // namespace

Expected<PublicKey> PublicKey::fromHex(QStringView hex)
{
    const auto bytes = protocol::fromHex(hex, Size);
    if (!bytes)
        return bytes.error();
    return fromBytes(*bytes);
}

Expected<PublicKey> PublicKey::fromBytes(QByteArrayView bytes)
{
    if (bytes.size() != Size)
        return detail::malformed("A public key has 32 bytes."_L1);
    PublicKey key;
    std::memcpy(key.m_bytes.data(), bytes.data(), key.m_bytes.size());
    return key;
}

QString PublicKey::hex() const
{
    return protocol::toHex(view());
}

QByteArrayView PublicKey::view() const noexcept
{
    return QByteArrayView(m_bytes.data(), Size);
}

Expected<BoxPublicKey> BoxPublicKey::fromBytes(QByteArrayView bytes)
{
    if (bytes.size() != Size)
        return detail::malformed("A box key has 32 bytes."_L1);
    BoxPublicKey key;
    std::memcpy(key.m_bytes.data(), bytes.data(), key.m_bytes.size());
    return key;
}

Expected<BoxPublicKey> BoxPublicKey::fromSigningKey(const PublicKey &key)
{
    BoxPublicKey result;
    if (!initSodium() || crypto_sign_ed25519_pk_to_curve25519(result.m_bytes.data(), key.data()) != 0)
        return detail::badKey();
    return result;
}

QByteArrayView BoxPublicKey::view() const noexcept
{
    return QByteArrayView(m_bytes.data(), Size);
}

Expected<SecretKey> SecretKey::fromBytes(SecretBytes bytes)
{
    if (bytes.size() != Size)
        return detail::badKey();
    SecretBytes again(Size);
    if (again.isEmpty())
        return detail::noMemory();
    std::array<unsigned char, PublicKey::Size> derived{};
    crypto_sign_seed_keypair(derived.data(), again.data(), bytes.data());
    if (!again.equals(bytes))
        return detail::badKey();
    return SecretKey(std::move(bytes));
}

SecretBytes SecretKey::toHex() const
{
    SecretBytes hex(m_bytes.size() * 2);
    if (hex.isEmpty())
        return hex;
    static constexpr char Digits[] = "0123456789abcdef";
    unsigned char *out = hex.data();
    for (const char c : m_bytes.view()) {
        const auto byte = static_cast<unsigned char>(c);
        *out++ = static_cast<unsigned char>(Digits[byte >> 4]);
        *out++ = static_cast<unsigned char>(Digits[byte & 15]);
    }
    return hex;
}

SecretBytes SecretKey::toBoxSecret() const
{
    if (isNull())
        return {};
    SecretBytes secret(crypto_box_SECRETKEYBYTES);
    if (!secret.isEmpty())
        crypto_sign_ed25519_sk_to_curve25519(secret.data(), m_bytes.data());
    return secret;
}

SecretKey SecretKey::clone() const
{
    return SecretKey(m_bytes.clone());
}

KeyPair KeyPair::generate()
{
    auto pair = fromSeed(SecretBytes::random(SeedSize));
    return pair ? std::move(*pair) : KeyPair();
}

Expected<KeyPair> KeyPair::fromSeed(const SecretBytes &seed)
{
    if (seed.size() != SeedSize)
        return detail::badKey();
    SecretBytes secret(SecretKey::Size);
    if (secret.isEmpty())
        return detail::noMemory();
    std::array<unsigned char, PublicKey::Size> publicBytes{};
    crypto_sign_seed_keypair(publicBytes.data(), secret.data(), seed.data());
    return fromSecret(std::move(secret));
}

Expected<KeyPair> KeyPair::fromSecret(SecretBytes secret)
{
    auto secretKey = SecretKey::fromBytes(std::move(secret));
    if (!secretKey)
        return secretKey.error();
    const auto publicKey = PublicKey::fromBytes(secretKey->view().last(PublicKey::Size));
    if (!publicKey)
        return publicKey.error();
    KeyPair pair;
    pair.publicKey = *publicKey;
    pair.secretKey = std::move(*secretKey);
    return pair;
}

Expected<KeyPair> KeyPair::fromSecretHex(const SecretBytes &hex)
{
    QString text = QString::fromLatin1(hex.view());
    auto pair = fromSecretHex(QStringView(text));
    wipe(text);
    return pair;
}

Expected<KeyPair> KeyPair::fromSecretHex(QStringView hex)
{
    auto secret = secretFromHex(hex, SecretKey::Size);
    if (!secret)
        return detail::badKey();
    return fromSecret(std::move(*secret));
}

KeyPair KeyPair::clone() const
{
    KeyPair copy;
    copy.publicKey = publicKey;
    copy.secretKey = secretKey.clone();
    return copy;
}

Expected<QString> signDetached(QByteArrayView message, const SecretKey &key)
{
    if (key.isNull())
        return detail::badKey();
    std::array<unsigned char, crypto_sign_BYTES> signature{};
    crypto_sign_detached(signature.data(), nullptr, detail::raw(message), detail::length(message), key.data());
    return toHex(QByteArrayView(signature.data(), crypto_sign_BYTES));
}

Expected<void> verifyDetached(QStringView signatureHex, QByteArrayView message, const PublicKey &key)
{
    const auto signature = fromHex(signatureHex, crypto_sign_BYTES);
    if (!signature)
        return signature.error();
    if (!initSodium()
        || crypto_sign_verify_detached(detail::raw(QByteArrayView(*signature)), detail::raw(message),
                                       detail::length(message), key.data())
            != 0)
        return detail::makeError("bad_signature"_L1, "The signature is not by that key."_L1, ErrorBand::Security);
    return {};
}

} // namespace mesh::protocol
