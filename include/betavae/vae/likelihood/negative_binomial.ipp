// SPDX-License-Identifier: MIT
// How the negative binomial likelihood is computed.
#pragma once

#include <betavae/core/special_functions.ipp>
#include <betavae/vae/likelihood/detail/draws.ipp>
#include <betavae/vae/likelihood/negative_binomial.hpp>

#include <algorithm>
#include <cmath>

namespace betavae {

namespace detail {

BETAVAE_DEFINITION double dispersion_information(double log_mean, double log_r) {
  const double r = std::exp(log_r);
  const double ratio = std::exp(log_mean - log_r);
  constexpr double step = 1.0 / 24;
  // Where r t e^−rt/s · (…) is below 10⁻¹⁸: above t = 60/r; below, it is at most r² t min(μ, …).
  const double last = std::log(60 / std::min(r, 1.0) + 60 / r);
  const double first = std::min({0.0, -log_r, -log_mean, -(log_mean - log_r)}) - 44;
  double sum = 0;
  for (double u = first; u < last; u += step) {
    const double t = std::exp(u);
    const double s = -std::expm1(-t);
    const double expected = -std::expm1(-r * std::log1p(ratio * s));
    sum += (r * t) * (r * t) * std::exp(-r * t) * expected / s;
  }
  return std::max(0.0, sum * step - r / (1 + std::exp(log_r - log_mean)));
}

template <class Number>
Number negative_binomial_nats(const Number* p, Number x, Number* partial) {
  using std::abs;
  using std::exp;
  using std::log;
  using std::log1p;
  const Number mean = exp(p[0]);
  const Number r = exp(p[1]);
  // (x − μ)/(r + μ), and 1 + that
  const Number excess = (x - mean) / (r + mean);
  const Number residual = log_residual(excess, Number((r + x) / (r + mean)));
  if (partial != nullptr) {
    partial[0] = -r * excess;
    const Number digammas =
        x == Number(0) ? Number(0) : Number(log_minus_digamma(r) - log_minus_digamma(Number(r + x)));
    partial[1] = r * (residual - digammas);
  }
  if (x == Number(0)) {
    return r * log1p(mean / r);
  }
  const Number deficit = (r / x) * ((mean - x) / (r + mean));
  const Number ratio = (mean / x) * ((r + x) / (r + mean));  // 1 + deficit
  return r * residual + x * log_residual(deficit, ratio) + log1p(x / r) + stirling_error(r) +
         stirling_error_of_count(x) - stirling_error(Number(r + x)) +
         Number(0.5) * (log_two_pi<Number> + log(r) + log(x / (r + x)));
}

BETAVAE_DEFINITION double draw_negative_binomial(const double* p, Draws& draws) {
  const double log_rate = p[0] - p[1] + draw_log_gamma(std::exp(p[1]), draws);
  return draw_poisson(log_rate, draws);
}

}  // namespace detail

template <class Number>
Number NegativeBinomial::nats(const Number* p, Number x, Number* partial) const {
  return detail::negative_binomial_nats(p, x, partial);
}

template <class Number>
void NegativeBinomial::information(const Number* p, Number* diagonal) const {
  using std::exp;
  diagonal[0] = exp(p[1]) / (Number(1) + exp(p[1] - p[0]));
  diagonal[1] = Number(detail::dispersion_information(static_cast<double>(p[0]), static_cast<double>(p[1])));
}

BETAVAE_DEFINITION double NegativeBinomial::draw(const double* p, detail::Draws& draws) const {
  return detail::draw_negative_binomial(p, draws);
}

BETAVAE_DEFINITION double NegativeBinomial::floor(double x) const {
  return x > 0 ? detail::poisson_nats(std::log(x), x) : 0.0;
}

}  // namespace betavae
