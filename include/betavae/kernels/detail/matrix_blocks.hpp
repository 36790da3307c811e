// SPDX-License-Identifier: MIT
// The walk of blocks.hpp over matrices whose columns need not follow each other, such as the means in an encoder's output.
//
// A column of twenty numbers would be a block and a rest, padded: most of the time would go into the rest. So columns with gaps
// between them are copied together, some hundred numbers at a time, and the copy is walked.
#pragma once

#include <betavae/core/matrix_view.hpp>
#include <betavae/kernels/detail/blocks.hpp>

#include <algorithm>

namespace betavae::kernels::detail {

/// How many numbers are copied together: few enough that all arrays stay in the first-level cache.
inline constexpr Index packed_size = 512;

template <class Scalar>
[[nodiscard]] constexpr bool is_contiguous(const MatrixView<Scalar>& view) {
  return view.data == nullptr || view.stride == view.rows || view.columns <= 1;
}

template <class Scalar>
[[gnu::noinline]] void walk_matrix_blocks(const BlockBody<Scalar>& body, const MatrixView<Scalar>* inputs,
                                          const MatrixView<Scalar>* outputs, const void* constants) {
  const Index rows = inputs[0].rows;
  const Index columns = inputs[0].columns;
  bool all_contiguous = true;
  for (int n = 0; n < body.inputs + body.outputs; ++n) {
    all_contiguous &= is_contiguous(n < body.inputs ? inputs[n] : outputs[n - body.inputs]);
  }
  const Index columns_at_once = all_contiguous ? columns : std::max(Index(1), packed_size / std::max(rows, Index(1)));
  const bool in_place = all_contiguous || columns_at_once == 1;

  alignas(64) Scalar packed[most_arrays][static_cast<std::size_t>(packed_size)];
  const Scalar* from[most_arrays];
  Scalar* to[most_arrays];
  for (Index first = 0; first < columns; first += columns_at_once) {
    const Index now = std::min(columns_at_once, columns - first);
    for (int n = 0; n < body.inputs; ++n) {
      const MatrixView<Scalar>& view = inputs[n];
      from[n] = view.column(first);
      if (!in_place && !is_contiguous(view)) {
        for (Index j = 0; j < now; ++j) {
          std::copy_n(view.column(first + j), rows, packed[n] + j * rows);
        }
        from[n] = packed[n];
      }
    }
    for (int n = 0; n < body.outputs; ++n) {
      to[n] = !in_place && !is_contiguous(outputs[n]) ? packed[body.inputs + n] : outputs[n].column(first);
    }
    walk_blocks(body, now * rows, from, to, constants);
    for (int n = 0; n < body.outputs; ++n) {
      for (Index j = 0; to[n] == packed[body.inputs + n] && j < now; ++j) {
        std::copy_n(packed[body.inputs + n] + j * rows, rows, outputs[n].column(first + j));
      }
    }
  }
}

/// `for_blocks` over all numbers of matrices of one shape, that of inputs[0]. A view of nothing, MatrixView{}, stands for a null
/// pointer.
template <class Body, int Inputs, int Outputs, class Scalar, class Constants>
void for_matrix_blocks(const MatrixView<Scalar> (&inputs)[Inputs], const MatrixView<Scalar> (&outputs)[Outputs],
                       const Constants& constants) {
  walk_matrix_blocks(block_body<Body, Inputs, Outputs, Scalar, Constants>(), &inputs[0], &outputs[0], &constants);
}

}  // namespace betavae::kernels::detail
