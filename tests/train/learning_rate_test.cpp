// SPDX-License-Identifier: MIT
#include <betavae/train/learning_rate.hpp>

#include "catch.hpp"
#include "error_text.hpp"

#include <cmath>
#include <limits>

using namespace betavae;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using test::error_text;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("cosine_decay goes from 1 to its last factor along half a cosine") {
  const auto to_zero = cosine_decay();
  CHECK(to_zero(0, 100) == 1);
  CHECK_THAT(to_zero(25, 100), WithinRel(0.5 + std::sqrt(0.125), 1e-14));
  CHECK_THAT(to_zero(50, 100), WithinRel(0.5, 1e-14));
  CHECK_THAT(to_zero(100, 100), WithinAbs(0, 1e-16));
  CHECK(to_zero(0, 1) == 1);
  const auto to_tenth = cosine_decay(0.1);
  CHECK(to_tenth(0, 10) == 1);
  CHECK_THAT(to_tenth(5, 10), WithinRel(0.55, 1e-14));
  CHECK_THAT(to_tenth(10, 10), WithinRel(0.1, 1e-14));
  CHECK(cosine_decay(1)(7, 10) == 1);
  for (Index step = 1; step < 100; ++step) {
    CHECK(to_zero(step, 100) < to_zero(step - 1, 100));
  }
}

TEST_CASE("step_decay multiplies after every interval, whatever the number of steps") {
  const auto schedule = step_decay(3, 0.5);
  const double expected[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.25};
  for (Index step = 0; step < 7; ++step) {
    CHECK(schedule(step, 7) == expected[step]);
    CHECK(schedule(step, 1000) == expected[step]);
  }
  CHECK(step_decay(1, 1)(1000, 1001) == 1);
}

TEST_CASE("linear_warm_up rises along a line from its first step, then stays or follows another schedule") {
  const auto constant = linear_warm_up(4);
  const double expected[] = {0.25, 0.5, 0.75, 1, 1, 1};
  for (Index step = 0; step < 6; ++step) {
    CHECK(constant(step, 6) == expected[step]);
  }
  CHECK(linear_warm_up(1)(0, 1) == 1);
  const auto then_cosine = linear_warm_up(2, cosine_decay());
  CHECK(then_cosine(0, 4) == 0.5);
  CHECK_THAT(then_cosine(1, 4), WithinRel(cosine_decay()(1, 4), 1e-15));
  CHECK_THAT(then_cosine(3, 4), WithinRel(cosine_decay()(3, 4), 1e-15));
}

TEST_CASE("a warm-up that does not end within training is refused at the first step") {
  CHECK(error_text<ArgumentError>([] { (void)linear_warm_up(5)(0, 4); }) ==
        "linear_warm_up: warm_up_steps: expected no more than the 4 steps of training, got 5");
  CHECK(linear_warm_up(4)(3, 4) == 1);
}

TEST_CASE("schedules refuse what makes no sense") {
  CHECK(error_text<ArgumentError>([] { (void)cosine_decay(-0.1); }) ==
        "cosine_decay: last: expected a factor in [0, 1], got -0.1");
  CHECK(error_text<ArgumentError>([] { (void)cosine_decay(1.1); }) ==
        "cosine_decay: last: expected a factor in [0, 1], got 1.1");
  CHECK(error_text<ArgumentError>([] { (void)cosine_decay(not_a_number); }) ==
        "cosine_decay: last: expected a factor in [0, 1], got nan");
  CHECK(error_text<ArgumentError>([] { (void)step_decay(0, 0.5); }) ==
        "step_decay: interval: expected at least 1 step, got 0");
  CHECK(error_text<ArgumentError>([] { (void)step_decay(1, 0); }) ==
        "step_decay: factor: expected a factor in (0, 1], got 0");
  CHECK(error_text<ArgumentError>([] { (void)step_decay(1, 2); }) ==
        "step_decay: factor: expected a factor in (0, 1], got 2");
  CHECK(error_text<ArgumentError>([] { (void)step_decay(1, not_a_number); }) ==
        "step_decay: factor: expected a factor in (0, 1], got nan");
  CHECK(error_text<ArgumentError>([] { (void)linear_warm_up(0); }) ==
        "linear_warm_up: warm_up_steps: expected at least 1 step, got 0");
}
