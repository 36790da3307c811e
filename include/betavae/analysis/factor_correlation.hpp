// SPDX-License-Identifier: MIT
// How far each latent follows one of the factors that the data were made from, and whether the latents are decorrelated: two questions.
//
//     score = mean over factors f of maxₖ |corr(zₖ, f)|,      off-diagonal = mean over pairs k < l of |corr(zₖ, z_l)|
//
// Codes whose covariance is the identity stay so under every rotation, so that off-diagonal 0 says nothing about axes: two independent
// factors of one variance, rotated by 45°, are decorrelated as well, and the score falls from 1 to 1/√2.
//
// The correlation is Pearson's: it sees what is linear alone, and an angle, or a category by its number, may be followed and not be seen.
// It is blind to scale: what a collapsed latent has left of variance may correlate with anything, so latents that are not active count as
// correlated with nothing.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/autodiff/variable.hpp>
#include <betavae/train/history.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace betavae {

struct FactorCorrelationOptions {
  double least_variance = active_variance;  ///< a latent of this variance or less is not active. At least 0
};

/// Correlations over the samples.
struct FactorCorrelation {
  Matrix<double> with_factors;          ///< latents × factors: |corr|; 0 for latents that are not active
  Matrix<double> of_codes;              ///< latents × latents: signed; identity for latents that are not active
  std::vector<Index> latent_of_factor;  ///< that correlates most with each factor
  double score = 0;                     ///< mean over factors of the largest |corr|
  double off_diagonal = 0;              ///< mean |corr| of two active latents; 0 where there are not two
  Index active = 0;

  /// One line a latent, |corr| with each factor, with a header.
  [[nodiscard]] std::string csv() const {
    std::string text = "latent";
    for (Index f = 0; f < with_factors.cols(); ++f) {
      text += detail::format_text(",factor_{}", {f});
    }
    for (Index k = 0; k < with_factors.rows(); ++k) {
      text += detail::format_text("\n{}", {k});
      for (Index f = 0; f < with_factors.cols(); ++f) {
        text.append(",").append(detail::csv_cell(with_factors(k, f)));
      }
    }
    return text + "\n";
  }
};

namespace detail {

/// Rows of mean 0 and length 1; 0 for rows whose variance is at most `least_variance`, or that are constant.
[[nodiscard]] inline Matrix<double> standardized_rows(Matrix<double> rows, double least_variance) {
  for (Index k = 0; k < rows.rows(); ++k) {
    const bool is_constant = rows.row(k).minCoeff() == rows.row(k).maxCoeff();
    rows.row(k).array() -= (rows.row(k) / static_cast<double>(rows.cols())).sum();
    const double size = rows.row(k).cwiseAbs().maxCoeff();  // squares of numbers as they are may be infinite, or 0
    rows.row(k) /= size > 0 ? size : 1;
    const double deviation = size * (rows.row(k).norm() / std::sqrt(static_cast<double>(rows.cols())));
    if (is_constant || !(deviation > std::sqrt(least_variance))) {
      rows.row(k).setZero();
    } else {
      rows.row(k).normalize();
    }
  }
  return rows;
}

}  // namespace detail

/// `codes`: latents × samples, such as posterior means. `factors`: factors × samples, the numbers that made each sample.
/// Errors: ArgumentError for other sizes, no latent, no factor, fewer than two samples, a factor that is constant, or a least variance
/// below 0; DataError for numbers that are not finite.
template <class DerivedCodes, class DerivedFactors>
[[nodiscard]] FactorCorrelation factor_correlation(const Eigen::MatrixBase<DerivedCodes>& codes,
                                                   const Eigen::MatrixBase<DerivedFactors>& factors,
                                                   const FactorCorrelationOptions& options = {}) {
  require_same_size("factor_correlation", "columns of the codes", codes.cols(), "columns of the factors",
                    factors.cols());
  require(codes.rows() > 0, "factor_correlation", "rows of the codes", "at least 1 latent", codes.rows());
  require(factors.rows() > 0, "factor_correlation", "rows of the factors", "at least 1 factor", factors.rows());
  require(codes.cols() > 1, "factor_correlation", "columns of the codes", "at least 2 samples", codes.cols());
  require(options.least_variance >= 0, "factor_correlation", "options.least_variance", "at least 0",
          options.least_variance);
  require<DataError>(codes.allFinite(), "factor_correlation", "codes", "finite numbers", "others");
  require<DataError>(factors.allFinite(), "factor_correlation", "factors", "finite numbers", "others");
  const Matrix<double> z = detail::standardized_rows(codes.template cast<double>(), options.least_variance);
  const Matrix<double> f = detail::standardized_rows(factors.template cast<double>(), 0);
  for (Index i = 0; i < f.rows(); ++i) {
    require((f.row(i).array() != 0).any(), "factor_correlation", "factors", "factors that differ between samples",
            "one that is constant");
  }
  FactorCorrelation result;
  result.with_factors = (z * f.transpose()).cwiseAbs();
  result.of_codes = z * z.transpose();
  for (Index i = 0; i < f.rows(); ++i) {
    Index latent = 0;
    result.score += result.with_factors.col(i).maxCoeff(&latent) / static_cast<double>(f.rows());
    result.latent_of_factor.push_back(latent);
  }
  std::vector<Index> active;
  for (Index k = 0; k < z.rows(); ++k) {
    result.of_codes(k, k) = 1;
    if ((z.row(k).array() != 0).any()) {
      active.push_back(k);
    }
  }
  result.active = static_cast<Index>(active.size());
  for (std::size_t i = 0; i < active.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      result.off_diagonal += std::abs(result.of_codes(active[i], active[j]));
    }
  }
  if (result.active > 1) {
    result.off_diagonal /= 0.5 * static_cast<double>(result.active * (result.active - 1));
  }
  return result;
}

}  // namespace betavae

/// correlation with factors 0.707  between latents 0.000  active 2/2
template <>
struct fmt::formatter<betavae::FactorCorrelation> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::FactorCorrelation& result, Context& context) const {
    const std::string text = betavae::detail::format_text(
        "correlation with factors {}  between latents {}  active {}/{}",
        {{result.score, 3}, {result.off_diagonal, 3}, result.active, result.with_factors.rows()});
    return std::copy(text.begin(), text.end(), context.out());
  }
};
