// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/jsonlimits.h"

#include <QtCore/QByteArrayView>
#include <QtCore/QJsonValue>
#include <QtCore/QVarLengthArray>

namespace mesh::protocol {

//! Where the values of one JSON text lie: one pass over the bytes checks the grammar (RFC 8259), the UTF-8 and the
//! Limits, and notes each value. Nothing is converted until it is asked for, which makes frames several times cheaper
//! to decode than through QJsonDocument, and makes members that nobody wants cost nothing.
class JsonTape final
{
public:
    enum class Kind : quint8 { Null, True, False, Number, String, Array, Object };

    struct Entry
    {
        quint32 begin = 0; //!< offset of the value; for a string of its first byte inside the quotes
        quint32 end = 0;   //!< one past the value; for a string the offset of the closing quote
        quint32 next = 0;  //!< index of the entry after this value and all it holds
        quint32 count = 0; //!< elements of an array, members of an object; of a member's name its fingerprint
        Kind kind = Kind::Null;
        bool escaped = false; //!< a string with backslashes
    };

    //! \a utf8 must outlive the tape. Errors (band Protocol): `not_json`, `too_deep`, `too_large`.
    Expected<void> read(QByteArrayView utf8, const Limits &limits);

    const Entry &at(quint32 index) const { return m_entries[index]; }
    QByteArrayView text(const Entry &entry) const { return m_text.sliced(entry.begin, entry.end - entry.begin); }
    //! The characters of a string entry, escapes resolved. A lone surrogate stays one.
    QString string(const Entry &entry) const;
    //! False if the number is no whole number or does not fit. 1.0 and 1e3 are whole.
    bool integer(const Entry &entry, qint64 &out) const;
    //! False if the number does not fit a double.
    bool number(const Entry &entry, double &out) const;
    //! Any value as Qt knows it. False if Qt cannot hold it (a number that does not fit).
    bool json(const Entry &entry, QJsonValue &out) const;

private:
    class Walker;

    QByteArrayView m_text;
    QVarLengthArray<Entry, 96> m_entries;
};

//! A value on a tape, for codec::Reader.
class TapeNode final
{
public:
    //! An object whose members are looked up. Of members with the same name the last one counts, as everywhere in JSON.
    class Object final
    {
    public:
        Object() = default;
        Object(const JsonTape *tape, quint32 index)
            : m_tape(tape)
            , m_index(index)
        {
        }
        TapeNode member(const char *key) const;

    private:
        const JsonTape *m_tape = nullptr;
        quint32 m_index = 0;
    };

    TapeNode() = default;
    TapeNode(const JsonTape *tape, quint32 index)
        : m_tape(tape)
        , m_index(index)
    {
    }

    bool exists() const noexcept { return m_tape != nullptr; }
    bool isNull() const { return exists() && entry().kind == JsonTape::Kind::Null; }
    bool openObject(Object &out) const
    {
        out = Object(m_tape, m_index);
        return entry().kind == JsonTape::Kind::Object;
    }
    bool toString(QString &out) const
    {
        if (entry().kind != JsonTape::Kind::String)
            return false;
        out = m_tape->string(entry());
        return true;
    }
    bool toBool(bool &out) const
    {
        out = entry().kind == JsonTape::Kind::True;
        return out || entry().kind == JsonTape::Kind::False;
    }
    bool toDouble(double &out) const { return entry().kind == JsonTape::Kind::Number && m_tape->number(entry(), out); }
    bool toInteger(qint64 &out) const
    {
        return entry().kind == JsonTape::Kind::Number && m_tape->integer(entry(), out);
    }
    bool toJson(QJsonValue &out) const { return m_tape->json(entry(), out); }
    //! \a size is called with the number of elements first. Stops when \a element returns false.
    template <class Size, class Element>
    bool forEach(Size size, Element element) const
    {
        if (entry().kind != JsonTape::Kind::Array)
            return false;
        const quint32 count = entry().count;
        size(qsizetype(count));
        quint32 index = m_index + 1;
        for (quint32 i = 0; i < count; ++i, index = m_tape->at(index).next) {
            if (!element(TapeNode(m_tape, index)))
                break;
        }
        return true;
    }

private:
    const JsonTape::Entry &entry() const { return m_tape->at(m_index); }

    const JsonTape *m_tape = nullptr;
    quint32 m_index = 0;
};

} // namespace mesh::protocol
