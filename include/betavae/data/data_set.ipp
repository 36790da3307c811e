// SPDX-License-Identifier: MIT
// How a set is split, and what is checked of its samples.
#pragma once

#include <betavae/data/data_set.hpp>
#include <betavae/data/shuffle.hpp>

#include <algorithm>
#include <cmath>

namespace betavae::detail {

BETAVAE_DEFINITION SplitSamples split_samples(Index size, const SplitOptions& options) {
  require(options.validation >= 0 && options.validation < 1, "split", "options.validation", "a share in [0, 1)",
          options.validation);
  require(options.test >= 0 && options.test < 1, "split", "options.test", "a share in [0, 1)", options.test);
  const auto held_out = [&](double share) {
    return share > 0 ? std::max<Index>(1, static_cast<Index>(std::llround(share * static_cast<double>(size)))) : 0;
  };
  const Index validation = held_out(options.validation);
  const Index test = held_out(options.test);
  require(validation + test < size, "split", "data", "samples left to train on", size - validation - test);
  std::vector<Index> order;
  shuffle(order, size, Random(options.seed, Stream::split), 0);
  const auto part = [&](Index first, Index last) {
    std::vector<Index> samples(order.begin() + first, order.begin() + last);
    std::sort(samples.begin(), samples.end());
    return samples;
  };
  return {part(validation + test, size), part(0, validation), part(validation, validation + test)};
}

BETAVAE_DEFINITION void require_weight(std::string_view where, Index sample, double weight) {
  if (!(weight > 0 && std::isfinite(weight))) [[unlikely]] {
    fail<DataError>(where, format_text("weight of sample {}", {sample}), "a finite number above 0", weight);
  }
}

BETAVAE_DEFINITION void require_offset(std::string_view where, Index sample, double offset) {
  if (!std::isfinite(offset)) [[unlikely]] {
    fail<DataError>(where, format_text("offset of sample {}", {sample}), "a finite number", offset);
  }
}

}  // namespace betavae::detail
