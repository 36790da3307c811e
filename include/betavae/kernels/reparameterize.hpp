// SPDX-License-Identifier: MIT
// A draw from a diagonal Gaussian as a function of its parameters (Kingma and Welling, 2014, section 2.4):
//
//     z = μ + σ ε = μ + e^{ℓ/2} ε,    ∂z/∂μ = 1,    ∂z/∂ℓ = ½ σ ε
//
// NaN gives NaN; an infinite σ gives ±∞, or NaN where ε = 0. Where the processor fuses, σ ε is not rounded on its way into z.
#pragma once

#include <betavae/core/matrix_view.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>

#include <cmath>

namespace betavae::kernels {

/// The specification of `reparameterize`.
template <class Scalar>
void reparameterize_reference(Index count, const Scalar* mean, const Scalar* log_variance, const Scalar* noise,
                              Scalar* z, Scalar* log_variance_partial) {
  using std::exp;
  for (Index i = 0; i < count; ++i) {
    const Scalar deviation = exp(Scalar(0.5) * log_variance[i]) * noise[i];
    z[i] = mean[i] + deviation;
    if (log_variance_partial != nullptr) {
      log_variance_partial[i] = Scalar(0.5) * deviation;
    }
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
BETAVAE_API void reparameterize(Index count, const Scalar* mean, const Scalar* log_variance, const Scalar* noise,
                                Scalar* z, Scalar* log_variance_partial);
template <class Scalar>
BETAVAE_API void reparameterize(MatrixView<Scalar> mean, MatrixView<Scalar> log_variance,
                                MatrixView<Scalar> noise_then_partial, MatrixView<Scalar> z);

}  // namespace vectors

/// z[i] for i < count, and ∂z/∂ℓ where the pointer is not null. `noise` may be `log_variance_partial`.
template <class Scalar>
void reparameterize(Index count, const Scalar* mean, const Scalar* log_variance, const Scalar* noise, Scalar* z,
                    Scalar* log_variance_partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::reparameterize(count, mean, log_variance, noise, z, log_variance_partial);
  } else {
    reparameterize_reference(count, mean, log_variance, noise, z, log_variance_partial);
  }
}

/// The same for matrices of one shape; in place of the noise comes ∂z/∂ℓ.
template <class Scalar>
void reparameterize(MatrixView<Scalar> mean, MatrixView<Scalar> log_variance, MatrixView<Scalar> noise_then_partial,
                    MatrixView<Scalar> z) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::reparameterize(mean, log_variance, noise_then_partial, z);
  } else {
    for (Index j = 0; j < mean.columns; ++j) {
      reparameterize_reference<Scalar>(mean.rows, mean.column(j), log_variance.column(j), noise_then_partial.column(j),
                                       z.column(j), noise_then_partial.column(j));
    }
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/reparameterize.ipp>
#endif
