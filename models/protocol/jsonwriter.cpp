// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/jsonwriter.h"

#include <QtCore/QLocale>

#include <algorithm>
#include <cmath>

namespace mesh::protocol::codec {

namespace {

bool isPlainAscii(QChar c)
{
    return c.unicode() >= 0x20 && c.unicode() < 0x7f && c != u'"' && c != u'\\';
}

void appendEscape(QByteArray &out, char16_t unit)
{
    constexpr char digits[] = "0123456789abcdef";
    const char escape[] = {
        '\\', 'u', digits[unit >> 12], digits[(unit >> 8) & 15], digits[(unit >> 4) & 15], digits[unit & 15]};
    out.append(escape, qsizetype(sizeof escape));
}

void appendUnit(QByteArray &out, char16_t unit)
{
    switch (unit) {
    case u'"':
        out += "\\\"";
        return;
    case u'\\':
        out += "\\\\";
        return;
    case u'\n':
        out += "\\n";
        return;
    case u'\r':
        out += "\\r";
        return;
    case u'\t':
        out += "\\t";
        return;
    default:
        break;
    }
    if (unit < 0x20 || QChar::isSurrogate(unit)) {
        appendEscape(out, unit);
    } else if (unit < 0x80) {
        out += char(unit);
    } else if (unit < 0x800) {
        const char bytes[] = {char(0xc0 | (unit >> 6)), char(0x80 | (unit & 63))};
        out.append(bytes, 2);
    } else {
        const char bytes[] = {char(0xe0 | (unit >> 12)), char(0x80 | ((unit >> 6) & 63)), char(0x80 | (unit & 63))};
        out.append(bytes, 3);
    }
}

} // namespace

void appendJsonString(QByteArray &out, QStringView text)
{
    out += '"';
    const QChar *at = text.begin();
    const QChar *const end = text.end();
    while (at != end) {
        // Keys, base64 and most words are plain ASCII: those are narrowed in one go.
        const QChar *const special = std::find_if_not(at, end, isPlainAscii);
        if (const qsizetype plain = special - at; plain > 0) {
            const qsizetype size = out.size();
            out.resize(size + plain);
            std::transform(at, special, out.data() + size, [](QChar c) { return char(c.unicode()); });
        }
        at = special;
        if (at == end)
            break;
        if (at->isHighSurrogate() && at + 1 != end && at[1].isLowSurrogate()) {
            const char32_t code = QChar::surrogateToUcs4(at[0], at[1]);
            const char bytes[] = {char(0xf0 | (code >> 18)), char(0x80 | ((code >> 12) & 63)),
                                  char(0x80 | ((code >> 6) & 63)), char(0x80 | (code & 63))};
            out.append(bytes, 4);
            at += 2;
        } else {
            appendUnit(out, at->unicode());
            ++at;
        }
    }
    out += '"';
}

void appendJsonNumber(QByteArray &out, double value)
{
    constexpr double exact = 9007199254740992.0;
    if (!std::isfinite(value))
        out += "null";
    else if (std::abs(value) <= exact && value == std::trunc(value))
        out += QByteArray::number(qlonglong(value));
    else
        out += QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
}

void appendJson(QByteArray &out, const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        out += "null";
        break;
    case QJsonValue::Bool:
        out += value.toBool() ? "true" : "false";
        break;
    case QJsonValue::Double: {
        constexpr qint64 none = std::numeric_limits<qint64>::min();
        if (const qint64 whole = value.toInteger(none); whole != none)
            out += QByteArray::number(whole);
        else
            appendJsonNumber(out, value.toDouble());
        break;
    }
    case QJsonValue::String:
        appendJsonString(out, value.toString());
        break;
    case QJsonValue::Array: {
        char before = '[';
        const QJsonArray array = value.toArray();
        for (const QJsonValue &element : array) {
            out += before;
            appendJson(out, element);
            before = ',';
        }
        out += before == '[' ? "[]" : "]";
        break;
    }
    case QJsonValue::Object: {
        char before = '{';
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            out += before;
            appendJsonString(out, it.key());
            out += ':';
            appendJson(out, it.value());
            before = ',';
        }
        out += before == '{' ? "{}" : "}";
        break;
    }
    }
}

} // namespace mesh::protocol::codec
