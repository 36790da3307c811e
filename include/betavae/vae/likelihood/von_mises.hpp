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
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    using std::cos;
    using std::hypot;
    using std::sin;
    const Number c = cos(x);
    const Number s = sin(x);
    const Number kappa = hypot(p[0], p[1]);
    const BesselRatio<Number> bessel = bessel_ratio(kappa);
    if (partial != nullptr) {
      partial[0] = bessel.ratio_over_kappa * p[0] - c;
      partial[1] = bessel.ratio_over_kappa * p[1] - s;
    }
    // κ − (a cos x + b sin x), by κ² = along² + across² where the difference cancels
    const Number along = p[0] * c + p[1] * s;
    const Number across = p[0] * s - p[1] * c;
    const Number short_of = along > Number(0) ? Number(across * (across / (kappa + along))) : Number(kappa - along);
    return short_of + bessel.log_i0_scaled + detail::log_two_pi<Number>;
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::hypot;
    const Number kappa = hypot(p[0], p[1]);
    const BesselRatio<Number> bessel = bessel_ratio(kappa);
    const Number cosine = kappa > Number(0) ? Number(p[0] / kappa) : Number(1);
    const Number sine = kappa > Number(0) ? Number(p[1] / kappa) : Number(0);
    diagonal[0] = bessel.ratio_derivative * cosine * cosine + bessel.ratio_over_kappa * sine * sine;
    diagonal[1] = bessel.ratio_derivative * sine * sine + bessel.ratio_over_kappa * cosine * cosine;
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    using std::atan2;
    return atan2(p[1], p[0]);
  }

  /// In [−π, π]. By rejection from a wrapped Cauchy distribution (Best and Fisher, 1979); below κ = 10⁻⁸ uniform, above 10⁶ the
  /// wrapped normal, from which no sample could tell them.
  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    const double kappa = std::hypot(p[0], p[1]);
    double turn = 0;
    if (kappa < 1e-8) {
      turn = std::numbers::pi * (2 * draws.uniform() - 1);
    } else if (kappa > 1e6) {
      turn = draws.normal() / std::sqrt(kappa);
    } else {
      turn = draw_around_zero(kappa, draws);
    }
    return std::remainder(std::atan2(p[1], p[0]) + turn, 2 * std::numbers::pi);
  }

  [[nodiscard]] bool contains(double x) const { return std::isfinite(x); }

  /// There is none: a density on a circle rises without bound as κ grows.
  [[nodiscard]] double floor(double /*x*/) const { return -detail::unbounded; }

 private:
  [[nodiscard]] static double draw_around_zero(double kappa, detail::Draws& draws) {
    double r = 1 / kappa + kappa;  // its limit for a small κ, where what follows cancels
    if (kappa > 1e-5) {
      const double tau = 1 + std::sqrt(1 + 4 * kappa * kappa);
      const double rho = (tau - std::sqrt(2 * tau)) / (2 * kappa);
      r = (1 + rho * rho) / (2 * rho);
    }
    for (int round = 0; round < detail::most_rounds; ++round) {
      const double z = std::cos(std::numbers::pi * draws.uniform());
      const double cosine = (1 + r * z) / (r + z);
      const double c = kappa * (r - cosine);
      const double u = draws.uniform();
      if (c * (2 - c) > u || std::log(c / u) + 1 - c >= 0) {
        return std::copysign(std::acos(std::min(1.0, std::max(-1.0, cosine))), draws.uniform() - 0.5);
      }
    }
    return 0;
  }
};

}  // namespace betavae
