// SPDX-License-Identifier: MIT
// How numbers become cells.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>

#include <cmath>

namespace betavae::detail {

BETAVAE_DEFINITION std::string csv_cell(double number) {
  return std::isfinite(number) ? Shown(number).text() : std::string();
}

BETAVAE_DEFINITION std::string csv_line(std::initializer_list<double> numbers) {
  std::string text;
  const char* separator = "";
  for (const double number : numbers) {
    text.append(separator).append(csv_cell(number));
    separator = ",";
  }
  return text + "\n";
}

}  // namespace betavae::detail
