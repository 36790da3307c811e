// SPDX-License-Identifier: MIT
// How the texts of errors are put together.
#pragma once

#include <betavae/core/errors.hpp>

namespace betavae::detail {

[[gnu::noinline]] BETAVAE_DEFINITION std::string Shown::text() const {
  switch (kind_) {
    case Kind::whole:
      return std::to_string(whole);
    case Kind::natural:
      return std::to_string(natural);
    case Kind::real:
      return fmt::format("{}", real);
    case Kind::rounded:
      return fmt::format("{:.{}f}", real, decimals_);
    default:
      return std::string(characters);
  }
}

[[gnu::noinline]] BETAVAE_DEFINITION std::string format_text(std::string_view text,
                                                             std::initializer_list<Shown> shown) {
  std::string result;
  for (const Shown& part : shown) {
    const std::size_t place = text.find("{}");
    if (place != std::string_view::npos) {
      result.append(text.substr(0, place)).append(part.text());
      text.remove_prefix(place + 2);
    }
  }
  return result.append(text);
}

[[gnu::cold, gnu::noinline]] BETAVAE_DEFINITION std::string describe_failure(std::string_view where,
                                                                             std::string_view argument,
                                                                             std::string_view expected,
                                                                             const Shown& came) {
  return format_text("{}: {}: expected {}, got {}", {where, argument, expected, came});
}

[[noreturn, gnu::cold, gnu::noinline]] BETAVAE_DEFINITION void fail_sizes(std::string_view where, std::string_view left,
                                                                          Index left_size, std::string_view right,
                                                                          Index right_size) {
  throw ArgumentError(
      format_text("{}: expected as many {} as {}, got {} and {}", {where, left, right, left_size, right_size}));
}

[[noreturn, gnu::cold, gnu::noinline]] BETAVAE_DEFINITION void fail_index(std::string_view where,
                                                                          std::string_view argument, Index index,
                                                                          Index size) {
  fail<ArgumentError>(where, argument, format_text("at least 0 and below {}", {size}), index);
}

}  // namespace betavae::detail
