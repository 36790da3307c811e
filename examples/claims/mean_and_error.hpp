// SPDX-License-Identifier: MIT
// The mean of independent numbers, with its standard error: √(Σ (x − mean)²/(n − 1)/n).
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

namespace claims {

struct MeanAndError {
  double mean = 0;
  double error = 0;  ///< 0 for one number

  [[nodiscard]] std::string text(int digits) const {
    return fmt::format("{:.{}f} ± {:.{}f}", mean, digits, error, digits);
  }
  /// Whether it is greater than the other by more than two standard errors of the difference.
  [[nodiscard]] bool exceeds(const MeanAndError& other) const {
    return mean - other.mean > 2 * std::hypot(error, other.error);
  }
};

/// Of at least one number.
inline MeanAndError mean_and_error(const std::vector<double>& numbers) {
  const auto count = static_cast<double>(numbers.size());
  MeanAndError result;
  for (const double number : numbers) {
    result.mean += number / count;
  }
  double squares = 0;
  for (const double number : numbers) {
    squares += (number - result.mean) * (number - result.mean);
  }
  result.error = numbers.size() > 1 ? std::sqrt(squares / (count - 1) / count) : 0;
  return result;
}

}  // namespace claims
