// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/box.h"

#include "models/protocol/canonicaljson.h"
#include "models/protocol/cryptoerror.h"
#include "models/protocol/encoding.h"
#include "models/protocol/sodium.h"

#include <sodium.h>

#include <algorithm>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

Expected<QByteArray> boundedUtf8(QStringView text)
{
    // UTF-8 is never shorter than UTF-16 counts units, so this keeps hostile lengths from being converted at all.
    if (text.size() > MaxTextBytes)
        return detail::tooLarge("The text is too long for one message."_L1);
    QByteArray utf8 = text.toUtf8();
    if (utf8.size() > MaxTextBytes)
        return detail::tooLarge("The text is too long for one message."_L1);
    return utf8;
}

} // namespace

Expected<BoxSession> BoxSession::create(const PublicKey &peer, const SecretKey &own)
{
    if (own.isNull())
        return detail::badKey();
    const auto peerBox = BoxPublicKey::fromSigningKey(peer);
    if (!peerBox)
        return peerBox.error();
    const SecretBytes ownBox = own.toBoxSecret();
    BoxSession session;
    session.m_sharedKey = SecretBytes(crypto_box_BEFORENMBYTES);
    if (ownBox.isEmpty() || session.m_sharedKey.isEmpty())
        return detail::noMemory();
    if (crypto_box_beforenm(session.m_sharedKey.data(), peerBox->data(), ownBox.data()) != 0)
        return detail::badKey();
    return session;
}

Expected<QByteArray> BoxSession::sealBytes(QByteArrayView plaintext, QByteArrayView nonce) const
{
    if (isNull())
        return detail::badKey();
    if (nonce.size() != BoxNonceSize)
        return detail::malformed("A nonce has 24 bytes."_L1);
    QByteArray ciphertext(plaintext.size() + BoxOverhead, Qt::Uninitialized);
    if (crypto_box_easy_afternm(detail::raw(ciphertext), detail::raw(plaintext), detail::length(plaintext),
                                detail::raw(nonce), m_sharedKey.data())
        != 0)
        return detail::tooLarge("The text is too long for one message."_L1);
    return ciphertext;
}

Expected<QByteArray> BoxSession::openBytes(QByteArrayView ciphertext, QByteArrayView nonce) const
{
    if (isNull())
        return detail::badKey();
    if (nonce.size() != BoxNonceSize || ciphertext.size() < BoxOverhead)
        return detail::malformed("Not a box: wrong sizes."_L1);
    QByteArray plaintext(ciphertext.size() - BoxOverhead, Qt::Uninitialized);
    if (crypto_box_open_easy_afternm(detail::raw(plaintext), detail::raw(ciphertext), detail::length(ciphertext),
                                     detail::raw(nonce), m_sharedKey.data())
        != 0)
        return detail::cannotOpen();
    return plaintext;
}

Expected<SealedText> BoxSession::seal(QStringView text) const
{
    const auto utf8 = boundedUtf8(text);
    if (!utf8)
        return utf8.error();
    const QByteArray nonce = randomBytes(BoxNonceSize);
    const auto ciphertext = sealBytes(*utf8, nonce);
    if (!ciphertext)
        return ciphertext.error();
    return SealedText{toBase64(nonce), toBase64(*ciphertext)};
}

Expected<QString> BoxSession::open(const SealedText &sealed) const
{
    const auto nonce = fromBase64(sealed.nonce, BoxNonceSize);
    if (!nonce)
        return nonce.error();
    const auto ciphertext = fromBase64(sealed.ciphertext);
    if (!ciphertext)
        return ciphertext.error();
    const auto plaintext = openBytes(*ciphertext, *nonce);
    if (!plaintext)
        return plaintext.error();
    return fromUtf8Strict(*plaintext);
}

Expected<SealedText> sealDirect(QStringView text, const PublicKey &recipient, const SecretKey &own)
{
    const auto session = BoxSession::create(recipient, own);
    if (!session)
        return session.error();
    return session->seal(text);
}

Expected<QString> openDirect(const SealedText &sealed, const PublicKey &sender, const SecretKey &own)
{
    const auto session = BoxSession::create(sender, own);
    if (!session)
        return session.error();
    return session->open(sealed);
}

Expected<SealedText> encodeBroadcast(QStringView text)
{
    const auto utf8 = boundedUtf8(text);
    if (!utf8)
        return utf8.error();
    return SealedText{toBase64(randomBytes(BoxNonceSize)), toBase64(*utf8)};
}

Expected<QString> decodeBroadcast(QStringView ciphertext)
{
    const auto bytes = fromBase64(ciphertext);
    if (!bytes)
        return bytes.error();
    return fromUtf8Strict(*bytes);
}

Expected<QString> guessUnencrypted(QStringView ciphertext)
{
    auto text = decodeBroadcast(ciphertext);
    if (!text)
        return text;
    const bool isText = !text->isEmpty() && std::none_of(text->cbegin(), text->cend(), [](QChar c) {
        return c.category() == QChar::Other_Control && c != u'\t' && c != u'\n' && c != u'\r';
    });
    if (!isText)
        return detail::makeError("not_text"_L1, "It does not look like text."_L1, ErrorBand::Protocol);
    return text;
}

Expected<QString> requestFingerprint(const FingerprintInput &input)
{
    QByteArray meta;
    if (!input.meta.isNull() && !input.meta.isUndefined()) {
        auto canonical = canonicalJson(input.meta);
        if (!canonical)
            return canonical.error();
        meta = std::move(*canonical);
    }
    QByteArray covered("1");
    for (const QByteArray &part : {input.destinationKind.toUtf8(), input.destinationRef.toUtf8(),
                                   input.replyToId.toUtf8(), input.priority.toUtf8(), meta}) {
        covered += '\0';
        covered += part;
    }
    covered += '\0';
    covered += sha256(input.body.toUtf8());
    return toHex(sha256(covered));
}

} // namespace mesh::protocol
