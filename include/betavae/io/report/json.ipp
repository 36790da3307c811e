// SPDX-License-Identifier: MIT
// How JSON is written.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/json.hpp>

#include <cmath>

namespace betavae {

BETAVAE_DEFINITION std::string json_text(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string json = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      json += '\\';
      json += character;
    } else if (static_cast<unsigned char>(character) < 0x20 || character == '<' || character == '>' ||
               character == '&' || character == '\x7f') {
      const auto byte = static_cast<unsigned char>(character);  // below 0x80
      json += "\\u00";
      json += digits[byte / 16];
      json += digits[byte % 16];
    } else {
      json += character;
    }
  }
  return json + "\"";
}

BETAVAE_DEFINITION std::string json_number(double value) {
  return std::isfinite(value) ? detail::Shown(value).text() : "null";
}

}  // namespace betavae
