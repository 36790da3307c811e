// SPDX-License-Identifier: MIT
// How text is escaped and numbers are written.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/text.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace betavae {

BETAVAE_DEFINITION std::string escape_html(std::string_view text) {
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

BETAVAE_DEFINITION Index character_count(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; });
}

BETAVAE_DEFINITION std::string superscript(int number) {
  constexpr std::string_view digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (const char digit : std::to_string(number)) {
    text += digit == '-' ? std::string_view{"⁻"} : digits[digit - '0'];
  }
  return text;
}

/// A hyphen is no minus sign, and "-0" is no number a reader wants.
BETAVAE_DEFINITION std::string with_minus_sign(std::string text) {
  if (text.starts_with('-')) {
    const bool zero = text.find_first_not_of("-0.") == std::string::npos;
    text.replace(0, 1, zero ? "" : "−");
  }
  return text;
}

}  // namespace detail

BETAVAE_DEFINITION std::string format_fixed(double value, int decimals) {
  if (std::isnan(value)) {
    return "–";
  }
  if (std::isinf(value)) {
    return value > 0 ? "∞" : "−∞";
  }
  if (std::abs(value) >= 1e15) {
    decimals = 0;
  }
  return detail::with_minus_sign(detail::Shown(value, decimals).text());
}

BETAVAE_DEFINITION std::string format_number(double value, int significant) {
  if (!std::isfinite(value) || value == 0) {
    return format_fixed(value, 0);
  }
  // Rounding comes first: 9.9996 has four digits before the point only after it.
  const std::string scientific = fmt::format("{:.{}e}", value, significant - 1);
  const std::size_t mark = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + mark + 1);
  const bool plain = exponent >= -4 && exponent < 6;
  std::string digits =
      plain ? detail::Shown(value, std::max(0, significant - 1 - exponent)).text() : scientific.substr(0, mark);
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
  return factor + "10" + detail::superscript(exponent);
}

}  // namespace betavae
