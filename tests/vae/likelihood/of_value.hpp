// SPDX-License-Identifier: MIT
// A likelihood of one value, as records use it, in the form that pointwise_check.hpp checks.
#pragma once

#include "pointwise_check.hpp"

#include <array>

namespace betavae::test {

template <class OfValue>
struct AsPointwise : detail::Pointwise<AsPointwise<OfValue>, OfValue::parameters_per_value> {
  static constexpr std::string_view name = OfValue::name;
  static constexpr std::string_view point_estimate_name = OfValue::point_estimate_name;
  static constexpr std::string_view domain = OfValue::domain;
  static constexpr auto bounds = [] {
    std::array<double, static_cast<std::size_t>(OfValue::parameters_per_value)> none{};
    none.fill(detail::unbounded);
    return none;
  }();
  static constexpr bool takes_offset = false;

  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    return OfValue{}.nats(p, x, partial);
  }
  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    OfValue{}.information(p, diagonal);
  }
  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return OfValue{}.estimate(p);
  }
  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const { return OfValue{}.draw(p, draws); }
  [[nodiscard]] bool contains(double x) const { return OfValue{}.contains(x); }
  [[nodiscard]] double floor(double /*x*/) const { return 0; }
};

}  // namespace betavae::test
