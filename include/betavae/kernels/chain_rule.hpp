// SPDX-License-Identifier: MIT
// What every reverse pass ends in: x̄ += ȳ · ∂y/∂x, number by number, or with one ȳ for all numbers of a sample.
//
// Where the processor fuses, each sum rounds once, else twice. NaN and infinities do as in the formula.
#pragma once

#include <betavae/kernels/detail/matrix_blocks.hpp>

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

namespace detail {

template <class Scalar>
struct MultiplyAddBody {
  static constexpr double padding[] = {0, 0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const Scalar* factor) {
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Scalar* const x = inputs[0];
    const Scalar* const before = inputs[1];
    Scalar* const into = outputs[0];
    const simd::Vector<Path, Scalar> factors = *factor - simd::Vector<Path, Scalar>{};
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      *reinterpret_cast<Unaligned*>(into + i) =
          *reinterpret_cast<const Unaligned*>(before + i) + factors * *reinterpret_cast<const Unaligned*>(x + i);
    }
  }
};

template <class Scalar>
struct ChainRuleBody {
  static constexpr double padding[] = {0, 0, 0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const Scalar* /*constants*/) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Scalar* const y_adjoint = inputs[0];
    const Scalar* const partial = inputs[1];
    const Scalar* const before = inputs[2];
    Scalar* const into = outputs[0];
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      const Vector adjoint = *reinterpret_cast<const Unaligned*>(y_adjoint + i);
      const Vector sum = *reinterpret_cast<const Unaligned*>(before + i);
      *reinterpret_cast<Unaligned*>(into + i) =
          partial != nullptr ? sum + adjoint * *reinterpret_cast<const Unaligned*>(partial + i) : sum + adjoint;
    }
  }
};

}  // namespace detail

/// into[i] += factor · x[i] for i < count.
template <class Scalar>
void multiply_add(Index count, Scalar factor, const Scalar* x, Scalar* into) {
  if constexpr (detail::has_vectors<Scalar>) {
    detail::for_blocks<detail::MultiplyAddBody<Scalar>, 2, 1, Scalar>(count, {x, into}, {into}, factor);
  } else {
    multiply_add_reference(count, factor, x, into);
  }
}

/// x_adjoint += y_adjoint · partial, number by number, for matrices of one shape; where `partial` has no data it is 1 throughout.
template <class Scalar>
void chain_rule(MatrixView<Scalar> y_adjoint, MatrixView<Scalar> partial, MatrixView<Scalar> x_adjoint) {
  if constexpr (detail::has_vectors<Scalar>) {
    detail::for_matrix_blocks<detail::ChainRuleBody<Scalar>, 3, 1, Scalar>({y_adjoint, partial, x_adjoint}, {x_adjoint},
                                                                           Scalar(0));
  } else {
    chain_rule_reference(y_adjoint, partial, x_adjoint);
  }
}

}  // namespace betavae::kernels
