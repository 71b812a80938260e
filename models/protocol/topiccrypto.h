// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/box.h"

namespace mesh::protocol {

//! The symmetric key of an encrypted topic, 32 bytes. Move only.
class TopicKey final
{
public:
    static constexpr qsizetype Size = 32;

    //! The null key; every recipe refuses it with "bad_key".
    TopicKey() noexcept = default;
    static TopicKey generate();
    //! 32 bytes, else "bad_key".
    static Expected<TopicKey> fromBytes(SecretBytes bytes);

    bool isNull() const noexcept { return m_bytes.isEmpty(); }
    const unsigned char *data() const noexcept { return m_bytes.data(); }
    const SecretBytes &bytes() const noexcept { return m_bytes; }
    TopicKey clone() const;

    friend void operator<<(QDebug, const TopicKey &) = delete;

private:
    SecretBytes m_bytes;
};

//! A topic key sealed for one member, as on the wire: both base64 with padding.
struct SealedTopicKey
{
    QString encryptedKey;
    QString nonce;

    friend bool operator==(const SealedTopicKey &, const SealedTopicKey &) = default;
};

//! Seals a v2 topic message with a fresh nonce (wire reference 4.5). Over MaxTextBytes: "too_large".
Expected<SealedText> sealTopicText(QStringView text, const TopicKey &key);
//! Opens a v2 topic message (wire reference 4.5): "malformed", "cannot_open", "not_text".
Expected<QString> openTopicText(const SealedText &sealed, const TopicKey &key);

//! Seals \a key for the MEMBER key \a recipient (wire reference 4.6).
Expected<SealedTopicKey> sealTopicKey(const TopicKey &key, const PublicKey &recipient, const SecretKey &sealer);
//! Opens a topic key with own member secret and the sealer's key embedded in it (wire reference 4.6): "malformed",
//! "bad_key" (small-order sealer), "cannot_open".
Expected<TopicKey> openTopicKey(const SealedTopicKey &sealed, const SecretKey &ownMember);

} // namespace mesh::protocol
