// SPDX-License-Identifier: MIT
// What is thrown, and the checks that throw it. Every text says where, which argument, what was expected and what came:
//
//     fit: options.batch: expected at least 1, got 0
//
// All errors derive from the standard exceptions, so a caller who knows nothing of this library can catch them too.
#pragma once

#include <betavae/core/index.hpp>
#include <betavae/core/version.hpp>
#include <fmt/core.h>

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

// Cold and out of line, so that a check costs its caller one comparison.
template <class Error, class Came>
[[noreturn, gnu::cold, gnu::noinline]] void fail(std::string_view where, std::string_view argument,
                                                 std::string_view expected, const Came& came) {
  throw Error(fmt::format("{}: {}: expected {}, got {}", where, argument, expected, came));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void fail_sizes(std::string_view where, std::string_view left, Index left_size,
                                                              std::string_view right, Index right_size) {
  throw ArgumentError(
      fmt::format("{}: expected as many {} as {}, got {} and {}", where, left, right, left_size, right_size));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void fail_index(std::string_view where, std::string_view argument, Index index,
                                                              Index size) {
  fail<ArgumentError>(where, argument, fmt::format("at least 0 and below {}", size), index);
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
