// SPDX-License-Identifier: MIT
// Sizes and names of parameters.
#pragma once

#include <betavae/nn/parameter.hpp>

namespace betavae::detail {

BETAVAE_DEFINITION void require_size_of_type(std::string_view argument, Index of_type, Index size) {
  if (of_type == dynamic) {
    require(size >= 0, "Parameter", argument, "at least 0", size);
  } else if (size != of_type) {
    fail<ArgumentError>("Parameter", argument, format_text("{}, the size of its type", {of_type}), size);
  }
}

[[gnu::noinline]] BETAVAE_DEFINITION std::string join_names(const std::string& prefix, const std::string& name) {
  return prefix + "." + name;
}

}  // namespace betavae::detail
