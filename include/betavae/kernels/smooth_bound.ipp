// SPDX-License-Identifier: MIT
// The smooth bound in vectors.
#pragma once

#include <betavae/kernels/detail/matrix_blocks.hpp>
#include <betavae/kernels/smooth_bound.hpp>
#include <betavae/simd/math.hpp>

#include <cmath>

namespace betavae::kernels {

namespace detail {

template <class Scalar>
struct SmoothBoundBody {
  static constexpr double padding[] = {0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const Scalar* bound) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Vector bounds = *bound - Vector{};
    const Vector one = Scalar(1) - Vector{};
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      const Vector scaled = *reinterpret_cast<const Unaligned*>(inputs[0] + i) / bounds;
      const Vector t = simd::tanh<Path, Scalar>({scaled}).value;
      *reinterpret_cast<Unaligned*>(outputs[0] + i) = bounds * t;
      if (outputs[1] != nullptr) {
        *reinterpret_cast<Unaligned*>(outputs[1] + i) = (one - t) * (one + t);
      }
    }
  }
};

}  // namespace detail

namespace vectors {

template <class Scalar>
void smooth_bound(Scalar bound, MatrixView<Scalar> x, MatrixView<Scalar> y, MatrixView<Scalar> derivative) {
  detail::for_matrix_blocks<detail::SmoothBoundBody<Scalar>, 1, 2, Scalar>({x}, {y, derivative}, bound);
}

}  // namespace vectors
}  // namespace betavae::kernels
