// SPDX-License-Identifier: MIT
// What is thrown, and the checks that throw it. Every text says where, which argument, what was expected and what came:
//
//     fit: options.batch: expected at least 1, got 0
//
// All errors derive from the standard exceptions, so a caller who knows nothing of this library can catch them too.
#pragma once

#include <betavae/core/index.hpp>
#include <betavae/core/version.hpp>
#include <fmt/format.h>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace betavae {

/// An argument that the function cannot take: a wrong size, a β below zero, an empty set.
struct ArgumentError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A value in the data that the model cannot take: NaN, or a pixel outside [0, 1] for the Bernoulli likelihood.
struct DataError : std::domain_error {
  using std::domain_error::domain_error;
};

/// A file that cannot be read or written, or whose content contradicts itself. The text begins with the path.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A loss or gradient that is not finite. Thrown before the optimizer touches any parameter.
struct NotFiniteError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

/// A number or a text, as messages show it.
class Shown {
 public:
  template <std::integral Number>
  Shown(Number number) : text_(std::to_string(number)) {}
  Shown(double number) : text_(fmt::format("{}", number)) {}
  Shown(std::string_view text) : text_(text) {}
  Shown(const char* text) : text_(text) {}
  Shown(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

[[nodiscard, gnu::noinline]] inline std::string substitute(std::string_view text, std::initializer_list<Shown> shown) {
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

/// The text with each {} replaced by the next argument. fmt::format would be instantiated for each list of argument types, and
/// costs every program that includes this library a third of a second to compile.
template <class... Arguments>
[[nodiscard]] std::string format_text(std::string_view text, const Arguments&... arguments) {
  return substitute(text, {Shown(arguments)...});
}

// Cold and out of line, so that a check costs its caller one comparison.
template <class Error>
[[noreturn, gnu::cold, gnu::noinline]] void fail(std::string_view where, std::string_view argument,
                                                 std::string_view expected, const Shown& came) {
  throw Error(substitute("{}: {}: expected {}, got {}", {where, argument, expected, came}));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void fail_sizes(std::string_view where, std::string_view left,
                                                              Index left_size, std::string_view right,
                                                              Index right_size) {
  throw ArgumentError(
      substitute("{}: expected as many {} as {}, got {} and {}", {where, left, right, left_size, right_size}));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void fail_index(std::string_view where, std::string_view argument,
                                                              Index index, Index size) {
  fail<ArgumentError>(where, argument, substitute("at least 0 and below {}", {size}), index);
}

}  // namespace detail

/// Throws Error (ArgumentError unless named) when the condition does not hold. `came` is formatted only then; a text that must be
/// put together from numbers belongs behind an `if` of its own, with `detail::fail`.
template <class Error = ArgumentError, class Came>
void require(bool condition, std::string_view where, std::string_view argument, std::string_view expected,
             const Came& came) {
  if (!condition) [[unlikely]] {
    detail::fail<Error>(where, argument, expected, came);
  }
}

/// Throws ArgumentError unless 0 ≤ index < size.
inline void require_index(std::string_view where, std::string_view argument, Index index, Index size) {
  if (index < 0 || index >= size) [[unlikely]] {
    detail::fail_index(where, argument, index, size);
  }
}

/// Throws ArgumentError when two sizes that must agree do not: both things and both sizes are named.
inline void require_same_size(std::string_view where, std::string_view left, Index left_size, std::string_view right,
                              Index right_size) {
  if (left_size != right_size) [[unlikely]] {
    detail::fail_sizes(where, left, left_size, right, right_size);
  }
}

}  // namespace betavae
