// SPDX-License-Identifier: MIT
#include <betavae/analysis/aggregate_posterior.hpp>
#include <betavae/data/observed_set.hpp>
#include <betavae/train/evaluate.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/prior/vamp.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;

namespace {

/// q(z|x) = N(x, e^log_variance I), for data of two features.
template <class Scalar = double, class PriorType = StandardNormal>
auto copying_model(double log_variance, PriorType prior = {}) {
  Vae model{dense_encoder<Scalar, 2, 2>(), dense_decoder<Scalar, 2, 2>(), Gaussian{}, std::move(prior)};
  auto& layer = encoder_layer(model);
  layer.weight.value().setZero();
  layer.weight.value()(0, 0) = layer.weight.value()(1, 1) = 1;
  layer.bias.value().setZero();
  layer.bias.value().bottomRows(2).setConstant(
      static_cast<Scalar>(log_variance_bound * std::atanh(log_variance / log_variance_bound)));
  return model;
}

/// Samples on a circle, so far apart that no posterior of variance 1e-2 meets another.
Matrix<double> apart(Index count) {
  Matrix<double> data(2, count);
  for (Index j = 0; j < count; ++j) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(count);
    data.col(j) << 10 * std::cos(angle), 10 * std::sin(angle);
  }
  return data;
}

}  // namespace

TEST_CASE("one sample's code tells nothing, and its whole rate is divergence") {
  const auto model = copying_model(-1);
  const Matrix<double> data = Matrix<double>::Constant(2, 1, 0.6);
  const AggregatePosterior result = aggregate_posterior_divergence(model, data, {.draws = 4000});
  CHECK(result.mutual_information == 0);
  CHECK(result.information_limit == 0);
  CHECK(std::abs(result.divergence - evaluate(model, data).rate) < 3 * result.divergence_error);
  CHECK(result.divergence_error < 0.05);
  CHECK(result.rate == result.divergence);
}

TEST_CASE("samples whose posteriors are one tell nothing, however many they are") {
  const auto model = copying_model(-1);
  const Matrix<double> data = Matrix<double>::Constant(2, 300, 0.6);  // more than a block
  const AggregatePosterior result = aggregate_posterior_divergence(model, data);
  CHECK_THAT(result.mutual_information, WithinAbs(0, 1e-12));
  CHECK_THAT(result.information_limit, WithinAbs(std::log(300.0), 1e-12));
}

TEST_CASE("codes that never meet tell all of ln N") {
  const auto model = copying_model(std::log(1e-2));
  for (const Index samples : {2, 7, 40}) {
    const AggregatePosterior result = aggregate_posterior_divergence(model, apart(samples));
    CHECK_THAT(result.mutual_information, WithinAbs(std::log(static_cast<double>(samples)), 1e-6));
    CHECK(result.mutual_information <= result.information_limit + 1e-12);
    CHECK(std::abs(result.rate - evaluate(model, apart(samples)).rate) < 3 * result.divergence_error + 1e-6);
  }
}

TEST_CASE("two codes that overlap: divergence and information are those of numerical integration") {
  const double variance = 0.5;
  const auto model = copying_model(std::log(variance));
  Matrix<double> data(2, 2);
  data << -1.5, 1.5, 0.3, 0.3;
  // E over q̂ on a grid, which converges fast for Gaussians.
  double divergence = 0;
  double entropy = 0;
  for (double a = -8; a <= 8; a += 0.1) {
    for (double b = -8; b <= 8; b += 0.1) {
      double q = 0;
      for (Index n = 0; n < 2; ++n) {
        const double distance = (a - data(0, n)) * (a - data(0, n)) + (b - data(1, n)) * (b - data(1, n));
        q += 0.5 * std::exp(-0.5 * distance / variance) / (2 * std::numbers::pi * variance);
      }
      const double log_p = -0.5 * (a * a + b * b) - std::log(2 * std::numbers::pi);
      divergence += 0.01 * q * (std::log(q) - log_p);
      entropy -= 0.01 * q * std::log(q);
    }
  }
  const double information = entropy - std::log(2 * std::numbers::pi * std::numbers::e * variance);
  const AggregatePosterior result = aggregate_posterior_divergence(model, data, {.draws = 3000});
  CHECK(std::abs(result.divergence - divergence) < 3 * result.divergence_error);
  CHECK(std::abs(result.mutual_information - information) < 3 * result.mutual_information_error);
  CHECK(result.mutual_information_error < 0.02);
  CHECK_THAT(result.rate, WithinAbs(result.divergence + result.mutual_information, 1e-15));
  // The peers' shortcut, KL between N(0, I) and one Gaussian of the codes' mean and variance, is another number.
  const double moments = 0.5 * (2 * variance + 2.25 + 0.09 - 2 - std::log(variance * (variance + 2.25)));
  CHECK(std::abs(moments - divergence) > 5 * result.divergence_error);
}

TEST_CASE("for many samples of N(0, I - posterior variance) the aggregate is the prior: no divergence") {
  // The linear model's optimum: codes of variance 1 - s, posteriors of variance s, so z ~ N(0, 1) and I = rate = -ln s a dimension / 2.
  const double variance = 0.5;
  const auto model = copying_model(std::log(variance));
  const Matrix<double> data = std::sqrt(1 - variance) * normals(2, 1500, 1);
  const AggregatePosterior result = aggregate_posterior_divergence(model, data);
  CHECK(result.divergence < 0.02);
  CHECK(std::abs(result.divergence) < 3 * result.divergence_error + 0.01);  // 1500 samples are not all
  CHECK(std::abs(result.mutual_information - -std::log(variance)) < 4 * result.mutual_information_error + 0.02);
}

TEST_CASE("a sample of weight 2 counts as two of them") {
  const auto model = copying_model(-1);
  const Matrix<double> three = apart(3) / 8;
  Matrix<double> four(2, 4);
  four << three.col(0), three;
  const ObservedSet<double> weighted(three, {.weights = {2, 1, 1}});
  const auto of_weights = aggregate_posterior_divergence(model, weighted, {.draws = 4000});
  const auto of_copies = aggregate_posterior_divergence(model, four, {.draws = 4000});
  CHECK(std::abs(of_weights.divergence - of_copies.divergence) <
        3 * std::hypot(of_weights.divergence_error, of_copies.divergence_error));
  CHECK(std::abs(of_weights.mutual_information - of_copies.mutual_information) <
        3 * std::hypot(of_weights.mutual_information_error, of_copies.mutual_information_error));
  CHECK_THAT(of_weights.information_limit, WithinAbs(1.5 * std::log(2.0), 1e-12));
}

TEST_CASE("the aggregate is compared with the model's own prior, also with one that the encoder completes") {
  const Matrix<double> data = apart(3);
  // Pseudo-inputs at the samples themselves: prior and aggregate posterior are one.
  VampPrior<2, 3, double> vamp;
  vamp.pseudo_inputs.value() = data;
  const AggregatePosterior none = aggregate_posterior_divergence(copying_model(-1, vamp), data);
  CHECK_THAT(none.divergence, WithinAbs(0, 1e-12));
  CHECK(none.mutual_information > 1);
  const auto plain = aggregate_posterior_divergence(copying_model(-1), data);
  CHECK(plain.divergence > 10);
  CHECK(plain.mutual_information == none.mutual_information);
  CHECK(std::isfinite(
      aggregate_posterior_divergence(copying_model(-1, GaussianMixturePrior<2, 3, double>{}), data).divergence));
}

TEST_CASE("batches, threads and the scalar type change nothing but rounding") {
  const Matrix<double> data = normals(2, 700, 1);
  const auto model = copying_model(-1);
  const auto one = aggregate_posterior_divergence(model, data, {.threads = 1});
  const auto three = aggregate_posterior_divergence(model, data, {.threads = 3});
  CHECK(one.divergence == three.divergence);
  CHECK(one.mutual_information == three.mutual_information);
  CHECK(one.divergence_error == three.divergence_error);
  const auto small = aggregate_posterior_divergence(model, data, {.batch = 64});
  CHECK_THAT(small.divergence, WithinAbs(one.divergence, 1e-12));
  const Matrix<float> in_float = data.cast<float>();
  const auto of_float = aggregate_posterior_divergence(copying_model<float>(-1), in_float);
  CHECK(std::abs(of_float.divergence - one.divergence) <
        3 * std::hypot(one.divergence_error, of_float.divergence_error));
}

TEST_CASE("a single draw has no known error") {
  const auto result = aggregate_posterior_divergence(copying_model(-1), normals(2, 1, 1));
  CHECK(std::isinf(result.divergence_error));
}

TEST_CASE("what cannot be measured is refused") {
  const auto model = copying_model(-1);
  const Matrix<double> data = normals(2, 3, 1);
  const auto text = [&](const AggregatePosteriorOptions& options) {
    return error_text<ArgumentError>([&] { (void)aggregate_posterior_divergence(model, data, options); });
  };
  CHECK(contains(text({.draws = 0}), "aggregate_posterior_divergence: options.draws: expected at least 1, got 0"));
  CHECK(contains(text({.batch = 0}), "options.batch"));
  CHECK(contains(text({.threads = -1}), "options.threads"));
  CHECK_THROWS_AS(aggregate_posterior_divergence(model, Matrix<double>(2, 0)), ArgumentError);
  CHECK_THROWS_AS(aggregate_posterior_divergence(model, normals(3, 4, 1)), ArgumentError);
  Matrix<double> bad = data;
  bad(0, 1) = std::nan("");
  CHECK_THROWS_AS(aggregate_posterior_divergence(model, bad), DataError);
}

TEST_CASE("what samples are too few for is told as it is by the split of the rate") {
  // Codes that never meet: q(z|x) is all of N q̂(z), so the part of its own sample is 1, and χ²/2N = (1 − 1/N)/2.
  const AggregatePosterior result = aggregate_posterior_divergence(copying_model(std::log(1e-2)), apart(8));
  CHECK_THAT(result.information_bias, WithinAbs(0.5 * (1 - 1.0 / 8), 1e-6));
  CHECK_THAT(aggregate_posterior_divergence(copying_model(-1), Matrix<double>::Constant(2, 50, 0.6)).information_bias,
             WithinAbs(0, 1e-12));
}

TEST_CASE("an aggregate posterior prints itself and writes CSV") {
  const AggregatePosterior codes{.divergence = 0.75,
                                 .divergence_error = HUGE_VAL,
                                 .mutual_information = 2.5,
                                 .mutual_information_error = 0.125,
                                 .rate = 3.25,
                                 .information_limit = 4,
                                 .information_bias = 0.5};
  CHECK(fmt::format("{}", codes) == "rate 3.250 nats = I(x; z) 2.500 ± 0.125 + divergence 0.750 ± inf");
  CHECK(codes.csv() ==
        "divergence,divergence_error,mutual_information,mutual_information_error,rate,information_limit,information_"
        "bias\n"
        "0.75,,2.5,0.125,3.25,4,0.5\n");
}
