// SPDX-License-Identifier: MIT
// Cells of tables of comma-separated values, as all results of this room write them.
#pragma once

#include <betavae/core/errors.hpp>

#include <cmath>
#include <initializer_list>
#include <string>

namespace betavae::detail {

/// A number with all its digits; nothing for NaN and infinity, which stand for what is not known.
[[nodiscard]] inline std::string csv_cell(double number) {
  return std::isfinite(number) ? Shown(number).text() : std::string();
}

/// A line of such cells.
[[nodiscard]] inline std::string csv_line(std::initializer_list<double> numbers) {
  std::string text;
  const char* separator = "";
  for (const double number : numbers) {
    text.append(separator).append(csv_cell(number));
    separator = ",";
  }
  return text + "\n";
}

}  // namespace betavae::detail
