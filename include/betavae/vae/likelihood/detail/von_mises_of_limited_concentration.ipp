// SPDX-License-Identifier: MIT
// How the likelihood of an angle with a floor is computed.
#pragma once

#include <betavae/core/special_functions.ipp>
#include <betavae/vae/likelihood/detail/von_mises_of_limited_concentration.hpp>
#include <betavae/vae/likelihood/von_mises.ipp>

#include <cmath>

namespace betavae::detail {

template <class Number>
Number VonMisesOfLimitedConcentration::nats(const Number* p, Number x, Number* partial) const {
  const Limited<Number> limited(p);
  const Number result = VonMises{}.nats(limited.p, x, partial);
  if (partial != nullptr) {
    // f (I − q qᵀ), q = (a, b)/K: |q|² = 1 − f²
    const Number q[2] = {limited.p[0] / Number(greatest_concentration), limited.p[1] / Number(greatest_concentration)};
    const Number along = q[0] * partial[0] + q[1] * partial[1];
    partial[0] = limited.factor * (partial[0] - along * q[0]);
    partial[1] = limited.factor * (partial[1] - along * q[1]);
  }
  return result;
}

template <class Number>
void VonMisesOfLimitedConcentration::information(const Number* p, Number* diagonal) const {
  using std::hypot;
  const Limited<Number> limited(p);
  const Number kappa = hypot(limited.p[0], limited.p[1]);
  const Number east[2] = {kappa, Number(0)};
  Number of_east[2];  // along the direction, and across it
  VonMises{}.information(east, of_east);
  const Number squared = limited.factor * limited.factor;
  const Number along = of_east[0] * squared * squared * squared;
  const Number across = of_east[1] * squared;
  const Number cosine = kappa > Number(0) ? Number(limited.p[0] / kappa) : Number(1);
  const Number sine = kappa > Number(0) ? Number(limited.p[1] / kappa) : Number(0);
  diagonal[0] = along * cosine * cosine + across * sine * sine;
  diagonal[1] = along * sine * sine + across * cosine * cosine;
}

BETAVAE_DEFINITION double VonMisesOfLimitedConcentration::draw(const double* p, Draws& draws) const {
  return VonMises{}.draw(Limited<double>(p).p, draws);
}

}  // namespace betavae::detail
