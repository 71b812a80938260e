// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/framesvalues.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QString>

#include <algorithm>
#include <concepts>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

//! \file
//! Reads and writes any struct that has `template <class Self, class Visitor> static void describe(Self &, Visitor &)`.
//! For each member describe() calls one of
//! - `v("key", self.member)`: must be there (see FieldRules) and of its kind,
//! - `v.orDefault("key", self.member)`: may be absent or null and keeps its default then,
//! - `v.loose("key", self.member)`: anything of the wrong kind reads as the default; of a list, wrong elements are left
//! out.
//!
//! Members may be QString, bool, int, qint64, double, QJsonValue (undefined is an absent key), QJsonObject, QJsonArray,
//! enums with EnumWords, GroupName, described structs, and QList, std::optional and Nullable of these.
//! This header holds templates: include it in .cpp files.

namespace mesh::protocol {

//! How strictly to read.
struct FieldRules
{
    bool knownWordsOnly = true; //!< an enum's unknown word is an error; else it reads as the member's default
    bool allMembers = true;     //!< an absent member is an error; else it keeps its default

    static constexpr FieldRules lenient() { return {.knownWordsOnly = false, .allMembers = false}; }
};

namespace codec {

template <class T>
struct IsOptional : std::false_type
{
};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type
{
    using Inner = T;
};
template <class T>
struct IsNullable : std::false_type
{
};
template <class T>
struct IsNullable<Nullable<T>> : std::true_type
{
    using Inner = T;
};
template <class T>
struct IsList : std::false_type
{
};
template <class T>
struct IsList<QList<T>> : std::true_type
{
    using Inner = T;
};

//! Rows that a list makes room for at once: a long list of wrong elements must not cost memory.
inline constexpr qsizetype kMostReserved = 256;

//! What went wrong first while reading one text, and where.
class ReadState final
{
public:
    explicit ReadState(FieldRules rules)
        : m_rules(rules)
    {
    }

    const FieldRules &rules() const noexcept { return m_rules; }
    bool failed() const noexcept { return m_failed; }
    bool fail(QLatin1StringView wanted)
    {
        if (!m_failed) {
            m_failed = true;
            m_wanted = wanted;
        }
        return false;
    }
    void forgive()
    {
        m_failed = false;
        m_path.clear();
    }
    //! Called on the way out of a failed member, innermost first.
    void within(const char *key)
    {
        m_path = m_path.isEmpty() ? QString::fromLatin1(key) : QString::fromLatin1(key) + u'.' + m_path;
    }
    Error error() const
    {
        return {QStringLiteral("bad_field"), m_path + QStringLiteral(": expected ") + m_wanted, ErrorBand::Protocol};
    }

private:
    FieldRules m_rules;
    QString m_path;
    QLatin1StringView m_wanted;
    bool m_failed = false;
};

template <class T, class Node>
bool readNode(const Node &node, T &out, ReadState &state);

//! Visitor that fills a struct from an object node. A Node has exists(), isNull(), toString(), toBool(), toDouble(),
//! toInteger() and toJson() (false if it is of another kind), openObject(), which gives a Node::Object with
//! member(key), and forEach(size, element) over an array.
template <class Node>
class Reader final
{
public:
    Reader(const typename Node::Object &object, ReadState &state)
        : m_object(object)
        , m_state(state)
    {
    }

    template <class T>
    void operator()(const char *key, T &member)
    {
        if (m_state.failed())
            return;
        const Node node = m_object.member(key);
        if (!node.exists()) {
            if constexpr (!IsOptional<T>::value && !IsNullable<T>::value && !std::same_as<T, QJsonValue>) {
                if (m_state.rules().allMembers) {
                    m_state.fail(QLatin1StringView("a value"));
                    m_state.within(key);
                }
            }
            return;
        }
        if (!readNode(node, member, m_state))
            m_state.within(key);
    }

    template <class T>
    void orDefault(const char *key, T &member)
    {
        if (m_state.failed())
            return;
        const Node node = m_object.member(key);
        if (node.exists() && !node.isNull() && !readNode(node, member, m_state))
            m_state.within(key);
    }

    template <class T>
    void loose(const char *key, T &member)
    {
        if (m_state.failed())
            return;
        const Node node = m_object.member(key);
        if (!node.exists())
            return;
        if constexpr (IsList<T>::value) {
            node.forEach([](qsizetype) {},
                         [&](const Node &element) {
                             typename IsList<T>::Inner value{};
                             if (readNode(element, value, m_state))
                                 member.append(std::move(value));
                             else
                                 m_state.forgive();
                             return true;
                         });
        } else if (T value{}; readNode(node, value, m_state)) {
            member = std::move(value);
        } else {
            m_state.forgive();
        }
    }

private:
    const typename Node::Object &m_object;
    ReadState &m_state;
};

template <class T, class Node>
bool readNode(const Node &node, T &out, ReadState &state)
{
    if constexpr (IsOptional<T>::value || IsNullable<T>::value) {
        if (node.isNull()) {
            out = std::nullopt;
            return true;
        }
        if constexpr (IsOptional<T>::value) {
            return readNode(node, out.emplace(), state);
        } else {
            typename IsNullable<T>::Inner value{};
            if (!readNode(node, value, state))
                return false;
            out = std::move(value);
            return true;
        }
    } else if constexpr (std::same_as<T, QString>) {
        return node.toString(out) || state.fail(QLatin1StringView("a string"));
    } else if constexpr (std::same_as<T, bool>) {
        return node.toBool(out) || state.fail(QLatin1StringView("true or false"));
    } else if constexpr (std::same_as<T, double>) {
        return node.toDouble(out) || state.fail(QLatin1StringView("a number"));
    } else if constexpr (std::integral<T>) {
        qint64 wide = 0;
        if (!node.toInteger(wide) || !std::in_range<T>(wide))
            return state.fail(QLatin1StringView("a whole number in range"));
        out = static_cast<T>(wide);
        return true;
    } else if constexpr (std::same_as<T, QJsonValue>) {
        return node.toJson(out) || state.fail(QLatin1StringView("JSON"));
    } else if constexpr (std::same_as<T, QJsonObject>) {
        QJsonValue value;
        if (!node.toJson(value) || !value.isObject())
            return state.fail(QLatin1StringView("an object"));
        out = value.toObject();
        return true;
    } else if constexpr (std::same_as<T, QJsonArray>) {
        QJsonValue value;
        if (!node.toJson(value) || !value.isArray())
            return state.fail(QLatin1StringView("a list"));
        out = value.toArray();
        return true;
    } else if constexpr (std::is_enum_v<T>) {
        QString word;
        if (!node.toString(word))
            return state.fail(QLatin1StringView("a word"));
        if (const std::optional<T> known = fromWord<T>(word))
            out = *known;
        else if (state.rules().knownWordsOnly)
            return state.fail(QLatin1StringView("a known word"));
        return true;
    } else if constexpr (std::same_as<T, GroupName>) {
        QString text;
        if (!node.toString(text))
            return state.fail(QLatin1StringView("a string"));
        Expected<GroupName> name = GroupName::parse(text);
        if (!name)
            return state.fail(QLatin1StringView("a group name of letters, digits, _, / and -"));
        out = *std::move(name);
        return true;
    } else if constexpr (IsList<T>::value) {
        out.clear();
        bool good = true;
        const bool isArray = node.forEach([&](qsizetype size) { out.reserve(std::min(size, kMostReserved)); },
                                          [&](const Node &element) {
                                              good = readNode(element, out.emplace_back(), state);
                                              return good;
                                          });
        return isArray ? good : state.fail(QLatin1StringView("a list"));
    } else {
        typename Node::Object object;
        if (!node.openObject(object))
            return state.fail(QLatin1StringView("an object"));
        Reader<Node> reader(object, state);
        T::describe(out, reader);
        return !state.failed();
    }
}

//! Node over Qt's JSON values.
class JsonNode final
{
public:
    class Object final
    {
    public:
        JsonNode member(const char *key) const { return JsonNode(m_object.value(QLatin1StringView(key))); }

    private:
        friend class JsonNode;
        QJsonObject m_object;
    };

    explicit JsonNode(QJsonValue value)
        : m_value(std::move(value))
    {
    }

    bool exists() const { return !m_value.isUndefined(); }
    bool isNull() const { return m_value.isNull(); }
    bool openObject(Object &out) const
    {
        if (!m_value.isObject())
            return false;
        out.m_object = m_value.toObject();
        return true;
    }
    bool toString(QString &out) const
    {
        if (!m_value.isString())
            return false;
        out = m_value.toString();
        return true;
    }
    bool toBool(bool &out) const
    {
        out = m_value.toBool();
        return m_value.isBool();
    }
    bool toDouble(double &out) const
    {
        out = m_value.toDouble();
        return m_value.isDouble();
    }
    bool toInteger(qint64 &out) const
    {
        if (!m_value.isDouble())
            return false;
        constexpr qint64 impossible = std::numeric_limits<qint64>::min();
        out = m_value.toInteger(impossible);
        return out != impossible;
    }
    bool toJson(QJsonValue &out) const
    {
        out = m_value;
        return true;
    }
    template <class Size, class Element>
    bool forEach(Size size, Element element) const
    {
        if (!m_value.isArray())
            return false;
        const QJsonArray array = m_value.toArray();
        size(array.size());
        for (const QJsonValue &value : array) {
            if (!element(JsonNode(value)))
                break;
        }
        return true;
    }

private:
    QJsonValue m_value;
};

template <class T>
QJsonValue toJsonValue(const T &value);

//! Visitor that makes a QJsonObject.
class ObjectWriter final
{
public:
    template <class T>
    void operator()(const char *key, const T &member)
    {
        QJsonValue value = toJsonValue(member);
        if (!value.isUndefined())
            m_object.insert(QLatin1StringView(key), std::move(value));
    }
    template <class T>
    void orDefault(const char *key, const T &member)
    {
        (*this)(key, member);
    }
    template <class T>
    void loose(const char *key, const T &member)
    {
        (*this)(key, member);
    }
    QJsonObject take() { return std::move(m_object); }

private:
    QJsonObject m_object;
};

template <class T>
QJsonValue toJsonValue(const T &value)
{
    if constexpr (IsOptional<T>::value) {
        return value ? toJsonValue(*value) : QJsonValue(QJsonValue::Undefined);
    } else if constexpr (IsNullable<T>::value) {
        return value ? toJsonValue(*value) : QJsonValue(QJsonValue::Null);
    } else if constexpr (
        std::same_as<
            T,
            QString> || std::same_as<T, bool> || std::same_as<T, double> || std::same_as<T, QJsonObject> || std::same_as<T, QJsonArray>) {
        return QJsonValue(value);
    } else if constexpr (std::same_as<T, QJsonValue>) {
        return value;
    } else if constexpr (std::integral<T>) {
        return QJsonValue(qint64(value));
    } else if constexpr (std::is_enum_v<T>) {
        return QJsonValue(toWord(value));
    } else if constexpr (std::same_as<T, GroupName>) {
        return QJsonValue(value.text());
    } else if constexpr (IsList<T>::value) {
        QJsonArray array;
        for (const auto &element : value)
            array.append(toJsonValue(element));
        return array;
    } else {
        ObjectWriter writer;
        T::describe(value, writer);
        return writer.take();
    }
}

} // namespace codec

//! One described struct as a JSON object.
template <class T>
QJsonObject toJson(const T &described)
{
    codec::ObjectWriter writer;
    T::describe(described, writer);
    return writer.take();
}

//! The reverse; unknown members are ignored. Error: `bad_field`, its detail names the field.
template <class T>
Expected<T> fromJson(const QJsonObject &object, FieldRules rules = {})
{
    codec::ReadState state(rules);
    T out{};
    if (!codec::readNode(codec::JsonNode(object), out, state))
        return state.error();
    return out;
}

} // namespace mesh::protocol
