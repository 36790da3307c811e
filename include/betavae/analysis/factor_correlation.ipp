// SPDX-License-Identifier: MIT
// Correlations of latents with factors and with each other.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/detail/decompositions.hpp>
#include <betavae/analysis/factor_correlation.hpp>

#include <cmath>
#include <cstddef>

namespace betavae {

BETAVAE_DEFINITION std::string FactorCorrelation::csv() const {
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

namespace detail {

/// Makes a row one of mean 0 and length 1; or of zeros, where its variance is at most `least_variance` or it is constant. Returns whether
/// anything is left of it.
[[nodiscard]] BETAVAE_DEFINITION bool standardize_row(Matrix<double>& rows, Index row, double least_variance) {
  const Index count = rows.cols();
  const auto samples = static_cast<double>(count);
  double least = rows(row, 0);
  double greatest = least;
  double mean = 0;
  for (Index j = 0; j < count; ++j) {
    least = std::min(least, rows(row, j));
    greatest = std::max(greatest, rows(row, j));
    mean += rows(row, j) / samples;
  }
  double size = 0;  // squares of numbers as they are may be infinite, or 0
  for (Index j = 0; j < count; ++j) {
    rows(row, j) -= mean;
    size = std::max(size, std::abs(rows(row, j)));
  }
  const auto divide = [&](double by) {
    double squares = 0;
    for (Index j = 0; j < count; ++j) {
      rows(row, j) /= by;
      squares += rows(row, j) * rows(row, j);
    }
    return std::sqrt(squares);
  };
  const double length = divide(size > 0 ? size : 1);
  if (least == greatest || !(size * (length / std::sqrt(samples)) > std::sqrt(least_variance))) {
    for (Index j = 0; j < count; ++j) {
      rows(row, j) = 0;
    }
    return false;
  }
  return divide(length) > 0;
}

BETAVAE_DEFINITION FactorCorrelation correlate_with_factors(Matrix<double> codes, Matrix<double> factors,
                                                            const FactorCorrelationOptions& options) {
  require_same_size("factor_correlation", "columns of the codes", codes.cols(), "columns of the factors",
                    factors.cols());
  require(codes.rows() > 0, "factor_correlation", "rows of the codes", "at least 1 latent", codes.rows());
  require(factors.rows() > 0, "factor_correlation", "rows of the factors", "at least 1 factor", factors.rows());
  require(codes.cols() > 1, "factor_correlation", "columns of the codes", "at least 2 samples", codes.cols());
  require(options.least_variance >= 0, "factor_correlation", "options.least_variance", "at least 0",
          options.least_variance);
  require<DataError>(codes.allFinite(), "factor_correlation", "codes", "finite numbers", "others");
  require<DataError>(factors.allFinite(), "factor_correlation", "factors", "finite numbers", "others");
  std::vector<Index> active;
  for (Index k = 0; k < codes.rows(); ++k) {
    if (standardize_row(codes, k, options.least_variance)) {
      active.push_back(k);
    }
  }
  for (Index i = 0; i < factors.rows(); ++i) {
    require(standardize_row(factors, i, 0), "factor_correlation", "factors", "factors that differ between samples",
            "one that is constant");
  }
  FactorCorrelation result;
  result.with_factors = product_with_transpose(codes, factors).cwiseAbs();
  result.of_codes = product_with_transpose(codes, codes);
  for (Index i = 0; i < factors.rows(); ++i) {
    Index latent = 0;
    for (Index k = 1; k < codes.rows(); ++k) {
      latent = result.with_factors(k, i) > result.with_factors(latent, i) ? k : latent;
    }
    result.score += result.with_factors(latent, i) / static_cast<double>(factors.rows());
    result.latent_of_factor.push_back(latent);
  }
  for (Index k = 0; k < codes.rows(); ++k) {
    result.of_codes(k, k) = 1;
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

BETAVAE_DEFINITION std::string text_of(const FactorCorrelation& correlation) {
  return format_text(
      "correlation with factors {}  between latents {}  active {}/{}",
      {{correlation.score, 3}, {correlation.off_diagonal, 3}, correlation.active, correlation.with_factors.rows()});
}

}  // namespace detail
}  // namespace betavae
