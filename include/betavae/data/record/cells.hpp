// SPDX-License-Identifier: MIT
// A member of a user's struct as cells, each a number or missing.
//
// A plain number, bool or enum is one cell; a std::array is as many as it has elements; an empty std::optional makes all cells
// inside of it missing. Members of records inside records are reached by a path of pointers to members.
#pragma once

#include <betavae/data/record/names.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>

namespace betavae::detail {

template <class>
inline constexpr bool always_false = false;

/// The nearest number that the type holds: for whole types rounded, beyond their range its end, and 0 for NaN.
template <class Number>
[[nodiscard]] Number nearest(double x) {
  if constexpr (std::is_same_v<Number, bool>) {
    return x >= 0.5;
  } else if constexpr (std::is_integral_v<Number>) {
    using Limits = std::numeric_limits<Number>;
    const double whole = std::nearbyint(x);
    if (!(whole > static_cast<double>(Limits::lowest()))) {
      return std::isnan(x) ? Number(0) : Limits::lowest();
    }
    return whole >= static_cast<double>(Limits::max()) ? Limits::max() : static_cast<Number>(whole);
  } else {
    return static_cast<Number>(x);
  }
}

template <class Member>
struct Cells {
  static_assert(
      always_false<Member>,
      "betavae: a field of a record must be a number, a bool, an enum, or a std::optional or std::array of one");
};

template <class Number>
requires std::is_arithmetic_v<Number>
struct Cells<Number> {
  using Value = Number;
  static constexpr Index count = 1;
  static constexpr bool may_miss = false;

  /// The number in cell i; false where it is missing.
  static bool load(const Number& member, Index /*i*/, double& x) {
    x = static_cast<double>(member);
    return true;
  }
  static void store(Number& member, Index /*i*/, double x) { member = nearest<Number>(x); }
};

template <class Enum>
requires std::is_enum_v<Enum>
struct Cells<Enum> {
  using Value = Enum;
  static constexpr Index count = 1;
  static constexpr bool may_miss = false;

  static bool load(const Enum& member, Index /*i*/, double& x) {
    x = static_cast<double>(static_cast<std::underlying_type_t<Enum>>(member));
    return true;
  }
  static void store(Enum& member, Index /*i*/, double x) {
    member = static_cast<Enum>(nearest<std::underlying_type_t<Enum>>(x));
  }
};

template <class Inner>
struct Cells<std::optional<Inner>> {
  using Value = typename Cells<Inner>::Value;
  static constexpr Index count = Cells<Inner>::count;
  static constexpr bool may_miss = true;

  static bool load(const std::optional<Inner>& member, Index i, double& x) {
    return member.has_value() && Cells<Inner>::load(*member, i, x);
  }
  static void store(std::optional<Inner>& member, Index i, double x) {
    if (!member) {
      member.emplace();
    }
    Cells<Inner>::store(*member, i, x);
  }
};

template <class Inner, std::size_t Size>
struct Cells<std::array<Inner, Size>> {
  static_assert(Size > 0, "betavae: an array that is a field of a record must have elements");
  using Value = typename Cells<Inner>::Value;
  static constexpr Index inner = Cells<Inner>::count;
  static constexpr Index count = static_cast<Index>(Size) * inner;
  static constexpr bool may_miss = Cells<Inner>::may_miss;

  static bool load(const std::array<Inner, Size>& member, Index i, double& x) {
    return Cells<Inner>::load(member[static_cast<std::size_t>(i / inner)], i % inner, x);
  }
  static void store(std::array<Inner, Size>& member, Index i, double x) {
    Cells<Inner>::store(member[static_cast<std::size_t>(i / inner)], i % inner, x);
  }
};

template <class Type>
struct MemberPointer;
template <class Owner, class Member>
struct MemberPointer<Member Owner::*> {
  using OwnerType = Owner;
  using MemberType = Member;
};

template <class Type>
struct WithoutOptional {
  using type = Type;
};
template <class Type>
struct WithoutOptional<std::optional<Type>> {
  using type = Type;
};

/// Pointers to members, each of the type that the one before it points to (or a std::optional of it).
template <auto First, auto... Rest>
struct Path {
  using Owner = typename MemberPointer<decltype(First)>::OwnerType;
  using Member = typename Path<Rest...>::Member;
  static constexpr std::string_view name = PathName<First, Rest...>::text;
  static constexpr bool may_miss =
      !std::is_same_v<typename MemberPointer<decltype(First)>::MemberType, typename Path<Rest...>::Owner> ||
      Path<Rest...>::may_miss;

  /// Null where an optional record on the way is empty.
  [[nodiscard]] static const Member* find(const Owner& owner) {
    const auto& inner = owner.*First;
    if constexpr (std::is_same_v<decltype(inner), const typename Path<Rest...>::Owner&>) {
      return Path<Rest...>::find(inner);
    } else {
      return inner.has_value() ? Path<Rest...>::find(*inner) : nullptr;
    }
  }
  /// The same, filling an empty record on the way.
  [[nodiscard]] static Member& make(Owner& owner) {
    auto& inner = owner.*First;
    if constexpr (std::is_same_v<decltype(inner), typename Path<Rest...>::Owner&>) {
      return Path<Rest...>::make(inner);
    } else {
      return Path<Rest...>::make(inner.has_value() ? *inner : inner.emplace());
    }
  }
};

template <auto Last>
struct Path<Last> {
  using Owner = typename MemberPointer<decltype(Last)>::OwnerType;
  using Member = typename MemberPointer<decltype(Last)>::MemberType;
  static constexpr std::string_view name = PathName<Last>::text;
  static constexpr bool may_miss = Cells<Member>::may_miss;

  [[nodiscard]] static const Member* find(const Owner& owner) { return &(owner.*Last); }
  [[nodiscard]] static Member& make(Owner& owner) { return owner.*Last; }
};

}  // namespace betavae::detail
