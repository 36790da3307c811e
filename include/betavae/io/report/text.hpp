// SPDX-License-Identifier: MIT
// Text for a page: escaping, and numbers as a reader likes them.
#pragma once

#include <betavae/core/index.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

namespace betavae {

/// The text as content or quoted attribute of HTML: nothing in it is taken for markup.
inline std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char character : text) {
    switch (character) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      case '\0':
        escaped += "\uFFFD";
        break;
      default:
        escaped += character;
    }
  }
  return escaped;
}

namespace detail {

/// Characters, not bytes: those bytes of UTF-8 that do not continue another.
inline Index character_count(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; });
}

inline std::string superscript(int number) {
  constexpr std::string_view digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (const char digit : fmt::format("{}", number)) {
    text += digit == '-' ? std::string_view{"⁻"} : digits[digit - '0'];
  }
  return text;
}

/// A hyphen is no minus sign, and "-0" is no number a reader wants.
inline std::string with_minus_sign(std::string text) {
  if (text.starts_with('-')) {
    const bool zero = text.find_first_not_of("-0.") == std::string::npos;
    text.replace(0, 1, zero ? "" : "−");
  }
  return text;
}

}  // namespace detail

/// The number with so many digits after the point: "−3.20". Not a number is "–", infinity "∞".
inline std::string format_fixed(double value, int decimals) {
  if (std::isnan(value)) {
    return "–";
  }
  if (std::isinf(value)) {
    return value > 0 ? "∞" : "−∞";
  }
  if (std::abs(value) >= 1e15) {
    decimals = 0;
  }
  return detail::with_minus_sign(fmt::format("{:.{}f}", value, decimals));
}

/// The number with at most so many significant digits and no zeros at its end: "0.1", "150", "2.5·10⁻⁷".
inline std::string format_number(double value, int significant = 4) {
  if (!std::isfinite(value) || value == 0) {
    return format_fixed(value, 0);
  }
  // Rounding comes first: 9.9996 has four digits before the point only after it.
  const std::string scientific = fmt::format("{:.{}e}", value, significant - 1);
  const std::size_t mark = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + mark + 1);
  const bool plain = exponent >= -4 && exponent < 6;
  std::string digits =
      plain ? fmt::format("{:.{}f}", value, std::max(0, significant - 1 - exponent)) : scientific.substr(0, mark);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    digits.erase(digits.find_last_not_of('.') + 1);
  }
  digits = detail::with_minus_sign(digits);
  if (plain) {
    return digits;
  }
  const bool bare_power = digits == "1" || digits == "−1";
  const std::string factor = bare_power ? (value < 0 ? "−" : "") : digits + "·";
  return fmt::format("{}10{}", factor, detail::superscript(exponent));
}

}  // namespace betavae
