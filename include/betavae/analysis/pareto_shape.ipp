// SPDX-License-Identifier: MIT
// The fit of a tail's shape.
#pragma once

#include <betavae/analysis/pareto_shape.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace betavae {

namespace detail {

/// The shape of a generalized Pareto distribution from 0, of numbers above 0 in ascending order.
[[nodiscard]] BETAVAE_DEFINITION double fit_pareto_shape(const std::vector<double>& x) {
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

BETAVAE_DEFINITION double pareto_shape(std::vector<double>& log_weights) {
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
