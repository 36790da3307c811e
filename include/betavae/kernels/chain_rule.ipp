// SPDX-License-Identifier: MIT
// Multiply-adds over arrays in vectors.
#pragma once

#include <betavae/kernels/chain_rule.hpp>
#include <betavae/kernels/detail/matrix_blocks.hpp>

namespace betavae::kernels {

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

namespace vectors {

template <class Scalar>
void multiply_add(Index count, Scalar factor, const Scalar* x, Scalar* into) {
  detail::for_blocks<detail::MultiplyAddBody<Scalar>, 2, 1, Scalar>(count, {x, into}, {into}, factor);
}

template <class Scalar>
void chain_rule(MatrixView<Scalar> y_adjoint, MatrixView<Scalar> partial, MatrixView<Scalar> x_adjoint) {
  detail::for_matrix_blocks<detail::ChainRuleBody<Scalar>, 3, 1, Scalar>({y_adjoint, partial, x_adjoint}, {x_adjoint},
                                                                         Scalar(0));
}

}  // namespace vectors
}  // namespace betavae::kernels
