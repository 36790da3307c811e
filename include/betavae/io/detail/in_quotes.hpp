// SPDX-License-Identifier: MIT
// Text from a file, fit to stand in a message.
#pragma once

#include <string>
#include <string_view>

namespace betavae::detail {

/// 'text', its control characters as ?, and shortened past 80 bytes.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 80;
  std::string result = "'";
  for (const char character : text.substr(0, most)) {
    const auto code = static_cast<unsigned char>(character);
    result += code < 0x20 || code == 0x7f ? '?' : character;
  }
  return result += text.size() > most ? "…'" : "'";
}

}  // namespace betavae::detail
