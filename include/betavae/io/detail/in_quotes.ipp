// SPDX-License-Identifier: MIT
// How a text is shortened and put in quotes.
#pragma once

#include <betavae/io/detail/in_quotes.hpp>

namespace betavae::detail {

BETAVAE_DEFINITION std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 80;
  std::string result = "'";
  for (const char character : text.substr(0, most)) {
    const auto code = static_cast<unsigned char>(character);
    result += code < 0x20 || code == 0x7f ? '?' : character;
  }
  return result += text.size() > most ? "…'" : "'";
}

}  // namespace betavae::detail
