// SPDX-License-Identifier: MIT
// Sums in one fixed order: number i goes to lane i mod 16, and the sixteen lanes are added in a tree. The order does not depend on
// the width of a vector, so every instruction set gives the same bits; sixteen short chains also round less than a long one.
//
// The sum of squares of doubles, the one that multiplies, rounds each number once where the processor fuses, else twice.
#pragma once

#include <betavae/kernels/detail/has_vectors.hpp>

namespace betavae::kernels {

/// Sixteen running sums. `add(i, number)` for i = 0, 1, …, then `total()`.
template <class Scalar>
class LaneSum {
 public:
  void add(Index i, Scalar number) { lanes_[i % 16] += number; }

  [[nodiscard]] Scalar total() const {
    Scalar tree[16];
    for (int i = 0; i < 16; ++i) {
      tree[i] = lanes_[i];
    }
    for (int half = 8; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) {
        tree[i] += tree[i + half];
      }
    }
    return tree[0];
  }

  /// The sixteen sums, which a kernel's body takes into registers and gives back.
  [[nodiscard]] Scalar* lanes() { return lanes_; }

 private:
  alignas(64) Scalar lanes_[16] = {};
};

/// The specification of `sum`.
template <class Scalar>
[[nodiscard]] Scalar sum_reference(Index count, const Scalar* values) {
  LaneSum<Scalar> lanes;
  for (Index i = 0; i < count; ++i) {
    lanes.add(i, values[i]);
  }
  return lanes.total();
}

/// The specification of `sum_of_squares`.
template <class Scalar>
[[nodiscard]] double sum_of_squares_reference(Index count, const Scalar* values) {
  LaneSum<double> lanes;
  for (Index i = 0; i < count; ++i) {
    const auto number = static_cast<double>(values[i]);
    lanes.add(i, number * number);
  }
  return lanes.total();
}

/// The specification of `add_columns`.
template <class Scalar>
void add_columns_reference(Index rows, Index columns, const Scalar* matrix, Index stride, Scalar* into) {
  for (Index j = 0; j < columns; ++j) {
    for (Index i = 0; i < rows; ++i) {
      into[i] += matrix[j * stride + i];
    }
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar sum(Index count, const Scalar* values);
template <class Scalar>
[[nodiscard]] BETAVAE_API double sum_of_squares(Index count, const Scalar* values);
template <class Scalar>
BETAVAE_API void add_columns(Index rows, Index columns, const Scalar* matrix, Index stride, Scalar* into);

}  // namespace vectors

/// The sum of `count` numbers.
template <class Scalar>
[[nodiscard]] Scalar sum(Index count, const Scalar* values) {
  if constexpr (detail::has_vectors<Scalar>) {
    return vectors::sum(count, values);
  } else {
    return sum_reference(count, values);
  }
}

/// The sum of the squares of `count` numbers, each taken as a double.
template <class Scalar>
[[nodiscard]] double sum_of_squares(Index count, const Scalar* values) {
  if constexpr (detail::has_vectors<Scalar>) {
    return vectors::sum_of_squares(count, values);
  } else {
    return sum_of_squares_reference(count, values);
  }
}

/// into[i] += Σⱼ matrix(i, j) for `columns` columns of `rows` numbers, column j beginning at `matrix + j · stride`. Each row is one
/// chain of additions, in the order of the columns.
template <class Scalar>
void add_columns(Index rows, Index columns, const Scalar* matrix, Index stride, Scalar* into) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::add_columns(rows, columns, matrix, stride, into);
  } else {
    add_columns_reference(rows, columns, matrix, stride, into);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/sum.ipp>
#endif
