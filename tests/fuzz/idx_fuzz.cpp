// SPDX-License-Identifier: MIT
#include "fuzz/idx_files.hpp"

namespace betavae::fuzz {
namespace {

/// The form that is written: images of one channel have three dimensions, although four may be read.
Bytes with_fewest_dimensions(std::span<const std::uint8_t> bytes) {
  constexpr std::array<std::uint8_t, 4> one = {0, 0, 0, 1};
  Bytes result(bytes.begin(), bytes.end());
  if (result.size() >= 20 && result[3] == 4 && std::equal(one.begin(), one.end(), result.begin() + 16)) {
    result[3] = 3;
    result.erase(result.begin() + 16, result.begin() + 20);
  }
  return result;
}

}  // namespace

void run(std::span<const std::uint8_t> bytes) {
  const std::optional<Bytes> again = read_and_rewrite([&](const auto& read) {
    detail::MemorySource file{"fuzz.idx", bytes};
    return read(file);
  });
  check(!again || *again == with_fewest_dimensions(bytes), "what was read is all that the file holds");
}

}  // namespace betavae::fuzz
