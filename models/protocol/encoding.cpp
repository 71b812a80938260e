// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/encoding.h"

#include "models/protocol/cryptoerror.h"
#include "models/protocol/sodium.h"

#include <sodium.h>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

int nibble(char16_t c)
{
    if (c >= u'0' && c <= u'9')
        return c - u'0';
    if (c >= u'a' && c <= u'f')
        return c - u'a' + 10;
    return -1;
}

//! Writes text.size() / 2 bytes to \a out; false when \a text is not lower-case hex of even length.
bool decodeHex(QStringView text, unsigned char *out)
{
    if (text.size() % 2 != 0)
        return false;
    for (qsizetype i = 0; i < text.size(); i += 2) {
        const int high = nibble(text[i].unicode());
        const int low = nibble(text[i + 1].unicode());
        if (high < 0 || low < 0)
            return false;
        *out++ = static_cast<unsigned char>((high << 4) | low);
    }
    return true;
}

Error notHex()
{
    return detail::malformed("Not lower-case hexadecimal of the expected length."_L1);
}

Error notBase64()
{
    return detail::malformed("Not base64 of the expected kind and length."_L1);
}

QString encodeBase64(QByteArrayView bytes, int variant)
{
    // sodium's figure includes the closing zero byte.
    QByteArray text(static_cast<qsizetype>(sodium_base64_encoded_len(detail::count(bytes.size()), variant)),
                    Qt::Uninitialized);
    sodium_bin2base64(text.data(), detail::count(text.size()), detail::raw(bytes), detail::count(bytes.size()),
                      variant);
    text.chop(1);
    return QString::fromLatin1(text);
}

Expected<QByteArray> decodeBase64(QStringView text, int variant)
{
    const QByteArray latin1 = text.toLatin1(); // what is not Latin-1 becomes '?', which no alphabet has
    QByteArray bytes(latin1.size() / 4 * 3 + 3, Qt::Uninitialized);
    size_t size = 0;
    // No ignored characters and no end pointer: all of the text has to be base64.
    if (sodium_base642bin(detail::raw(bytes), detail::count(bytes.size()), latin1.constData(),
                          detail::count(latin1.size()), nullptr, &size, nullptr, variant)
        != 0)
        return notBase64();
    bytes.truncate(static_cast<qsizetype>(size));
    return bytes;
}

Expected<QByteArray> ofSize(Expected<QByteArray> decoded, qsizetype size, Error (*error)())
{
    if (decoded && decoded->size() != size)
        return error();
    return decoded;
}

} // namespace

QString toHex(QByteArrayView bytes)
{
    static constexpr char16_t Digits[] = u"0123456789abcdef";
    QString text(bytes.size() * 2, Qt::Uninitialized);
    QChar *out = text.data();
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        *out++ = Digits[byte >> 4];
        *out++ = Digits[byte & 15];
    }
    return text;
}

Expected<QByteArray> fromHex(QStringView text)
{
    QByteArray bytes(text.size() / 2, Qt::Uninitialized);
    if (!decodeHex(text, detail::raw(bytes)))
        return notHex();
    return bytes;
}

Expected<QByteArray> fromHex(QStringView text, qsizetype size)
{
    if (text.size() / 2 != size)
        return notHex();
    return ofSize(fromHex(text), size, notHex);
}

Expected<SecretBytes> secretFromHex(QStringView text, qsizetype size)
{
    if (size <= 0 || text.size() % 2 != 0 || text.size() / 2 != size)
        return notHex();
    SecretBytes secret(size);
    if (secret.isEmpty())
        return detail::noMemory();
    if (!decodeHex(text, secret.data()))
        return notHex();
    return secret;
}

QString toBase64(QByteArrayView bytes)
{
    return encodeBase64(bytes, sodium_base64_VARIANT_ORIGINAL);
}

Expected<QByteArray> fromBase64(QStringView text)
{
    return decodeBase64(text, sodium_base64_VARIANT_ORIGINAL);
}

Expected<QByteArray> fromBase64(QStringView text, qsizetype size)
{
    return ofSize(fromBase64(text), size, notBase64);
}

QString toBase64Url(QByteArrayView bytes)
{
    return encodeBase64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

Expected<QByteArray> fromBase64Url(QStringView text)
{
    return decodeBase64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

Expected<QByteArray> fromBase64Url(QStringView text, qsizetype size)
{
    return ofSize(fromBase64Url(text), size, notBase64);
}

Expected<QString> fromUtf8Strict(QByteArrayView bytes)
{
    if (!bytes.isValidUtf8())
        return detail::makeError("not_text"_L1, "Not UTF-8 text."_L1, ErrorBand::Protocol);
    QString text = QString::fromUtf8(bytes);
    // Qt drops a leading byte order mark; here it is part of what was said.
    if (bytes.startsWith("\xEF\xBB\xBF"))
        text.prepend(QChar(QChar::ByteOrderMark));
    return text;
}

} // namespace mesh::protocol
