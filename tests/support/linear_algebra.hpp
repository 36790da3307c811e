// SPDX-License-Identifier: MIT
// What tests ask of linear algebra. It is Eigen's, not the library's own, and compiled once: a decomposition costs each file that calls
// it 5 to 15 s.
#pragma once

#include <betavae/autodiff/variable.hpp>

#include <cstdint>
#include <vector>

namespace betavae::test {

/// Orthogonal, and the same for a seed in every run.
[[nodiscard]] Matrix<double> random_rotation(Index size, std::uint64_t seed);

[[nodiscard]] Matrix<double> inverse(const Matrix<double>& matrix);

/// ln |det|
[[nodiscard]] double log_determinant(const Matrix<double>& matrix);

/// L of a symmetric positive definite matrix S = L Lᵀ.
[[nodiscard]] Matrix<double> cholesky_factor(const Matrix<double>& matrix);

/// Σ^−½ x with Σ = x xᵀ/n.
[[nodiscard]] Matrix<double> whitened(const Matrix<double>& x);

/// Of a symmetric matrix.
struct Spectrum {
  std::vector<double> values;  ///< descending
  Matrix<double> vectors;      ///< in the same order, one a column
};
[[nodiscard]] Spectrum spectrum(const Matrix<double>& matrix);

}  // namespace betavae::test
