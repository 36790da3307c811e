// SPDX-License-Identifier: MIT
// How the zero-inflated negative binomial likelihood is computed.
#pragma once

#include <betavae/core/special_functions.ipp>
#include <betavae/vae/likelihood/negative_binomial.ipp>
#include <betavae/vae/likelihood/zero_inflated_negative_binomial.hpp>

#include <cmath>

namespace betavae {

template <class Number>
Number ZeroInflatedNegativeBinomial::nats(const Number* p, Number x, Number* partial) const {
  using std::expm1;
  using std::log1p;
  const Number counted = detail::negative_binomial_nats(p, x, partial);
  const Number lost = kernels::sigmoid(p[2]);
  if (x != Number(0)) {
    if (partial != nullptr) {
      partial[2] = lost;
    }
    return counted + kernels::softplus(p[2]);
  }
  const Number kept = kernels::sigmoid(Number(-p[2]));
  if (partial != nullptr) {
    const Number is_true = kernels::sigmoid(Number(-counted - p[2]));
    partial[0] *= is_true;
    partial[1] *= is_true;
    partial[2] = kernels::sigmoid(Number(counted + p[2])) * kept * expm1(-counted);  // π − (1 − w)
  }
  // −ln(1 − (1 − π)(1 − f(0))), or, where that comes near ln 0, −ln((e^ℓ + f(0))/(e^ℓ + 1))
  return counted < Number(1) ? Number(-log1p(kept * expm1(-counted)))
                             : Number(kernels::softplus(Number(-p[2])) - kernels::softplus(Number(-counted - p[2])));
}

template <class Number>
void ZeroInflatedNegativeBinomial::information(const Number* p, Number* diagonal) const {
  using std::exp;
  using std::expm1;
  NegativeBinomial{}.information(p, diagonal);
  Number partial[2];
  const Number counted = detail::negative_binomial_nats(p, Number(0), partial);
  const Number lost = kernels::sigmoid(p[2]);
  const Number kept = kernels::sigmoid(Number(-p[2]));
  const Number is_lost = kernels::sigmoid(Number(counted + p[2]));  // π/p(0)
  for (int k = 0; k < 2; ++k) {
    diagonal[k] = kept * (diagonal[k] - exp(-counted) * partial[k] * partial[k] * is_lost);
  }
  diagonal[2] = lost * is_lost * kept * -expm1(-counted);
}

BETAVAE_DEFINITION double ZeroInflatedNegativeBinomial::draw(const double* p, detail::Draws& draws) const {
  const bool is_lost = draws.uniform() <= kernels::sigmoid(p[2]);
  return is_lost ? 0 : detail::draw_negative_binomial(p, draws);
}

}  // namespace betavae
