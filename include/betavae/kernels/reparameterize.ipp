// SPDX-License-Identifier: MIT
// Draws of a Gaussian posterior in vectors.
#pragma once

#include <betavae/kernels/detail/matrix_blocks.hpp>
#include <betavae/kernels/reparameterize.hpp>
#include <betavae/simd/math.hpp>

#include <cmath>

namespace betavae::kernels {

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

namespace vectors {

template <class Scalar>
void reparameterize(Index count, const Scalar* mean, const Scalar* log_variance, const Scalar* noise, Scalar* z,
                    Scalar* log_variance_partial) {
  detail::for_blocks<detail::ReparameterizeBody<Scalar>, 3, 2, Scalar>(count, {mean, log_variance, noise},
                                                                       {z, log_variance_partial}, Scalar(0));
}

template <class Scalar>
void reparameterize(MatrixView<Scalar> mean, MatrixView<Scalar> log_variance, MatrixView<Scalar> noise_then_partial,
                    MatrixView<Scalar> z) {
  detail::for_matrix_blocks<detail::ReparameterizeBody<Scalar>, 3, 2, Scalar>({mean, log_variance, noise_then_partial},
                                                                              {z, noise_then_partial}, Scalar(0));
}

}  // namespace vectors
}  // namespace betavae::kernels
