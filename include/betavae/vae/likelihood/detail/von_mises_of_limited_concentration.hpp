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
  [[nodiscard]] BETAVAE_API Number nats(const Number* p, Number x, Number* partial) const;
  template <class Number>
  BETAVAE_API void information(const Number* p, Number* diagonal) const;
  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return VonMises{}.estimate(p);
  }
  [[nodiscard]] BETAVAE_API double draw(const double* p, Draws& draws) const;
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

#if BETAVAE_HEADER_ONLY
#include <betavae/vae/likelihood/detail/von_mises_of_limited_concentration.ipp>
#endif
