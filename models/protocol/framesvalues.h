// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/types.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>
#include <utility>

namespace mesh::protocol {

//! A field whose key is on the wire but whose value may be null. Reads like an optional. An absent key reads as null.
template <class T>
class Nullable final
{
public:
    Nullable() = default;
    Nullable(std::nullopt_t) {}
    Nullable(T value)
        : m_value(std::move(value))
    {
    }

    bool has_value() const noexcept { return m_value.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    const T &operator*() const { return *m_value; }
    T &operator*() { return *m_value; }
    const T *operator->() const { return &*m_value; }
    T *operator->() { return &*m_value; }
    template <class U>
    T value_or(U &&fallback) const
    {
        return m_value.value_or(std::forward<U>(fallback));
    }

    friend bool operator==(const Nullable &, const Nullable &) = default;

private:
    std::optional<T> m_value;
};

//! A group name that is safe to send: `[A-Za-z0-9_/-]{1,64}`. Brokers paste group names into SQL, and one with an
//! apostrophe ends the whole broker process, so no other name can be put into an outgoing frame. A default-made one is
//! empty and encode() refuses it.
class GroupName final
{
public:
    GroupName() = default;

    static constexpr int kMaxLength = 64;
    static bool isValid(QStringView text) noexcept;
    //! Error code: `bad_group_name`.
    static Expected<GroupName> parse(const QString &text);

    const QString &text() const noexcept { return m_text; }
    bool isEmpty() const noexcept { return m_text.isEmpty(); }

    friend bool operator==(const GroupName &, const GroupName &) = default;

private:
    explicit GroupName(QString text)
        : m_text(std::move(text))
    {
    }

    QString m_text;
};

} // namespace mesh::protocol
