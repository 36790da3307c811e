// SPDX-License-Identifier: MIT
// Data for the script of a page: JSON (RFC 8259) that stands inside a <script type="application/json"> element.
//
// There HTML knows no escapes: the element ends at the first "</script", and "<!--" changes how it is read. So every "<" in a text is
// written \u003c, which JSON reads back as "<". JSON has no word for NaN and infinity: they become null.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>

namespace betavae {

/// The text as a JSON string with its quotes, safe inside a script element. UTF-8 passes through.
inline std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      json += '\\';
      json += character;
    } else if (static_cast<unsigned char>(character) < 0x20 || character == '<' || character == '>' ||
               character == '&' || character == '\x7f') {
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(character)));
    } else {
      json += character;
    }
  }
  return json + "\"";
}

/// The number with as many digits as bring it back exactly, whatever the locale; null where it is not finite.
inline std::string json_number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "null"; }

}  // namespace betavae
