// SPDX-License-Identifier: MIT
// The product in vectors.
#pragma once

#include <betavae/kernels/detail/product_blocks.hpp>
#include <betavae/kernels/product.hpp>
#include <betavae/simd/dispatch.hpp>

namespace betavae::kernels {

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

namespace vectors {

template <class Scalar>
Index product_workspace_size(Index rows, Index depth) {
  const detail::ProductBlocks blocks = detail::product_blocks<Scalar>();
  return detail::panel_size<simd::Avx512, Scalar>(depth, blocks) + detail::packed_block_size(rows, depth, blocks);
}

template <class Scalar>
void product(const ProductArguments<Scalar>& arguments) {
  simd::dispatch<detail::ProductBody>(&arguments, detail::product_blocks<Scalar>());
}

}  // namespace vectors
}  // namespace betavae::kernels
