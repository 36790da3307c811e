// SPDX-License-Identifier: MIT
// The product of two matrices by strides, with start values and an activation: the one kernel under every dense layer.
//
//     C(i, j) = activation(start(i, j) + Σₖ A(i, k) · B(k, j)),   i < rows, j < columns, k < depth
//
// B and C have contiguous rows; A lies anywhere. With weights W (outputs × inputs, column-major) and batches of one column a
// sample, the uses of a dense layer y = activation(W x + bias) are
//
//                       rows      columns   depth     A(i, k)            B(k, ·)        start
//     forward           samples   outputs   inputs    x(k, sample i)     column k of W  bias, row stride 0
//     weight gradient   inputs    outputs   samples   x(input i, k)      column k of ȳ  the gradient so far
//     input gradient    samples   inputs    outputs   ȳ(k, sample i)     column k of Wᵀ the adjoint so far
//
// Error before the activation: each output is one chain of `depth` multiply-adds that begins at start, so
// |error| ≤ depth · ε · (|start(i,j)| + Σₖ |A(i,k) B(k,j)|) (ε/2 a step where fused). NaN and infinity travel as in that chain. The
// same bits on AVX2 and AVX-512.
#pragma once

#include <betavae/kernels/detail/product_tile.hpp>
#include <betavae/simd/instruction_set.hpp>

#include <type_traits>

namespace betavae::kernels {

/// How many numbers of workspace a product of this depth needs: one panel of the widest path.
template <class Scalar>
[[nodiscard]] constexpr Index product_workspace_size(Index depth) {
  return depth * detail::tile_vectors<simd::Avx512> * simd::lanes<simd::Avx512, Scalar>;
}

/// The specification: plain loops in the order of the chain. Any scalar; needs no workspace.
template <class Scalar>
void product_reference(const ProductArguments<Scalar>& arguments) {
  for (Index i = 0; i < arguments.rows; ++i) {
    Scalar* const c = arguments.c + i * arguments.c_row_stride;
    for (Index j = 0; j < arguments.columns; ++j) {
      Scalar sum = arguments.start != nullptr ? arguments.start[i * arguments.start_row_stride + j] : Scalar(0);
      for (Index k = 0; k < arguments.depth; ++k) {
        sum += arguments.a[i * arguments.a_row_stride + k * arguments.a_depth_stride] *
               arguments.b[k * arguments.b_depth_stride + j];
      }
      c[j] = activate(arguments.activation, sum);
    }
  }
}

namespace detail {

template <class Scalar>
[[gnu::noinline]] void product_baseline(const ProductArguments<Scalar>& arguments) {
  product_body<simd::Baseline>(arguments);
}

#if BETAVAE_X86
template <class Scalar>
BETAVAE_TARGET_AVX2 [[gnu::noinline]] void product_avx2(const ProductArguments<Scalar>& arguments) {
  product_body<simd::Avx2>(arguments);
}

template <class Scalar>
BETAVAE_TARGET_AVX512 [[gnu::noinline]] void product_avx512(const ProductArguments<Scalar>& arguments) {
  product_body<simd::Avx512>(arguments);
}
#endif

}  // namespace detail

/// C = activation(start + A·B). float and double run on the machine's vectors, any other scalar through the reference loops.
/// `start` may be C itself. No pointer may otherwise overlap C. Sizes of 0 are legal: a depth of 0 gives activation(start).
template <class Scalar>
void product(const ProductArguments<Scalar>& arguments) {
  if constexpr (std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>) {
#if BETAVAE_X86
    switch (simd::instruction_set()) {
      case simd::InstructionSet::avx512:
        return detail::product_avx512(arguments);
      case simd::InstructionSet::avx2:
        return detail::product_avx2(arguments);
      default:
        break;
    }
#endif
    detail::product_baseline(arguments);
  } else {
    product_reference(arguments);
  }
}

/// to(j, i) = from(i, j): `from` has `rows` × `columns` numbers, column-major. In blocks, so that both sides stay in the cache.
template <class Scalar>
void transpose(Index rows, Index columns, const Scalar* from, Index from_stride, Scalar* to, Index to_stride) {
  constexpr Index block = 16;
  for (Index first_column = 0; first_column < columns; first_column += block) {
    const Index last_column = first_column + block < columns ? first_column + block : columns;
    for (Index first_row = 0; first_row < rows; first_row += block) {
      const Index last_row = first_row + block < rows ? first_row + block : rows;
      for (Index row = first_row; row < last_row; ++row) {
        for (Index column = first_column; column < last_column; ++column) {
          to[row * to_stride + column] = from[column * from_stride + row];
        }
      }
    }
  }
}

}  // namespace betavae::kernels
