// SPDX-License-Identifier: MIT
#include <betavae/train/fit.hpp>
#include <betavae/train/schedule/linear.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/beta_tc.hpp>

#include "catch.hpp"
#include "model_check.hpp"
#include "train/small_model.hpp"

#include <limits>

namespace bv = betavae;
namespace test = bv::test;
using bv::BetaTotalCorrelation;
using bv::DensityEstimator;
using bv::Index;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

const bv::DenseOptions smooth{.activation = bv::Activation::tanh};

auto double_model() {
  return bv::Vae{bv::dense_encoder<double, 7, 5, 3>(smooth), bv::dense_decoder<double, 3, 5, 7>(smooth),
                 bv::Bernoulli{}};
}

/// The loss alone, as the checks of whole models want it.
template <class Objective>
struct LossOf {
  Objective objective;
  template <class Terms>
  auto operator()(const Terms& terms) const {
    return objective(terms).loss;
  }
};
template <class Objective>
LossOf(Objective) -> LossOf<Objective>;

struct Measured {
  double loss, rate, distortion, total_correlation, mutual_information;
};

template <class Objective>
Measured measure(const Objective& objective, const bv::Matrix<double>& x, const double* weights = nullptr) {
  const auto model = double_model();
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const bv::Observed<bv::Constant<double>> observed{bv::constant(tape, x), nullptr, weights, nullptr};
  const auto terms = model.terms(context, observed, bv::GaussianNoise(1), 0);
  const auto value = objective(terms);
  CHECK(value.named[0].name == "total correlation");
  CHECK(value.named[1].name == "mutual information");
  return {value.loss.value()(0, 0), bv::detail::rate_in(terms), terms.distortion.value()(0, 0), value.named[0].value,
          value.named[1].value};
}

}  // namespace

TEST_CASE("The beta-TC loss is distortion + rate + (beta - 1) TC, with one rate and not beta of them",
          "[vae][objective]") {
  const bv::Matrix<double> x = bv::test::uniforms(7, 12, 1);
  for (const double beta : {0.0, 1.0, 6.0}) {
    const Measured m = measure(BetaTotalCorrelation(beta, {.samples = 100}), x);
    CHECK(m.total_correlation != 0);
    CHECK_THAT(m.loss, WithinRel(m.distortion + m.rate + (beta - 1) * m.total_correlation, 1e-14));
    const double peers = m.distortion + beta * m.rate + (beta - 1) * m.total_correlation;
    CHECK((beta == 1 || std::abs(m.loss - peers) > 0.01));
  }
}

TEST_CASE("At beta = 1 the loss is that of the plain ELBO", "[vae][objective]") {
  const bv::Matrix<double> x = bv::test::uniforms(7, 12, 1);
  auto model = double_model();
  const bv::GaussianNoise noise(1);
  const auto with = bv::test::differentiate(model, LossOf{BetaTotalCorrelation(1, {.samples = 50})}, noise, x);
  const auto without = bv::test::differentiate(model, bv::BetaElbo(1), noise, x);
  CHECK_THAT(with.loss, WithinRel(without.loss, 1e-15));
  CHECK(bv::test::relative_distance(bv::test::all_gradients(with.gradients),
                                    bv::test::all_gradients(without.gradients)) < 1e-14);
}

TEST_CASE("The rate is at least the mutual information's exact sum, which is at most ln N", "[vae][objective]") {
  const bv::Matrix<double> x = bv::test::uniforms(7, 60, 1);
  const Measured m = measure(BetaTotalCorrelation(2, {.estimator = DensityEstimator::exact}), x);
  CHECK(m.mutual_information > 0);
  CHECK(m.mutual_information < std::log(60));
}

TEST_CASE("The gradient of beta-TC through a whole model is right, for each estimator, with weights and without",
          "[vae][objective]") {
  for (const Index samples : {1, 6}) {
    const bv::Matrix<double> x = bv::test::uniforms(7, samples, 1);
    const std::vector<double> weights{0.5, 2, 1, 0, 3, 1.5};
    for (const DensityEstimator estimator :
         {DensityEstimator::minibatch_stratified, DensityEstimator::minibatch_weighted, DensityEstimator::exact}) {
      const LossOf objective{BetaTotalCorrelation(
          5, {.estimator = estimator, .samples = estimator == DensityEstimator::exact ? samples : 50})};
      CHECK(bv::test::worst_gradient_error(double_model(), objective, bv::GaussianNoise(1), x) <=
            bv::GradientCheck::tolerance);
      CHECK(bv::test::worst_gradient_error(double_model(), objective, bv::GaussianNoise(1), x,
                                           {nullptr, weights.data(), nullptr}) <= bv::GradientCheck::tolerance);
    }
  }
}

TEST_CASE("Training tells beta-TC of its samples, and the history names what it measures", "[vae][objective]") {
  auto model = test::small_model();
  BetaTotalCorrelation objective{bv::LinearSchedule({.from = 1, .to = 3, .steps = 4})};
  // The last batch of each epoch has one sample.
  const bv::History history = bv::fit(model, test::grey_data(17), objective, {.epochs = 2, .batch = 8, .seed = 3});
  CHECK(objective.options().samples == 17);
  CHECK(objective.options().mean_weight == 1);
  CHECK(objective.beta() == 3);
  REQUIRE(history.back().of_objective.size() == 3);
  CHECK(history.back().of_objective[0].name == "total correlation");
  CHECK(history.back().of_objective[1].name == "mutual information");
  CHECK(history.back().of_objective[1].kind == bv::NumberKind::nats);
  CHECK(history.back().of_objective[2].name == "beta");
  CHECK(std::isfinite(history.back().loss));
  CHECK(contains(history.csv(), ",total_correlation,mutual_information,beta\n"));
}

TEST_CASE("Training has the same bits with any number of threads", "[vae][objective]") {
  const auto parameters = [](Index threads) {
    auto model = test::small_model();
    bv::fit(model, test::grey_data(70), BetaTotalCorrelation(4),
            {.epochs = 2, .batch = 35, .seed = 3, .threads = threads});
    return test::parameters_of(model);
  };
  CHECK(parameters(1) == parameters(3));
}

TEST_CASE("A price on total correlation makes dimensions independent that were not, and leaves their information",
          "[vae][objective][training]") {
  const auto last_epoch = [](double beta) {
    auto model = test::small_model(1, bv::Gaussian{0.05});
    return bv::fit(model, test::grey_data(64), BetaTotalCorrelation(beta, {.estimator = DensityEstimator::exact}),
                   {.epochs = 300, .batch = 64, .learning_rate = 0.02, .seed = 3})
        .back();
  };
  const bv::Epoch plain = last_epoch(1);
  const bv::Epoch priced = last_epoch(5);
  CHECK(plain.of_objective[0].value > 0.5);
  CHECK(priced.of_objective[0].value < 0.05);
  CHECK(priced.of_objective[1].value > 0.95 * plain.of_objective[1].value);
  CHECK(priced.distortion < plain.distortion + 0.2);
}

namespace {

/// Always 2, and never content.
struct Complaining {
  [[nodiscard]] double value() const { return 2; }
  void end_step(double /*rate*/, double /*distortion*/) { ++steps; }
  [[nodiscard]] std::vector<std::string> end_training() const { return {std::to_string(steps) + " steps"}; }
  template <class Visitor>
  void visit_state(Visitor&& /*visitor*/) {}
  int steps = 0;
};

}  // namespace

TEST_CASE("A controller in beta-TC hears of each step, and what it says at the end is in the history",
          "[vae][objective]") {
  auto model = test::small_model();
  const auto warnings =
      bv::fit(model, test::grey_data(16), BetaTotalCorrelation{Complaining{}}, {.epochs = 3, .batch = 8}).warnings;
  CHECK(warnings == std::vector<std::string>{"6 steps"});
}

TEST_CASE("Batches that beta-TC makes no sense of are refused before training", "[vae][objective]") {
  auto model = test::small_model();
  const auto text = [&](auto objective, Index batch) {
    return error_text<bv::ArgumentError>(
        [&] { bv::fit(model, test::grey_data(20), objective, {.epochs = 1, .batch = batch}); });
  };
  CHECK(contains(text(BetaTotalCorrelation(2), 1), "BetaTotalCorrelation: batch: expected at least 2 samples"));
  CHECK(contains(
      error_text<bv::ArgumentError>(
          [&] { bv::fit(model, test::grey_data(1), BetaTotalCorrelation(2), {.epochs = 1, .batch = 8}); }),
      "BetaTotalCorrelation: batch: expected at least 2 samples: one says nothing of how its dimensions depend "
      "on each other, got 1"));
  const bv::TotalCorrelationOptions exact{.estimator = DensityEstimator::exact};
  CHECK(text(BetaTotalCorrelation(2, exact), 10) ==
        "BetaTotalCorrelation: batch: expected all 20 samples, for the estimator exact is a sum over them, got 10");
  CHECK(text(BetaTotalCorrelation(2, exact), 20) == "nothing");
  CHECK(text(BetaTotalCorrelation(2, exact), 50) == "nothing");
  for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)BetaTotalCorrelation(bad); }),
                   "BetaTotalCorrelation: beta: expected a finite number of at least 0"));
  }
}
