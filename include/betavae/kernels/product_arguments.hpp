// SPDX-License-Identifier: MIT
// What a product is told: sizes, pointers and strides.
#pragma once

#include <betavae/core/index.hpp>
#include <betavae/kernels/activation.hpp>

namespace betavae::kernels {

/// C = activation(start + A·B), all by strides. See `product` in kernels/product.hpp.
template <class Scalar>
struct ProductArguments {
  Index rows = 0;     ///< of A and C
  Index columns = 0;  ///< of B and C
  Index depth = 0;    ///< columns of A, rows of B
  const Scalar* a = nullptr;
  Index a_row_stride = 0;
  Index a_depth_stride = 1;
  const Scalar* b = nullptr;
  Index b_depth_stride = 0;
  Index b_column_stride = 1;
  const Scalar* start = nullptr;  ///< what A·B is added to: a bias (row stride 0), C itself, or nothing
  Index start_row_stride = 0;
  Scalar* c = nullptr;  ///< each row contiguous
  Index c_row_stride = 0;
  Activation activation = Activation::identity;
  Scalar* workspace = nullptr;  ///< `product_workspace_size` numbers, aligned to 64 bytes
};

}  // namespace betavae::kernels
