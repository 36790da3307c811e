// SPDX-License-Identifier: MIT
// The best output of a decoder that ignores its code: θ with E[s] = 0, in closed form or by Fisher scoring.
//
// Closed forms: the mean of a Gaussian, ln of the mean of a Poisson's counts over the mean of their exposures, the logit of the mean of
// a Bernoulli's values (without offsets). Else θ += E[s]/F, each parameter by itself (Fisher, 1925).
#pragma once

#include <betavae/analysis/detail/score_sums.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace betavae::detail {

/// Where a best constant is minus or plus infinity (a pixel that is never lit), the number that stands for it.
inline constexpr double infinite_constant = 300;

/// θ of a value of mean x̄ in closed form, where the likelihood is known to have one.
template <class LikelihoodType>
struct BestConstant {
  static constexpr bool is_known = false;
  static constexpr bool has_free_sigma = false;
};
template <class LikelihoodType>
requires requires { LikelihoodType::name; }
struct BestConstant<LikelihoodType> {
  static constexpr bool is_bernoulli = LikelihoodType::name == std::string_view("Bernoulli");
  static constexpr bool is_poisson = LikelihoodType::name == std::string_view("Poisson");
  /// σ is found by training, so the best constant output has a best σ beside it.
  static constexpr bool has_free_sigma = LikelihoodType::name == std::string_view("GaussianLearnedSigma") ||
                                         LikelihoodType::name == std::string_view("GaussianOptimalSigma");
  static constexpr bool is_gaussian = LikelihoodType::name == std::string_view("Gaussian") || has_free_sigma;
  static constexpr bool is_known =
      LikelihoodType::parameters_per_value == 1 && (is_bernoulli || is_poisson || is_gaussian);

  [[nodiscard]] static double of_mean(double mean) {
    if constexpr (is_gaussian) {
      return mean;
    } else {
      const double odds = is_poisson ? mean : mean / (1 - mean);
      return std::clamp(std::log(odds), -infinite_constant, infinite_constant);
    }
  }
};

/// θ by Fisher scoring, θ += score/F, each parameter by itself. A step is at most two standard deviations of one sample, which keeps
/// the exponentials of a first guess far off in range, and gets shorter where the score changes sign without shrinking.
template <class Sums>
[[nodiscard]] Eigen::VectorXd scored_constant(Sums& sums, Index most_steps) {
  Eigen::VectorXd theta = Eigen::VectorXd::Zero(sums.parameters());
  Eigen::ArrayXd reach = Eigen::ArrayXd::Constant(theta.size(), 2.0);
  Eigen::ArrayXd before = Eigen::ArrayXd::Zero(theta.size());
  for (Index step = 0; step < most_steps; ++step) {
    const MeanScore mean = mean_score(sums, theta);
    const Eigen::ArrayXd distance = mean.standardized();
    if (distance.abs().maxCoeff() <= 1e-13) {
      break;
    }
    for (Index i = 0; i < theta.size(); ++i) {
      if (distance(i) * before(i) < 0 && std::abs(distance(i)) > 0.5 * std::abs(before(i))) {
        reach(i) *= 0.5;
      }
      if (mean.information(i) > 0) {
        const double move = std::clamp(distance(i), -reach(i), reach(i)) / std::sqrt(mean.information(i));
        theta(i) = theta(i) + move;
      }
    }
    before = distance;
  }
  return theta;
}

template <class Sums, class LikelihoodType>
[[nodiscard]] Eigen::VectorXd best_constant(Sums& sums, const LikelihoodType& /*likelihood*/, Index most_steps) {
  using Known = BestConstant<LikelihoodType>;
  if constexpr (Known::is_known) {
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(sums.parameters());
    Eigen::VectorXd present = Eigen::VectorXd::Zero(sums.parameters());
    const Eigen::VectorXd zero = sum;
    Eigen::VectorXd first = sum;  // a Gaussian's values count from their first, lest those far from 0 lose digits
    sums.for_each_batch(zero, [&](const auto& values, const auto& output, const auto& weights) {
      for (Index j = 0; j < values.cols(); ++j) {
        for (Index i = 0; i < values.rows(); ++i) {
          if (sums.is_present(i, j)) {
            // The offset: part of a Gaussian's mean, a factor of a Poisson's.
            const double value = values(i, j) - (Known::is_gaussian ? output(i, j) : 0.0);
            first(i) = Known::is_gaussian && present(i) == 0 ? value : first(i);
            sum(i) += weights(j) * (value - first(i));
            present(i) += weights(j) * (Known::is_poisson ? std::exp(output(i, j)) : 1.0);
          }
        }
      }
    });
    if (!Known::is_bernoulli || !sums.has_offsets()) {
      for (Index i = 0; i < sum.size(); ++i) {
        sum(i) = present(i) > 0 ? Known::of_mean(first(i) + sum(i) / present(i)) : 0.0;
      }
      return sum;
    }
  }
  return scored_constant(sums, most_steps);
}

}  // namespace betavae::detail
