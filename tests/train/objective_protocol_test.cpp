// SPDX-License-Identifier: MIT
// What training tells an objective, and what it shows of it.
#include <betavae/data/observed_set.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/train/schedule/linear.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "train/small_model.hpp"

#include <algorithm>
#include <array>

using namespace betavae;
using Catch::Matchers::WithinRel;
using test::grey_data;
using test::parameters_of;
using test::small_model;

namespace {

/// Keeps what it is told, and names what it sees.
struct Witness {
  TrainingPlan plan;
  std::vector<std::uint64_t> steps;
  std::vector<double> distortions;  ///< of each step's end
  double price = 1;

  std::vector<std::string> begin_training(const TrainingPlan& told) {
    plan = told;
    return {"Witness: told"};
  }
  void begin_step(std::uint64_t step) { steps.push_back(step); }
  template <class Terms>
  void end_step(const Terms& terms) {
    distortions.push_back(static_cast<double>(terms.distortion.value()(0, 0)));
    price += 1;
  }
  [[nodiscard]] std::array<NamedNumber, 2> settings() const {
    return {NamedNumber{"price", price, NumberKind::setting}, NamedNumber{"target", 7, NumberKind::fixed_setting}};
  }
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    const auto rate = sum(terms.rate_per_dimension);
    return ObjectiveValue{terms.distortion + static_cast<float>(price) * rate,
                          std::array{NamedNumber{"rate again", static_cast<double>(rate.value()(0, 0))}}};
  }
};

/// Refuses every training.
struct Refusing {
  static std::vector<std::string> begin_training(const TrainingPlan& plan) {
    detail::fail<ArgumentError>("Refusing", "samples", "none at all", plan.samples);
  }
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    return terms.distortion + sum(terms.rate_per_dimension);
  }
};

}  // namespace

TEST_CASE("An objective is told of its training before the first step, and its warnings are the history's") {
  auto model = small_model();
  Witness objective;
  TrainingState<float> state;
  const FitOptions options{.epochs = 2, .batch = 8};
  const History first = fit(model, grey_data(20), objective, options, state);
  CHECK(objective.plan.samples == 20);
  CHECK(objective.plan.batch == 8);
  CHECK(objective.plan.first_step == 0);
  CHECK(objective.plan.steps == 6);
  CHECK(objective.plan.mean_weight == 1);
  CHECK_FALSE(objective.plan.has_weights);
  CHECK(first.warnings == std::vector<std::string>{"Witness: told"});
  fit(model, grey_data(20), objective, options, state);
  CHECK(objective.plan.first_step == 6);
  CHECK(objective.plan.steps == 12);
}

TEST_CASE("An objective knows whether samples have weights, and their mean") {
  auto model = small_model();
  Witness objective;
  const Matrix<float> values = grey_data(4);
  fit(model, ObservedSet(values, {.weights = std::vector<float>{1, 2, 3, 4}}), objective, {.epochs = 1});
  CHECK(objective.plan.has_weights);
  CHECK(objective.plan.mean_weight == 2.5);
}

TEST_CASE("An objective learns from each step before the next, with the step's own terms") {
  auto model = small_model();
  Witness objective;
  std::vector<double> rates;
  std::vector<double> prices;
  FitOptions options{.epochs = 1, .batch = 8};
  options.on_step = [&](const StepReport& report) {
    REQUIRE(report.of_objective.size() == 3);
    prices.push_back(report.of_objective[1].value);
    rates.push_back(report.rate);
  };
  const History history = fit(model, grey_data(24), objective, options);
  CHECK(objective.steps == std::vector<std::uint64_t>{0, 1, 2});
  REQUIRE(objective.distortions.size() == 3);
  const double mean = (objective.distortions[0] + objective.distortions[1] + objective.distortions[2]) / 3;
  CHECK_THAT(history.back().distortion, WithinRel(mean, 1e-12));
  CHECK(objective.price == 4);
  CHECK(prices == std::vector<double>{1, 2, 3});  // in force during the step, not after it
}

TEST_CASE("What an objective measures is averaged over the epoch by weight, and its settings are the last step's") {
  auto model = small_model();
  Witness objective;
  const History history = fit(model, grey_data(20), objective, {.epochs = 2, .batch = 8});  // 8, 8 and 4 samples
  for (const Epoch& epoch : history) {
    REQUIRE(epoch.of_objective.size() == 3);
    CHECK(epoch.of_objective[0].name == "rate again");
    CHECK_THAT(epoch.of_objective[0].value, WithinRel(epoch.rate, 1e-6));
    CHECK(epoch.of_objective[1].name == "price");
    CHECK(epoch.of_objective[1].value == 3.0 * static_cast<double>(epoch.epoch));
    CHECK(epoch.of_objective[2].value == 7);
  }
  CHECK(history.csv().find("validation_distortion,rate_again,price,target\n") != std::string::npos);
}

TEST_CASE("The beta in force stands in every history") {
  auto model = small_model();
  const History fixed = fit(model, grey_data(8), BetaElbo{4}, {.epochs = 1, .batch = 8});
  REQUIRE(fixed.back().of_objective.size() == 1);
  CHECK(fixed.back().of_objective[0].name == "beta");
  CHECK(fixed.back().of_objective[0].value == 4);
  CHECK(fixed.back().of_objective[0].kind == NumberKind::fixed_setting);
  const History scheduled =
      fit(model, grey_data(8), BetaElbo{LinearSchedule({.to = 4, .steps = 4})}, {.epochs = 3, .batch = 8});
  CHECK(scheduled.back().of_objective[0].value == 2);
  CHECK(scheduled.back().of_objective[0].kind == NumberKind::setting);
}

TEST_CASE("An objective that refuses its training leaves the model as it was") {
  auto model = small_model();
  const auto before = parameters_of(model);
  const std::string text =
      test::error_text<ArgumentError>([&] { fit(model, grey_data(8), Refusing{}, {.epochs = 1}); });
  CHECK(text == "Refusing: samples: expected none at all, got 8");
  CHECK(parameters_of(model) == before);
}
