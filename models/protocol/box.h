// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/keys.h"

#include <QtCore/QJsonValue>

namespace mesh::protocol {

//! Bytes of a box's nonce and how much longer than its text a box is.
inline constexpr qsizetype BoxNonceSize = 24;
inline constexpr qsizetype BoxOverhead = 16;
//! The longest text, in UTF-8 bytes, that a `send` takes whatever its target (wire reference 1.1).
inline constexpr qsizetype MaxTextBytes = 48'000;

//! The two body fields of `send`, `push` and topic rows as they stand on the wire: standard base64 with padding.
struct SealedText
{
    QString nonce;
    QString ciphertext;

    friend bool operator==(const SealedText &, const SealedText &) = default;
};

//! The shared key of one pair of keys (crypto_box_beforenm), computed once: about 0.1 ms saved on every message. It
//! both seals for the peer and opens what the peer sealed, and opens one's own copies too (wire reference 4.3). Move
//! only.
class BoxSession final
{
public:
    //! The null session; it refuses everything with "bad_key".
    BoxSession() noexcept = default;
    //! Between own secret \a own and \a peer's routing key. Small order, off the curve or null: "bad_key", Security.
    static Expected<BoxSession> create(const PublicKey &peer, const SecretKey &own);

    bool isNull() const noexcept { return m_sharedKey.isEmpty(); }

    //! Seals bytes under \a nonce (24 bytes, never twice for one pair); ciphertext is 16 bytes longer.
    Expected<QByteArray> sealBytes(QByteArrayView plaintext, QByteArrayView nonce) const;
    //! Opens bytes. Wrong key or altered: "cannot_open"; wrong nonce size or too short: "malformed".
    Expected<QByteArray> openBytes(QByteArrayView ciphertext, QByteArrayView nonce) const;

    //! Seals a message with a fresh nonce. Over MaxTextBytes: "too_large".
    Expected<SealedText> seal(QStringView text) const;
    //! Opens a message: "malformed" (not base64, sizes), "cannot_open", "not_text" (not UTF-8).
    Expected<QString> open(const SealedText &sealed) const;

    friend void operator<<(QDebug, const BoxSession &) = delete;

private:
    SecretBytes m_sharedKey;
};

//! Seals one direct message (wire reference 4.3); see BoxSession for many.
Expected<SealedText> sealDirect(QStringView text, const PublicKey &recipient, const SecretKey &own);
//! Opens one direct message (wire reference 4.3). Errors as BoxSession::open().
Expected<QString> openDirect(const SealedText &sealed, const PublicKey &sender, const SecretKey &own);

//! Body of a broadcast, group, v1 topic message or reminder: NOT encrypted, base64 of UTF-8 with a random nonce that
//! nobody reads (wire reference 4.4). Over MaxTextBytes: "too_large".
Expected<SealedText> encodeBroadcast(QStringView text);
//! Reads a body known to be unencrypted: "malformed" (not base64) or "not_text" (not UTF-8).
Expected<QString> decodeBroadcast(QStringView ciphertext);
//! Reads a body that may be text or a box that does not open (wire reference 4.4, rule 4). As decodeBroadcast(), and
//! "not_text" for anything empty or with control characters other than tab, line feed and carriage return.
Expected<QString> guessUnencrypted(QStringView ciphertext);

//! What a request fingerprint covers (wire reference 4.13).
struct FingerprintInput
{
    QString destinationKind; //!< "dm", "topic" or "queue"
    QString destinationRef;  //!< target key, topic id or group
    QString replyToId;       //!< empty when none
    QString priority;        //!< "now", "next" or "low"
    QJsonValue meta;         //!< Null when none
    QString body;            //!< clear text
};

//! The request fingerprint in hex (wire reference 4.13). Error only when meta nests too deep: "malformed".
Expected<QString> requestFingerprint(const FingerprintInput &input);

} // namespace mesh::protocol
