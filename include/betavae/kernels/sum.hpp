// SPDX-License-Identifier: MIT
// Sums in one fixed order: number i goes to lane i mod 16, and the sixteen lanes are added in a tree. The order does not depend on
// the width of a vector, so every instruction set gives the same bits; sixteen short chains also round less than a long one.
#pragma once

#include <betavae/core/index.hpp>

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

 private:
  Scalar lanes_[16] = {};
};

/// The sum of `count` numbers.
template <class Scalar>
[[nodiscard]] Scalar sum(Index count, const Scalar* values) {
  LaneSum<Scalar> lanes;
  for (Index i = 0; i < count; ++i) {
    lanes.add(i, values[i]);
  }
  return lanes.total();
}

}  // namespace betavae::kernels
