// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/secretbytes.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

namespace mesh::protocol {

// The three text forms of bytes on the wire (wire reference, conventions). Decoding is strict: the canonical spelling
// of exactly those bytes, nothing before, between or after. Errors: "malformed", band Protocol.

//! Lower-case hexadecimal.
QString toHex(QByteArrayView bytes);
//! Lower case only, even length. Upper case is refused because the broker compares hex as text.
Expected<QByteArray> fromHex(QStringView text);
//! As fromHex(), and exactly \a size bytes.
Expected<QByteArray> fromHex(QStringView text, qsizetype size);
//! Lower-case hexadecimal straight into guarded memory.
Expected<SecretBytes> secretFromHex(QStringView text, qsizetype size);

//! Standard alphabet with padding.
QString toBase64(QByteArrayView bytes);
//! Standard alphabet, padding required, unused bits zero.
Expected<QByteArray> fromBase64(QStringView text);
//! As fromBase64(), and exactly \a size bytes.
Expected<QByteArray> fromBase64(QStringView text, qsizetype size);

//! URL-safe alphabet without padding.
QString toBase64Url(QByteArrayView bytes);
//! URL-safe alphabet, padding refused, unused bits zero.
Expected<QByteArray> fromBase64Url(QStringView text);
//! As fromBase64Url(), and exactly \a size bytes.
Expected<QByteArray> fromBase64Url(QStringView text, qsizetype size);

//! UTF-8 to text, refusing what is not UTF-8 (error "not_text", band Protocol).
Expected<QString> fromUtf8Strict(QByteArrayView bytes);

} // namespace mesh::protocol
