// SPDX-License-Identifier: MIT
// How the von Mises likelihood is computed.
#pragma once

#include <betavae/core/special_functions.ipp>
#include <betavae/vae/likelihood/von_mises.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace betavae {

template <class Number>
Number VonMises::nats(const Number* p, Number x, Number* partial) const {
  using std::cos;
  using std::hypot;
  using std::sin;
  const Number c = cos(x);
  const Number s = sin(x);
  const Number kappa = hypot(p[0], p[1]);
  const BesselRatio<Number> bessel = bessel_ratio(kappa);
  if (partial != nullptr) {
    partial[0] = bessel.ratio_over_kappa * p[0] - c;
    partial[1] = bessel.ratio_over_kappa * p[1] - s;
  }
  // κ − (a cos x + b sin x), by κ² = along² + across² where the difference cancels
  const Number along = p[0] * c + p[1] * s;
  const Number across = p[0] * s - p[1] * c;
  const Number short_of = along > Number(0) ? Number(across * (across / (kappa + along))) : Number(kappa - along);
  return short_of + bessel.log_i0_scaled + detail::log_two_pi<Number>;
}

template <class Number>
void VonMises::information(const Number* p, Number* diagonal) const {
  using std::hypot;
  const Number kappa = hypot(p[0], p[1]);
  const BesselRatio<Number> bessel = bessel_ratio(kappa);
  const Number cosine = kappa > Number(0) ? Number(p[0] / kappa) : Number(1);
  const Number sine = kappa > Number(0) ? Number(p[1] / kappa) : Number(0);
  diagonal[0] = bessel.ratio_derivative * cosine * cosine + bessel.ratio_over_kappa * sine * sine;
  diagonal[1] = bessel.ratio_derivative * sine * sine + bessel.ratio_over_kappa * cosine * cosine;
}

BETAVAE_DEFINITION double VonMises::draw(const double* p, detail::Draws& draws) const {
  const double kappa = std::hypot(p[0], p[1]);
  double turn = 0;
  if (kappa < 1e-8) {
    turn = std::numbers::pi * (2 * draws.uniform() - 1);
  } else if (kappa > 1e6) {
    turn = draws.normal() / std::sqrt(kappa);
  } else {
    turn = draw_around_zero(kappa, draws);
  }
  return std::remainder(std::atan2(p[1], p[0]) + turn, 2 * std::numbers::pi);
}

BETAVAE_DEFINITION double VonMises::draw_around_zero(double kappa, detail::Draws& draws) {
  double r = 1 / kappa + kappa;  // its limit for a small κ, where what follows cancels
  if (kappa > 1e-5) {
    const double tau = 1 + std::sqrt(1 + 4 * kappa * kappa);
    const double rho = (tau - std::sqrt(2 * tau)) / (2 * kappa);
    r = (1 + rho * rho) / (2 * rho);
  }
  for (int round = 0; round < detail::most_rounds; ++round) {
    const double z = std::cos(std::numbers::pi * draws.uniform());
    const double cosine = (1 + r * z) / (r + z);
    const double c = kappa * (r - cosine);
    const double u = draws.uniform();
    if (c * (2 - c) > u || std::log(c / u) + 1 - c >= 0) {
      return std::copysign(std::acos(std::min(1.0, std::max(-1.0, cosine))), draws.uniform() - 0.5);
    }
  }
  return 0;
}

}  // namespace betavae
