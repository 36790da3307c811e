// SPDX-License-Identifier: MIT
// A bound that is reached smoothly and never passed:
//
//     y = B tanh(x / B),    dy/dx = 1 − tanh²(x / B) = (1 − t)(1 + t),    t = tanh(x / B)
//
// |y| ≤ B for every x, ±∞ included, and y = x to first order at 0. NaN gives NaN.
#pragma once

#include <betavae/kernels/detail/matrix_blocks.hpp>
#include <betavae/simd/math.hpp>

#include <cmath>

namespace betavae::kernels {

/// The specification of `smooth_bound`.
template <class Scalar>
void smooth_bound_reference(Index count, Scalar bound, const Scalar* x, Scalar* y, Scalar* derivative) {
  using std::tanh;
  for (Index i = 0; i < count; ++i) {
    const Scalar t = tanh(x[i] / bound);
    y[i] = bound * t;
    if (derivative != nullptr) {
      derivative[i] = (Scalar(1) - t) * (Scalar(1) + t);
    }
  }
}

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

/// y = B tanh(x / B) and, unless `derivative` is a view without data, dy/dx, for matrices of one shape and a bound B > 0.
template <class Scalar>
void smooth_bound(Scalar bound, MatrixView<Scalar> x, MatrixView<Scalar> y, MatrixView<Scalar> derivative) {
  if constexpr (detail::has_vectors<Scalar>) {
    detail::for_matrix_blocks<detail::SmoothBoundBody<Scalar>, 1, 2, Scalar>({x}, {y, derivative}, bound);
  } else {
    for (Index j = 0; j < x.columns; ++j) {
      smooth_bound_reference<Scalar>(x.rows, bound, x.column(j), y.column(j), derivative.column(j));
    }
  }
}

}  // namespace betavae::kernels
