// SPDX-License-Identifier: MIT
// A claim of the theory beside what was measured, and the verdict.
//
// A claim is as good as its checks: each sets a number of the theory beside one that was measured, and says whether they agree within
// what was said before measuring. It holds if all of them do, in part if some do, else not. Checks of identities and closed forms show
// that the measuring is right, not that the claim is: none of them makes a claim hold in part, but one that fails keeps it from holding.
#pragma once

#include <betavae/core/errors.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
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
  void add(bool is_exact, std::string what, std::string theory, std::string measured, bool holds) {
    checks.push_back({std::move(what), std::move(theory), std::move(measured), holds, is_exact});
  }
  /// How many checks of this kind there are, and how many of them hold.
  [[nodiscard]] std::size_t count(bool exact) const {
    return static_cast<std::size_t>(
        std::count_if(checks.begin(), checks.end(), [=](const Check& c) { return c.is_exact == exact; }));
  }
  [[nodiscard]] std::size_t held(bool exact) const {
    return static_cast<std::size_t>(
        std::count_if(checks.begin(), checks.end(), [=](const Check& c) { return c.is_exact == exact && c.holds; }));
  }
  /// Errors: ArgumentError where nothing was checked.
  [[nodiscard]] Outcome outcome() const {
    require(!checks.empty(), "Verdict", "checks", "at least one", 0);
    const bool only_exact = count(false) == 0;
    if (held(only_exact) == 0) {
      return Outcome::does_not_hold;
    }
    return held(true) + held(false) == checks.size() ? Outcome::holds : Outcome::holds_in_part;
  }
  /// The claim, what was asked, the theory's number, the measured one, and whether the claim holds. Errors: ArgumentError where
  /// nothing was checked.
  [[nodiscard]] std::string line() const {
    const Outcome all = outcome();
    const auto measured = std::find_if(checks.begin(), checks.end(), [](const Check& c) { return !c.is_exact; });
    const Check& quoted = measured == checks.end() ? checks.front() : *measured;
    std::string counts;
    for (const bool exact : {false, true}) {
      if (count(exact) > 0) {
        counts += fmt::format("{}{} of {} {}", counts.empty() ? "" : ", ", held(exact), count(exact),
                              exact ? "exact" : "measured");
      }
    }
    return fmt::format("verdict: {}: {}: {}: theory {}, measured {} ({} checks hold)", claim, name(all), quoted.what,
                       quoted.theory, quoted.measured, counts);
  }
};

}  // namespace betavae

/// A line a check, and the verdict's line.
template <>
struct fmt::formatter<betavae::Verdict> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::Verdict& verdict, Context& context) const {
    std::string text;
    for (const betavae::Check& check : verdict.checks) {
      fmt::format_to(std::back_inserter(text), "  {}: theory {}, measured {}: {}\n", check.what, check.theory,
                     check.measured, check.holds ? "holds" : "does not hold");
    }
    text += verdict.line();
    return std::copy(text.begin(), text.end(), context.out());
  }
};
