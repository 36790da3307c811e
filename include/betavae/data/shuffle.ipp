// SPDX-License-Identifier: MIT
// The order of samples.
#pragma once

#include <betavae/data/shuffle.hpp>

#include <numeric>
#include <utility>

namespace betavae {

BETAVAE_DEFINITION void shuffle(std::vector<Index>& order, Index size, const Random& random, std::uint64_t step) {
  order.resize(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), Index{0});
  for (std::size_t last = order.size(); last > 1; --last) {
    std::swap(order[last - 1], order[random.below(last, {step, last, 0})]);
  }
}

}  // namespace betavae
