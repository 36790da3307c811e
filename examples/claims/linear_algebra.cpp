// SPDX-License-Identifier: MIT
#include <betavae/core/random.hpp>
#include <Eigen/Dense>

#include "linear_algebra.hpp"

namespace claims {

using Matrix = betavae::Matrix<double>;

Matrix whitened(const Matrix& x) {
  const Matrix moment = x * x.transpose() / static_cast<double>(x.cols());
  return Eigen::SelfAdjointEigenSolver<Matrix>(moment).operatorInverseSqrt() * x;
}

double log_determinant(const Matrix& covariance) {
  return 2 * Eigen::LLT<Matrix>(covariance).matrixLLT().diagonal().array().log().sum();
}

Matrix random_rotation(betavae::Index size, std::uint64_t seed) {
  Matrix normals(size, size);
  betavae::Random(seed).fill_normals(normals.data(), normals.size(), 1, 0);
  return Eigen::HouseholderQR<Matrix>(normals).householderQ();
}

}  // namespace claims
