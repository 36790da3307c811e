// SPDX-License-Identifier: MIT
// How the Poisson likelihood is computed.
#pragma once

#include <betavae/core/special_functions.ipp>
#include <betavae/vae/likelihood/detail/draws.ipp>
#include <betavae/vae/likelihood/poisson.hpp>

#include <cmath>

namespace betavae {

template <class Number>
Number Poisson::nats(const Number* p, Number x, Number* partial) const {
  using std::exp;
  if (partial != nullptr) {
    partial[0] = exp(p[0]) - x;
  }
  return detail::poisson_nats(p[0], x);
}

BETAVAE_DEFINITION double Poisson::floor(double x) const { return x > 0 ? detail::poisson_nats(std::log(x), x) : 0.0; }

}  // namespace betavae
