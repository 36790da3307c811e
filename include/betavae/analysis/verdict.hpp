// SPDX-License-Identifier: MIT
// A claim of the theory beside what was measured, and the verdict.
//
// A claim is as good as its checks: each sets a number of the theory beside one that was measured, and says whether they agree within
// what was said before measuring. It holds if all of them do, in part if some do, else not. Checks of identities and closed forms show
// that the measuring is right, not that the claim is: none of them makes a claim hold in part, but one that fails keeps it from holding.
#pragma once

#include <betavae/core/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace betavae {

enum class Outcome { holds, holds_in_part, does_not_hold };

[[nodiscard]] constexpr std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::holds:
      return "holds";
    case Outcome::holds_in_part:
      return "holds in part";
    case Outcome::does_not_hold:
      break;
  }
  return "does not hold";
}

/// One number of the theory beside one that was measured, each as it is to be read: with its unit and error.
struct Check {
  std::string what;
  std::string theory;
  std::string measured;
  bool holds = false;
  bool is_exact = false;  ///< an identity, or a model at its closed form
};

/// The first check of what was trained or simulated is the one that the verdict's line quotes.
struct Verdict {
  std::string claim;
  std::vector<Check> checks = {};

  /// Of a model that was trained, or of data that were drawn.
  void check(std::string what, std::string theory, std::string measured, bool holds) {
    add(false, std::move(what), std::move(theory), std::move(measured), holds);
  }
  /// Of an identity, or of a model at its closed form.
  void check_exact(std::string what, std::string theory, std::string measured, bool holds) {
    add(true, std::move(what), std::move(theory), std::move(measured), holds);
  }
  BETAVAE_API void add(bool is_exact, std::string what, std::string theory, std::string measured, bool holds);
  /// How many checks of this kind there are, and how many of them hold.
  [[nodiscard]] BETAVAE_API std::size_t count(bool exact) const;
  [[nodiscard]] BETAVAE_API std::size_t held(bool exact) const;
  /// Errors: ArgumentError where nothing was checked.
  [[nodiscard]] BETAVAE_API Outcome outcome() const;
  /// The claim, what was asked, the theory's number, the measured one, and whether the claim holds. Errors: ArgumentError where
  /// nothing was checked.
  [[nodiscard]] BETAVAE_API std::string line() const;
};

namespace detail {

/// A line a check, and the verdict's line, as fmt prints it.
[[nodiscard]] BETAVAE_API std::string text_of(const Verdict& verdict);

}  // namespace detail
}  // namespace betavae

/// A line a check, and the verdict's line.
template <>
struct fmt::formatter<betavae::Verdict> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::Verdict& verdict, Context& context) const {
    const std::string text = betavae::detail::text_of(verdict);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/verdict.ipp>
#endif
