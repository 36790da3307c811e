// SPDX-License-Identifier: MIT
#include <betavae/train/schedule/linear.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>

using namespace betavae;
using betavae::test::contains;
using betavae::test::error_text;

TEST_CASE("A linear schedule goes straight from one end to the other, and stays", "[train][schedule]") {
  const LinearSchedule up({.from = 1, .to = 5, .steps = 4});
  for (const auto& [step, value] : {std::pair{0, 1.0}, {1, 2.0}, {2, 3.0}, {3, 4.0}, {4, 5.0}, {5, 5.0}, {1000, 5.0}}) {
    CHECK(up.at(static_cast<std::uint64_t>(step)) == value);
  }
  const LinearSchedule down({.from = 4, .to = 0, .steps = 8});
  CHECK(down.at(0) == 4);
  CHECK(down.at(6) == 1);
  CHECK(down.at(8) == 0);
  CHECK(down.last() == 0);
  CHECK(down.steps() == 8);
  CHECK(down.at(std::numeric_limits<std::uint64_t>::max()) == 0);
}

TEST_CASE("A linear schedule's bad options are refused by name", "[train][schedule]") {
  for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(contains(error_text<ArgumentError>([&] { (void)LinearSchedule({.from = bad, .steps = 1}); }),
                   "LinearSchedule: options.from: expected a finite number of at least 0"));
    CHECK(contains(error_text<ArgumentError>([&] { (void)LinearSchedule({.to = bad, .steps = 1}); }),
                   "LinearSchedule: options.to: expected a finite number of at least 0"));
  }
  CHECK(contains(error_text<ArgumentError>([] { (void)LinearSchedule({.to = 1}); }),
                 "LinearSchedule: options.steps: expected at least 1, got 0"));
}
