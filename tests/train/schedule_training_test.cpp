// SPDX-License-Identifier: MIT
// Objectives under a schedule in training.
#include <betavae/train/fit.hpp>
#include <betavae/train/schedule/cyclical.hpp>
#include <betavae/train/schedule/linear.hpp>
#include <betavae/vae/objective/capacity_elbo.hpp>

#include "catch.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

using namespace betavae;
using test::grey_data;
using test::parameters_of;
using test::same_bits;
using test::small_model;

namespace {

/// β at each step as an objective of one's own would set it, by hand.
struct ByHand {
  std::vector<double> betas;
  std::size_t step = 0;
  void begin_step(std::uint64_t number) { step = static_cast<std::size_t>(number); }
  template <class Terms>
  auto operator()(const Terms& terms) const {
    return BetaElbo{betas[step]}(terms);
  }
};

constexpr Index samples = 24;
const FitOptions options{.epochs = 2, .batch = 8, .seed = 5};  // six steps

}  // namespace

TEST_CASE("A scheduled beta is the schedule's at each step, counted from 0", "[train][schedule]") {
  auto scheduled = small_model();
  auto by_hand = small_model();
  BetaElbo objective{LinearSchedule({.from = 1, .to = 4, .steps = 3})};
  CHECK(objective.beta() == 1);
  fit(scheduled, grey_data(samples), objective, options);
  CHECK(objective.beta() == 4);
  fit(by_hand, grey_data(samples), ByHand{{1, 2, 3, 4, 4, 4}}, options);
  CHECK(same_bits(parameters_of(scheduled), parameters_of(by_hand)));
}

TEST_CASE("A scheduled capacity is the schedule's at each step", "[train][schedule]") {
  auto scheduled = small_model();
  CapacityElbo objective{LinearSchedule({.to = 3, .steps = 6}), {.gamma = 10}};
  fit(scheduled, grey_data(samples), objective, options);
  CHECK(objective.capacity() == 2.5);  // of the sixth step
  auto fixed = small_model();
  fit(fixed, grey_data(samples), CapacityElbo{3.0, {.gamma = 10}}, options);
  CHECK_FALSE(same_bits(parameters_of(scheduled), parameters_of(fixed)));
}

TEST_CASE("A schedule goes on in a second call of fit", "[train][schedule]") {
  auto twice = small_model();
  auto once = small_model();
  const auto schedule = LinearSchedule({.to = 4, .steps = 6});
  TrainingState<float> state;
  FitOptions half = options;
  half.epochs = 1;
  fit(twice, grey_data(samples), BetaElbo{schedule}, half, state);
  fit(twice, grey_data(samples), BetaElbo{schedule}, half, state);
  fit(once, grey_data(samples), BetaElbo{schedule}, options);
  CHECK(same_bits(parameters_of(twice), parameters_of(once)));
}

TEST_CASE("A schedule longer than training says so, with where it will have come to", "[train][schedule]") {
  const auto warnings = [](auto objective) {
    auto model = small_model();
    return fit(model, grey_data(samples), objective, options).warnings;
  };
  const auto too_long = warnings(BetaElbo{LinearSchedule({.to = 4, .steps = 10})});
  REQUIRE(too_long.size() == 1);
  CHECK(too_long[0] == "BetaElbo: beta: its schedule takes 10 steps, but training ends after 6: it comes to 2 of 4");
  // The last step, number 5, is at the top of the second cycle; a seventh would begin the third.
  const auto cycles = warnings(BetaElbo{CyclicalSchedule({.to = 4, .period = 3, .rise = 0.6})});
  REQUIRE(cycles.size() == 1);
  CHECK(cycles[0] == "BetaElbo: beta: its schedule takes 12 steps, but training ends after 6: it comes to 4 of 4");
  const auto capacity = warnings(CapacityElbo{LinearSchedule({.to = 25, .steps = 10})});
  REQUIRE(capacity.size() == 1);
  CHECK(capacity[0].find("CapacityElbo: capacity: its schedule takes 10 steps") == 0);
  CHECK(warnings(BetaElbo{LinearSchedule({.to = 4, .steps = 6})}).empty());
  CHECK(warnings(BetaElbo{4}).empty());
}

TEST_CASE("A schedule that training stops before its end says so, once", "[train][schedule]") {
  const auto warnings = [](auto objective, Index epochs, Index stop_after) {
    auto model = small_model();
    FitOptions stopping = options;
    stopping.epochs = epochs;
    stopping.on_epoch = [=](const Epoch& epoch) { return epoch.epoch < stop_after; };
    return fit(model, grey_data(samples), objective, stopping).warnings;
  };
  const BetaElbo objective{LinearSchedule({.to = 4, .steps = 10})};
  const auto stopped = warnings(objective, 5, 2);
  REQUIRE(stopped.size() == 1);
  CHECK(stopped[0] == "BetaElbo: beta: its schedule takes 10 steps, but training stopped after 6: it came to 2 of 4");
  CHECK(warnings(objective, 5, 4).empty());  // twelve steps
  const auto too_long = warnings(objective, 3, 2);
  REQUIRE(too_long.size() == 1);
  CHECK(too_long[0].find("but training ends after 9") != std::string::npos);
  CHECK(BetaElbo{LinearSchedule({.to = 4, .steps = 10})}.end_training().empty());  // nothing was trained
  CHECK(warnings(CapacityElbo{LinearSchedule({.to = 4, .steps = 10})}, 5, 1).size() == 1);
}

TEST_CASE("Held-out data are measured at the beta with which a schedule ends", "[train][schedule]") {
  // Else a rising β would make each epoch look worse than the last, and training would stop early.
  const BetaElbo objective{LinearSchedule({.from = 0, .to = 4, .steps = 100})};
  CHECK(objective.beta() == 0);
  CHECK(objective.loss(3, 70) == 82);
  CHECK(CapacityElbo{LinearSchedule({.to = 5, .steps = 100}), {.gamma = 10}}.loss(3, 70) == 90);
}
