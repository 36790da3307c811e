// SPDX-License-Identifier: MIT
// What is checked of the samples of a set.
#pragma once

#include <betavae/data/data_set.hpp>

#include <cmath>

namespace betavae::detail {

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
