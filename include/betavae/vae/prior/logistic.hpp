// SPDX-License-Identifier: MIT
// The logistic prior: p(z) = Πₖ e^−u/(s (1 + e^−u)²) with u = zₖ/s, factorial and not Gaussian, but smooth where Laplace's has a kink.
//
//     ln pₖ(zₖ) = −|u| − 2 ln(1 + e^−|u|) − ln s,      whose derivative is −tanh(u/2)/s
//
// No exponential overflows. E[ln pₖ] has no closed form for a Gaussian zₖ: the rate is sampled, dimension by dimension. The variance is
// π²s²/3: 1 by default.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/nn/state.hpp>
#include <betavae/vae/rate.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace betavae {

/// No parameters.
class LogisticPrior {
 public:
  /// s. Errors: ArgumentError unless it is finite and above 0.
  explicit LogisticPrior(double scale = std::numbers::sqrt3 / std::numbers::pi) : scale_(scale) {
    require(scale > 0 && std::isfinite(scale), "LogisticPrior", "scale", "a finite number above 0", scale);
  }

  [[nodiscard]] double scale() const { return scale_; }
  [[nodiscard]] std::vector<std::string> schema() const {
    return {detail::schema_line("name", "logistic"), detail::schema_line("scale", scale_)};
  }

  /// ln p(zₖ) of each dimension, in nats: latents × samples.
  template <class Context, Operand Z>
  [[nodiscard]] auto log_density(Context& /*context*/, const Z& z) const {
    using Scalar = typename Z::Scalar;
    const auto over_scale = Scalar(1 / scale_);
    const auto ln_scale = Scalar(std::log(scale_));
    return unary(
        "logistic prior", z,
        [=](Scalar v) {
          using std::abs;
          using std::exp;
          using std::log1p;
          const Scalar distance = abs(v) * over_scale;
          return Scalar(-distance - Scalar(2) * log1p(exp(-distance)) - ln_scale);
        },
        [=](Scalar v, Scalar) {
          using std::tanh;
          return Scalar(-tanh(Scalar(0.5) * v * over_scale) * over_scale);
        });
  }

  /// Fills latents × samples with draws; column j is sample `first_sample` + j of `random`.
  template <class Scalar>
  void sample(MatrixView<Scalar> z, const Random& random, std::uint64_t first_sample = 0) const {
    for (Index j = 0; j < z.columns; ++j) {
      for (Index k = 0; k < z.rows; ++k) {
        const NoiseAddress address{0, first_sample + static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(k)};
        const double u = std::min(random.uniform<double>(address), 1 - 0x1p-53);
        z.column(j)[k] = static_cast<Scalar>(scale_ * (std::log(u) - std::log1p(-u)));
      }
    }
  }

 private:
  double scale_;
};

}  // namespace betavae
