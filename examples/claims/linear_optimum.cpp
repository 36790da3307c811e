// SPDX-License-Identifier: MIT
#include "linear_algebra.hpp"
#include "linear_optimum.hpp"

namespace claims {

betavae::Matrix<double> exact_points(const std::vector<double>& variances, betavae::Index count, std::uint64_t seed) {
  const auto dimensions = static_cast<betavae::Index>(variances.size());
  betavae::Matrix<double> normals(dimensions, count);
  for (betavae::Index j = 0; j < count; ++j) {
    betavae::Random(seed).fill_normals(normals.col(j).data(), dimensions, 0, static_cast<std::uint64_t>(j));
  }
  normals.colwise() -= normals.rowwise().mean().eval();
  const Eigen::Map<const Eigen::VectorXd> wanted(variances.data(), dimensions);
  return wanted.cwiseSqrt().asDiagonal() * whitened(normals);
}

}  // namespace claims
