// SPDX-License-Identifier: MIT
#include <betavae/analysis/code_covariance.hpp>
#include <betavae/data/observed_set.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <Eigen/Dense>

#include "catch.hpp"
#include "linear_vae.hpp"

namespace bv = betavae;
using namespace bv::test::linear_case;
using bv::CodeCovariance;
using bv::Index;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

constexpr auto data = data_of<40>;

auto model_of(std::uint64_t seed = 3) {
  return bv::Vae{bv::dense_encoder<double, dimensions, latents>({.seed = seed}),
                 bv::dense_decoder<double, latents, dimensions>({.seed = seed}), bv::Gaussian{sigma}};
}

auto optimal_model(double beta) {
  auto model = model_of();
  bv::test::set_to_optimum(model, {variances, latents, beta, sigma}, data());
  return model;
}

/// Everything by its definition, from the codes as plain matrices.
template <class Model>
Matrix covariance_of_means(const Model& model, const Matrix& x) {
  const Matrix mean = model.encode(x).mean;
  const Matrix centred = mean.colwise() - mean.rowwise().mean().eval();
  return centred * centred.transpose() / static_cast<double>(x.cols());
}

}  // namespace

TEST_CASE("On the linear optimum both parts are diagonal, and their sum is the identity", "[analysis][linear]") {
  for (const double beta : {0.2, 1.0, 3.0, 7.0}) {
    INFO("beta " << beta);
    const bv::test::LinearOptimum optimum{variances, latents, beta, sigma};
    const CodeCovariance parts = bv::code_covariance(optimal_model(beta), data().samples, {.threads = 1});
    Matrix within = Matrix::Zero(latents, latents);
    for (Index k = 0; k < latents; ++k) {
      within(k, k) = optimum.posterior_variance(k);
    }
    CHECK_THAT((parts.within - within).norm(), WithinAbs(0, 1e-12));
    CHECK_THAT((parts.between + within - Matrix::Identity(latents, latents)).norm(), WithinAbs(0, 1e-12));
    CHECK_THAT((parts.total() - Matrix::Identity(latents, latents)).norm(), WithinAbs(0, 1e-12));
    CHECK(bv::off_diagonal_mass(parts.total()) < 1e-20);
    CHECK(parts.stationarity().converged());
    CHECK(parts.stationarity().worst() < 1e-12);
  }
}

TEST_CASE("Where training ends, Cov[z] is near the identity, and the verdict says so, and where it begins it says not",
          "[analysis][linear]") {
  auto model = model_of();
  const CodeCovariance before = bv::code_covariance(model, data().samples, {.threads = 1});
  CHECK(!before.stationarity().converged());
  bv::fit(model, data().samples, bv::BetaElbo{1},
          {.epochs = 600, .batch = 20, .learning_rate = 0.02, .seed = 1, .schedule = bv::cosine_decay(), .threads = 1});
  const CodeCovariance after = bv::code_covariance(model, data().samples, {.threads = 1});
  CHECK(after.stationarity().converged());
  CHECK_THAT(after.total().trace(), WithinRel(static_cast<double>(latents), 0.02));
  CHECK(contains(fmt::format("{}", after.stationarity()), "converged: E[z] and E[z^2] are within 0.0"));
  CHECK(contains(fmt::format("{}", before.stationarity()), "not converged"));
}

TEST_CASE("The parts are those of the definition, whatever the encoder", "[analysis]") {
  const bv::Vae model{bv::dense_encoder<double, dimensions, 5, 3>({.seed = 2}),
                      bv::dense_decoder<double, 3, 5, dimensions>({.seed = 2}), bv::Gaussian{sigma}};
  const Matrix& x = data().samples;
  const auto codes = model.encode(x);
  const Matrix mean_variance = codes.log_variance.array().exp().rowwise().mean();
  for (const Index batch : {1, 7, 500}) {
    const CodeCovariance parts = bv::code_covariance(model, x, {.batch = batch, .threads = 1});
    CHECK_THAT((parts.within.diagonal() - mean_variance).norm(), WithinAbs(0, 1e-12));
    CHECK(bv::off_diagonal_mass(parts.within) == 0);
    CHECK_THAT((parts.between - covariance_of_means(model, x)).norm(), WithinAbs(0, 1e-12));
    CHECK(parts.samples == 40);
  }
  // The traps: the variance at the mean log-variance, and the squared mean deviation. Both are too small.
  const CodeCovariance parts = bv::code_covariance(model, x, {.threads = 1});
  const double geometric = codes.log_variance.rowwise().mean().array().exp().sum();
  const double of_deviations = (0.5 * codes.log_variance.array()).exp().rowwise().mean().square().sum();
  CHECK(parts.within.trace() > 1.001 * geometric);
  CHECK(parts.within.trace() > 1.001 * of_deviations);
}

TEST_CASE("A full posterior has covariances within", "[analysis]") {
  const bv::Vae model{bv::dense_full_encoder<double, dimensions, 5, 3>({.seed = 2}),
                      bv::dense_decoder<double, 3, 5, dimensions>({.seed = 2}), bv::Gaussian{sigma}};
  const Matrix& x = data().samples;
  Matrix within = Matrix::Zero(3, 3);
  for (Index j = 0; j < x.cols(); ++j) {
    within += model.posterior_covariance(x.col(j)) / static_cast<double>(x.cols());
  }
  const CodeCovariance parts = bv::code_covariance(model, x, {.threads = 1});
  CHECK_THAT((parts.within - within).norm(), WithinAbs(0, 1e-12));
  CHECK(bv::off_diagonal_mass(parts.within) > 1e-4);
  CHECK_THAT((parts.between - covariance_of_means(model, x)).norm(), WithinAbs(0, 1e-12));
  CHECK(parts.worst_deviation() < 4);
}

TEST_CASE("Draws have the sum as their covariance, within the error that is given", "[analysis]") {
  // Over many seeds: each entry's mean and scatter.
  const bv::Vae model{bv::dense_full_encoder<double, dimensions, 5, 3>({.seed = 2}),
                      bv::dense_decoder<double, 3, 5, dimensions>({.seed = 2}), bv::Gaussian{sigma}};
  constexpr int seeds = 200;
  Matrix sum = Matrix::Zero(3, 3);
  Matrix squares = Matrix::Zero(3, 3);
  CodeCovariance parts;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    parts = bv::code_covariance(model, data().samples, {.seed = seed, .threads = 1});
    const Matrix off = parts.sampled - parts.total();
    sum += off / seeds;
    squares += off.cwiseAbs2() / seeds;
  }
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 3; ++j) {
      CHECK_THAT(sum(i, j), WithinAbs(0, 4 * parts.error(i, j) / std::sqrt(double(seeds))));
      CHECK_THAT(std::sqrt(squares(i, j)), WithinRel(parts.error(i, j), 0.2));
    }
  }
}

TEST_CASE("The draws are those of evaluate", "[analysis]") {
  const auto model = model_of();
  const auto parts = bv::code_covariance(model, data().samples, {.seed = 5, .threads = 1});
  const auto measured = bv::evaluate(model, data().samples, {.seed = 5, .threads = 1});
  for (Index k = 0; k < latents; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const double shift = measured.z_mean[i] - parts.z_mean[i];
    const double about_own_mean = measured.z_mean_square[i] - measured.z_mean[i] * measured.z_mean[i];
    CHECK_THAT(parts.sampled(k, k), WithinRel(about_own_mean + shift * shift, 1e-12));
  }
  CHECK(bv::stationarity(measured).z_mean == measured.z_mean);
}

TEST_CASE("A weighted sample counts as that many", "[analysis]") {
  const Matrix x = data().samples.leftCols(6);
  bv::BesideValues<double> beside;
  Matrix copies(dimensions, 0);
  for (Index j = 0; j < 6; ++j) {
    const Index times = 1 + j % 3;
    beside.weights.push_back(static_cast<double>(times));
    copies.conservativeResize(Eigen::NoChange, copies.cols() + times);
    copies.rightCols(times) = x.col(j).replicate(1, times);
  }
  const auto weighted = bv::code_covariance(model_of(), bv::ObservedSet(x, beside), {.batch = 4, .threads = 1});
  const auto repeated = bv::code_covariance(model_of(), copies, {.threads = 1});
  CHECK_THAT((weighted.total() - repeated.total()).norm(), WithinAbs(0, 1e-12));
}

TEST_CASE("A rotated code has off-diagonal mass, and the mass is of squares", "[analysis]") {
  Matrix matrix(2, 2);
  matrix << 3, 1, 1, 1;
  CHECK_THAT(bv::off_diagonal_mass(matrix), WithinRel(2.0 / 12.0, 1e-12));
  CHECK(bv::off_diagonal_mass(Matrix::Zero(3, 3)) == 0);
  CHECK(bv::off_diagonal_mass(Matrix::Identity(3, 3)) == 0);
}

TEST_CASE("One sample has no covariance between, and bad input is refused", "[analysis]") {
  const auto one = bv::code_covariance(model_of(), Matrix(data().samples.leftCols(1)), {.threads = 1});
  CHECK(one.between.norm() == 0);
  CHECK(one.within.trace() > 0);
  CHECK(error_text<bv::ArgumentError>([] { (void)bv::code_covariance(model_of(), Matrix(dimensions, 0)); }) ==
        "code_covariance: data: expected at least one sample, got 0");
  CHECK(contains(error_text<bv::ArgumentError>([] { (void)bv::code_covariance(model_of(), Matrix(2, 3)); }),
                 "inputs of the model"));
  CHECK(contains(
      error_text<bv::ArgumentError>([] { (void)bv::code_covariance(model_of(), data().samples, {.batch = 0}); }),
      "options.batch"));
  CHECK(contains(error_text<bv::ArgumentError>(
                     [] { (void)bv::stationarity(std::vector<double>{0.0}, std::vector<double>{1.0}, 0); }),
                 "tolerance"));
  CHECK(contains(
      error_text<bv::ArgumentError>([] { (void)bv::stationarity(std::vector<double>{0.0}, std::vector<double>{}); }),
      "mean squares"));
  CHECK(!bv::stationarity(std::vector<double>{std::nan("")}, std::vector<double>{1.0}).converged());
}

TEST_CASE("What is no number is not taken for a good one", "[analysis]") {
  Matrix bad = Matrix::Identity(2, 2);
  bad(0, 1) = std::nan("");
  CHECK(std::isnan(bv::off_diagonal_mass(bad)));
  auto model = model_of();
  bv::test::encoder_layer(model).weight.value()(0, 0) = std::nan("");
  const CodeCovariance broken = bv::code_covariance(model, data().samples, {.threads = 1});
  CHECK(std::isnan(broken.worst_deviation()));
  CHECK(!broken.stationarity().converged());
  CHECK(
      contains(error_text<bv::ArgumentError>([] { (void)bv::stationarity({}, {}); }), "expected at least one latent"));
}

TEST_CASE("Covariances print themselves and write CSV", "[analysis]") {
  const auto parts = bv::code_covariance(optimal_model(1), data().samples, {.threads = 1});
  CHECK(contains(fmt::format("{}", parts), "Cov[z] of 40 samples: variance 4.000 = "));
  const std::string csv = parts.csv();
  CHECK(contains(csv, "row,column,within,between,total,sampled,error\n0,0,0.1"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + latents * latents);
}

TEST_CASE("A verdict on convergence prints itself and writes CSV", "[analysis]") {
  const bv::Stationarity verdict = bv::stationarity({0.25, 0}, {1, 0.5}, 0.75);
  CHECK(fmt::format("{}", verdict) == "converged: E[z] and E[z^2] are within 0.5000 of 0 and 1");
  CHECK(verdict.csv() == "latent,z_mean,z_mean_square\n0,0.25,1\n1,0,0.5\n");
}

TEST_CASE("Data that are all alike have a covariance within, and none between", "[analysis]") {
  const auto parts = bv::code_covariance(model_of(), Matrix::Constant(dimensions, 9, 0.3), {.threads = 1});
  CHECK(parts.between.norm() < 1e-28);
  CHECK(parts.within.trace() > 0);
  CHECK(parts.worst_deviation() < 4);
}
