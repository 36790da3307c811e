// SPDX-License-Identifier: MIT
// What claims need of linear algebra: Eigen's decompositions, which are compiled once for all of them.
#pragma once

#include <betavae/autodiff/variable.hpp>

#include <cstdint>

namespace claims {

/// Σ^−½ x with the second moment Σ = x xᵀ/n: decorrelated, each sample (a column) moved as little as can be.
betavae::Matrix<double> whitened(const betavae::Matrix<double>& x);

/// ln det of a symmetric positive definite matrix.
double log_determinant(const betavae::Matrix<double>& covariance);

/// Q of a QR decomposition of normals of this seed.
betavae::Matrix<double> random_rotation(betavae::Index size, std::uint64_t seed);

}  // namespace claims
