// SPDX-License-Identifier: MIT
// How checks make a verdict.
#pragma once

#include <betavae/analysis/verdict.hpp>

#include <algorithm>
#include <utility>

namespace betavae {

BETAVAE_DEFINITION void Verdict::add(bool is_exact, std::string what, std::string theory, std::string measured,
                                     bool holds) {
  checks.push_back({std::move(what), std::move(theory), std::move(measured), holds, is_exact});
}

BETAVAE_DEFINITION std::size_t Verdict::count(bool exact) const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [=](const Check& c) { return c.is_exact == exact; }));
}

BETAVAE_DEFINITION std::size_t Verdict::held(bool exact) const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [=](const Check& c) { return c.is_exact == exact && c.holds; }));
}

BETAVAE_DEFINITION Outcome Verdict::outcome() const {
  require(!checks.empty(), "Verdict", "checks", "at least one", 0);
  const bool only_exact = count(false) == 0;
  if (held(only_exact) == 0) {
    return Outcome::does_not_hold;
  }
  return held(true) + held(false) == checks.size() ? Outcome::holds : Outcome::holds_in_part;
}

BETAVAE_DEFINITION std::string Verdict::line() const {
  const Outcome all = outcome();
  const auto measured = std::find_if(checks.begin(), checks.end(), [](const Check& c) { return !c.is_exact; });
  const Check& quoted = measured == checks.end() ? checks.front() : *measured;
  std::string counts;
  for (const bool exact : {false, true}) {
    if (count(exact) > 0) {
      counts += detail::format_text(
          "{}{} of {} {}", {counts.empty() ? "" : ", ", held(exact), count(exact), exact ? "exact" : "measured"});
    }
  }
  return detail::format_text("verdict: {}: {}: {}: theory {}, measured {} ({} checks hold)",
                             {claim, name(all), quoted.what, quoted.theory, quoted.measured, counts});
}

BETAVAE_DEFINITION std::string detail::text_of(const Verdict& verdict) {
  std::string text;
  for (const Check& check : verdict.checks) {
    text += format_text("  {}: theory {}, measured {}: {}\n",
                        {check.what, check.theory, check.measured, check.holds ? "holds" : "does not hold"});
  }
  return text + verdict.line();
}

}  // namespace betavae
