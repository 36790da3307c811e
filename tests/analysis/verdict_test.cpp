// SPDX-License-Identifier: MIT
#include <betavae/analysis/verdict.hpp>

#include "catch.hpp"
#include "error_text.hpp"

using namespace betavae;

TEST_CASE("a claim holds if all of its checks do, in part if some do, else not") {
  Verdict verdict{"collapse is predictable"};
  verdict.check("largest price", "90.7", "90.6 ± 0.2", true);
  CHECK(verdict.outcome() == Outcome::holds);
  CHECK(verdict.line() ==
        "verdict: collapse is predictable: holds: largest price: theory 90.7, measured 90.6 ± 0.2 (1 of 1 measured "
        "checks "
        "hold)");
  verdict.check("second price", "64.3", "50.1", false);
  CHECK(verdict.outcome() == Outcome::holds_in_part);
  CHECK(fmt::format("{}", verdict) ==
        "  largest price: theory 90.7, measured 90.6 ± 0.2: holds\n"
        "  second price: theory 64.3, measured 50.1: does not hold\n"
        "verdict: collapse is predictable: holds in part: largest price: theory 90.7, measured 90.6 ± 0.2 (1 of 2 "
        "measured "
        "checks hold)");
  verdict.checks.erase(verdict.checks.begin());
  CHECK(verdict.outcome() == Outcome::does_not_hold);
}

TEST_CASE("what holds by arithmetic makes no claim hold, and what fails there keeps one from holding") {
  Verdict verdict{"paths are smooth"};
  verdict.check_exact("linear model", "0", "1e-15", true);
  CHECK(verdict.outcome() == Outcome::holds);
  verdict.check("images", "less", "more", false);
  CHECK(verdict.outcome() == Outcome::does_not_hold);
  CHECK(verdict.line() ==
        "verdict: paths are smooth: does not hold: images: theory less, measured more (0 of 1 measured, 1 of 1 exact "
        "checks hold)");
  verdict.checks[1].holds = true;
  CHECK(verdict.outcome() == Outcome::holds);
  verdict.checks[0].holds = false;
  CHECK(verdict.outcome() == Outcome::holds_in_part);
}

TEST_CASE("a claim that nothing was checked of has no verdict") {
  CHECK(test::error_text<ArgumentError>([] { (void)Verdict{"anything"}.line(); }) ==
        "Verdict: checks: expected at least one, got 0");
}
