// SPDX-License-Identifier: MIT
// The rate of a diagonal Gaussian against the standard normal, dimension by dimension, in nats.
//
//     KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − 1 − ln σ²) = ½ (μ² + expm1(ℓ) − ℓ),   ℓ = ln σ²     (Kingma and Welling, 2014, B)
//     ∂/∂μ = μ,    ∂/∂ℓ = ½ expm1(ℓ)
//
// expm1 keeps the rate of a nearly collapsed dimension: expm1(ℓ) − ℓ loses ε|ℓ| of its ℓ²/2, where σ² − 1 − ln σ² would lose ε.
// Error ≤ ε (2 rate + |ℓ|). Valid for ℓ up to ln of the greatest number, beyond which the rate is ∞; NaN gives NaN.
#pragma once

#include <betavae/core/index.hpp>

#include <cmath>

namespace betavae::kernels {

/// rate[i] in nats for i < count, and the partial derivatives where the pointers are not null.
template <class Scalar>
void gaussian_rate(Index count, const Scalar* mean, const Scalar* log_variance, Scalar* rate, Scalar* mean_partial,
                   Scalar* log_variance_partial) {
  using std::expm1;
  for (Index i = 0; i < count; ++i) {
    const Scalar excess_variance = expm1(log_variance[i]);
    rate[i] = Scalar(0.5) * (mean[i] * mean[i] + (excess_variance - log_variance[i]));
    if (mean_partial != nullptr) {
      mean_partial[i] = mean[i];
    }
    if (log_variance_partial != nullptr) {
      log_variance_partial[i] = Scalar(0.5) * excess_variance;
    }
  }
}

}  // namespace betavae::kernels
