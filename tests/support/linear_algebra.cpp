// SPDX-License-Identifier: MIT
#include <Eigen/Dense>

#include "linear_algebra.hpp"
#include "model_check.hpp"

#include <cmath>

namespace betavae::test {

Matrix<double> random_rotation(Index size, std::uint64_t seed) {
  return Eigen::HouseholderQR<Matrix<double>>(normals(size, size, seed)).householderQ();
}

Matrix<double> inverse(const Matrix<double>& matrix) { return matrix.inverse(); }

double log_determinant(const Matrix<double>& matrix) { return std::log(std::abs(matrix.determinant())); }

Matrix<double> cholesky_factor(const Matrix<double>& matrix) { return matrix.llt().matrixL(); }

Matrix<double> whitened(const Matrix<double>& x) {
  const Matrix<double> moment = x * x.transpose() / static_cast<double>(x.cols());
  return Eigen::SelfAdjointEigenSolver<Matrix<double>>(moment).operatorInverseSqrt() * x;
}

Spectrum spectrum(const Matrix<double>& matrix) {
  const Eigen::SelfAdjointEigenSolver<Matrix<double>> solver(matrix);
  const Eigen::VectorXd values = solver.eigenvalues().reverse();
  return {{values.begin(), values.end()}, solver.eigenvectors().rowwise().reverse()};
}

}  // namespace betavae::test
