// SPDX-License-Identifier: MIT
// A draw from a diagonal Gaussian as a function of its parameters (Kingma and Welling, 2014, section 2.4):
//
//     z = μ + σ ε = μ + e^{ℓ/2} ε,    ∂z/∂μ = 1,    ∂z/∂ℓ = ½ σ ε
//
// NaN gives NaN; an infinite σ gives ±∞, or NaN where ε = 0. Where the processor fuses, σ ε is not rounded on its way into z.
#pragma once

#include <betavae/kernels/detail/matrix_blocks.hpp>
#include <betavae/simd/math.hpp>

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

namespace detail {

template <class Scalar>
struct ReparameterizeBody {
  static constexpr double padding[] = {0, 0, 0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const Scalar* /*constants*/) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      const Vector log_deviation = Scalar(0.5) * *reinterpret_cast<const Unaligned*>(inputs[1] + i);
      const Vector sigma = simd::exp<Path, Scalar>({log_deviation}).value;
      const Vector noise = *reinterpret_cast<const Unaligned*>(inputs[2] + i);
      *reinterpret_cast<Unaligned*>(outputs[0] + i) =
          *reinterpret_cast<const Unaligned*>(inputs[0] + i) + sigma * noise;
      if (outputs[1] != nullptr) {
        *reinterpret_cast<Unaligned*>(outputs[1] + i) = Scalar(0.5) * (sigma * noise);
      }
    }
  }
};

}  // namespace detail

/// z[i] for i < count, and ∂z/∂ℓ where the pointer is not null. `noise` may be `log_variance_partial`.
template <class Scalar>
void reparameterize(Index count, const Scalar* mean, const Scalar* log_variance, const Scalar* noise, Scalar* z,
                    Scalar* log_variance_partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    detail::for_blocks<detail::ReparameterizeBody<Scalar>, 3, 2, Scalar>(count, {mean, log_variance, noise},
                                                                         {z, log_variance_partial}, Scalar(0));
  } else {
    reparameterize_reference(count, mean, log_variance, noise, z, log_variance_partial);
  }
}

/// The same for matrices of one shape; in place of the noise comes ∂z/∂ℓ.
template <class Scalar>
void reparameterize(MatrixView<Scalar> mean, MatrixView<Scalar> log_variance, MatrixView<Scalar> noise_then_partial,
                    MatrixView<Scalar> z) {
  if constexpr (detail::has_vectors<Scalar>) {
    detail::for_matrix_blocks<detail::ReparameterizeBody<Scalar>, 3, 2, Scalar>(
        {mean, log_variance, noise_then_partial}, {z, noise_then_partial}, Scalar(0));
  } else {
    for (Index j = 0; j < mean.columns; ++j) {
      reparameterize_reference<Scalar>(mean.rows, mean.column(j), log_variance.column(j), noise_then_partial.column(j),
                                       z.column(j), noise_then_partial.column(j));
    }
  }
}

}  // namespace betavae::kernels
