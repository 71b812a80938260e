// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QSharedData>

#include <array>
#include <concepts>
#include <utility>
#include <variant>

//! \file
//! A value of one of many types. std::variant would do, but the protocol has lists of a hundred types, and the name of
//! such a variant, some kilobytes long, stands in every symbol made from it: minutes of compile time and gigabytes of
//! object code. Here a struct gives the list a short name.
namespace mesh::protocol {

namespace detail {

template <size_t I, class T>
struct Indexed
{
    using Type = T;
};

template <class Indices, class... Ts>
struct IndexedList;
template <size_t... I, class... Ts>
struct IndexedList<std::index_sequence<I...>, Ts...> : Indexed<I, Ts>...
{
};

// Found by conversion to the one base that fits, whatever the length of the list.
template <size_t I, class T>
Indexed<I, T> entryAt(const Indexed<I, T> *);
template <class T, size_t I>
std::integral_constant<size_t, I> indexOf(const Indexed<I, T> *);

struct Holder : QSharedData
{
    Holder() = default;
    Holder(const Holder &) = default;
    Holder &operator=(const Holder &) = delete;
    virtual ~Holder() = default;
    virtual Holder *clone() const = 0;
};

template <class T>
struct Held final : Holder
{
    explicit Held(T &&from)
        : value(std::move(from))
    {
    }
    Held *clone() const override { return new Held(*this); }

    T value;
};

} // namespace detail

//! The types of a OneOf, all different: `struct Shapes : TypeList<Circle, Square> {};`
template <class... Ts>
struct TypeList : detail::IndexedList<std::index_sequence_for<Ts...>, Ts...>
{
    static constexpr size_t kSize = sizeof...(Ts);
};

template <size_t I, class Kinds>
using KindAt = typename decltype(detail::entryAt<I>(static_cast<const Kinds *>(nullptr)))::Type;

//! T is one of the types in \a Kinds.
template <class T, class Kinds>
concept KindOf = requires(const Kinds *kinds)
{
    detail::indexOf<T>(kinds);
};

template <class T, class Kinds>
inline constexpr size_t kIndexOf = decltype(detail::indexOf<T>(static_cast<const Kinds *>(nullptr)))::value;

//! One value of one of the types in \a Kinds; of the first, if made from nothing. Copies share the value until one of
//! them is written to, so that events can be handed around at no cost. What was moved from may only be assigned to or
//! destroyed.
template <class KindList>
class OneOf
{
public:
    using Kinds = KindList;

    OneOf()
        : OneOf(KindAt<0, Kinds>())
    {
    }
    template <class T>
    requires KindOf<T, Kinds> OneOf(T value)
        : m_index(kIndexOf<T, Kinds>)
        , m_holder(new detail::Held<T>(std::move(value)))
    {
    }

    //! The place of the value's type in the list.
    size_t index() const noexcept { return m_index; }

    //! Replaces the value by a fresh one of type \a T.
    template <class T>
    requires KindOf<T, Kinds> T &emplace()
    {
        auto *held = new detail::Held<T>(T());
        m_index = kIndexOf<T, Kinds>;
        m_holder.reset(held);
        return held->value;
    }

    //! \a I must be index().
    template <size_t I>
    const auto &at() const
    {
        return static_cast<const detail::Held<KindAt<I, Kinds>> *>(m_holder.constData())->value;
    }
    template <size_t I>
    auto &at()
    {
        return static_cast<detail::Held<KindAt<I, Kinds>> *>(m_holder.data())->value;
    }

private:
    size_t m_index;
    QSharedDataPointer<detail::Holder> m_holder;
};

//! Whether the value is a \a T.
template <class T, class Kinds>
requires KindOf<T, Kinds>
bool holds(const OneOf<Kinds> &one) noexcept
{
    return one.index() == kIndexOf<T, Kinds>;
}

//! Whether the value is one of \a Ts.
template <class... Ts, class Kinds>
bool holdsAny(const OneOf<Kinds> &one) noexcept
{
    return (holds<Ts>(one) || ...);
}

//! The value if it is a \a T, else nullptr.
template <class T, class Kinds>
requires KindOf<T, Kinds>
const T *getIf(const OneOf<Kinds> *one) noexcept
{
    return one && holds<T>(*one) ? &one->template at<kIndexOf<T, Kinds>>() : nullptr;
}
template <class T, class Kinds>
requires KindOf<T, Kinds> T *getIf(OneOf<Kinds> *one)
{
    return one && holds<T>(*one) ? &one->template at<kIndexOf<T, Kinds>>() : nullptr;
}

//! The value, which is known to be a \a T; throws std::bad_variant_access if it is not.
template <class T, class Kinds>
requires KindOf<T, Kinds>
const T &get(const OneOf<Kinds> &one)
{
    const T *value = getIf<T>(&one);
    return value ? *value : throw std::bad_variant_access();
}

namespace detail {

template <class R, class One, class F, size_t I>
R callWith(F &f, One &one)
{
    return f(one.template at<I>());
}

template <class R, class One, class F, size_t... I>
constexpr std::array<R (*)(F &, One &), sizeof...(I)> callTable(std::index_sequence<I...>)
{
    return {&callWith<R, One, F, I>...};
}

template <class Kinds, class One, class F>
decltype(auto) visitAny(F &f, One &one)
{
    using R = decltype(f(one.template at<0>()));
    static constexpr auto table = callTable<R, One, F>(std::make_index_sequence<Kinds::kSize>());
    return table[one.index()](f, one);
}

} // namespace detail

//! Calls \a f with the value; \a f takes all types and gives the same type for each.
template <class F, class Kinds>
decltype(auto) visit(F &&f, const OneOf<Kinds> &one)
{
    return detail::visitAny<Kinds, const OneOf<Kinds>>(f, one);
}
template <class F, class Kinds>
decltype(auto) visit(F &&f, OneOf<Kinds> &one)
{
    return detail::visitAny<Kinds, OneOf<Kinds>>(f, one);
}

} // namespace mesh::protocol

template <>
inline mesh::protocol::detail::Holder *QSharedDataPointer<mesh::protocol::detail::Holder>::clone()
{
    return d->clone();
}
