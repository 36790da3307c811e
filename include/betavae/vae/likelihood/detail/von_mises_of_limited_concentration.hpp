// SPDX-License-Identifier: MIT
// The von Mises likelihood of one angle, in the form of pointwise.hpp, with a floor: its concentration stays below K = 10⁶, a spread of
// about 10⁻³ radians, so that no density grows without end where all angles are one.
//
//     (a, b) = f · (a', b'),   f = 1/√(1 + κ'²/K²),   κ' = |(a', b')|         so κ = f κ' < K, and κ ≈ κ' far below K
//
// with ∂(a, b)/∂(a', b') = f³ along the direction of (a', b') and f across it.
#pragma once

#include <betavae/vae/likelihood/von_mises.hpp>

namespace betavae::detail {

struct VonMisesOfLimitedConcentration {
  static constexpr int parameters_per_value = 2;
  static constexpr std::string_view name = VonMises::name;
  static constexpr std::string_view point_estimate_name = VonMises::point_estimate_name;
  static constexpr std::string_view domain = VonMises::domain;
  static constexpr std::array<double, 2> bounds = VonMises::bounds;
  static constexpr CommonParameters common_parameters{};
  static constexpr double greatest_concentration = 1e6;  ///< K

  /// −ln p in nats and, unless null, its derivatives in a' and b'.
  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    const Limited<Number> limited(p);
    const Number result = VonMises{}.nats(limited.p, x, partial);
    if (partial != nullptr) {
      // f (I − q qᵀ), q = (a, b)/K: |q|² = 1 − f²
      const Number q[2] = {limited.p[0] / Number(greatest_concentration),
                           limited.p[1] / Number(greatest_concentration)};
      const Number along = q[0] * partial[0] + q[1] * partial[1];
      partial[0] = limited.factor * (partial[0] - along * q[0]);
      partial[1] = limited.factor * (partial[1] - along * q[1]);
    }
    return result;
  }
  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::hypot;
    const Limited<Number> limited(p);
    const Number kappa = hypot(limited.p[0], limited.p[1]);
    const Number east[2] = {kappa, Number(0)};
    Number of_east[2];  // along the direction, and across it
    VonMises{}.information(east, of_east);
    const Number squared = limited.factor * limited.factor;
    const Number along = of_east[0] * squared * squared * squared;
    const Number across = of_east[1] * squared;
    const Number cosine = kappa > Number(0) ? Number(limited.p[0] / kappa) : Number(1);
    const Number sine = kappa > Number(0) ? Number(limited.p[1] / kappa) : Number(0);
    diagonal[0] = along * cosine * cosine + across * sine * sine;
    diagonal[1] = along * sine * sine + across * cosine * cosine;
  }
  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return VonMises{}.estimate(p);
  }
  [[nodiscard]] double draw(const double* p, Draws& draws) const {
    return VonMises{}.draw(Limited<double>(p).p, draws);
  }
  [[nodiscard]] bool contains(double x) const { return std::isfinite(x); }

 private:
  template <class Number>
  struct Limited {
    explicit Limited(const Number* plain) {
      using std::hypot;
      const Number root = hypot(Number(1), Number(hypot(plain[0], plain[1]) / Number(greatest_concentration)));
      factor = Number(1) / root;
      p[0] = plain[0] / root;
      p[1] = plain[1] / root;
    }
    Number factor;
    Number p[2];
  };
};

}  // namespace betavae::detail
