// SPDX-License-Identifier: MIT
#include <betavae/train/schedule/cyclical.hpp>

#include "catch.hpp"
#include "model_check.hpp"

using namespace betavae;
using betavae::test::contains;
using betavae::test::error_text;

TEST_CASE("A cyclical schedule rises during the first part of each cycle, and stays up after the last",
          "[train][schedule]") {
  const CyclicalSchedule schedule({.from = 1, .to = 5, .period = 8, .cycles = 3, .rise = 0.5});
  const std::vector<double> cycle{1, 2, 3, 4, 5, 5, 5, 5};
  for (std::uint64_t step = 0; step < 24; ++step) {
    CAPTURE(step);
    CHECK(schedule.at(step) == cycle[static_cast<std::size_t>(step % 8)]);
  }
  CHECK(schedule.at(24) == 5);
  CHECK(schedule.at(32) == 5);  // where a fourth cycle would begin
  CHECK(schedule.steps() == 24);
  CHECK(schedule.last() == 5);
}

TEST_CASE("With a rise of 1 a cycle is a saw tooth", "[train][schedule]") {
  const CyclicalSchedule schedule({.to = 1, .period = 4, .cycles = 2, .rise = 1});
  CHECK(schedule.at(3) == 0.75);
  CHECK(schedule.at(4) == 0);
  CHECK(schedule.at(7) == 0.75);
  CHECK(schedule.at(8) == 1);
}

TEST_CASE("A cyclical schedule's bad options are refused by name", "[train][schedule]") {
  const auto refusal = [](const CyclicalOptions& options) {
    return error_text<ArgumentError>([&] { (void)CyclicalSchedule(options); });
  };
  CHECK(contains(refusal({.from = -1, .period = 1}), "CyclicalSchedule: options.from: expected a finite number"));
  CHECK(contains(refusal({.to = std::nan(""), .period = 1}), "CyclicalSchedule: options.to: expected a finite number"));
  CHECK(contains(refusal({}), "CyclicalSchedule: options.period: expected at least 1, got 0"));
  CHECK(contains(refusal({.period = 5, .cycles = 0}), "CyclicalSchedule: options.cycles: expected at least 1"));
  CHECK(contains(refusal({.period = 1ULL << 40, .cycles = 1ULL << 40}), "so few that their steps can be counted"));
  for (const double bad : {0.0, -0.5, 1.5, std::nan("")}) {
    CHECK(contains(refusal({.period = 5, .rise = bad}), "CyclicalSchedule: options.rise: expected a number in (0, 1]"));
  }
}
