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

/// `for_blocks` over all numbers of matrices of one shape, that of inputs[0]. A view without data stands for a null pointer.
template <class Body, int Inputs, int Outputs, class Scalar, class Constants>
void for_matrix_blocks(const MatrixView<Scalar> (&inputs)[Inputs], const MatrixView<Scalar> (&outputs)[Outputs],
                       const Constants& constants) {
  const Index rows = inputs[0].rows;
  const Index columns = inputs[0].columns;
  const auto contiguous = [](const MatrixView<Scalar>& view) { return is_contiguous(view); };
  const bool all_contiguous =
      std::all_of(inputs, inputs + Inputs, contiguous) && std::all_of(outputs, outputs + Outputs, contiguous);
  const Index columns_at_once = all_contiguous ? columns : std::max(Index(1), packed_size / std::max(rows, Index(1)));
  const bool in_place = all_contiguous || columns_at_once == 1;

  alignas(64) Scalar packed[static_cast<std::size_t>(Inputs + Outputs)][static_cast<std::size_t>(packed_size)];
  for (Index first = 0; first < columns; first += columns_at_once) {
    const Index now = std::min(columns_at_once, columns - first);
    const Scalar* from[Inputs];
    Scalar* to[Outputs];
    for (int n = 0; n < Inputs; ++n) {
      const MatrixView<Scalar>& view = inputs[n];
      if (in_place || is_contiguous(view)) {
        from[n] = view.data != nullptr ? view.column(first) : nullptr;
        continue;
      }
      for (Index j = 0; j < now; ++j) {
        std::copy_n(view.column(first + j), rows, packed[n] + j * rows);
      }
      from[n] = packed[n];
    }
    for (int n = 0; n < Outputs; ++n) {
      const MatrixView<Scalar>& view = outputs[n];
      to[n] = !in_place && !is_contiguous(view) ? packed[Inputs + n]
              : view.data != nullptr            ? view.column(first)
                                                : nullptr;
    }
    const Scalar* const(&const_from)[Inputs] = from;
    Scalar* const(&const_to)[Outputs] = to;
    for_blocks<Body, Inputs, Outputs, Scalar>(now * rows, const_from, const_to, constants);
    for (int n = 0; n < Outputs; ++n) {
      for (Index j = 0; to[n] == packed[Inputs + n] && j < now; ++j) {
        std::copy_n(packed[Inputs + n] + j * rows, rows, outputs[n].column(first + j));
      }
    }
  }
}

}  // namespace betavae::kernels::detail
