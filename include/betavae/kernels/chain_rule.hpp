// SPDX-License-Identifier: MIT
// What every reverse pass ends in: x̄ += ȳ · ∂y/∂x, number by number, or with one ȳ for all numbers of a sample.
//
// Where the processor fuses, each sum rounds once, else twice. NaN and infinities do as in the formula.
#pragma once

#include <betavae/core/matrix_view.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>

namespace betavae::kernels {

/// The specification of `multiply_add`.
template <class Scalar>
void multiply_add_reference(Index count, Scalar factor, const Scalar* x, Scalar* into) {
  for (Index i = 0; i < count; ++i) {
    into[i] += factor * x[i];
  }
}

/// The specification of `chain_rule`.
template <class Scalar>
void chain_rule_reference(MatrixView<Scalar> y_adjoint, MatrixView<Scalar> partial, MatrixView<Scalar> x_adjoint) {
  for (Index j = 0; j < y_adjoint.columns; ++j) {
    for (Index i = 0; i < y_adjoint.rows; ++i) {
      const Scalar adjoint = y_adjoint.column(j)[i];
      x_adjoint.column(j)[i] += partial.data != nullptr ? Scalar(adjoint * partial.column(j)[i]) : adjoint;
    }
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
BETAVAE_API void multiply_add(Index count, Scalar factor, const Scalar* x, Scalar* into);
template <class Scalar>
BETAVAE_API void chain_rule(MatrixView<Scalar> y_adjoint, MatrixView<Scalar> partial, MatrixView<Scalar> x_adjoint);

}  // namespace vectors

/// into[i] += factor · x[i] for i < count.
template <class Scalar>
void multiply_add(Index count, Scalar factor, const Scalar* x, Scalar* into) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::multiply_add(count, factor, x, into);
  } else {
    multiply_add_reference(count, factor, x, into);
  }
}

/// x_adjoint += y_adjoint · partial, number by number, for matrices of one shape; where `partial` has no data it is 1 throughout.
template <class Scalar>
void chain_rule(MatrixView<Scalar> y_adjoint, MatrixView<Scalar> partial, MatrixView<Scalar> x_adjoint) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::chain_rule(y_adjoint, partial, x_adjoint);
  } else {
    chain_rule_reference(y_adjoint, partial, x_adjoint);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/chain_rule.ipp>
#endif
