// SPDX-License-Identifier: MIT
// A bound that is reached smoothly and never passed:
//
//     y = B tanh(x / B),    dy/dx = 1 − tanh²(x / B) = (1 − t)(1 + t),    t = tanh(x / B)
//
// |y| ≤ B for every x, ±∞ included, and y = x to first order at 0. NaN gives NaN.
#pragma once

#include <betavae/core/matrix_view.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>

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

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
BETAVAE_API void smooth_bound(Scalar bound, MatrixView<Scalar> x, MatrixView<Scalar> y, MatrixView<Scalar> derivative);

}  // namespace vectors

/// y = B tanh(x / B) and, unless `derivative` is a view without data, dy/dx, for matrices of one shape and a bound B > 0.
template <class Scalar>
void smooth_bound(Scalar bound, MatrixView<Scalar> x, MatrixView<Scalar> y, MatrixView<Scalar> derivative) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::smooth_bound(bound, x, y, derivative);
  } else {
    for (Index j = 0; j < x.columns; ++j) {
      smooth_bound_reference<Scalar>(x.rows, bound, x.column(j), y.column(j), derivative.column(j));
    }
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/smooth_bound.ipp>
#endif
