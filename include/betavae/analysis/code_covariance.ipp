// SPDX-License-Identifier: MIT
// Sums over samples of what the law of total covariance is made of.
#pragma once

#include <betavae/analysis/code_covariance.hpp>
#include <betavae/analysis/detail/csv_cell.hpp>

#include <cmath>
#include <cstddef>

namespace betavae {

BETAVAE_DEFINITION double off_diagonal_mass(const Matrix<double>& matrix) {
  const double all = matrix.squaredNorm();
  return std::isnan(all) ? all : all > 0 ? std::max(0.0, all - matrix.diagonal().squaredNorm()) / all : 0.0;
}

BETAVAE_DEFINITION Matrix<double> CodeCovariance::total() const { return within + between; }

BETAVAE_DEFINITION std::vector<double> CodeCovariance::z_mean_square() const {
  std::vector<double> squares;
  for (std::size_t k = 0; k < z_mean.size(); ++k) {
    const auto row = static_cast<Index>(k);
    squares.push_back(within(row, row) + between(row, row) + z_mean[k] * z_mean[k]);
  }
  return squares;
}

BETAVAE_DEFINITION Stationarity CodeCovariance::stationarity(double tolerance) const {
  return betavae::stationarity(z_mean, z_mean_square(), tolerance);
}

BETAVAE_DEFINITION double CodeCovariance::worst_deviation() const {
  const Eigen::ArrayXXd off = (sampled - total()).array().abs();
  const Eigen::ArrayXXd deviation = (error.array() == 0).select(0.0, off / error.array());
  return off.size() == 0 ? 0.0 : deviation.maxCoeff<Eigen::PropagateNaN>();
}

BETAVAE_DEFINITION std::string CodeCovariance::csv() const {
  std::string text = "row,column,within,between,total,sampled,error\n";
  for (Index i = 0; i < within.rows(); ++i) {
    for (Index j = 0; j < within.cols(); ++j) {
      text += detail::csv_line({static_cast<double>(i), static_cast<double>(j), within(i, j), between(i, j),
                                within(i, j) + between(i, j), sampled(i, j), error(i, j)});
    }
  }
  return text;
}

namespace detail {

BETAVAE_DEFINITION void require_sensible(const CodeCovarianceOptions& options) {
  require(options.batch > 0, "code_covariance", "options.batch", "at least 1", options.batch);
  require(options.threads >= 0 && options.threads <= 1024, "code_covariance", "options.threads",
          "a number from 0 to 1024", options.threads);
}

BETAVAE_DEFINITION void add_sample(CodeCovariance& sums, double weight, const Matrix<double>& mean,
                                   const Matrix<double>& drawn, const Matrix<double>& of_sample) {
  const auto off_centre = [&](const Matrix<double>& z, Index k) {
    return z(k, 0) - sums.z_mean[static_cast<std::size_t>(k)];
  };
  for (Index k = 0; k < of_sample.cols(); ++k) {
    for (Index j = 0; j < of_sample.rows(); ++j) {
      const double a_j = off_centre(mean, j);
      const double a_k = off_centre(mean, k);
      const double both = of_sample(j, k);
      sums.within(j, k) += weight * both;
      sums.between(j, k) += weight * a_j * a_k;
      sums.sampled(j, k) += weight * off_centre(drawn, j) * off_centre(drawn, k);
      const double fourth = a_j * a_j * of_sample(k, k) + a_k * a_k * of_sample(j, j) +
                            of_sample(j, j) * of_sample(k, k) + both * (2 * a_j * a_k + both);
      sums.error(j, k) += weight * weight * fourth;
    }
  }
}

BETAVAE_DEFINITION void divide_sums(CodeCovariance& sums, double total) {
  sums.within /= total;
  sums.between /= total;
  sums.sampled /= total;
  sums.error = sums.error.cwiseSqrt() / total;
}

BETAVAE_DEFINITION std::string text_of(const CodeCovariance& covariance) {
  return format_text(
      "Cov[z] of {} samples: variance {} = {} within + {} between; off-diagonal mass {} (within {}, between {}); "
      "draws agree within {} standard errors",
      {covariance.samples,
       {covariance.total().trace(), 3},
       {covariance.within.trace(), 3},
       {covariance.between.trace(), 3},
       {off_diagonal_mass(covariance.total()), 4},
       {off_diagonal_mass(covariance.within), 4},
       {off_diagonal_mass(covariance.between), 4},
       {covariance.worst_deviation(), 1}});
}

}  // namespace detail
}  // namespace betavae
