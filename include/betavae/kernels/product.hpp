// SPDX-License-Identifier: MIT
// The product of two matrices by strides, with start values and an activation: the one kernel under every dense layer.
//
//     C(i, j) = activation(start(i, j) + Σₖ A(i, k) · B(k, j)),   i < rows, j < columns, k < depth
//
// C has contiguous rows; A and B lie anywhere, B best with contiguous rows, else columns. With weights W (outputs × inputs, column-major) and batches of one column a
// sample, the uses of a dense layer y = activation(W x + bias) are
//
//                       rows      columns   depth     A(i, k)            B(k, ·)        start
//     forward           samples   outputs   inputs    x(k, sample i)     column k of W  bias, row stride 0
//     weight gradient   inputs    outputs   samples   x(input i, k)      column k of ȳ  the gradient so far
//     input gradient    samples   inputs    outputs   ȳ(k, sample i)     row k of W     the adjoint so far
//
// Error before the activation: each output is one chain of `depth` multiply-adds that begins at start, so
// |error| ≤ depth · ε · (|start(i,j)| + Σₖ |A(i,k) B(k,j)|) (ε/2 a step where fused). NaN and infinity travel as in that chain. The
// same bits on AVX2 and AVX-512.
#pragma once

#include <betavae/kernels/detail/has_vectors.hpp>
#include <betavae/kernels/product_arguments.hpp>

namespace betavae::kernels {

/// The specification: plain loops in the order of the chain. Any scalar; needs no workspace.
template <class Scalar>
void product_reference(const ProductArguments<Scalar>& arguments) {
  for (Index i = 0; i < arguments.rows; ++i) {
    Scalar* const c = arguments.c + i * arguments.c_row_stride;
    for (Index j = 0; j < arguments.columns; ++j) {
      Scalar sum = arguments.start != nullptr ? arguments.start[i * arguments.start_row_stride + j] : Scalar(0);
      for (Index k = 0; k < arguments.depth; ++k) {
        sum += arguments.a[i * arguments.a_row_stride + k * arguments.a_depth_stride] *
               arguments.b[k * arguments.b_depth_stride + j * arguments.b_column_stride];
      }
      c[j] = activate(arguments.activation, sum);
    }
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
[[nodiscard]] BETAVAE_API Index product_workspace_size(Index rows, Index depth);
template <class Scalar>
BETAVAE_API void product(const ProductArguments<Scalar>& arguments);

}  // namespace vectors

/// How many numbers of workspace a product needs that has at most so many rows and so great a depth.
template <class Scalar>
[[nodiscard]] Index product_workspace_size(Index rows, Index depth) {
  if constexpr (detail::has_vectors<Scalar>) {
    return vectors::product_workspace_size<Scalar>(rows, depth);
  } else {
    return 0;
  }
}

/// C = activation(start + A·B). float and double run on the machine's vectors, any other scalar through the reference loops.
/// `start` may be C itself. No pointer may otherwise overlap C. Sizes of 0 are legal: a depth of 0 gives activation(start).
template <class Scalar>
void product(const ProductArguments<Scalar>& arguments) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::product(arguments);
  } else {
    product_reference(arguments);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/product.ipp>
#endif
