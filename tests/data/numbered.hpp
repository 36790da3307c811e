// SPDX-License-Identifier: MIT
// A matrix in which each number tells where it stands.
#pragma once

#include <betavae/core/index.hpp>
#include <betavae/core/matrix_view.hpp>

namespace betavae::test {

/// features × samples: 10 · sample + feature.
template <class Scalar = float>
[[nodiscard]] betavae::Matrix<Scalar> numbered(betavae::Index features, betavae::Index samples) {
  betavae::Matrix<Scalar> matrix(features, samples);
  for (betavae::Index j = 0; j < samples; ++j) {
    for (betavae::Index i = 0; i < features; ++i) {
      matrix(i, j) = static_cast<Scalar>(10 * j + i);
    }
  }
  return matrix;
}

}  // namespace betavae::test
