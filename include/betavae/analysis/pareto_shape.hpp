// SPDX-License-Identifier: MIT
// How heavy the tail of importance weights is: the shape k of the generalized Pareto distribution that their largest ones follow
// (Vehtari, Simpson, Gelman, Yao and Gabry, 2024, "Pareto smoothed importance sampling", sections 2.4 and 3).
//
// P(w > t) falls as t^(−1/k): the weights have finite moments up to the order 1/k alone, so their variance is infinite from k = ½ on,
// when the error of a mean of weights is no longer of the order 1/√draws. Beyond k = 0.7 no number of draws that one can afford helps.
// For a Gaussian posterior of variance s² in place of 1, ln w = ½ (1 − s²) ε² + …: k = 1 − s² for s < 1, so the variance is infinite
// from half of the true variance down; for s ≥ 1 the weights are bounded, and k ≤ 0. That is the tail's end. The k̂ of some draws is of
// the part of the tail that these reach: of a posterior of variance 1 whose mean is 2 standard deviations off, w is lognormal and has all
// moments, yet 1000 draws show k̂ = 0.7.
//
// The fit is that of Zhang and Stephens (2009, "A new and efficient estimation method for the generalized Pareto distribution"): the
// posterior mean of one parameter over a grid, drawn toward k = ½ by as much as ten more weights would (Vehtari et al., appendix C).
#pragma once

#include <betavae/core/index.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace betavae {

/// Of at least so many draws a tail can be fitted, though k̂ scatters by 0.5 then; by (1 + k)/√(tail length) for many.
inline constexpr Index least_draws_for_tail = 25;

namespace detail {

/// The shape of a generalized Pareto distribution from 0, of numbers above 0 in ascending order.
[[nodiscard]] inline double fit_pareto_shape(const std::vector<double>& x) {
  const auto count = static_cast<double>(x.size());
  const auto grid = 30 + static_cast<Index>(std::sqrt(count));
  const double quartile = x[(x.size() + 2) / 4 - 1];
  const auto shape_at = [&](double b) {
    double sum = 0;
    for (const double number : x) {
      sum += std::log1p(-b * number);
    }
    return sum / count;
  };
  std::vector<double> points;
  std::vector<double> log_likelihoods;
  for (Index j = 1; j <= grid; ++j) {
    const double b =
        (1 - std::sqrt(static_cast<double>(grid) / (static_cast<double>(j) - 0.5))) / (3 * quartile) + 1 / x.back();
    const double shape = shape_at(b);
    points.push_back(b);
    log_likelihoods.push_back(count * (std::log(-b / shape) - shape - 1));
  }
  const double greatest = *std::max_element(log_likelihoods.begin(), log_likelihoods.end());
  double total = 0;
  double mean = 0;
  for (std::size_t j = 0; j < points.size(); ++j) {
    const double weight = std::exp(log_likelihoods[j] - greatest);
    total += weight;
    mean += weight * points[j];
  }
  return (count * shape_at(mean / total) + 10 * 0.5) / (count + 10);
}

}  // namespace detail

/// k̂ of weights given by their logarithms, which are sorted on the way. −∞ where the largest weights are all alike, +∞ where the
/// greatest is all there is to floating-point numbers; NaN for fewer than `least_draws_for_tail`, or where a weight is not a number.
[[nodiscard]] inline double pareto_shape(std::vector<double>& log_weights) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double log_negligible = -600;  // e to it is still far above the least number
  constexpr std::size_t least_tail = 5;
  const auto draws = static_cast<double>(log_weights.size());
  if (log_weights.size() < static_cast<std::size_t>(least_draws_for_tail) ||
      std::any_of(log_weights.begin(), log_weights.end(), [](double x) { return std::isnan(x) || x == HUGE_VAL; })) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::sort(log_weights.begin(), log_weights.end());
  const auto length = static_cast<std::size_t>(std::ceil(std::min(0.2 * draws, 3 * std::sqrt(draws))));
  const double greatest = log_weights.back();
  const std::size_t first = log_weights.size() - length;
  if (!(log_weights[first + length / 4] - greatest > log_negligible)) {
    return infinity;
  }
  const double cut = std::exp(log_weights[first - 1] - greatest);
  std::vector<double> tail;
  for (std::size_t i = first; i < log_weights.size(); ++i) {
    const double excess = std::exp(log_weights[i] - greatest) - cut;
    if (excess > 0) {
      tail.push_back(excess);
    }
  }
  return tail.size() < least_tail ? -infinity : detail::fit_pareto_shape(tail);
}

}  // namespace betavae
