// SPDX-License-Identifier: MIT
// Random numbers for one value of one sample, as many as a sampler asks for, and the samplers that several likelihoods share.
//
// Number s of value i of sample j has the address (step s, sample j, dimensions 2i and 2i + 1): a block of its own, whatever other
// values draw. So a rejection that takes another round changes no other value, and no number depends on threads or batches.
// Rejections accept within two rounds on average; after `most_rounds`, whose probability is below 10⁻⁹⁹ for valid parameters, they
// return the mode, so that no parameter, NaN included, makes them hang.
#pragma once

#include <betavae/core/random.hpp>
#include <betavae/core/special_functions.hpp>

#include <algorithm>
#include <cmath>

namespace betavae::detail {

class Draws {
 public:
  Draws(const Random& random, std::uint64_t sample, std::uint64_t value)
      : random_(random), address_{0, sample, 2 * value} {}

  /// In (0, 1].
  [[nodiscard]] double uniform() { return random_.uniform<double>(next()); }
  /// In (0, 1).
  [[nodiscard]] double open_uniform() { return std::min(uniform(), 1 - 0x1p-53); }
  [[nodiscard]] double normal() { return random_.normal<double>(next()); }

 private:
  [[nodiscard]] NoiseAddress next() {
    const NoiseAddress now = address_;
    ++address_.step;
    return now;
  }

  Random random_;
  NoiseAddress address_;
};

inline constexpr int most_rounds = 1000;

/// ln of a gamma draw of this shape and scale 1: on a log scale, since the draws of a small shape underflow (Marsaglia and Tsang,
/// 2000, "A simple method for generating gamma variables").
[[nodiscard]] inline double draw_log_gamma(double shape, Draws& draws) {
  if (shape < 1) {
    const double boost = std::log(draws.uniform()) / shape;
    return draw_log_gamma(shape + 1, draws) + boost;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (int round = 0; round < most_rounds; ++round) {
    const double x = draws.normal();
    const double log_uniform = std::log(draws.uniform());
    const double root = 1 + c * x;
    if (root > 0) {
      // ½ x² + d (1 − v + ln v), v = (1 + c x)³, whose parts are large and cancel for a large shape
      const double log_v = 3 * (c * x - log_residual(c * x, root));
      if (log_uniform < 0.5 * x * x - d * exp_residual(log_v)) {
        return std::log(d) + log_v;
      }
    }
  }
  return std::log(d);
}

/// −ln of the Poisson probability of x, for a whole x ≥ 0 and a rate e^log_rate: Loader's saddle point form.
template <class Number>
[[nodiscard]] Number poisson_nats(Number log_rate, Number x) {
  using std::exp;
  using std::log;
  if (x == Number(0)) {
    return exp(log_rate);
  }
  const Number log_x = log(x);
  return x * exp_residual(Number(log_rate - log_x)) + stirling_error_of_count(x) +
         Number(0.5) * (log_two_pi<Number> + log_x);
}

/// A Poisson draw: by inversion below a rate of 10, then by transformed rejection with squeeze (Hörmann, 1993, algorithm PTRS). From
/// 2⁵³ on, where not every whole number is a double, the rounded normal draw.
[[nodiscard]] inline double draw_poisson(double log_rate, Draws& draws) {
  const double rate = std::exp(log_rate);
  if (!(rate >= 10)) {
    double left = draws.uniform();  // P(X ≥ k) on the way
    double probability = std::exp(-rate);
    double k = 0;
    for (; left > probability && k < most_rounds; ++k) {
      left -= probability;
      probability *= rate / (k + 1);
    }
    return k;
  }
  if (rate > 0x1p53) {
    return std::floor(rate * (1 + draws.normal() / std::sqrt(rate)));  // an infinite rate stays one
  }
  const double b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  for (int round = 0; round < most_rounds; ++round) {
    const double u = draws.uniform() - 0.5;
    const double v = draws.uniform();
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us > 0 && k >= 0 && k < 0x1p60 &&
        std::log(v * inverse_alpha / (a / (us * us) + b)) <= -poisson_nats(log_rate, k)) {
      return k;
    }
  }
  return std::floor(rate);
}

}  // namespace betavae::detail
