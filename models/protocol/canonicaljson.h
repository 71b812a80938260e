// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonValue>

namespace mesh::protocol {

//! How deep values may nest; Qt's reader refuses more than this as well.
inline constexpr int MaxJsonDepth = 1024;

//! \a value as the broker writes it before hashing (wire reference 7.14): no white space, keys sorted by UTF-16 code
//! units at every level, strings as JSON.stringify escapes them, numbers as ECMAScript prints them. UTF-8.
//! Every number is taken as a double first, because that is all JavaScript has. Deeper than MaxJsonDepth: "malformed".
Expected<QByteArray> canonicalJson(const QJsonValue &value);

//! \a number as ECMAScript's Number::toString prints it: "1e+21", "1e-7", "2.5", "0" for -0. Not finite: "null", which
//! is what JSON.stringify makes of it.
QByteArray ecmaScriptNumber(double number);

//! \a text in quotes as JSON.stringify writes it (well-formed: lone surrogates are escaped). UTF-8.
QByteArray jsonStringLiteral(QStringView text);

} // namespace mesh::protocol
