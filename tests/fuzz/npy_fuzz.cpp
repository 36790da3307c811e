// SPDX-License-Identifier: MIT
// An array that is read has the size of its shape, and is the same when it is written and read again; as float it is the same
// numbers, rounded.
#include "fuzz/npy_arrays.hpp"

#include <cmath>
#include <limits>

namespace betavae::fuzz {

void run(std::span<const std::uint8_t> bytes) {
  const auto array = unless_refused("fuzz.npy", [&] { return parse_npy<double>("fuzz.npy", bytes); });
  const auto rounded = unless_refused("fuzz.npy", [&] { return parse_npy<float>("fuzz.npy", bytes); });
  check(!rounded || array, "what float can hold, double can");
  if (!array) {
    return;
  }
  check_array(*array);
  if (!rounded) {  // only where a number is too large
    bool is_too_large = false;
    for (const double value : array->values) {
      is_too_large = is_too_large || (std::isfinite(value) && std::abs(value) > std::numeric_limits<float>::max());
    }
    check(is_too_large, "a float is refused where it cannot hold the number");
    return;
  }
  check(rounded->shape == array->shape && rounded->values.size() == array->values.size(), "shapes are the same");
  for (std::size_t k = 0; k < array->values.size(); ++k) {
    const double value = array->values[k];
    const auto number = static_cast<double>(rounded->values[k]);
    // Integers of 64 bits are rounded once to float, and twice through double: half a unit of float, and a little.
    check(std::isnan(value) ? std::isnan(number)
                            : number == value || std::abs(number - value) <= std::abs(value) * 0x1.01p-24 + 0x1p-150,
          "floats are the doubles, rounded");
  }
}

}  // namespace betavae::fuzz
