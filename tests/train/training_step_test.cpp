// SPDX-License-Identifier: MIT
#include <betavae/train/fit.hpp>
#include <betavae/train/training_step.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "model_check.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <limits>
#include <numeric>

using namespace betavae;
using Catch::Matchers::WithinRel;
using test::grey_data;
using test::parameters_of;
using test::same_bits;
using test::small_model;
using test::SmallModel;

namespace {

std::vector<Index> first_samples(Index count) {
  std::vector<Index> samples(static_cast<std::size_t>(count));
  std::iota(samples.begin(), samples.end(), Index{0});
  return samples;
}

/// A loss of 0, whose gradient is that of the distortion times more than a float can hold. Counts the steps that it is told of.
struct Steep {
  template <class Terms>
  auto operator()(const Terms& terms) const {
    return 3e38F * (3e38F * (terms.distortion - stop_gradient(terms.distortion)));
  }
  template <class Terms>
  void end_step(const Terms& /*terms*/) {
    ++steps;
  }
  int steps = 0;
};

constexpr auto ignore = [](const auto&...) {};

}  // namespace

TEST_CASE("a step gives the loss and gradients of its batch, and updates nothing") {
  SmallModel model = small_model();
  const auto before = parameters_of(model);
  const auto data = grey_data(20);
  TrainingStep step(model);
  step.batch().fill(MatrixSet<float>(data), first_samples(20));
  const StepResult result = step.differentiate(BetaElbo{3}, GaussianNoise(5), 8, ignore);
  const auto expected = betavae::test::differentiate(model, BetaElbo{3}, GaussianNoise(5), data, {}, 8);
  CHECK(result.loss == static_cast<double>(expected.loss));
  CHECK(result.distortion == static_cast<double>(expected.distortion));
  CHECK_THAT(result.rate, WithinRel(static_cast<double>(expected.rate()), 1e-6));
  CHECK(result.gradient_norm == expected.gradients.norm());
  CHECK(same_bits(betavae::test::all_gradients(step.gradients()), betavae::test::all_gradients(expected.gradients)));
  CHECK(same_bits(parameters_of(model), before));
}

TEST_CASE("steps share memory and nothing else: the second of a batch repeats the first bit for bit") {
  SmallModel model = small_model();
  const auto data = grey_data(20);
  TrainingStep step(model);
  const auto gradients_of = [&](Index samples, std::uint64_t number) {
    step.batch().fill(MatrixSet<float>(data), first_samples(samples));
    (void)step.differentiate(BetaElbo{1}, GaussianNoise(1), number, ignore);
    return betavae::test::all_gradients(step.gradients());
  };
  const auto first = gradients_of(20, 0);
  const auto other_noise = gradients_of(20, 1);
  const auto fewer = gradients_of(3, 0);
  CHECK(same_bits(gradients_of(20, 0), first));
  CHECK_FALSE(same_bits(other_noise, first));
  CHECK_FALSE(same_bits(fewer, first));
}

TEST_CASE("what finishes a step sees its terms while they live") {
  SmallModel model = small_model();
  TrainingStep step(model);
  const auto data = grey_data(7);
  step.batch().fill(MatrixSet<float>(data), first_samples(7));
  int calls = 0;
  const StepResult result =
      step.differentiate(BetaElbo{1}, GaussianNoise(1), 0, [&](const auto& terms, const auto& /*value*/) {
        ++calls;
        CHECK(terms.posterior.mean.value().isApprox(model.encode(data).mean));
        CHECK(terms.rate_per_dimension.rows() == test::latents);
      });
  CHECK(calls == 1);
  CHECK(result.rate > 0);
}

TEST_CASE("a step on a batch that was not filled, or with other features, is refused") {
  SmallModel model = small_model();
  TrainingStep step(model);
  const auto text = [&] {
    return test::error_text<ArgumentError>([&] { (void)step.differentiate(BetaElbo{1}, GaussianNoise(1), 0, ignore); });
  };
  CHECK(text() == "Batch: expected as many features of the data as inputs of the model, got 0 and 6");
  const Matrix<float> narrow = Matrix<float>::Zero(5, 4);
  step.batch().fill(MatrixSet<float>(narrow), first_samples(4));
  CHECK(text() == "Batch: expected as many features of the data as inputs of the model, got 5 and 6");
}

TEST_CASE("after a step that was not finite the next one works") {
  SmallModel model = small_model();
  TrainingStep step(model);
  Matrix<float> data = grey_data(4);
  const auto differentiate = [&] {
    step.batch().fill(MatrixSet<float>(data), first_samples(4));
    return step.differentiate(BetaElbo{1}, GaussianNoise(1), 41, ignore).loss;
  };
  const double loss = differentiate();
  data(0, 0) = std::numeric_limits<float>::infinity();
  const std::string text = test::error_text<NotFiniteError>([&] { (void)differentiate(); });
  CHECK(text.rfind("fit: step 42: loss ", 0) == 0);
  data = grey_data(4);
  CHECK(differentiate() == loss);
}

TEST_CASE("a step whose gradient is not finite is not finished, whatever its loss: nothing learns of it") {
  SmallModel model = small_model();
  const auto before = parameters_of(model);
  TrainingStep step(model);
  const auto data = grey_data(4);
  step.batch().fill(MatrixSet<float>(data), first_samples(4));
  int calls = 0;
  const std::string text = test::error_text<NotFiniteError>(
      [&] { (void)step.differentiate(Steep{}, GaussianNoise(1), 0, [&](const auto&...) { ++calls; }); });
  CHECK(text.rfind("fit: step 1: gradient norm ", 0) == 0);
  CHECK(calls == 0);
  CHECK(same_bits(parameters_of(model), before));
  (void)step.differentiate(BetaElbo{1}, GaussianNoise(1), 0, [&](const auto&...) { ++calls; });
  CHECK(calls == 1);
}

TEST_CASE("an objective is told of the end of a step only where its gradient is finite") {
  SmallModel model = small_model();
  Steep objective;
  const std::string text =
      test::error_text<NotFiniteError>([&] { fit(model, grey_data(4), objective, {.epochs = 1}); });
  CHECK(text.find("No parameter was changed") != std::string::npos);
  CHECK(objective.steps == 0);
}
