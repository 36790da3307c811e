// SPDX-License-Identifier: MIT
// How numbers are drawn.
#pragma once

#include <betavae/core/special_functions.ipp>
#include <betavae/vae/likelihood/detail/draws.hpp>

#include <algorithm>
#include <cmath>

namespace betavae::detail {

BETAVAE_DEFINITION double Draws::uniform() { return random_.uniform<double>(next()); }
BETAVAE_DEFINITION double Draws::open_uniform() { return std::min(uniform(), 1 - 0x1p-53); }
BETAVAE_DEFINITION double Draws::normal() { return random_.normal<double>(next()); }

BETAVAE_DEFINITION double draw_log_gamma(double shape, Draws& draws) {
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

template <class Number>
Number poisson_nats(Number log_rate, Number x) {
  using std::exp;
  using std::log;
  if (x == Number(0)) {
    return exp(log_rate);
  }
  const Number log_x = log(x);
  return x * exp_residual(Number(log_rate - log_x)) + stirling_error_of_count(x) +
         Number(0.5) * (log_two_pi<Number> + log_x);
}

BETAVAE_DEFINITION double draw_poisson(double log_rate, Draws& draws) {
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
