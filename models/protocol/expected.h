// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <optional>
#include <utility>
#include <variant>

namespace mesh::protocol {

//! What can be done about an error. Transient: try again. Persistent: the user must act. Protocol: the other side sent
//! something wrong; count it and go on. Security: stop, and never retry by itself.
enum class ErrorBand { Transient, Persistent, Protocol, Security };

//! An error is a value. \a code is a stable machine word ("invite_expired"); \a detail is a sentence for people and
//! never holds a secret.
struct Error
{
    QString code;
    QString detail;
    ErrorBand band = ErrorBand::Persistent;

    friend bool operator==(const Error &, const Error &) = default;
};

//! What the other side sent is wrong.
inline Error protocolError(const QString &code, const QString &detail)
{
    return {code, detail, ErrorBand::Protocol};
}

//! Either a value or an Error. Reading the wrong side is a programming error, so ask first.
template <class T>
class [[nodiscard]] Expected final
{
public:
    Expected(T value)
        : m_data(std::in_place_index<0>, std::move(value))
    {
    }
    Expected(Error error)
        : m_data(std::in_place_index<1>, std::move(error))
    {
    }

    bool hasValue() const noexcept { return m_data.index() == 0; }
    explicit operator bool() const noexcept { return hasValue(); }

    const T &value() const & { return std::get<0>(m_data); }
    T &value() & { return std::get<0>(m_data); }
    T &&value() && { return std::get<0>(std::move(m_data)); }
    const T &operator*() const & { return value(); }
    T &operator*() & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }
    const T *operator->() const { return &value(); }
    T *operator->() { return &value(); }

    const Error &error() const { return std::get<1>(m_data); }

private:
    std::variant<T, Error> m_data;
};

template <>
class [[nodiscard]] Expected<void> final
{
public:
    Expected() = default;
    Expected(Error error)
        : m_error(std::move(error))
    {
    }

    bool hasValue() const noexcept { return !m_error.has_value(); }
    explicit operator bool() const noexcept { return hasValue(); }
    const Error &error() const { return *m_error; }

private:
    std::optional<Error> m_error;
};

} // namespace mesh::protocol
