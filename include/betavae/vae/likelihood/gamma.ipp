// SPDX-License-Identifier: MIT
// How the gamma likelihood is computed.
#pragma once

#include <betavae/core/special_functions.ipp>
#include <betavae/vae/likelihood/detail/draws.ipp>
#include <betavae/vae/likelihood/gamma.hpp>

#include <cmath>

namespace betavae {

template <class Number>
Number Gamma::nats(const Number* p, Number x, Number* partial) const {
  using std::exp;
  using std::expm1;
  using std::log;
  const Number shape = exp(p[1]);
  const Number log_x = log(x);
  const Number log_ratio = log_x - p[0];
  const Number deviance = shape * exp_residual(log_ratio);  // k (x/μ − 1 − ln(x/μ)) ≥ 0
  if (partial != nullptr) {
    partial[0] = -shape * expm1(log_ratio);
    partial[1] = deviance - shape * log_minus_digamma(shape);
  }
  return deviance + stirling_error(shape) + log_x + Number(0.5) * (detail::log_two_pi<Number> - p[1]);
}

template <class Number>
void Gamma::information(const Number* p, Number* diagonal) const {
  using std::exp;
  diagonal[0] = exp(p[1]);
  diagonal[1] = trigamma_excess(Number(exp(p[1])));
}

BETAVAE_DEFINITION double Gamma::draw(const double* p, detail::Draws& draws) const {
  return std::exp(p[0] - p[1] + detail::draw_log_gamma(std::exp(p[1]), draws));
}

}  // namespace betavae
