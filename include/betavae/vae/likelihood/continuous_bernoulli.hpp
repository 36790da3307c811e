// SPDX-License-Identifier: MIT
// The continuous Bernoulli likelihood: a density on [0, 1] that is exponential in x, for grey values (Loaiza-Ganem and Cunningham,
// 2019, who write it with λ = sigmoid(a)):
//
//     p(x|a) = a eᵃˣ/(eᵃ − 1),   score = x − m(a),   Fisher information = m′(a),   m(a) = 1/(1 − e^−a) − 1/a
//
// Unlike the cross-entropy of grey values, this is a log-likelihood. One parameter a value from the decoder, the logit a; at a = 0
// the density is uniform, and nothing is lost near it: there, m is its series. The offset of a sample is added to a. |a| counts as
// at most 300; nats are finite for all. The Fisher information has one entry a value.
// Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/core/special_functions.hpp>
#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae {

struct ContinuousBernoulli : detail::Pointwise<ContinuousBernoulli, 1> {
  static constexpr std::string_view name = "ContinuousBernoulli";
  static constexpr std::string_view point_estimate_name = "mean";
  static constexpr std::string_view domain = "a value in [0, 1]";
  static constexpr std::array<double, 1> bounds = {detail::log_bound};
  static constexpr bool takes_offset = true;

  /// −ln p(x|p) in nats and, unless null, its derivative in a.
  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    using std::abs;
    using std::expm1;
    using std::log;
    const Number a = p[0];
    const Number size = abs(a);
    if (partial != nullptr) {
      partial[0] = mean(a) - x;
    }
    const Number log_width = size > Number(0) ? Number(log(-expm1(-size) / size)) : Number(0) * x;
    return log_width + (a > Number(0) ? Number((Number(1) - x) * a) : Number(-x * a));
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::abs;
    using std::sinh;
    const Number a = p[0];
    if (abs(a) < Number(0.5)) {
      constexpr Number coefficients[] = {Number(1.0L / 12),      Number(-1.0L / 240),
                                         Number(1.0L / 6048),    Number(-1.0L / 172800),
                                         Number(1.0L / 5322240), Number(-7601.0L / 1307674368000)};
      diagonal[0] = detail::polynomial(Number(a * a), coefficients);
    } else {
      const Number half_sinh = Number(2) * sinh(Number(0.5) * a);
      diagonal[0] = Number(1) / (a * a) - Number(1) / (half_sinh * half_sinh);
    }
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return mean(p[0]);
  }

  /// By the inverse of the distribution function.
  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    const double u = draws.uniform();
    const double size = std::abs(p[0]);
    // for the falling density, from the side on which it is large; 1 − u against ln 0
    const double fallen = size < 1e-8 ? u : std::min(1.0, -std::log1p((1 - u) * std::expm1(-size)) / size);
    return p[0] > 0 ? 1 - fallen : fallen;
  }

  [[nodiscard]] bool contains(double x) const { return x >= 0 && x <= 1; }

  /// The least distortion of a value, in nats, for |a| ≤ 300: at m(a) = x. It is 0 at ½, and below that on both sides.
  [[nodiscard]] double floor(double x) const {
    double low = -detail::log_bound;
    double high = detail::log_bound;
    for (int halving = 0; halving < 60; ++halving) {
      const double middle = 0.5 * (low + high);
      (mean(middle) < x ? low : high) = middle;
    }
    const double best = 0.5 * (low + high);
    return nats(&best, x, static_cast<double*>(nullptr));
  }

 private:
  template <class Number>
  [[nodiscard]] static Number mean(Number a) {
    using std::abs;
    using std::expm1;
    if (abs(a) < Number(0.5)) {
      constexpr Number coefficients[] = {Number(1.0L / 12),       Number(-1.0L / 720),
                                         Number(1.0L / 30240),    Number(-1.0L / 1209600),
                                         Number(1.0L / 47900160), Number(-691.0L / 1307674368000)};
      return Number(0.5) + a * detail::polynomial(Number(a * a), coefficients);
    }
    return Number(-1) / expm1(-a) - Number(1) / a;
  }
};

}  // namespace betavae
