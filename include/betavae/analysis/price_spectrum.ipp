// SPDX-License-Identifier: MIT
// Prices from scores.
#pragma once

#include <betavae/analysis/detail/best_constant.hpp>
#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/detail/decompositions.hpp>
#include <betavae/analysis/price_spectrum.hpp>

#include <cmath>
#include <cstddef>
#include <utility>

namespace betavae {

BETAVAE_DEFINITION Index PriceSpectrum::predicted_active(double beta) const {
  require(beta >= 0 && std::isfinite(beta), "PriceSpectrum::predicted_active", "beta", "a finite number of at least 0",
          beta);
  return static_cast<Index>(std::count_if(prices.begin(), prices.end(), [=](double price) { return price > beta; }));
}

BETAVAE_DEFINITION std::string PriceSpectrum::csv() const {
  std::string text = "direction,price\n";
  for (std::size_t i = 0; i < prices.size(); ++i) {
    text += detail::csv_line({static_cast<double>(i + 1), prices[i]});
  }
  return text;
}

namespace detail {

BETAVAE_DEFINITION void require_sensible(const PriceSpectrumOptions& options) {
  require(options.batch > 0, "price_spectrum", "options.batch", "at least 1", options.batch);
  require(options.most_steps > 0, "price_spectrum", "options.most_steps", "at least 1", options.most_steps);
}

/// F^−½ of a block, by its correlations, so that parameters of different scales count alike: 0 along what has no information.
[[nodiscard]] BETAVAE_DEFINITION Matrix<double> inverse_root(const Matrix<double>& block) {
  const Index size = block.rows();
  std::vector<double> scales;
  for (Index i = 0; i < size; ++i) {
    scales.push_back(block(i, i) > 0 ? 1 / std::sqrt(std::max(block(i, i), 1e-300)) : 0.0);
  }
  const auto scale = [&](Index i) { return scales[static_cast<std::size_t>(i)]; };
  if (size == 1) {
    Matrix<double> root(1, 1);
    root(0, 0) = scale(0);
    return root;
  }
  Matrix<double> correlation(size, size);
  for (Index j = 0; j < size; ++j) {
    for (Index i = 0; i < size; ++i) {
      correlation(i, j) = scale(i) * (0.5 * (block(i, j) + block(j, i))) * scale(j);
    }
  }
  const SymmetricEigen eigen = eigen_of_symmetric(correlation);
  constexpr double least = 1e-6;  // below it lie the errors of the differences that the block comes from
  // Any root serves: R F Rᵀ = 1 on what has information, and the eigenvalues of R Cov Rᵀ are the same for all of them.
  Matrix<double> root(size, size);
  for (Index i = 0; i < size; ++i) {
    const double value = eigen.values[static_cast<std::size_t>(i)];
    for (Index j = 0; j < size; ++j) {
      root(i, j) = value > least ? eigen.vectors(j, i) * scale(j) / std::sqrt(value) : 0.0;
    }
  }
  return root;
}

/// F: column k of every value's block. Where it is not the curvature by itself, minus the slope of the mean score in parameter k.
[[nodiscard]] BETAVAE_DEFINITION Matrix<double> curvature_of_scores(Scores& scores, const Matrix<double>& theta,
                                                                    const MeanScore& mean) {
  if (scores.likelihood().best_constant != BestConstantForm::none) {
    return mean.information;
  }
  const Index features = scores.features();
  Matrix<double> curvature = Matrix<double>::Zero(scores.parameters(), scores.likelihood().per_value);
  for (Index k = 0; k < curvature.cols(); ++k) {
    Matrix<double> step = Matrix<double>::Zero(scores.parameters(), 1);
    for (Index i = k * features; i < (k + 1) * features; ++i) {
      step(i, 0) = mean.information(i, 0) > 0 ? 1e-4 / std::sqrt(mean.information(i, 0)) : 0.0;
    }
    Matrix<double> below = theta;
    Matrix<double> above = theta;
    add_multiple(theta.rows(), -1, step.data(), below.data());
    add_multiple(theta.rows(), 1, step.data(), above.data());
    below = mean_score(scores, below).score;
    above = mean_score(scores, above).score;
    for (Index i = 0; i < curvature.rows(); ++i) {
      const double of_value = step(k * features + i % features, 0);
      curvature(i, k) = of_value > 0 ? (below(i, 0) - above(i, 0)) / (2 * of_value) : 0.0;
    }
  }
  return curvature;
}

/// Cov[s], and the number of samples.
template <class Number>
[[nodiscard]] Matrix<Number> covariance_of_scores(Scores& scores, const Matrix<double>& theta, const MeanScore& mean,
                                                  Index& samples) {
  Matrix<Number> covariance = Matrix<Number>::Zero(scores.parameters(), scores.parameters());
  double total = 0;
  samples = 0;
  scores.for_each_batch(theta, [&](const ScoreBatch& batch) {
    Matrix<Number> s = scores.score(batch);
    for (Index j = 0; j < s.cols(); ++j) {
      const double root = std::sqrt(batch.weights(j, 0));
      for (Index i = 0; i < s.rows(); ++i) {
        s(i, j) = (s(i, j) - mean.score(i, 0)) * root;
      }
      total += batch.weights(j, 0);
    }
    covariance.template selfadjointView<Eigen::Lower>().rankUpdate(s);
    samples += s.cols();
  });
  for (Index j = 0; j < covariance.cols(); ++j) {
    for (Index i = j; i < covariance.rows(); ++i) {
      covariance(i, j) /= total;
      covariance(j, i) = covariance(i, j);
    }
  }
  return covariance;
}

template <class Number>
PriceSpectrum price_spectrum_of_scores(Scores& scores, Index most_steps) {
  const LikelihoodFacts& likelihood = scores.likelihood();
  const Index per_value = likelihood.per_value;
  const Index features = scores.features();
  PriceSpectrum result{.likelihood = std::string(likelihood.name)};
  const Matrix<double> theta = best_constant(scores, most_steps);
  const MeanScore mean = mean_score(scores, theta);
  const Matrix<double> curvature = curvature_of_scores(scores, theta, mean);
  Matrix<Number> covariance = covariance_of_scores<Number>(scores, theta, mean, result.samples);

  // (σ̂/σ)², which a σ that is trained too takes away from prices.
  double scale = 1;
  if (likelihood.has_free_sigma) {
    double variance = 0;
    double information = 0;
    for (Index i = 0; i < covariance.rows(); ++i) {
      variance += covariance(i, i);
      information += mean.information(i, 0);
    }
    const double least = likelihood.sigma_floor / likelihood.sigma;
    scale = std::max(variance / information, least * least);
    for (Index i = 0; i < covariance.size(); ++i) {
      covariance.data()[i] /= scale;
    }
  }

  // R of each value from both sides: first of the rows, then of the columns, which are those of the transpose.
  Matrix<double> gathered(per_value, scores.parameters());
  Matrix<double> block(per_value, per_value);
  for (int side = 0; side < 2; ++side) {
    for (Index i = 0; i < features; ++i) {
      for (Index k = 0; k < per_value; ++k) {
        for (Index j = 0; j < per_value; ++j) {
          block(k, j) = curvature(i + k * features, j);
        }
        for (Index j = 0; j < covariance.cols(); ++j) {
          gathered(k, j) = covariance(i + k * features, j);
        }
      }
      const Matrix<double> turned = product(inverse_root(block), gathered);
      for (Index j = 0; j < covariance.cols(); ++j) {
        for (Index k = 0; k < per_value; ++k) {
          covariance(i + k * features, j) = turned(k, j);
        }
      }
    }
    for (Index j = 0; j < covariance.cols(); ++j) {
      for (Index i = j + 1; i < covariance.rows(); ++i) {
        std::swap(covariance(i, j), covariance(j, i));
      }
    }
  }

  for (const double off : mean.standardized()) {
    const double distance = std::abs(off) / std::sqrt(scale);
    result.residual = distance <= result.residual || std::isnan(result.residual) ? result.residual : distance;
  }
  result.constant.assign(theta.data(), theta.data() + theta.size());
  result.prices = eigenvalues_of_symmetric(covariance);
  std::reverse(result.prices.begin(), result.prices.end());
  for (double& price : result.prices) {
    price = std::max(0.0, price);
  }
  return result;
}

BETAVAE_DEFINITION std::string text_of(const PriceSpectrum& spectrum) {
  std::string text = format_text("{}: collapse is stable beyond beta = {}; prices",
                                 {spectrum.likelihood, {spectrum.collapse_price(), 2}});
  for (std::size_t i = 0; i < std::min<std::size_t>(spectrum.prices.size(), 8); ++i) {
    text += format_text(" {}", {{spectrum.prices[i], 2}});
  }
  text += format_text("{} ({})", {spectrum.prices.size() > 8 ? " ..." : "", spectrum.prices.size()});
  if (!spectrum.converged()) {
    text += format_text("; the best constant output was not found: its mean score is {} standard deviations from 0",
                        {spectrum.residual});
  }
  return text;
}

}  // namespace detail
}  // namespace betavae
