// SPDX-License-Identifier: MIT
// How the lines of a schema are written.
#pragma once

#include <betavae/nn/state.hpp>

namespace betavae::detail {

[[gnu::noinline]] BETAVAE_DEFINITION std::string schema_line(std::string_view key, const Shown& value) {
  return format_text("{}: {}", {key, value});
}

BETAVAE_DEFINITION void append_lines(std::vector<std::string>& lines, const std::string& prefix,
                                     const std::vector<std::string>& of_part) {
  for (const std::string& line : of_part) {
    lines.push_back(join_names(prefix, line));
  }
}

}  // namespace betavae::detail
