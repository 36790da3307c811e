// SPDX-License-Identifier: MIT
#include <betavae/train/controller/pid.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>
#include <utility>
#include <vector>

using namespace betavae;
using betavae::test::contains;
using betavae::test::error_text;
using Catch::Matchers::WithinRel;

namespace {

static_assert(Controller<PidController>);
static_assert(SettingSource<PidController>);

/// A rate that follows β with a lag, along the optima of four active latents: dR = −2 d ln β.
struct LaggingModel {
  double lag = 100;
  double rate_at_one = 12;
  double log_beta = 0;  ///< that it has come to
  [[nodiscard]] double rate() const { return rate_at_one - 2 * log_beta; }
  void follow(double beta) { log_beta += (std::log(beta) - log_beta) / lag; }
};

/// The paper's law, for β itself and errors in nats.
struct PaperLaw {
  double target;
  double proportional;
  double integral;
  double least_beta = 0;
  double most_beta = HUGE_VAL;
  double sum = 0;
  double beta = 0;
  void end_step(double rate) {
    const double error = target - rate;
    if (least_beta <= beta && beta <= most_beta) {
      sum -= integral * error;
    }
    beta = std::clamp(proportional / (1 + std::exp(error)) + sum + least_beta, least_beta, most_beta);
  }
};

}  // namespace

TEST_CASE("PID sets ln beta by a bounded function of the averaged error, and by the sum of all errors",
          "[train][controller]") {
  PidController controller({.rate = 10, .beta = 2, .average = 4, .proportional = 3, .integral = 0.1});
  CHECK(controller.value() == 2);
  CHECK(std::isnan(controller.rate()));
  controller.end_step(6, 0);
  CHECK_THAT(controller.value(), WithinRel(2 * std::exp(3 * (1 / (1 + std::exp(0.4)) - 0.5) - 0.1 * 0.4), 1e-15));
  controller.end_step(12, 0);
  const double rate = (12 + 0.75 * 6) / 1.75;
  const double error = 1 - rate / 10;
  CHECK(controller.rate() == rate);
  CHECK_THAT(controller.value(),
             WithinRel(2 * std::exp(3 * (1 / (1 + std::exp(error)) - 0.5) - 0.1 * (0.4 + error)), 1e-14));
}

TEST_CASE("Near a beta of 1, with a target of 1 nat, PID and the paper's law are one to first order",
          "[train][controller]") {
  for (const double scale : {1e-3, 1e-4}) {
    CAPTURE(scale);
    PidController ours({.rate = 1, .average = 1, .proportional = 0.5, .integral = 0.2});
    PaperLaw paper{
        .target = 1, .proportional = 0.5, .integral = 0.2, .least_beta = 0.75, .beta = 1};  // 0.75 + ½Kp is 1
    for (int step = 0; step < 20; ++step) {
      const double rate = 1 + scale * std::sin(step);
      ours.end_step(rate, 0);
      paper.end_step(rate);
      CHECK(std::abs(ours.value() - paper.beta) < scale * scale);
      CHECK((step == 0 || std::abs(ours.value() - 1) > 1e-3 * scale));
    }
  }
}

TEST_CASE("PID raises beta while the rate is above its target and lowers it below", "[train][controller]") {
  PidController above({.rate = 10});
  PidController below({.rate = 10});
  above.end_step(11, 0);
  below.end_step(9, 0);
  CHECK(above.value() > 1);
  CHECK(below.value() < 1);
  CHECK_THAT(above.value() * below.value(), WithinRel(1.0, 1e-15));
}

TEST_CASE("No rate moves PID by more than half its proportional and one integral gain in a step",
          "[train][controller]") {
  for (const double rate : {-1e300, -5.0, 0.0, 1e3, 1e300}) {
    CAPTURE(rate);
    PidController controller({.rate = 10, .proportional = 3, .integral = 0.1});
    controller.end_step(rate, 0);
    CHECK(std::abs(std::log(controller.value())) <= 1.6 + 1e-12);
  }
}

TEST_CASE("PID takes a lagging model to its target without swinging about it, at every size of beta",
          "[train][controller]") {
  for (const double target_beta : {0.01, 0.3, 3.0, 100.0}) {
    for (const double lag : {10.0, 100.0, 200.0}) {
      CAPTURE(target_beta, lag);
      // 12 nats at the target, whatever its β.
      LaggingModel model{.lag = lag, .rate_at_one = 12 + 2 * std::log(target_beta)};
      PidController controller({.rate = 12});
      double farthest = 0;
      for (int step = 0; step < 6000; ++step) {
        controller.end_step(model.rate(), 0);
        model.follow(controller.value());
        const double beyond = model.log_beta - std::log(target_beta);
        farthest = std::max(farthest, target_beta > 1 ? beyond : -beyond);
      }
      CHECK(farthest < 0.1);
      CHECK_THAT(model.rate(), WithinRel(12.0, 1e-3));
      CHECK_THAT(controller.value(), WithinRel(target_beta, 0.01));
      CHECK(controller.end_training().empty());
    }
  }
}

TEST_CASE("Gains for beta itself that suit a beta of 1 are too slow for one of 100", "[train][controller]") {
  const auto steps_to_target = [](double target_beta) {
    LaggingModel model{
        .lag = 100, .rate_at_one = 12 + 2 * std::log(target_beta), .log_beta = std::log(0.9 * target_beta)};
    PaperLaw paper{
        .target = 12, .proportional = 0.01, .integral = 0.001, .sum = 0.9 * target_beta, .beta = 0.9 * target_beta};
    int step = 0;
    for (; step < 100000 && std::abs(model.rate() - 12) > 0.02; ++step) {
      paper.end_step(model.rate());
      model.follow(paper.beta);
    }
    return step;
  };
  CHECK(steps_to_target(100) > 50 * steps_to_target(1));
}

TEST_CASE("A rate out of reach takes PID to a limit, said at the end, and left at once when it comes into reach",
          "[train][controller]") {
  PidController controller({.rate = 10, .least_beta = 0.01, .most_beta = 50});
  for (int step = 0; step < 5000; ++step) {
    controller.end_step(5, 0);
    REQUIRE(controller.value() >= 0.01);
  }
  CHECK(controller.value() == 0.01);
  const auto said = controller.end_training();
  REQUIRE(said.size() == 1);
  CHECK(
      contains(said.front(),
               "PidController: training ended at a rate of 5.00 nats instead of 10, with beta at 0.01, at the limit"));
  for (int step = 0; step < 300; ++step) {
    controller.end_step(20, 0);
  }
  CHECK(controller.value() > 0.1);  // ln β would still be at −25 + 3 if the sum had gone on
  for (int step = 0; step < 5000; ++step) {
    controller.end_step(15, 0);
  }
  CHECK(controller.value() == 50);
  CHECK(contains(controller.end_training().front(), "instead of 10, with beta at 50, at the limit"));
}

TEST_CASE("PID's state is all that it goes by", "[train][controller]") {
  const PidOptions options{.rate = 10, .average = 10};
  PidController first(options);
  const auto feed = [](PidController& controller, int from, int to) {
    for (int step = from; step < to; ++step) {
      controller.end_step(11 + std::sin(step), 0);
    }
  };
  feed(first, 0, 30);
  std::vector<double> numbers;
  visit_state(first, [&](const std::string&, double& number, double above = -HUGE_VAL) {
    CHECK(number > above);
    numbers.push_back(number);
  });
  PidController second(options);
  std::size_t next = 0;
  visit_state(second, [&](const std::string&, double& number, double = 0) { number = numbers[next++]; });
  CHECK(next == 4);
  CHECK(first.value() == second.value());
  feed(first, 30, 60);
  feed(second, 30, 60);
  CHECK(first.value() == second.value());
  CHECK(first.value() != PidController(options).value());
}

TEST_CASE("PID's bad options are refused by name", "[train][controller]") {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  const auto refusal = [](const PidOptions& options) {
    return error_text<ArgumentError>([&] { (void)PidController(options); });
  };
  for (const double bad : {0.0, -1.0, nan, infinity}) {
    CHECK(contains(refusal({.rate = bad}), "PidController: options.rate: expected a finite number of nats above 0"));
    CHECK(contains(refusal({.rate = 1, .least_beta = bad}), "options.least_beta: expected a finite number above 0"));
  }
  CHECK(contains(refusal({.rate = 1, .least_beta = 2, .most_beta = 1}),
                 "options.most_beta: expected a finite number of at least least_beta, 2, got 1"));
  CHECK(contains(refusal({.rate = 1, .beta = 1e5}),
                 "options.beta: expected a number from least_beta, 0.0001, to most_beta, 10000, got 100000"));
  CHECK(contains(refusal({.rate = 1, .average = 0.5}), "options.average: expected a finite number of steps"));
  for (const double bad : {-1.0, nan, infinity}) {
    CHECK(contains(refusal({.rate = 1, .proportional = bad}), "options.proportional: expected a finite number"));
  }
  for (const double bad : {0.0, -1.0, 1.5, nan}) {
    CHECK(contains(refusal({.rate = 1, .integral = bad}), "options.integral: expected a number in (0, 1]"));
  }
}
