// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/jsontape.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

using namespace Qt::StringLiterals;

namespace mesh::protocol {

namespace {

//! The high bit of each byte of \a word that is zero (and perhaps of some above such a byte, which does not matter
//! here).
constexpr quint64 zeroBytes(quint64 word)
{
    return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
}

//! True if none of the eight bytes ends or alters a string: quote, backslash, or control character.
constexpr bool isPlain(quint64 word)
{
    constexpr quint64 every = 0x0101010101010101u;
    const quint64 quote = zeroBytes(word ^ (every * quint64('"')));
    const quint64 backslash = zeroBytes(word ^ (every * quint64('\\')));
    const quint64 control = (word - every * 0x20u) & ~word & 0x8080808080808080u;
    return (quote | backslash | control) == 0;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

//! Tells most names apart without a look at their characters. Names with escapes have one that no other name has.
constexpr quint32 kEscapedName = std::numeric_limits<quint32>::max();

quint32 fingerprint(const char *name, size_t length)
{
    if (length == 0)
        return 0;
    return quint32(uchar(name[0])) << 16 | quint32(uchar(name[length - 1])) << 8
        | quint32(std::min<size_t>(length, 255));
}

int hexValue(char c)
{
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

//! Walks over one text. Containers are kept on a stack of their own, so that no text can exhaust the program's.
class JsonTape::Walker final
{
public:
    Walker(JsonTape &tape, const Limits &limits)
        : m_entries(tape.m_entries)
        , m_limits(limits)
        , m_start(tape.m_text.data())
        , m_at(m_start)
        , m_end(m_start + tape.m_text.size())
    {
    }

    Expected<void> walk()
    {
        skipSpace();
        if (!value())
            return *m_error;
        while (!m_open.isEmpty()) {
            if (!afterValue())
                return *m_error;
        }
        skipSpace();
        if (m_at != m_end)
            return protocolError(u"not_json"_s, u"text goes on after the value"_s);
        return {};
    }

private:
    bool fail(const QString &code, const QString &detail)
    {
        m_error = protocolError(code, detail);
        return false;
    }
    bool notJson(QLatin1StringView wanted)
    {
        return fail(u"not_json"_s, u"%1 expected at byte %2"_s.arg(wanted).arg(m_at - m_start));
    }
    quint32 offset() const { return quint32(m_at - m_start); }
    void skipSpace()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
            ++m_at;
    }
    bool take(char wanted)
    {
        if (m_at == m_end || *m_at != wanted)
            return false;
        ++m_at;
        return true;
    }

    bool push(Kind kind, quint32 begin, quint32 end, bool escaped = false)
    {
        if (m_entries.size() >= m_limits.maxValues)
            return fail(u"too_large"_s, u"more than %1 values"_s.arg(m_limits.maxValues));
        m_entries.append({begin, end, quint32(m_entries.size()) + 1, 0, kind, escaped});
        return true;
    }

    //! A value; of a container only its beginning, up to and with the first key.
    bool value()
    {
        if (m_at == m_end)
            return notJson("a value"_L1);
        switch (*m_at) {
        case '{':
            return open(Kind::Object);
        case '[':
            return open(Kind::Array);
        case '"':
            return string();
        case 't':
            return literal("true", Kind::True);
        case 'f':
            return literal("false", Kind::False);
        case 'n':
            return literal("null", Kind::Null);
        default:
            return number();
        }
    }

    bool open(Kind kind)
    {
        if (m_open.size() >= m_limits.maxDepth)
            return fail(u"too_deep"_s, u"more than %1 levels"_s.arg(m_limits.maxDepth));
        m_open.append(quint32(m_entries.size()));
        if (!push(kind, offset(), 0))
            return false;
        ++m_at;
        skipSpace();
        if (m_at != m_end && *m_at == (kind == Kind::Object ? '}' : ']'))
            return true; // afterValue() closes it
        return element(kind);
    }

    //! The next member or element of the innermost container.
    bool element(Kind kind)
    {
        Entry &container = m_entries[m_open.last()];
        if (++container.count > m_limits.maxListSize)
            return fail(u"too_large"_s, u"more than %1 entries in one list"_s.arg(m_limits.maxListSize));
        if (kind == Kind::Object) {
            if (m_at == m_end || *m_at != '"')
                return notJson("a name"_L1);
            if (!string())
                return false;
            Entry &name = m_entries.last();
            name.count = name.escaped ? kEscapedName : fingerprint(m_start + name.begin, name.end - name.begin);
            skipSpace();
            if (!take(':'))
                return notJson("':'"_L1);
            skipSpace();
        }
        return value();
    }

    //! After a value inside a container, or after the beginning of an empty one.
    bool afterValue()
    {
        const quint32 index = m_open.last();
        const Kind kind = m_entries[index].kind;
        skipSpace();
        if (take(kind == Kind::Object ? '}' : ']')) {
            Entry &container = m_entries[index];
            container.end = offset();
            container.next = quint32(m_entries.size());
            m_open.removeLast();
            return true;
        }
        if (!take(','))
            return notJson(kind == Kind::Object ? "',' or '}'"_L1 : "',' or ']'"_L1);
        skipSpace();
        return element(kind);
    }

    bool string()
    {
        const char *const begin = ++m_at;
        bool escaped = false;
        for (;;) {
            while (m_end - m_at >= 8) {
                quint64 word = 0;
                std::memcpy(&word, m_at, sizeof word);
                if (!isPlain(word))
                    break;
                m_at += 8;
            }
            if (m_at == m_end)
                return notJson("'\"'"_L1);
            const uchar c = uchar(*m_at);
            if (c == '"')
                break;
            if (c < 0x20)
                return notJson("an escaped control character"_L1);
            ++m_at;
            if (c == '\\') {
                escaped = true;
                if (!escape())
                    return false;
            }
        }
        if (m_at - begin > m_limits.maxStringBytes)
            return fail(u"too_large"_s, u"a string of more than %1 bytes"_s.arg(m_limits.maxStringBytes));
        const bool pushed = push(Kind::String, quint32(begin - m_start), offset(), escaped);
        ++m_at;
        return pushed;
    }

    bool escape()
    {
        if (m_at == m_end)
            return notJson("an escape"_L1);
        const char c = *m_at;
        if (c == 'u') {
            if (m_end - m_at < 5 || hexValue(m_at[1]) < 0 || hexValue(m_at[2]) < 0 || hexValue(m_at[3]) < 0
                || hexValue(m_at[4]) < 0)
                return notJson("four hex digits"_L1);
            m_at += 5;
            return true;
        }
        if (!std::strchr("\"\\/bfnrt", c) || c == '\0')
            return notJson("an escape"_L1);
        ++m_at;
        return true;
    }

    bool literal(const char *word, Kind kind)
    {
        const qsizetype length = qsizetype(std::strlen(word));
        if (m_end - m_at < length || std::memcmp(m_at, word, size_t(length)) != 0)
            return notJson("a value"_L1);
        const quint32 begin = offset();
        m_at += length;
        return push(kind, begin, offset());
    }

    bool digits()
    {
        if (m_at == m_end || !isDigit(*m_at))
            return false;
        while (m_at != m_end && isDigit(*m_at))
            ++m_at;
        return true;
    }

    bool number()
    {
        const quint32 begin = offset();
        take('-');
        if (!take('0') && !digits())
            return notJson("a value"_L1);
        if (take('.') && !digits())
            return notJson("a digit"_L1);
        if (take('e') || take('E')) {
            if (!take('+'))
                take('-');
            if (!digits())
                return notJson("a digit"_L1);
        }
        return push(Kind::Number, begin, offset());
    }

    QVarLengthArray<Entry, 96> &m_entries;
    const Limits &m_limits;
    const char *const m_start;
    const char *m_at;
    const char *const m_end;
    QVarLengthArray<quint32, 32> m_open;
    std::optional<Error> m_error;
};

Expected<void> JsonTape::read(QByteArrayView utf8, const Limits &limits)
{
    m_entries.clear();
    m_text = utf8;
    constexpr qsizetype offsetsEnd = std::numeric_limits<quint32>::max();
    if (utf8.size() > limits.maxBytes || utf8.size() >= offsetsEnd)
        return protocolError(u"too_large"_s, u"%1 bytes, more than %2"_s.arg(utf8.size()).arg(limits.maxBytes));
    if (!utf8.isValidUtf8())
        return protocolError(u"not_json"_s, u"not UTF-8"_s);
    return Walker(*this, limits).walk();
}

QString JsonTape::string(const Entry &entry) const
{
    const QByteArrayView raw = text(entry);
    if (!entry.escaped)
        return QString::fromUtf8(raw);

    QString out;
    out.reserve(raw.size());
    const char *at = raw.begin();
    const char *const end = raw.end();
    while (at != end) {
        const char *backslash = static_cast<const char *>(std::memchr(at, '\\', size_t(end - at)));
        if (!backslash) {
            out += QString::fromUtf8(at, end - at);
            break;
        }
        if (backslash != at)
            out += QString::fromUtf8(at, backslash - at);
        at = backslash + 2;
        switch (const char c = backslash[1]) {
        case 'b':
            out += u'\b';
            break;
        case 'f':
            out += u'\f';
            break;
        case 'n':
            out += u'\n';
            break;
        case 'r':
            out += u'\r';
            break;
        case 't':
            out += u'\t';
            break;
        case 'u':
            out += QChar(
                char16_t((hexValue(at[0]) << 12) | (hexValue(at[1]) << 8) | (hexValue(at[2]) << 4) | hexValue(at[3])));
            at += 4;
            break;
        default:
            out += QLatin1Char(c);
        }
    }
    return out;
}

bool JsonTape::integer(const Entry &entry, qint64 &out) const
{
    const QByteArrayView raw = text(entry);
    const auto whole = std::from_chars(raw.begin(), raw.end(), out);
    if (whole.ec == std::errc() && whole.ptr == raw.end())
        return true;
    // Written with a fraction or an exponent, or too big. Doubles hold every whole number up to 2^53 and no more.
    double value = 0;
    constexpr double exact = 9007199254740992.0;
    if (whole.ptr == raw.end() || !number(entry, value) || std::abs(value) > exact || value != std::trunc(value))
        return false;
    out = qint64(value);
    return true;
}

bool JsonTape::number(const Entry &entry, double &out) const
{
    const QByteArrayView raw = text(entry);
    const auto result = std::from_chars(raw.begin(), raw.end(), out);
    if (result.ec == std::errc())
        return true;
    // Too small is as good as zero, too big is not a number that can be kept.
    bool ok = false;
    out = raw.toDouble(&ok);
    return ok && std::isfinite(out);
}

bool JsonTape::json(const Entry &entry, QJsonValue &out) const
{
    switch (entry.kind) {
    case Kind::Null:
        out = QJsonValue(QJsonValue::Null);
        return true;
    case Kind::True:
    case Kind::False:
        out = QJsonValue(entry.kind == Kind::True);
        return true;
    case Kind::String:
        out = QJsonValue(string(entry));
        return true;
    case Kind::Number: {
        qint64 whole = 0;
        const QByteArrayView raw = text(entry);
        const auto result = std::from_chars(raw.begin(), raw.end(), whole);
        if (result.ec == std::errc() && result.ptr == raw.end()) {
            out = QJsonValue(whole);
            return true;
        }
        double value = 0;
        if (!number(entry, value))
            return false;
        out = QJsonValue(value);
        return true;
    }
    case Kind::Array:
    case Kind::Object: {
        QJsonParseError problem;
        const QByteArrayView raw = text(entry);
        const QJsonDocument document =
            QJsonDocument::fromJson(QByteArray::fromRawData(raw.data(), raw.size()), &problem);
        if (problem.error != QJsonParseError::NoError)
            return false;
        out = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
        return true;
    }
    }
    return false;
}

TapeNode TapeNode::Object::member(const char *key) const
{
    const size_t length = std::strlen(key);
    const quint32 wanted = fingerprint(key, length);
    const JsonTape::Entry &object = m_tape->at(m_index);
    quint32 found = 0;
    quint32 index = m_index + 1;
    for (quint32 i = 0; i < object.count; ++i, index = m_tape->at(index + 1).next) {
        const JsonTape::Entry &name = m_tape->at(index);
        if (name.count == wanted) {
            const QByteArrayView raw = m_tape->text(name);
            if (size_t(raw.size()) == length && std::memcmp(raw.data(), key, length) == 0)
                found = index + 1;
        } else if (name.count == kEscapedName && m_tape->string(name) == QLatin1StringView(key)) {
            found = index + 1;
        }
    }
    return found != 0 ? TapeNode(m_tape, found) : TapeNode();
}

} // namespace mesh::protocol
