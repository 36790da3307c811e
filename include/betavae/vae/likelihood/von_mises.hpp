// SPDX-License-Identifier: MIT
// Von Mises's likelihood of angles in radians, x and x + 2π being one (von Mises, 1918), by its natural parameters:
//
//     p(x|a, b) = e^(a cos x + b sin x)/(2π I₀(κ)),   a = κ cos μ,  b = κ sin μ,   κ = √(a² + b²)
//
// So a decoder needs no angle of its own, which would jump: any two numbers are a direction and its certainty. Parameters from the
// decoder, planar: a, then b. Score, with A = I₁(κ)/I₀(κ):
//
//     in a:  cos x − A cos μ,      in b:  sin x − A sin μ
//
// Diagonal of the expected Fisher information, with A′ = 1 − A/κ − A² along the direction and A/κ across:
//
//     in a:  A′ cos² μ + (A/κ) sin² μ,      in b:  A′ sin² μ + (A/κ) cos² μ,      off it: (A′ − A/κ) sin μ cos μ
//
// There is no place for an offset. Computed from ln(e^−κ I₀) and κ (1 − cos(x − μ)), so that a large κ does not cancel. a and b count
// as at most 10¹⁰⁰; nats are finite for all. No floor keeps κ from growing on a value that is met exactly.
// Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/vae/likelihood/detail/pointwise.hpp>

#include <numbers>

namespace betavae {

struct VonMises : detail::Pointwise<VonMises, 2> {
  static constexpr std::string_view name = "VonMises";
  static constexpr std::string_view point_estimate_name = "circular mean";  ///< in [−π, π]
  static constexpr std::string_view domain = "a finite angle in radians";
  static constexpr std::array<double, 2> bounds = {detail::wide_bound, detail::wide_bound};
  static constexpr bool takes_offset = false;

  /// −ln p(x|p) in nats and, unless null, its derivatives in a and b.
  template <class Number>
  [[nodiscard]] BETAVAE_API Number nats(const Number* p, Number x, Number* partial) const;

  template <class Number>
  BETAVAE_API void information(const Number* p, Number* diagonal) const;

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    using std::atan2;
    return atan2(p[1], p[0]);
  }

  /// In [−π, π]. By rejection from a wrapped Cauchy distribution (Best and Fisher, 1979); below κ = 10⁻⁸ uniform, above 10⁶ the
  /// wrapped normal, from which no sample could tell them.
  [[nodiscard]] BETAVAE_API double draw(const double* p, detail::Draws& draws) const;

  [[nodiscard]] bool contains(double x) const { return std::isfinite(x); }

  /// There is none: a density on a circle rises without bound as κ grows.
  [[nodiscard]] double floor(double /*x*/) const { return -detail::unbounded; }

 private:
  [[nodiscard]] BETAVAE_API static double draw_around_zero(double kappa, detail::Draws& draws);
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/vae/likelihood/von_mises.ipp>
#endif
