// SPDX-License-Identifier: MIT
#include <betavae/analysis/rate_split.hpp>
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

/// q(z|x) = N(x, e^log_variance I).
template <int Size, class PriorType = StandardNormal>
auto copying_model(double log_variance, PriorType prior = {}) {
  Vae model{dense_encoder<double, Size, Size>(), dense_decoder<double, Size, Size>(), Gaussian{}, std::move(prior)};
  auto& layer = encoder_layer(model);
  layer.weight.value().setZero();
  layer.weight.value().topLeftCorner(Size, Size).setIdentity();
  layer.bias.value().setZero();
  layer.bias.value().bottomRows(Size).setConstant(log_variance_bound * std::atanh(log_variance / log_variance_bound));
  return model;
}

/// A Gaussian channel of one dimension whose codes are N(0, 1), as at the linear model's optimum: I = rate = −½ ln variance.
RateSplit gaussian_channel(double information, Index samples, std::uint64_t seed) {
  const double variance = std::exp(-2 * information);
  return rate_split(copying_model<1>(std::log(variance)), std::sqrt(1 - variance) * normals(1, samples, seed),
                    {.seed = seed});
}

/// In how many of so many runs the mutual information is within two standard errors.
Index count_inside(double information, Index samples, Index runs) {
  Index inside = 0;
  for (Index run = 1; run <= runs; ++run) {
    const RateSplit split = gaussian_channel(information, samples, static_cast<std::uint64_t>(run));
    inside += std::abs(split.mutual_information - information) < 2 * split.mutual_information_error ? 1 : 0;
  }
  return inside;
}

/// Means of codes that are N(0, Σ) with correlation ρ, once their posteriors have this variance.
Matrix<double> correlated_means(double correlation, double variance, Index samples, std::uint64_t seed) {
  const double along = std::sqrt((1 + correlation - variance) / 2);
  const double across = std::sqrt((1 - correlation - variance) / 2);
  Matrix<double> axes(2, 2);
  axes << along, across, along, -across;
  return axes * normals(2, samples, seed);
}

void check_sums(const RateSplit& split) {
  CHECK_THAT(split.mutual_information + split.divergence, WithinAbs(split.rate, 1e-12));
  CHECK_THAT(split.total_correlation + split.dimension_wise, WithinAbs(split.divergence, 1e-12));
  CHECK(split.mutual_information >= std::min(0.0, split.rate) - 1e-12);
  CHECK(split.mutual_information <= split.rate + 1e-12);
  CHECK(split.mutual_information <= split.information_limit);
  CHECK(split.divergence >= 0);
  CHECK(split.total_correlation >= 0);
  CHECK(split.dimension_wise >= 0);
}

}  // namespace

TEST_CASE("the mutual information of a Gaussian channel is within two standard errors in most runs") {
  const Index inside = count_inside(1, 400, 40);
  CHECK(inside >= 34);  // 38 of 40 are expected; fewer than 34 or all 40 have probabilities of 2 % and 13 %
}

TEST_CASE("the error of the mutual information is how much it scatters over data") {
  constexpr Index runs = 120;
  double sum = 0;
  double squares = 0;
  double error = 0;
  for (std::uint64_t run = 1; run <= runs; ++run) {
    const RateSplit split = gaussian_channel(1, 300, run);
    sum += split.mutual_information / runs;
    squares += split.mutual_information * split.mutual_information / runs;
    error += split.mutual_information_error / runs;
  }
  CHECK_THAT(error / std::sqrt(squares - sum * sum), WithinAbs(1, 0.2));
}

TEST_CASE("of codes that have all but collapsed, draws may have a rate below 0, and no part is") {
  const auto model = copying_model<2>(0);
  Index below = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RateSplit split = rate_split(model, 0.02 * normals(2, 200, seed), {.seed = seed});
    check_sums(split);
    below += split.rate < 0 ? 1 : 0;
  }
  CHECK(below > 0);
}

// Run alone: rate_split_test "[coverage]". With 10 000 samples, I = 0.5, 1, 2 nats: see the header.
TEST_CASE("the mutual information of a Gaussian channel, 100 runs of 10 000 samples", "[.][coverage]") {
  for (const double information : {0.5, 1.0, 2.0}) {
    const Index inside = count_inside(information, 10000, 100);
    fmt::print("I = {}: {} of 100 inside two standard errors\n", information, inside);
    CHECK(inside >= 90);
    CHECK(inside <= 99);
  }
}

// Run alone: rate_split_test "[bias]", which makes the table in the header.
TEST_CASE("the bias of the mutual information of a Gaussian channel, measured beside what is told", "[.][bias]") {
  for (const Index samples : {1000, 10000}) {
    for (const double information : {1.0, 2.0, 3.0, 4.0}) {
      const Index runs = samples > 1000 ? 20 : 200;
      double missing = 0;
      double told = 0;
      double error = 0;
      Index inside = 0;
      for (Index run = 1; run <= runs; ++run) {
        const RateSplit split = gaussian_channel(information, samples, static_cast<std::uint64_t>(run));
        // The rate at these draws is I in the mean, and scatters together with the estimate.
        missing += (split.rate - split.mutual_information) / static_cast<double>(runs);
        told += split.information_bias / static_cast<double>(runs);
        error += split.mutual_information_error / static_cast<double>(runs);
        inside += std::abs(split.mutual_information - information) < 2 * split.mutual_information_error ? 1 : 0;
      }
      fmt::print("N = {}, I = {}: missing {:.4f}, told {:.4f}, error {:.4f}, {} of {} inside\n", samples, information,
                 missing, told, error, inside, runs);
      CHECK(told >= 0);
    }
  }
}

TEST_CASE("what too few samples take from the mutual information is told") {
  constexpr double information = 1.5;
  constexpr Index runs = 400;
  double mean = 0;
  double bias = 0;
  double squares = 0;
  for (std::uint64_t run = 1; run <= runs; ++run) {
    const RateSplit split = gaussian_channel(information, 200, run);
    mean += split.mutual_information / runs;
    bias += split.information_bias / runs;
    squares += split.mutual_information_error * split.mutual_information_error;
  }
  const double error = std::sqrt(squares) / runs;
  // At most χ²/2N, with χ² + 1 = e^2I: most of χ² comes from codes so far out that 200 samples have none of them.
  CHECK(bias < (std::exp(2 * information) - 1) / 400);
  CHECK(bias > 2 * error);
  CHECK(information - mean > 2 * error);
  CHECK(std::abs(mean + bias - information) < 2.5 * error + 0.005);
}

TEST_CASE("the total correlation of a correlation of 0.9 is -ln(0.19)/2, and all else of the rate is there too") {
  constexpr double variance = 0.05;
  const double truth = -0.5 * std::log(0.19);
  const auto model = copying_model<2>(std::log(variance));
  const RateSplit split = rate_split(model, correlated_means(0.9, variance, 1500, 1));
  check_sums(split);
  CHECK(std::abs(split.total_correlation - truth) < 3 * split.total_correlation_error);
  CHECK(split.total_correlation_error < 0.03);
  CHECK(split.dimension_wise < 0.04);  // each dimension by itself is N(0, 1)
  CHECK_THAT(split.divergence, WithinAbs(truth, 3 * split.divergence_error + 0.02));
  // H(z) − H(z|x), a bias of χ²/2N ≈ 0.02 being told.
  const double information = 0.5 * (std::log(1.9 / variance) + std::log(0.1 / variance));
  CHECK(std::abs(split.mutual_information + split.information_bias - information) < 3 * split.mutual_information_error);
  // The peers' shortcut takes the correlation of the posteriors' means alone.
  const double of_means = -0.5 * std::log(1 - 0.9 * 0.9 / (0.95 * 0.95));
  CHECK(std::abs(of_means - truth) > 5 * split.total_correlation_error);
}

TEST_CASE("independent dimensions that are not the prior's cost dimension-wise nats alone") {
  // Codes N(1, 1): KL = ½ a dimension.
  constexpr double variance = 0.5;
  const auto model = copying_model<2>(std::log(variance));
  const Matrix<double> data = (std::sqrt(1 - variance) * normals(2, 1500, 2)).array() + 1.0;
  const RateSplit split = rate_split(model, data);
  check_sums(split);
  CHECK_THAT(split.dimension_wise, WithinAbs(1, 3 * split.dimension_wise_error));
  CHECK(split.total_correlation < 0.02);
  CHECK(std::abs(split.rate - evaluate(model, data).rate) < 3 * split.rate_error);
}

TEST_CASE("the split agrees with aggregate_posterior_divergence at the same draws") {
  const auto model = copying_model<2>(-1);
  const Matrix<double> data = 2 * normals(2, 300, 3);
  const AggregatePosterior whole = aggregate_posterior_divergence(model, data, {.draws = 3});
  const RateSplit split = rate_split(model, data, {.draws = 3});
  CHECK_THAT(split.mutual_information, WithinAbs(whole.mutual_information, 1e-10));
  CHECK_THAT(split.divergence, WithinAbs(whole.divergence, 1e-10));
  CHECK_THAT(split.information_limit, WithinAbs(std::log(300.0), 1e-12));
  // The draws of one sample have the sample in common: more of them do not make the error of the rate shrink as if they were samples.
  CHECK(split.rate_error > 0.7 * rate_split(model, data).rate_error);
  const RateSplit threaded = rate_split(model, data, {.draws = 3, .threads = 3});
  CHECK(threaded.csv() == rate_split(model, data, {.draws = 3, .threads = 1}).csv());
}

TEST_CASE("a sample of weight 2 counts as two of them in every part") {
  const auto model = copying_model<2>(-1);
  const Matrix<double> three = normals(2, 3, 4);
  Matrix<double> four(2, 4);
  four << three.col(0), three;
  const ObservedSet<double> weighted(three, {.weights = {2, 1, 1}});
  const RateSplit of_weights = rate_split(model, weighted, {.draws = 2000});
  const RateSplit of_copies = rate_split(model, four, {.draws = 2000});
  check_sums(of_weights);
  CHECK_THAT(of_weights.mutual_information, WithinAbs(of_copies.mutual_information, 0.05));
  CHECK_THAT(of_weights.total_correlation, WithinAbs(of_copies.total_correlation, 0.05));
  CHECK_THAT(of_weights.dimension_wise, WithinAbs(of_copies.dimension_wise, 0.08));
  CHECK_THAT(of_weights.information_limit, WithinAbs(1.5 * std::log(2.0), 1e-12));
}

TEST_CASE("one sample, and samples whose codes are one, tell nothing") {
  const auto model = copying_model<2>(-1);
  const RateSplit one = rate_split(model, Matrix<double>::Constant(2, 1, 0.6));
  CHECK(one.mutual_information == 0);
  CHECK(one.information_bias == 0);
  CHECK_THAT(one.total_correlation, WithinAbs(0, 1e-12));
  CHECK(std::isinf(one.rate_error));
  const RateSplit constant = rate_split(model, Matrix<double>::Constant(2, 200, 0.6));
  CHECK_THAT(constant.mutual_information, WithinAbs(0, 1e-12));
  CHECK_THAT(constant.total_correlation, WithinAbs(0, 1e-12));
  CHECK_THAT(constant.dimension_wise, WithinAbs(constant.rate, 1e-12));
  CHECK_THAT(constant.information_bias, WithinAbs(0, 1e-12));
}

TEST_CASE("against a prior that does not fall apart there is no dimension-wise part") {
  const Matrix<double> data = normals(2, 50, 5);
  const RateSplit mixture = rate_split(copying_model<2>(-1, GaussianMixturePrior<2, 3, double>{}), data);
  CHECK(std::isnan(mixture.dimension_wise));
  CHECK_THAT(mixture.mutual_information + mixture.divergence, WithinAbs(mixture.rate, 1e-12));
  CHECK(contains(fmt::format("{}", mixture), "divergence"));
  CHECK(contains(mixture.csv(), ",,"));
  CHECK(std::isnan(rate_split(copying_model<2>(-1, VampPrior<2, 3, double>{}), data).dimension_wise));
}

TEST_CASE("for Gaussian data the information is the rate, and there is no total correlation, exactly") {
  // The population N(0, diag(4, 1)) as a grid with the density for weights, whose sums converge faster than any power of its step; the
  // linear model's optimum; and quadrature noise, exact for ln q̂, which is then a quadratic.
  constexpr int latents = 2;
  const std::vector<double> variances{4, 1};
  const LinearOptimum optimum{variances, latents, 0.7, 0.8};
  const WeightedGrid population = gaussian_population(variances);
  Vae model{dense_encoder<double, latents, latents>(), dense_decoder<double, latents, latents>(), Gaussian{0.8}};
  set_to_optimum(model, optimum, population.axes);
  const ObservedSet<double> set(population.axes.samples, {.weights = population.weights});
  const AggregatePosteriorOptions nodes{.draws = Index{2} * latents, .threads = 1};
  const RateSplit split = rate_split(model, set, nodes, QuadratureNoise{});
  CHECK_THAT(split.rate, WithinAbs(optimum.rate(), 1e-6));
  CHECK_THAT(split.mutual_information, WithinAbs(optimum.rate(), 1e-6));
  CHECK_THAT(split.divergence, WithinAbs(0, 1e-6));
  CHECK_THAT(split.total_correlation, WithinAbs(0, 1e-6));
  CHECK_THAT(split.dimension_wise, WithinAbs(0, 1e-6));
  const AggregatePosterior whole = aggregate_posterior_divergence(model, set, nodes, QuadratureNoise{});
  CHECK_THAT(whole.mutual_information, WithinAbs(optimum.rate(), 1e-6));
  CHECK_THAT(whole.divergence, WithinAbs(0, 1e-6));
  // A finite set of the very same mean and covariance is no population: it has the same rate, but its codes are not the prior.
  const LinearData finite = linear_data(variances, 40, 2);
  set_to_optimum(model, optimum, finite);
  const RateSplit of_finite = rate_split(model, finite.samples, nodes, QuadratureNoise{});
  CHECK_THAT(of_finite.rate, WithinAbs(optimum.rate(), 1e-6));
  CHECK(of_finite.mutual_information < optimum.rate() - 0.02);
}

TEST_CASE("a split prints itself") {
  RateSplit split;
  split.rate = 3;
  split.mutual_information = 2;
  CHECK(fmt::format("{}", split) ==
        "rate 3.000 ± 0.000 nats = I(x; z) 2.000 ± 0.000 + total correlation 0.000 ± 0.000 + dimension-wise 0.000 ± "
        "0.000");
  CHECK(contains(split.csv(), "\n3,0,2,0,0,0,"));
}

TEST_CASE("what cannot be split is refused") {
  const auto model = copying_model<2>(-1);
  CHECK(contains(error_text<ArgumentError>([&] { (void)rate_split(model, normals(2, 3, 1), {.draws = 0}); }),
                 "rate_split: options.draws: expected at least 1, got 0"));
  CHECK_THROWS_AS(rate_split(model, Matrix<double>(2, 0)), ArgumentError);
  CHECK_THROWS_AS(rate_split(model, normals(3, 4, 1)), ArgumentError);
}
