// SPDX-License-Identifier: MIT
// Best constants by their closed forms, or by Fisher scoring.
#pragma once

#include <betavae/analysis/detail/best_constant.hpp>
#include <betavae/analysis/detail/decompositions.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace betavae::detail {

BETAVAE_DEFINITION std::vector<double> MeanScore::standardized() const {
  std::vector<double> result;
  for (Index i = 0; i < score.rows(); ++i) {
    result.push_back(information(i, 0) > 0 ? score(i, 0) / std::sqrt(information(i, 0)) : 0.0);
  }
  return result;
}

BETAVAE_DEFINITION MeanScore mean_score(Scores& scores, const Matrix<double>& theta) {
  MeanScore mean{Matrix<double>::Zero(theta.rows(), 1), Matrix<double>::Zero(theta.rows(), 1)};
  double total = 0;
  scores.for_each_batch(theta, [&](const ScoreBatch& batch) {
    add_multiple(theta.rows(), 1, product(scores.score(batch), batch.weights).data(), mean.score.data());
    add_multiple(theta.rows(), 1, product(scores.information(batch), batch.weights).data(), mean.information.data());
    for (Index j = 0; j < batch.weights.rows(); ++j) {
      total += batch.weights(j, 0);
    }
  });
  for (Index i = 0; i < theta.rows(); ++i) {
    mean.score(i, 0) /= total;
    mean.information(i, 0) /= total;
  }
  return mean;
}

/// θ by Fisher scoring, θ += score/F, each parameter by itself. A step is at most two standard deviations of one sample, which keeps
/// the exponentials of a first guess far off in range, and gets shorter where the score changes sign without shrinking.
[[nodiscard]] BETAVAE_DEFINITION Matrix<double> scored_constant(Scores& scores, Index most_steps) {
  const auto count = static_cast<std::size_t>(scores.parameters());
  Matrix<double> theta = Matrix<double>::Zero(scores.parameters(), 1);
  std::vector<double> reach(count, 2.0);
  std::vector<double> before(count, 0.0);
  for (Index step = 0; step < most_steps; ++step) {
    const MeanScore mean = mean_score(scores, theta);
    const std::vector<double> distance = mean.standardized();
    if (std::all_of(distance.begin(), distance.end(), [](double off) { return std::abs(off) <= 1e-13; })) {
      break;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (distance[i] * before[i] < 0 && std::abs(distance[i]) > 0.5 * std::abs(before[i])) {
        reach[i] *= 0.5;
      }
      const auto row = static_cast<Index>(i);
      if (mean.information(row, 0) > 0) {
        theta(row, 0) += std::clamp(distance[i], -reach[i], reach[i]) / std::sqrt(mean.information(row, 0));
      }
    }
    before = distance;
  }
  return theta;
}

/// θ of a value of this mean.
[[nodiscard]] BETAVAE_DEFINITION double constant_of_mean(BestConstantForm form, double mean) {
  if (form == BestConstantForm::gaussian) {
    return mean;
  }
  const double odds = form == BestConstantForm::poisson ? mean : mean / (1 - mean);
  return std::clamp(std::log(odds), -infinite_constant, infinite_constant);
}

BETAVAE_DEFINITION Matrix<double> best_constant(Scores& scores, Index most_steps) {
  const BestConstantForm form = scores.likelihood().best_constant;
  if (form == BestConstantForm::none) {
    return scored_constant(scores, most_steps);
  }
  const Matrix<double> zero = Matrix<double>::Zero(scores.parameters(), 1);
  Matrix<double> sum = zero;
  Matrix<double> present = zero;
  Matrix<double> first = zero;  // a Gaussian's values count from their first, lest those far from 0 lose digits
  bool has_offsets = false;
  scores.for_each_batch(zero, [&](const ScoreBatch& batch) {
    has_offsets = has_offsets || batch.has_offsets;
    for (Index j = 0; j < batch.values.cols(); ++j) {
      for (Index i = 0; i < batch.values.rows(); ++i) {
        if (batch.is_present(i, j)) {
          // The offset: part of a Gaussian's mean, a factor of a Poisson's.
          const bool is_gaussian = form == BestConstantForm::gaussian;
          const double value = batch.values(i, j) - (is_gaussian ? batch.output(i, j) : 0.0);
          first(i, 0) = is_gaussian && present(i, 0) == 0 ? value : first(i, 0);
          const double weight = batch.weights(j, 0);
          sum(i, 0) += weight * (value - first(i, 0));
          present(i, 0) += weight * (form == BestConstantForm::poisson ? std::exp(batch.output(i, j)) : 1.0);
        }
      }
    }
  });
  if (form == BestConstantForm::bernoulli && has_offsets) {
    return scored_constant(scores, most_steps);
  }
  for (Index i = 0; i < sum.rows(); ++i) {
    sum(i, 0) = present(i, 0) > 0 ? constant_of_mean(form, first(i, 0) + sum(i, 0) / present(i, 0)) : 0.0;
  }
  return sum;
}

}  // namespace betavae::detail
