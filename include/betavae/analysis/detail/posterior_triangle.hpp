// SPDX-License-Identifier: MIT
// The lower triangular L of a Gaussian posterior's covariance L Lᵀ, diagonal or full, in double.
#pragma once

#include <betavae/vae/full_gaussian_posterior.hpp>

#include <cmath>

namespace betavae::detail {

/// L of sample j: latents × latents.
template <class Posterior>
[[nodiscard]] Matrix<double> posterior_triangle(const Posterior& posterior, Index j) {
  const Index latents = posterior.mean.rows();
  Matrix<double> triangle = Matrix<double>::Zero(latents, latents);
  for (Index k = 0; k < latents; ++k) {
    if constexpr (requires { posterior.factor; }) {
      const auto* const row = row_of_factor(posterior.factor.value_view().column(j), k);
      for (Index i = 0; i < k; ++i) {
        triangle(k, i) = static_cast<double>(row[i]);
      }
    }
    triangle(k, k) = std::exp(0.5 * static_cast<double>(posterior.log_variance.value_view().column(j)[k]));
  }
  return triangle;
}

/// Numbers as a column of doubles.
template <class Scalar>
[[nodiscard]] Matrix<double> column_of(MatrixView<Scalar> numbers, Index j) {
  Matrix<double> column(numbers.rows, 1);
  for (Index i = 0; i < numbers.rows; ++i) {
    column(i, 0) = static_cast<double>(numbers.column(j)[i]);
  }
  return column;
}

}  // namespace betavae::detail
