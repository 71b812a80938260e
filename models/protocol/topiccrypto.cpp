// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/topiccrypto.h"

#include "models/protocol/cryptoerror.h"
#include "models/protocol/encoding.h"
#include "models/protocol/sodium.h"

#include <sodium.h>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype SealedTopicKeySize = BoxPublicKey::Size + TopicKey::Size + BoxOverhead;

} // namespace

TopicKey TopicKey::generate()
{
    TopicKey key;
    key.m_bytes = SecretBytes::random(Size);
    return key;
}

Expected<TopicKey> TopicKey::fromBytes(SecretBytes bytes)
{
    if (bytes.size() != Size)
        return detail::badKey();
    TopicKey key;
    key.m_bytes = std::move(bytes);
    return key;
}

TopicKey TopicKey::clone() const
{
    TopicKey copy;
    copy.m_bytes = m_bytes.clone();
    return copy;
}

Expected<SealedText> sealTopicText(QStringView text, const TopicKey &key)
{
    if (key.isNull())
        return detail::badKey();
    const QByteArray utf8 = text.size() > MaxTextBytes ? QByteArray() : text.toUtf8();
    if (text.size() > MaxTextBytes || utf8.size() > MaxTextBytes)
        return detail::tooLarge("The text is too long for one message."_L1);
    const QByteArray nonce = randomBytes(BoxNonceSize);
    QByteArray ciphertext(utf8.size() + BoxOverhead, Qt::Uninitialized);
    crypto_secretbox_easy(detail::raw(ciphertext), detail::raw(QByteArrayView(utf8)), detail::length(utf8),
                          detail::raw(QByteArrayView(nonce)), key.data());
    return SealedText{toBase64(nonce), toBase64(ciphertext)};
}

Expected<QString> openTopicText(const SealedText &sealed, const TopicKey &key)
{
    if (key.isNull())
        return detail::badKey();
    const auto nonce = fromBase64(sealed.nonce, BoxNonceSize);
    if (!nonce)
        return nonce.error();
    const auto ciphertext = fromBase64(sealed.ciphertext);
    if (!ciphertext)
        return ciphertext.error();
    if (ciphertext->size() < BoxOverhead)
        return detail::malformed("The topic message is too short."_L1);
    QByteArray plaintext(ciphertext->size() - BoxOverhead, Qt::Uninitialized);
    if (crypto_secretbox_open_easy(detail::raw(plaintext), detail::raw(QByteArrayView(*ciphertext)),
                                   detail::length(*ciphertext), detail::raw(QByteArrayView(*nonce)), key.data())
        != 0)
        return detail::cannotOpen();
    return fromUtf8Strict(plaintext);
}

Expected<SealedTopicKey> sealTopicKey(const TopicKey &key, const PublicKey &recipient, const SecretKey &sealer)
{
    if (key.isNull() || sealer.isNull())
        return detail::badKey();
    const auto recipientBox = BoxPublicKey::fromSigningKey(recipient);
    if (!recipientBox)
        return recipientBox.error();
    const SecretBytes sealerSecret = sealer.toBoxSecret();
    if (sealerSecret.isEmpty())
        return detail::noMemory();
    const QByteArray nonce = randomBytes(BoxNonceSize);
    QByteArray sealed(SealedTopicKeySize, Qt::Uninitialized);
    unsigned char *out = detail::raw(sealed);
    if (crypto_scalarmult_base(out, sealerSecret.data()) != 0
        || crypto_box_easy(out + BoxPublicKey::Size, key.data(), TopicKey::Size, detail::raw(QByteArrayView(nonce)),
                           recipientBox->data(), sealerSecret.data())
            != 0)
        return detail::badKey();
    return SealedTopicKey{toBase64(sealed), toBase64(nonce)};
}

Expected<TopicKey> openTopicKey(const SealedTopicKey &sealed, const SecretKey &ownMember)
{
    if (ownMember.isNull())
        return detail::badKey();
    const auto nonce = fromBase64(sealed.nonce, BoxNonceSize);
    if (!nonce)
        return nonce.error();
    const auto bytes = fromBase64(sealed.encryptedKey, SealedTopicKeySize);
    if (!bytes)
        return bytes.error();
    const SecretBytes ownSecret = ownMember.toBoxSecret();
    SecretBytes shared(crypto_box_BEFORENMBYTES);
    SecretBytes key(TopicKey::Size);
    if (ownSecret.isEmpty() || shared.isEmpty() || key.isEmpty())
        return detail::noMemory();
    const unsigned char *in = detail::raw(QByteArrayView(*bytes));
    if (crypto_box_beforenm(shared.data(), in, ownSecret.data()) != 0)
        return detail::badKey();
    if (crypto_box_open_easy_afternm(key.data(), in + BoxPublicKey::Size, TopicKey::Size + BoxOverhead,
                                     detail::raw(QByteArrayView(*nonce)), shared.data())
        != 0)
        return detail::cannotOpen();
    return TopicKey::fromBytes(std::move(key));
}

} // namespace mesh::protocol
