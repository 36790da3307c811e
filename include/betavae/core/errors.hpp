// SPDX-License-Identifier: MIT
// What is thrown, and the checks that throw it. Every text says where, which argument, what was expected and what came:
//
//     fit: options.batch: expected at least 1, got 0
//
// All errors derive from the standard exceptions, so a caller who knows nothing of this library can catch them too.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/core/index.hpp>
// fmt::format and fmt::print without the machinery behind them: core.h until version 11 moved fmt::format out of it.
#if __has_include(<fmt/base.h>)
#include <fmt/format.h>
#else
#include <fmt/core.h>
#endif

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
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

/// A number or a text, as messages show it. It owns nothing, so that a list of them costs its caller no code to clean up: a text must
/// live until the message is put together, as a temporary of the same expression does.
class BETAVAE_API Shown {
 public:
  template <std::integral Number>
  Shown(Number number) : kind_(std::is_signed_v<Number> ? Kind::whole : Kind::natural) {
    if constexpr (std::is_signed_v<Number>) {
      whole = number;
    } else {
      natural = number;
    }
  }
  Shown(double number) : kind_(Kind::real), real(number) {}
  Shown(double number, int decimals) : kind_(Kind::rounded), decimals_(decimals), real(number) {}
  Shown(std::string_view text) : kind_(Kind::text), characters(text) {}
  Shown(const char* text) : Shown(std::string_view(text)) {}
  Shown(const std::string& text) : Shown(std::string_view(text)) {}

  [[nodiscard]] std::string text() const;

 private:
  enum class Kind { whole, natural, real, rounded, text };

  Kind kind_;
  int decimals_ = 0;
  union {
    long long whole;
    unsigned long long natural;
    double real;
    std::string_view characters;
  };
};

/// The text with each {} replaced by the next of `shown`. fmt::format would be instantiated for each list of argument types, at
/// the cost of compile time in every program that includes this library.
[[nodiscard]] BETAVAE_API std::string format_text(std::string_view text, std::initializer_list<Shown> shown);

/// Where, which argument, what was expected and what came: the text of an error.
[[nodiscard]] BETAVAE_API std::string describe_failure(std::string_view where, std::string_view argument,
                                                       std::string_view expected, const Shown& came);

// Cold and out of line, so that a check costs its caller one comparison.
template <class Error>
[[noreturn, gnu::cold, gnu::noinline]] void fail(std::string_view where, std::string_view argument,
                                                 std::string_view expected, const Shown& came) {
  throw Error(describe_failure(where, argument, expected, came));
}
/// The same where what came is formatted out of line too.
template <class Error, class Came>
[[noreturn, gnu::cold, gnu::noinline]] void fail_with(std::string_view where, std::string_view argument,
                                                      std::string_view expected, const Came& came) {
  fail<Error>(where, argument, expected, came);
}

[[noreturn]] BETAVAE_API void fail_sizes(std::string_view where, std::string_view left, Index left_size,
                                         std::string_view right, Index right_size);
[[noreturn]] BETAVAE_API void fail_index(std::string_view where, std::string_view argument, Index index, Index size);

}  // namespace detail

/// Throws Error (ArgumentError unless named) when the condition does not hold. `came` is formatted only then; a text that must be
/// put together from numbers belongs behind an `if` of its own, with `detail::fail`.
template <class Error = ArgumentError, class Came>
void require(bool condition, std::string_view where, std::string_view argument, std::string_view expected,
             const Came& came) {
  if (!condition) [[unlikely]] {
    detail::fail_with<Error>(where, argument, expected, came);
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

#if BETAVAE_HEADER_ONLY
#include <betavae/core/errors.ipp>
#endif
