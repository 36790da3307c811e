// SPDX-License-Identifier: MIT
// How named numbers are summed, step by step.
#pragma once

#include <betavae/train/named_means.hpp>

namespace betavae::detail {

BETAVAE_DEFINITION const std::vector<NamedNumber>& NamedMeans::means() {
  means_ = sums_;
  for (NamedNumber& number : means_) {
    number.value = is_mean(number) ? number.value / weight_ : number.value;
  }
  return means_;
}

BETAVAE_DEFINITION void NamedMeans::add(const NamedNumber& number, double weight) {
  if (place_ == sums_.size()) {
    sums_.push_back({number.name, 0, number.kind});
  }
  double& sum = sums_[place_++].value;
  sum = is_mean(number) ? sum + weight * number.value : number.value;
}

}  // namespace betavae::detail
