// SPDX-License-Identifier: MIT
// The product in vectors.
#pragma once

#include <betavae/kernels/activate.hpp>
#include <betavae/kernels/detail/product_blocks.hpp>
#include <betavae/kernels/product.hpp>

namespace betavae::kernels {

namespace detail {

/// relu is applied in the tile; the others, which cost far more, to finished rows.
template <class Scalar>
void run_product_and_activation(const ProductPath<Scalar>& path, const ProductArguments<Scalar>& product,
                                const ProductBlocks& blocks) {
  run_product(path, product, blocks);
  if (product.activation != Activation::identity && product.activation != Activation::relu) {
    for (Index i = 0; i < product.rows; ++i) {
      activate_in_place(product.activation, product.columns, product.c + i * product.c_row_stride);
    }
  }
}

}  // namespace detail

namespace vectors {

template <class Scalar>
Index product_workspace_size(Index rows, Index depth) {
  const detail::ProductBlocks blocks = detail::product_blocks<Scalar>();
  constexpr Index widest = Index{detail::tile_vectors<simd::Avx512>} * simd::lanes<simd::Avx512, Scalar>;
  return detail::panel_size(widest, depth, blocks) + detail::packed_block_size(rows, depth, blocks);
}

template <class Scalar>
void product(const ProductArguments<Scalar>& arguments) {
  detail::run_product_and_activation(detail::product_path<Scalar>(), arguments, detail::product_blocks<Scalar>());
}

}  // namespace vectors
}  // namespace betavae::kernels
