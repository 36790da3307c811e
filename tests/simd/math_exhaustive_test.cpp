// SPDX-License-Identifier: MIT
// All floats, and a hundred million doubles: minutes of work, hidden from a plain run (see the preset "exhaustive").
#include <fmt/core.h>

#include "catch.hpp"
#include "math_functions.hpp"
#include "math_sweep.hpp"

using namespace betavae::test;

TEMPLATE_TEST_CASE("All floats are within the stated error on every path", "[.exhaustive]",
                   BETAVAE_TEST_MATH_FUNCTIONS) {
  const auto findings = sweep_floats<TestType>(1);
  fmt::print("{}, float: greatest error {:.3f} of {} units in the last place, at {}\n", TestType::name,
             findings.greatest_error, TestType::error, findings.at);
  CHECK(findings.failure == "");
}

TEMPLATE_TEST_CASE("A hundred million doubles are within the stated error on every path", "[.exhaustive]",
                   BETAVAE_TEST_MATH_FUNCTIONS) {
  const auto findings = sweep_drawn<TestType>(100'000'000);
  fmt::print("{}, double: greatest error {:.3f} of {} units in the last place, at {}\n", TestType::name,
             findings.greatest_error, TestType::error, findings.at);
  CHECK(findings.failure == "");
}
