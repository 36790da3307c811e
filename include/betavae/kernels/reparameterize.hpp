// SPDX-License-Identifier: MIT
// A draw from a diagonal Gaussian as a function of its parameters (Kingma and Welling, 2014, section 2.4):
//
//     z = μ + σ ε = μ + e^{ℓ/2} ε,    ∂z/∂μ = 1,    ∂z/∂ℓ = ½ σ ε
#pragma once

#include <betavae/core/index.hpp>

#include <cmath>

namespace betavae::kernels {

/// z[i] for i < count, and ∂z/∂ℓ where the pointer is not null. `noise` may be `log_variance_partial`.
template <class Scalar>
void reparameterize(Index count, const Scalar* mean, const Scalar* log_variance, const Scalar* noise, Scalar* z,
                    Scalar* log_variance_partial) {
  using std::exp;
  for (Index i = 0; i < count; ++i) {
    const Scalar deviation = exp(Scalar(0.5) * log_variance[i]) * noise[i];
    z[i] = mean[i] + deviation;
    if (log_variance_partial != nullptr) {
      log_variance_partial[i] = Scalar(0.5) * deviation;
    }
  }
}

}  // namespace betavae::kernels
