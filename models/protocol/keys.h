// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/secretbytes.h"

#include <QtCore/QHashFunctions>
#include <QtCore/QMetaType>
#include <QtCore/QString>

#include <array>
#include <compare>

class QDebug;

namespace mesh::protocol {

//! An ed25519 public key: the address of a member or of a session (wire reference 3.1). A value type; ordered bytewise.
class PublicKey final
{
public:
    static constexpr qsizetype Size = 32;

    //! The null key (all zero), which is nobody's.
    PublicKey() = default;
    //! 64 lower-case hex digits, else "malformed".
    static Expected<PublicKey> fromHex(QStringView hex);
    //! 32 bytes, else "malformed".
    static Expected<PublicKey> fromBytes(QByteArrayView bytes);

    QString hex() const;
    //! Eight digits for people, as the project's own tools show keys. Never an address.
    QString shortHex() const { return hex().left(8); }
    QByteArrayView view() const noexcept;
    const unsigned char *data() const noexcept { return m_bytes.data(); }
    bool isNull() const noexcept { return *this == PublicKey(); }

    friend bool operator==(const PublicKey &, const PublicKey &) = default;
    friend auto operator<=>(const PublicKey &, const PublicKey &) = default;
    friend size_t qHash(const PublicKey &key, size_t seed = 0) noexcept { return qHashBits(key.data(), Size, seed); }

private:
    std::array<unsigned char, Size> m_bytes{};
};

//! The X25519 form of a key, for boxes (wire reference 3.1, 4.3).
class BoxPublicKey final
{
public:
    static constexpr qsizetype Size = 32;

    BoxPublicKey() = default;
    //! 32 bytes, else "malformed".
    static Expected<BoxPublicKey> fromBytes(QByteArrayView bytes);
    //! Converts an ed25519 key. Points of small order, or off the curve: "bad_key", band Security.
    static Expected<BoxPublicKey> fromSigningKey(const PublicKey &key);

    QByteArrayView view() const noexcept;
    const unsigned char *data() const noexcept { return m_bytes.data(); }

    friend bool operator==(const BoxPublicKey &, const BoxPublicKey &) = default;

private:
    std::array<unsigned char, Size> m_bytes{};
};

//! An ed25519 secret key in libsodium's 64-byte form: seed, then public key (wire reference 3.1). Move only, never
//! logged.
class SecretKey final
{
public:
    static constexpr qsizetype Size = 64;

    //! The null key; every recipe refuses it with "bad_key".
    SecretKey() noexcept = default;
    //! 64 bytes whose second half is the public key that belongs to the first, else "bad_key".
    static Expected<SecretKey> fromBytes(SecretBytes bytes);

    bool isNull() const noexcept { return m_bytes.isEmpty(); }
    QByteArrayView view() const noexcept { return m_bytes.view(); }
    const unsigned char *data() const noexcept { return m_bytes.data(); }
    //! The 128 hex digits, as ASCII in guarded memory, for the keychain.
    SecretBytes toHex() const;
    //! The X25519 secret (32 bytes); empty when this is null.
    SecretBytes toBoxSecret() const;
    SecretKey clone() const;

    friend void operator<<(QDebug, const SecretKey &) = delete;

private:
    explicit SecretKey(SecretBytes bytes) noexcept
        : m_bytes(std::move(bytes))
    {
    }

    SecretBytes m_bytes;
};

//! A signing key pair whose halves belong together. Move only.
class KeyPair final
{
public:
    //! The null pair.
    KeyPair() noexcept = default;
    //! A new pair from the system's random source. Null only where sodium cannot work at all.
    static KeyPair generate();
    //! The pair of a 32-byte seed, else "bad_key".
    static Expected<KeyPair> fromSeed(const SecretBytes &seed);
    //! A 64-byte secret, checked to end in the public key of its seed, else "bad_key".
    static Expected<KeyPair> fromSecret(SecretBytes secret);
    //! 128 lower-case hex digits (ASCII, for instance from a keychain), checked as above.
    static Expected<KeyPair> fromSecretHex(const SecretBytes &hex);
    //! As above, for text from a configuration file (wire reference 3.4). The caller wipes \a hex.
    static Expected<KeyPair> fromSecretHex(QStringView hex);

    bool isNull() const noexcept { return secretKey.isNull(); }
    KeyPair clone() const;

    PublicKey publicKey;
    SecretKey secretKey;

    friend void operator<<(QDebug, const KeyPair &) = delete;
};

//! A detached ed25519 signature over \a message as 128 hex digits (wire reference 4.1). Null key: "bad_key".
Expected<QString> signDetached(QByteArrayView message, const SecretKey &key);
//! Checks a detached signature. Not 128 lower-case hex digits: "malformed"; not by that key, or that key is of small
//! order: "bad_signature", band Security.
Expected<void> verifyDetached(QStringView signatureHex, QByteArrayView message, const PublicKey &key);

} // namespace mesh::protocol

Q_DECLARE_METATYPE(mesh::protocol::PublicKey)
