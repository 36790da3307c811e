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

#include <betavae/kernels/detail/blocks.hpp>
#include <betavae/kernels/detail/product_blocks.hpp>

namespace betavae::kernels {

/// How many numbers of workspace a product needs that has at most so many rows and so great a depth.
template <class Scalar>
[[nodiscard]] Index product_workspace_size(Index rows, Index depth) {
  const detail::ProductBlocks blocks = detail::product_blocks<Scalar>();
  return detail::panel_size<simd::Avx512, Scalar>(depth, blocks) + detail::packed_block_size(rows, depth, blocks);
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
               arguments.b[k * arguments.b_depth_stride + j * arguments.b_column_stride];
      }
      c[j] = activate(arguments.activation, sum);
    }
  }
}

namespace detail {

/// relu is applied in the tile; the others, which cost far more, to finished rows.
struct ProductBody {
  template <class Path, class Scalar>
  BETAVAE_INLINE static void run(const ProductArguments<Scalar>* product, ProductBlocks blocks) {
    run_product<Path>(*product, blocks);
    if (product->activation != Activation::identity && product->activation != Activation::relu) {
      for (Index i = 0; i < product->rows; ++i) {
        activate_in_place(product->activation, product->columns, product->c + i * product->c_row_stride);
      }
    }
  }
};

}  // namespace detail

/// C = activation(start + A·B). float and double run on the machine's vectors, any other scalar through the reference loops.
/// `start` may be C itself. No pointer may otherwise overlap C. Sizes of 0 are legal: a depth of 0 gives activation(start).
template <class Scalar>
void product(const ProductArguments<Scalar>& arguments) {
  if constexpr (detail::has_vectors<Scalar>) {
    simd::dispatch<detail::ProductBody>(&arguments, detail::product_blocks<Scalar>());
  } else {
    product_reference(arguments);
  }
}

}  // namespace betavae::kernels
