// SPDX-License-Identifier: MIT
// The log-normal likelihood of positive values, whose logarithm is Gaussian (Galton, 1879; McAlister, 1879):
//
//     p(x|μ, σ) = e^−½z²/(x σ √2π),    z = (ln x − μ)/σ
//
// The factor 1/x is the Jacobian of the logarithm: nats are those of x in its own units, not of ln x. Parameters from the decoder,
// planar: μ, then ln σ. Score:
//
//     in μ:  z/σ,      in ln σ:  z² − 1
//
// Expected Fisher information, which is diagonal: 1/σ², and 2. The offset of a sample is added to μ, so that it is the logarithm of
// a factor of x. |ln σ| counts as at most 300; nats are infinite only where z² overflows. No floor keeps σ from shrinking on a value
// that is met exactly. Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/core/special_functions.hpp>
#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae {

struct LogNormal : detail::Pointwise<LogNormal, 2> {
  static constexpr std::string_view name = "LogNormal";
  static constexpr std::string_view point_estimate_name = "median";  ///< e^μ
  static constexpr std::string_view domain = "a finite value above 0 (denormal numbers count as 0)";
  static constexpr std::array<double, 2> bounds = {detail::unbounded, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, 1};

  /// −ln p(x|p) in nats and, unless null, its derivatives in μ and ln σ.
  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    using std::exp;
    using std::log;
    const Number log_x = log(x);
    const Number precision = exp(-p[1]);
    const Number z = (log_x - p[0]) * precision;
    if (partial != nullptr) {
      partial[0] = -z * precision;
      partial[1] = Number(1) - z * z;
    }
    return Number(0.5) * z * z + p[1] + log_x + Number(0.5) * detail::log_two_pi<Number>;
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::exp;
    diagonal[0] = exp(Number(-2) * p[1]);
    diagonal[1] = Number(2);
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    using std::exp;
    return exp(p[0]);
  }

  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    return std::exp(p[0] + std::exp(p[1]) * draws.normal());
  }
  template <class Scalar>
  [[nodiscard]] static Scalar rounded(double drawn) {
    return detail::rounded_positive<Scalar>(drawn);
  }

  [[nodiscard]] bool contains(double x) const { return detail::is_positive(x); }

  /// There is none: a density on a line rises without bound as σ shrinks.
  [[nodiscard]] double floor(double /*x*/) const { return -detail::unbounded; }
};

}  // namespace betavae
