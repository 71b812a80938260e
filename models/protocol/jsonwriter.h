// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/fieldcodec.h"

#include <QtCore/QByteArray>

namespace mesh::protocol::codec {

//! Appends \a text as a JSON string, quotes included. Lone surrogates, which UTF-8 has no place for, are escaped.
void appendJsonString(QByteArray &out, QStringView text);
//! Appends a number in its shortest form that reads back the same; null for what JSON has no number for.
void appendJsonNumber(QByteArray &out, double value);
//! Appends any value but undefined, compact.
void appendJson(QByteArray &out, const QJsonValue &value);

//! Visitor that appends a described struct as compact JSON, in the order of its members, without making Qt JSON values.
class TextWriter final
{
public:
    explicit TextWriter(QByteArray &out)
        : m_out(out)
    {
        m_out += '{';
    }

    void type(QLatin1StringView word) { member("type", word); }

    template <class T>
    void operator()(const char *key, const T &value)
    {
        if constexpr (IsOptional<T>::value) {
            if (value)
                member(key, *value);
        } else if constexpr (std::same_as<T, QJsonValue>) {
            if (!value.isUndefined())
                member(key, value);
        } else {
            member(key, value);
        }
    }
    template <class T>
    void orDefault(const char *key, const T &value)
    {
        (*this)(key, value);
    }
    template <class T>
    void loose(const char *key, const T &value)
    {
        (*this)(key, value);
    }
    void end() { m_out += '}'; }

private:
    template <class T>
    void member(const char *key, const T &value)
    {
        if (!m_first)
            m_out += ',';
        m_first = false;
        m_out += '"';
        m_out += key;
        m_out += "\":";
        append(value);
    }

    template <class T>
    void append(const T &value)
    {
        if constexpr (IsNullable<T>::value) {
            if (value)
                append(*value);
            else
                m_out += "null";
        } else if constexpr (std::same_as<T, QString>) {
            appendJsonString(m_out, value);
        } else if constexpr (std::same_as<T, QLatin1StringView>) {
            m_out += '"';
            m_out.append(value.data(), value.size());
            m_out += '"';
        } else if constexpr (std::same_as<T, bool>) {
            m_out += value ? "true" : "false";
        } else if constexpr (std::same_as<T, double>) {
            appendJsonNumber(m_out, value);
        } else if constexpr (std::integral<T>) {
            m_out += QByteArray::number(qlonglong(value));
        } else if constexpr (std::same_as<T,
                                          QJsonValue> || std::same_as<T, QJsonObject> || std::same_as<T, QJsonArray>) {
            appendJson(m_out, value);
        } else if constexpr (std::is_enum_v<T>) {
            append(toWord(value));
        } else if constexpr (std::same_as<T, GroupName>) {
            appendJsonString(m_out, value.text());
        } else if constexpr (IsList<T>::value) {
            char before = '[';
            for (const auto &element : value) {
                m_out += before;
                append(element);
                before = ',';
            }
            m_out += before == '[' ? "[]" : "]";
        } else {
            TextWriter nested(m_out);
            T::describe(value, nested);
            nested.end();
        }
    }

    QByteArray &m_out;
    bool m_first = true;
};

} // namespace mesh::protocol::codec
