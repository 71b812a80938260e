// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/canonicaljson.h"

#include "models/protocol/cryptoerror.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

//! Code unit order, which is not the order of code points and need not be that of QString.
bool codeUnitLess(const QString &a, const QString &b)
{
    return std::u16string_view(QStringView(a).utf16(), static_cast<size_t>(a.size()))
        < std::u16string_view(QStringView(b).utf16(), static_cast<size_t>(b.size()));
}

void appendEscape(QByteArray &out, char16_t unit)
{
    static constexpr char Digits[] = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        out += Digits[(unit >> shift) & 15];
}

void appendString(QByteArray &out, QStringView text)
{
    out += '"';
    qsizetype plainFrom = 0;
    const auto flush = [&](qsizetype upTo) {
        if (upTo > plainFrom)
            out += text.sliced(plainFrom, upTo - plainFrom).toUtf8();
        plainFrom = upTo + 1;
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t unit = text[i].unicode();
        if (QChar::isHighSurrogate(unit) && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            ++i;
            continue;
        }
        const bool special = unit < 0x20 || unit == u'"' || unit == u'\\' || QChar::isSurrogate(unit);
        if (!special)
            continue;
        flush(i);
        switch (unit) {
        case u'"':
            out += "\\\"";
            break;
        case u'\\':
            out += "\\\\";
            break;
        case u'\b':
            out += "\\b";
            break;
        case u'\f':
            out += "\\f";
            break;
        case u'\n':
            out += "\\n";
            break;
        case u'\r':
            out += "\\r";
            break;
        case u'\t':
            out += "\\t";
            break;
        default:
            appendEscape(out, unit);
            break;
        }
    }
    flush(text.size());
    out += '"';
}

bool appendValue(QByteArray &out, const QJsonValue &value, int depth)
{
    if (depth > MaxJsonDepth)
        return false;
    switch (value.type()) {
    case QJsonValue::Bool:
        out += value.toBool() ? "true" : "false";
        return true;
    case QJsonValue::Double:
        out += ecmaScriptNumber(value.toDouble());
        return true;
    case QJsonValue::String:
        appendString(out, value.toString());
        return true;
    case QJsonValue::Array: {
        const QJsonArray array = value.toArray();
        out += '[';
        for (qsizetype i = 0; i < array.size(); ++i) {
            if (i > 0)
                out += ',';
            if (!appendValue(out, array.at(i), depth + 1))
                return false;
        }
        out += ']';
        return true;
    }
    case QJsonValue::Object: {
        const QJsonObject object = value.toObject();
        QStringList keys = object.keys();
        std::sort(keys.begin(), keys.end(), codeUnitLess);
        out += '{';
        bool first = true;
        for (const QString &key : std::as_const(keys)) {
            if (!first)
                out += ',';
            first = false;
            appendString(out, key);
            out += ':';
            if (!appendValue(out, object.value(key), depth + 1))
                return false;
        }
        out += '}';
        return true;
    }
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        break;
    }
    out += "null";
    return true;
}

} // namespace

Expected<QByteArray> canonicalJson(const QJsonValue &value)
{
    QByteArray out;
    if (!appendValue(out, value, 0))
        return detail::malformed("The JSON value nests too deep."_L1);
    return out;
}

QByteArray ecmaScriptNumber(double number)
{
    if (!std::isfinite(number))
        return "null";
    if (number == 0.0)
        return "0"; // also for -0
    // The shortest digits that read back as the same number: "d.ddde+XX".
    std::array<char, 40> buffer{};
    const auto result =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(number), std::chars_format::scientific);
    const std::string_view text(buffer.data(), static_cast<size_t>(result.ptr - buffer.data()));
    const size_t e = text.find('e');
    QByteArray digits;
    for (const char c : text.substr(0, e)) {
        if (c != '.')
            digits += c;
    }
    const bool smallExponent = text[e + 1] == '-';
    int exponent = 0;
    std::from_chars(text.data() + e + 2, text.data() + text.size(), exponent);
    if (smallExponent)
        exponent = -exponent;

    // ECMAScript Number::toString: k digits, and the decimal point comes after the n-th.
    const auto k = static_cast<int>(digits.size());
    const int n = exponent + 1;
    QByteArray out;
    if (number < 0)
        out += '-';
    if (k <= n && n <= 21) {
        out += digits + QByteArray(n - k, '0');
    } else if (0 < n && n <= 21) {
        out += digits.first(n) + '.' + digits.sliced(n);
    } else if (-6 < n && n <= 0) {
        out += "0." + QByteArray(-n, '0') + digits;
    } else {
        out += digits.first(1);
        if (k > 1)
            out += '.' + digits.sliced(1);
        out += n - 1 < 0 ? "e-" : "e+";
        out += QByteArray::number(std::abs(n - 1));
    }
    return out;
}

QByteArray jsonStringLiteral(QStringView text)
{
    QByteArray out;
    appendString(out, text);
    return out;
}

} // namespace mesh::protocol
