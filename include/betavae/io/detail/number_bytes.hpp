// SPDX-License-Identifier: MIT
// Numbers as the bytes of a file, in either order.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace betavae::detail {

static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big,
              "betavae: files are read on machines whose numbers are little-endian or big-endian");

/// The number whose bytes begin here; they need no alignment.
template <class Number>
[[nodiscard]] Number number_at(const std::uint8_t* bytes, std::endian order) {
  std::array<std::uint8_t, sizeof(Number)> raw;
  std::memcpy(raw.data(), bytes, raw.size());
  if (order != std::endian::native) {
    std::reverse(raw.begin(), raw.end());
  }
  return std::bit_cast<Number>(raw);
}

/// Writes the number's bytes here.
template <class Number>
void put_number(Number number, std::uint8_t* bytes, std::endian order) {
  auto raw = std::bit_cast<std::array<std::uint8_t, sizeof(Number)>>(number);
  if (order != std::endian::native) {
    std::reverse(raw.begin(), raw.end());
  }
  std::memcpy(bytes, raw.data(), raw.size());
}

}  // namespace betavae::detail
