// SPDX-License-Identifier: MIT
#include <betavae/train/controller/geco.hpp>
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

static_assert(Controller<GecoController>);
static_assert(SettingSource<GecoController>);

/// A model that follows β with a lag of `lag` steps, along the optima of four active latents: dR = −2 d ln β, dD = −β dR.
struct LaggingModel {
  double lag = 100;
  double log_beta = 0;  ///< that it has come to
  [[nodiscard]] double rate() const { return 12 - 2 * log_beta; }
  [[nodiscard]] double distortion() const { return 200 + 2 * std::exp(log_beta); }
  void follow(double beta) { log_beta += (std::log(beta) - log_beta) / lag; }
};

}  // namespace

TEST_CASE("Without foresight GECO is the paper's: ln beta falls by gain times the averaged excess in nats of beta rate",
          "[train][controller]") {
  GecoController controller({.distortion = 100, .beta = 2, .average = 4, .foresight = 0, .gain = 0.1});
  CHECK(controller.value() == 2);
  CHECK(std::isnan(controller.distortion()));
  controller.end_step(10, 105);
  CHECK_THAT(controller.value(), WithinRel(2 * std::exp(-0.1 * 5 / (2 * 10)), 1e-15));
  const double before = controller.value();
  controller.end_step(6, 98);
  const double distortion = (98 + 0.75 * 105) / 1.75;
  const double rate = (6 + 0.75 * 10) / 1.75;
  CHECK_THAT(controller.distortion(), WithinRel(distortion, 1e-15));
  CHECK_THAT(controller.value(), WithinRel(before * std::exp(-0.1 * (distortion - 100) / (before * rate)), 1e-15));
}

TEST_CASE(
    "GECO lowers beta while the distortion is above its target and raises it below: beta is one over the paper's "
    "lambda",
    "[train][controller]") {
  GecoController above({.distortion = 100});
  GecoController below({.distortion = 100});
  above.end_step(10, 101);
  below.end_step(10, 99);
  CHECK(above.value() < 1);
  CHECK(below.value() > 1);
  CHECK_THAT(above.value() * below.value(), WithinRel(1.0, 1e-15));
}

TEST_CASE("No step of GECO changes ln beta by more than its gain, not even without any rate", "[train][controller]") {
  for (const double rate : {-1.0, 0.0, 1e-300, 5.0}) {
    for (const double distortion : {-1e300, 50.0, 150.0, 1e300}) {
      CAPTURE(rate, distortion);
      GecoController controller({.distortion = 100, .gain = 0.1});
      controller.end_step(rate, distortion);
      CHECK_THAT(std::abs(std::log(controller.value())), WithinRel(0.1, 1e-12));
    }
  }
  GecoController controller({.distortion = 100});
  controller.end_step(0, 100);
  CHECK(controller.value() == 1);
}

TEST_CASE("GECO waits while the distortion falls towards its target by itself", "[train][controller]") {
  // A young model: 500 nats that fall to the target by themselves. The paper's law has driven β down meanwhile.
  GecoController patient({.distortion = 200});
  GecoController paper({.distortion = 200, .foresight = 0});
  for (int step = 0; step < 300; ++step) {
    const double distortion = 200 + 300 * std::exp(-step / 80.0);
    patient.end_step(10, distortion);
    paper.end_step(10, distortion);
  }
  CAPTURE(patient.value(), paper.value());
  CHECK(patient.value() > 0.1);
  CHECK(paper.value() < 1e-3);
}

TEST_CASE("GECO takes a lagging model to its target without swinging about it", "[train][controller]") {
  for (const double target_beta : {0.1, 4.0, 20.0}) {
    for (const auto& [lag, foresight] : {std::pair{10.0, 200.0}, {50.0, 200.0}, {150.0, 200.0}, {400.0, 600.0}}) {
      CAPTURE(target_beta, lag);
      const double target = 200 + 2 * target_beta;
      // How far ln β of the model goes beyond its target, seen from 1 where it begins.
      const auto farthest_beyond = [&, lag = lag](GecoController& controller) {
        LaggingModel model{.lag = lag};
        double farthest = 0;
        for (int step = 0; step < 6000; ++step) {
          controller.end_step(model.rate(), model.distortion());
          model.follow(controller.value());
          const double beyond = model.log_beta - std::log(target_beta);
          farthest = std::max(farthest, target_beta > 1 ? beyond : -beyond);
        }
        return farthest;
      };
      GecoController controller({.distortion = target, .foresight = foresight});
      CHECK(farthest_beyond(controller) < 0.2);
      CHECK_THAT(controller.value(), WithinRel(target_beta, 0.01));
      CHECK_THAT(controller.distortion(), WithinRel(target, 1e-3));
      CHECK(controller.end_training().empty());
      GecoController paper({.distortion = target, .foresight = 0});
      CHECK((lag < 400 || target_beta < 20 || farthest_beyond(paper) > 0.4));
    }
  }
}

TEST_CASE("A distortion out of reach takes GECO to a limit, said at the end, and left at once when it comes into reach",
          "[train][controller]") {
  GecoController controller({.distortion = 100, .least_beta = 0.01, .most_beta = 50});
  for (int step = 0; step < 2000; ++step) {
    controller.end_step(30, 180);
    REQUIRE(controller.value() >= 0.01);
  }
  CHECK(controller.value() == 0.01);
  const auto said = controller.end_training();
  REQUIRE(said.size() == 1);
  CHECK(contains(said.front(),
                 "GecoController: training ended at a distortion of 180.00 nats instead of 100, with beta at "
                 "0.01, at the limit of its range: train longer, or no beta in it reaches the target"));
  for (int step = 0; step < 300; ++step) {
    controller.end_step(30, 60);
  }
  CHECK(controller.value() > 1);
  for (int step = 0; step < 2000; ++step) {
    controller.end_step(0, 60);
  }
  CHECK(controller.value() == 50);
  CHECK(contains(controller.end_training().front(), "instead of 100, with beta at 50, at the limit of its range"));
}

TEST_CASE("At a limit GECO says a miss of more than 1 %, elsewhere one of more than 5 %", "[train][controller]") {
  const auto said_after = [](double distortion, int steps) {
    GecoController controller({.distortion = 230, .least_beta = 0.01, .foresight = 0});
    for (int step = 0; step < steps; ++step) {
      controller.end_step(30, distortion);
    }
    return controller.end_training().size();
  };
  CHECK(said_after(240, 2000) == 1);
  CHECK(said_after(240, 1) == 0);
  CHECK(said_after(243, 1) == 1);
  CHECK(said_after(232, 2000) == 0);
}

TEST_CASE("GECO's foresight goes by the slope of a steady fall", "[train][controller]") {
  // D falls by 0.1 a step. Both averages follow by as much, the second 3 steps behind the first.
  GecoController controller({.distortion = 100, .average = 4, .foresight = 40, .gain = 0.01});
  const double rate = 1e6;  // so that β is 1 and the error in proportion
  const auto distortion_at = [](int step) { return 160 - 0.1 * step; };
  for (int step = 0; step < 500; ++step) {
    controller.end_step(rate, distortion_at(step));
  }
  const double before = controller.value();
  controller.end_step(rate, distortion_at(500));
  const double moved = -std::log(controller.value() / before) / 0.01 * before * rate;
  CHECK_THAT(moved, WithinRel(controller.distortion() - 100 - 40 * 0.1, 1e-6));
}

TEST_CASE("A distortion missed within the range of beta is said too", "[train][controller]") {
  GecoController controller({.distortion = 100});
  CHECK(controller.end_training().empty());  // nothing was trained
  controller.end_step(10, 180);
  CHECK(contains(controller.end_training().front(), "train longer, or look whether any beta reaches the target"));
}

TEST_CASE("GECO's state is all that it goes by", "[train][controller]") {
  const GecoOptions options{.distortion = 100, .average = 10, .foresight = 20};
  GecoController first(options);
  const auto feed = [](GecoController& controller, int from, int to) {
    for (int step = from; step < to; ++step) {
      controller.end_step(10 + std::sin(step), 103 + 4 * std::cos(step));
    }
  };
  feed(first, 0, 30);
  std::vector<double> numbers;
  visit_state(first, [&](const std::string&, double& number, double above = -HUGE_VAL) {
    CHECK(number > above);
    numbers.push_back(number);
  });
  GecoController second(options);
  std::size_t next = 0;
  visit_state(second, [&](const std::string&, double& number, double = 0) { number = numbers[next++]; });
  CHECK(next == 7);
  CHECK(first.value() == second.value());
  feed(first, 30, 60);
  feed(second, 30, 60);
  CHECK(first.value() == second.value());
  CHECK(first.value() != GecoController(options).value());
}

TEST_CASE("GECO's bad options are refused by name", "[train][controller]") {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  const auto refusal = [](const GecoOptions& options) {
    return error_text<ArgumentError>([&] { (void)GecoController(options); });
  };
  CHECK(contains(refusal({}), "GecoController: options.distortion: expected a finite number of nats, got nan"));
  CHECK(contains(refusal({.distortion = infinity}), "options.distortion: expected a finite number of nats"));
  for (const double bad : {0.0, -1.0, nan, infinity}) {
    CHECK(contains(refusal({.distortion = 1, .least_beta = bad}),
                   "options.least_beta: expected a finite number above 0"));
  }
  CHECK(contains(refusal({.distortion = 1, .least_beta = 2, .most_beta = 1}),
                 "options.most_beta: expected a finite number of at least least_beta, 2, got 1"));
  CHECK(contains(refusal({.distortion = 1, .most_beta = infinity}), "options.most_beta"));
  for (const double bad : {0.0, 1e-5, 1e5, nan}) {
    CHECK(contains(refusal({.distortion = 1, .beta = bad}),
                   "options.beta: expected a number from least_beta, 0.0001, to most_beta, 10000"));
  }
  for (const double bad : {0.0, 0.5, nan, infinity}) {
    CHECK(contains(refusal({.distortion = 1, .average = bad}), "options.average: expected a finite number of steps"));
  }
  CHECK(contains(refusal({.distortion = 1, .average = 1}),
                 "options.average: expected more than 1 step, for foresight goes by how the average moves, got 1"));
  CHECK(refusal({.distortion = 1, .average = 1, .foresight = 0}) == "nothing");
  for (const double bad : {-1.0, nan, infinity}) {
    CHECK(contains(refusal({.distortion = 1, .foresight = bad}), "options.foresight: expected a finite number"));
  }
  for (const double bad : {0.0, -1.0, 1.5, nan}) {
    CHECK(contains(refusal({.distortion = 1, .gain = bad}), "options.gain: expected a number in (0, 1]"));
  }
}
