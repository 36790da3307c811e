// SPDX-License-Identifier: MIT
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/info_elbo.hpp>

#include "catch.hpp"
#include "model_check.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <limits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::Index;
using bv::Matrix;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

auto double_model() {
  return bv::Vae{bv::dense_encoder<double, 4, 3, 2>({.activation = bv::Activation::tanh}),
                 bv::dense_decoder<double, 2, 3, 4>({.activation = bv::Activation::tanh}), bv::Bernoulli{}};
}

const Matrix<double> batch = bv::test::uniforms(4, 7, 2);
const bv::GaussianNoise noise(3);

template <class Objective>
auto loss_of(const Objective& objective) {
  return [&](const auto& terms) { return objective(terms).loss; };
}

/// What stands in terms, as numbers.
struct Measured {
  double loss;
  double rate;
  double distortion;
  double discrepancy;  ///< MMD²
  Matrix<double> z;
};

template <class Objective>
Measured measure(const Objective& objective, const Matrix<double>& x, std::uint64_t step = 0) {
  const auto model = double_model();
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto terms = model.terms(context, bv::Observed{bv::constant(tape, x)}, noise, step);
  const auto value = objective(terms);
  return {bv::detail::number_in(value.loss), bv::detail::rate_in(terms), bv::detail::number_in(terms.distortion),
          value.named[0].value, terms.z.value()};
}

}  // namespace

TEST_CASE("InfoVAE's loss is distortion + (1 - alpha) rate + (alpha + lambda - 1) MMD^2", "[vae][objective]") {
  const auto one = measure(bv::InfoElbo({.alpha = 1, .lambda = 1}), batch);
  for (const double alpha : {-2.0, 0.0, 0.5, 1.0}) {
    for (const double lambda : {3.0, 40.0}) {
      const bv::InfoElbo objective({.alpha = alpha, .lambda = lambda});
      const auto measured = measure(objective, batch);
      CHECK(measured.discrepancy == one.discrepancy);  // whatever its price
      CHECK_THAT(measured.loss, WithinRel(measured.distortion + (1 - alpha) * measured.rate +
                                              (alpha + lambda - 1) * measured.discrepancy,
                                          1e-14));
      CHECK(objective.loss(5, 70) == 70 + (1 - alpha) * 5);
    }
  }
  CHECK(std::abs(one.discrepancy) > 0.001);
}

TEST_CASE("alpha = 0, lambda = 1 is the ELBO, and alpha = 1 - beta, lambda = beta the beta-ELBO", "[vae][objective]") {
  const auto elbo = measure(bv::InfoElbo({}), batch);
  CHECK(elbo.discrepancy ==
        measure(bv::InfoElbo({.alpha = 1, .lambda = 90}), batch).discrepancy);  // free, but measured
  CHECK_THAT(elbo.loss, WithinRel(elbo.distortion + elbo.rate, 1e-15));
  const auto of_beta = measure(bv::InfoElbo({.alpha = -3, .lambda = 4}), batch);
  CHECK_THAT(of_beta.loss, WithinRel(of_beta.distortion + 4 * of_beta.rate, 1e-15));
  // With the paper's α taken for its negative, the ELBO would be the only one to survive.
  CHECK(std::abs(of_beta.loss - (of_beta.distortion - 2 * of_beta.rate)) > 0.1);
}

TEST_CASE("alpha = 1 leaves the rate out: MMD-VAE", "[vae][objective]") {
  const auto measured = measure(bv::InfoElbo({.alpha = 1, .lambda = 10}, bv::GaussianKernel{.scale = 2}), batch);
  CHECK_THAT(measured.loss, WithinRel(measured.distortion + 10 * measured.discrepancy, 1e-15));
}

TEST_CASE("The discrepancy is that of the batch's codes from draws of the model's prior, others in each step",
          "[vae][objective]") {
  /// Draws that are what the sample's number says, so that they can be made again.
  struct Numbered : bv::StandardNormal {
    void sample(bv::MatrixView<double> z, const bv::Random& random, std::uint64_t first) const {
      bv::StandardNormal::sample(z, random, first);
      last = bv::detail::map<bv::dynamic>(z);
    }
    mutable Matrix<double> last;
  };
  const bv::Vae model{bv::dense_encoder<double, 4, 3, 2>(), bv::dense_decoder<double, 2, 3, 4>(), bv::Bernoulli{},
                      Numbered{}};
  std::vector<Matrix<double>> draws;
  for (const std::uint64_t seed : {1U, 2U}) {
    for (const std::uint64_t step : {0U, 1U, 0U}) {
      bv::Tape<double> tape;
      bv::Evaluating<double> context(tape);
      const auto terms = model.terms(context, bv::Observed{bv::constant(tape, batch)}, noise, step);
      const auto value = bv::InfoElbo({.alpha = 1, .lambda = 2, .seed = seed})(terms);
      const Matrix<double>& last = model.prior.last;
      REQUIRE(last.cols() == batch.cols());
      const auto direct =
          bv::squared_maximum_mean_discrepancy(terms.z, bv::constant(tape, last), bv::InverseMultiquadraticKernel{});
      CHECK_THAT(value.named[0].value, WithinRel(direct.value()(0, 0), 1e-14));
      draws.push_back(last);
    }
  }
  CHECK(draws[0] == draws[2]);  // a step that is run again draws the same
  CHECK(draws[0] != draws[1]);
  CHECK(draws[0] != draws[3]);
}

TEST_CASE("The gradient of InfoVAE's loss is right for both kernels", "[vae][objective]") {
  const bv::InfoElbo by_default({.alpha = 0.4, .lambda = 20});
  CHECK(bv::test::worst_gradient_error(double_model(), loss_of(by_default), noise, batch) <=
        bv::GradientCheck::tolerance);
  const bv::InfoElbo gaussian({.alpha = 1, .lambda = 20}, bv::GaussianKernel{.scale = 3});
  CHECK(bv::test::worst_gradient_error(double_model(), loss_of(gaussian), noise, batch) <=
        bv::GradientCheck::tolerance);
  const std::vector<double> weights{1, 2, 0.5, 3, 1, 1, 4};
  CHECK(bv::test::worst_gradient_error(double_model(), loss_of(gaussian), noise, batch, {.weights = weights.data()}) <=
        bv::GradientCheck::tolerance);
}

TEST_CASE("A batch of one sample has no discrepancy, and a gradient", "[vae][objective]") {
  const bv::InfoElbo objective({.alpha = 0.5, .lambda = 20});
  const auto measured = measure(objective, batch.leftCols(1));
  CHECK(measured.discrepancy == 0);
  CHECK_THAT(measured.loss, WithinRel(measured.distortion + 0.5 * measured.rate, 1e-15));
  CHECK(bv::test::worst_gradient_error(double_model(), loss_of(objective), noise, batch.leftCols(1)) <=
        bv::GradientCheck::tolerance);
  // As the last batch of an epoch may be.
  auto model = test::small_model();
  const auto history = bv::fit(model, test::grey_data(9), objective, {.epochs = 2, .batch = 4, .threads = 1});
  CHECK(std::isfinite(history.back().loss));
}

TEST_CASE("Codes come closer to the prior under the discrepancy than without, at no price of the rate",
          "[vae][objective]") {
  const Matrix<float> data = test::grey_data(96);
  const auto train = [&](double lambda) {
    auto model = test::small_model(1, bv::Gaussian{0.1});
    bv::InfoElbo objective({.alpha = 1, .lambda = lambda});
    return bv::fit(model, data, objective, {.epochs = 80, .batch = 32, .learning_rate = 5e-3, .threads = 1});
  };
  const bv::History with_price = train(50);
  const bv::History nearly_free = train(0.01);
  const double with = with_price.back().of_objective[0].value;
  const double without = nearly_free.back().of_objective[0].value;
  CAPTURE(with, without, with_price.back().rate, with_price.back().distortion, nearly_free.back().distortion);
  CHECK(with_price.back().loss < with_price.front().loss);
  CHECK(with < 0.25 * without);
  CHECK(with_price.back().of_objective[0].name == "squared discrepancy");
  CHECK(with_price.back().of_objective[0].kind == bv::NumberKind::measured);
  CHECK(with_price.back().of_objective[1].name == "alpha");
  CHECK(with_price.back().of_objective[2].name == "lambda");
}

TEST_CASE("Batches of one sample, and numbers out of range, are refused by name", "[vae][objective]") {
  const bv::InfoElbo objective({.alpha = 1, .lambda = 5});
  CHECK(objective.begin_training({.samples = 10, .batch = 2, .steps = 5, .has_weights = true}).empty());
  CHECK(bv::InfoElbo({}).begin_training({.samples = 1, .batch = 1, .steps = 5}).empty());
  CHECK(contains(
      error_text<bv::ArgumentError>([&] { (void)objective.begin_training({.samples = 10, .batch = 1, .steps = 5}); }),
      "InfoElbo: options.batch: expected at least 2"));
  CHECK(contains(
      error_text<bv::ArgumentError>([&] { (void)objective.begin_training({.samples = 1, .batch = 8, .steps = 5}); }),
      "InfoElbo: samples: expected at least 2"));
  constexpr double infinite = std::numeric_limits<double>::infinity();
  for (const double bad : {1.5, infinite, -infinite, std::nan("")}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::InfoElbo({.alpha = bad, .lambda = 10}); }),
                   "InfoElbo: options.alpha: expected a finite number of at most 1, got"));
  }
  for (const double bad : {0.4, infinite, std::nan("")}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::InfoElbo({.alpha = 0.5, .lambda = bad}); }),
                   "InfoElbo: options.lambda: expected a finite number of at least 1 - alpha, got"));
  }
  CHECK(contains(
      error_text<bv::ArgumentError>([&] { (void)bv::InfoElbo({.alpha = 1, .lambda = 1}, bv::GaussianKernel{-1}); }),
      "InfoElbo: scale of the kernel: expected a finite number of at least 0, got -1"));
}

TEST_CASE("Several draws a sample are refused, with weights and without", "[vae][objective]") {
  const auto model = double_model();
  const std::vector<double> weights{1, 2, 0.5, 3, 1, 1, 4};
  for (const double* of_samples : {static_cast<const double*>(nullptr), weights.data()}) {
    bv::Tape<double> tape;
    bv::Evaluating<double> context(tape);
    bv::Observed observed{bv::constant(tape, batch)};
    observed.weights = of_samples;
    const auto terms = model.terms(context, observed, noise, 0, 0, 3);
    CHECK(error_text<bv::ArgumentError>([&] { (void)bv::InfoElbo({.alpha = 1, .lambda = 2})(terms); }) ==
          "InfoElbo: expected as many codes as samples (one draw of each), got 21 and 7");
  }
}
