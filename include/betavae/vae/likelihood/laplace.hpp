// SPDX-License-Identifier: MIT
// The Laplace likelihood p(x|m, b) = e^−|x−m|/b/(2b): the absolute error, as the squared error is the Gaussian's (Laplace, 1774).
//
// Parameters from the decoder, planar: the median m, then ln b. With z = (x − m)/b, the score is
//
//     in m:  sign(z)/b, and 0 at z = 0,      in ln b:  |z| − 1
//
// Expected Fisher information, which is diagonal: 1/b², and 1. The offset of a sample is added to m. |ln b| counts as at most 300;
// nats are infinite only where z overflows. No floor keeps b from shrinking on a value that is met exactly.
// Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/vae/likelihood/detail/pointwise.hpp>

#include <numbers>

namespace betavae {

struct Laplace : detail::Pointwise<Laplace, 2> {
  static constexpr std::string_view name = "Laplace";
  static constexpr std::string_view point_estimate_name = "median";  ///< and mean
  static constexpr std::string_view domain = "a finite value";
  static constexpr std::array<double, 2> bounds = {detail::unbounded, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, 1};

  /// −ln p(x|p) in nats and, unless null, its derivatives in m and ln b.
  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    using std::abs;
    using std::exp;
    const Number rate = exp(-p[1]);
    const Number distance = abs(Number(x - p[0])) * rate;
    if (partial != nullptr) {
      partial[0] = x > p[0] ? -rate : x < p[0] ? rate : Number(0) * distance;
      partial[1] = Number(1) - distance;
    }
    return distance + p[1] + Number(std::numbers::ln2_v<long double>);
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::exp;
    diagonal[0] = exp(Number(-2) * p[1]);
    diagonal[1] = Number(1);
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return p[0];
  }

  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    const double u = 2 * draws.open_uniform() - 1;  // its sign, and how far out
    const double distance = -std::log1p(-std::abs(u));
    return p[0] + std::copysign(std::exp(p[1]) * distance, u);
  }

  [[nodiscard]] bool contains(double x) const { return std::isfinite(x); }

  /// There is none: a density on a line rises without bound as b shrinks.
  [[nodiscard]] double floor(double /*x*/) const { return -detail::unbounded; }
};

}  // namespace betavae
