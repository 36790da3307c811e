// SPDX-License-Identifier: MIT
// How the beta likelihood is computed.
#pragma once

#include <betavae/core/special_functions.ipp>
#include <betavae/vae/likelihood/beta.hpp>
#include <betavae/vae/likelihood/detail/draws.ipp>

#include <cmath>

namespace betavae {

template <class Number>
Number Beta::nats(const Number* p, Number x, Number* partial) const {
  using std::log;
  using std::log1p;
  const Shapes<Number> s(p);
  const Number log_x = log(x);
  const Number log_rest = log1p(-x);
  const Number log_mean = -kernels::softplus(Number(-p[0]));
  const Number log_complement = -kernels::softplus(p[0]);
  // φ KL(m ‖ x), a sum of two terms that are not negative
  const Number divergence =
      s.alpha * exp_residual(Number(log_x - log_mean)) + s.gamma * exp_residual(Number(log_rest - log_complement));
  if (partial != nullptr) {
    const Number at_precision = log_minus_digamma(s.precision);
    const Number at_alpha = log_minus_digamma(s.alpha);
    const Number at_gamma = log_minus_digamma(s.gamma);
    partial[0] = s.complement * (s.alpha * (log_mean - log_x) - s.alpha * at_alpha) -
                 s.mean * (s.gamma * (log_complement - log_rest) - s.gamma * at_gamma);
    partial[1] = divergence + s.precision * at_precision - s.alpha * at_alpha - s.gamma * at_gamma;
  }
  return divergence + stirling_error(s.alpha) + stirling_error(s.gamma) - stirling_error(s.precision) +
         Number(0.5) * (detail::log_two_pi<Number> - p[1] - log_mean - log_complement) + log_x + log_rest;
}

template <class Number>
void Beta::information(const Number* p, Number* diagonal) const {
  const Shapes<Number> s(p);
  const Number at_alpha = trigamma_excess(s.alpha);
  const Number at_gamma = trigamma_excess(s.gamma);
  diagonal[0] = s.complement * s.complement * (s.alpha + at_alpha) + s.mean * s.mean * (s.gamma + at_gamma);
  diagonal[1] = at_alpha + at_gamma - trigamma_excess(s.precision);
}

BETAVAE_DEFINITION double Beta::draw(const double* p, detail::Draws& draws) const {
  const Shapes<double> s(p);
  const double log_first = detail::draw_log_gamma(s.alpha, draws);
  return kernels::sigmoid(log_first - detail::draw_log_gamma(s.gamma, draws));
}

}  // namespace betavae
