// SPDX-License-Identifier: MIT
// What sums over batches say of a set.
#pragma once

#include <betavae/train/evaluate.hpp>

namespace betavae::detail {

BETAVAE_DEFINITION void EvaluationSums::add(double weight, double floor, double distortion,
                                            std::span<const double> rate_per_dimension) {
  weight_ += weight;
  floor_ += floor;
  distortion_ += weight * distortion;
  rate_per_dimension_.resize(rate_per_dimension.size());
  for (std::size_t k = 0; k < rate_per_dimension.size(); ++k) {
    rate_per_dimension_[k] += weight * rate_per_dimension[k];
  }
}

BETAVAE_DEFINITION Evaluation EvaluationSums::evaluation(bool rate_is_sampled) const {
  Evaluation result;
  result.rate_is_sampled = rate_is_sampled;
  result.floor = floor_ / weight_;
  result.distortion = distortion_ / weight_;
  for (const double rate : rate_per_dimension_) {
    result.rate_per_dimension.push_back(rate / weight_);
    result.rate += rate / weight_;
  }
  for (std::size_t k = 0; k < means.mean().size(); ++k) {
    const auto row = static_cast<Index>(k);
    result.code_variance.push_back(means.variance(row));
    result.z_mean_square.push_back(draws.variance(row) + draws.mean()[k] * draws.mean()[k]);
  }
  result.z_mean = draws.mean();
  result.active = means.count_above(active_variance);
  return result;
}

}  // namespace betavae::detail
