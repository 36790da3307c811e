// SPDX-License-Identifier: MIT
// The Laplace prior: p(z) = Πₖ e^−|zₖ|/b/(2b), factorial and not Gaussian, so that it tells its axes from rotated ones.
//
//     E[−ln pₖ(zₖ)] = ln 2b + E|zₖ|/b,      E|zₖ| = σ √(2/π) e^−μ²/2σ² + μ erf(μ/σ√2)      for zₖ ~ N(μ, σ²)
//
// where E|zₖ| is the mean of the folded normal distribution (Leone, Nelson and Nottingham, 1961). The variance is 2b²: 1 by default.
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

namespace detail {

/// σ √(2/π) e^−μ²/2σ²: what E|z| has beyond μ erf(μ/σ√2), and twice its derivative in ln σ².
template <class Scalar>
[[nodiscard]] Scalar folded_scatter(Scalar mean, Scalar log_variance) {
  using std::exp;
  const Scalar square = mean * mean * exp(-log_variance);
  return Scalar(0.79788456080286535588) * exp(Scalar(0.5) * (log_variance - square));
}

/// erf(μ/σ√2): the derivative of E|z| in μ.
template <class Scalar>
[[nodiscard]] Scalar folded_slope(Scalar mean, Scalar log_variance) {
  using std::erf;
  using std::exp;
  return erf(mean * exp(Scalar(-0.5) * log_variance) * Scalar(0.70710678118654752440));
}

}  // namespace detail

/// No parameters.
class LaplacePrior {
 public:
  /// b. Errors: ArgumentError unless it is finite and above 0.
  explicit LaplacePrior(double scale = 1 / std::numbers::sqrt2) : scale_(scale) {
    require(scale > 0 && std::isfinite(scale), "LaplacePrior", "scale", "a finite number above 0", scale);
  }

  [[nodiscard]] double scale() const { return scale_; }
  [[nodiscard]] std::vector<std::string> schema() const {
    return {detail::schema_line("name", "Laplace"), detail::schema_line("scale", scale_)};
  }

  /// E[−ln p(zₖ)] for zₖ ~ N(mean, e^log_variance), in nats: latents × samples.
  template <class Context, Operand Mean, Operand LogVariance>
  [[nodiscard]] auto cross_entropy(Context& /*context*/, const Mean& mean, const LogVariance& log_variance) const {
    using Scalar = typename Mean::Scalar;
    const auto distance = binary(
        "Laplace prior", mean, log_variance,
        [](Scalar m, Scalar l) { return Scalar(detail::folded_scatter(m, l) + m * detail::folded_slope(m, l)); },
        [](Scalar m, Scalar l) { return detail::folded_slope(m, l); },
        [](Scalar m, Scalar l) { return Scalar(0.5) * detail::folded_scatter(m, l); });
    return affine(distance, Scalar(1 / scale_), Scalar(std::log(2 * scale_)));
  }

  /// ln p(zₖ) of each dimension, in nats: latents × samples. Its derivative at 0 is taken as 0.
  template <class Context, Operand Z>
  [[nodiscard]] auto log_density(Context& /*context*/, const Z& z) const {
    using Scalar = typename Z::Scalar;
    return affine(abs(z), Scalar(-1 / scale_), Scalar(-std::log(2 * scale_)));
  }

  /// Fills latents × samples with draws; column j is sample `first_sample` + j of `random`.
  template <class Scalar>
  void sample(MatrixView<Scalar> z, const Random& random, std::uint64_t first_sample = 0) const {
    for (Index j = 0; j < z.columns; ++j) {
      for (Index k = 0; k < z.rows; ++k) {
        const NoiseAddress address{0, first_sample + static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(k)};
        const double u = 2 * std::min(random.uniform<double>(address), 1 - 0x1p-53) - 1;  // its sign, and how far out
        z.column(j)[k] = static_cast<Scalar>(std::copysign(scale_ * std::log1p(-std::abs(u)), u));
      }
    }
  }

 private:
  double scale_;
};

}  // namespace betavae
