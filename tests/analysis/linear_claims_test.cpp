// SPDX-License-Identifier: MIT
// Claims of the theory that need several calls of this room together, on the linear model: exact at its optimum, and near that once
// trained. The others stand with the header of their call.
#include <betavae/analysis/align.hpp>
#include <betavae/analysis/latent_path.hpp>
#include <betavae/analysis/rate_split.hpp>
#include <betavae/analysis/symmetry.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "linear_algebra.hpp"
#include "linear_vae.hpp"

using namespace betavae;
using namespace betavae::test;
using namespace betavae::test::linear_case;
using Catch::Matchers::WithinAbs;

namespace {

constexpr Index samples = 200;

constexpr auto data = data_of<samples>;

LinearOptimum optimum(double beta) { return {variances, latents, beta, sigma}; }

auto linear_model(std::uint64_t seed = 3) {
  return Vae{dense_encoder<double, dimensions, latents>({.seed = seed}),
             dense_decoder<double, latents, dimensions>({.seed = seed}), Gaussian{sigma}};
}

auto optimal_model(double beta) {
  auto model = linear_model();
  set_to_optimum(model, optimum(beta), data());
  return model;
}

template <class Model>
Model trained(Model model, double beta, const Matrix<double>& x = data().samples, Index epochs = 250,
              double learning_rate = 0.02) {
  fit(model, x, BetaElbo{beta},
      {.epochs = epochs, .batch = 40, .learning_rate = learning_rate, .schedule = cosine_decay(), .threads = 1});
  return model;
}

/// The least that a decoder of so many latents can have: what no latent is left for, and the noise's constant.
double least_distortion() {
  double dropped = 0;
  for (Index i = latents; i < dimensions; ++i) {
    dropped += variances[static_cast<std::size_t>(i)];
  }
  return dropped / (2 * sigma * sigma) + optimum(1).constant_nats();
}

/// The farthest that the decoder gets from the mean of the training set, over codes 0 and ±3 along each axis.
template <class Model>
double distance_from_mean(const Model& model) {
  double farthest = (model.decode(Matrix<double>::Zero(latents, 1)) - data().mean).norm();
  for (Index k = 0; k < latents; ++k) {
    for (const double along : {-3.0, 3.0}) {
      const Matrix<double> code = along * Matrix<double>::Identity(latents, latents).col(k);
      farthest = std::max(farthest, (model.decode(code) - data().mean).norm());
    }
  }
  return farthest;
}

const AggregatePosteriorOptions nodes{.draws = Index{2} * latents, .threads = 1};

}  // namespace

// The codes of the linear optimum do not spread farther than N(0, I): Cov[z] = I at every β. It is in the holes between them that the
// aggregate posterior differs from the prior.
TEST_CASE("The knob at its lower end: an autoencoder, whose codes are far from the prior by all of the rate but ln N",
          "[training]") {
  constexpr double beta = 1e-5;
  const RateSplit exact = rate_split(optimal_model(beta), data().samples, nodes, QuadratureNoise{});
  const double limit = std::log(static_cast<double>(samples));
  CHECK_THAT(exact.rate, WithinAbs(optimum(beta).rate(), 1e-6));
  CHECK(exact.rate > 20);
  CHECK_THAT(exact.mutual_information, WithinAbs(limit, 1e-6));
  CHECK_THAT(exact.divergence, WithinAbs(optimum(beta).rate() - limit, 1e-6));
  const Matrix<double> repeats = repeated(data().samples, Index{2} * latents);
  const double loss = loss_of(optimal_model(beta), BetaElbo{0}, QuadratureNoise{}, repeats);
  CHECK_THAT(loss - least_distortion(), WithinAbs(0.5 * latents * beta, 1e-9));

  constexpr double low = 1e-2;
  const auto model = trained(linear_model(), low);
  const RateSplit split = rate_split(model, data().samples, nodes, QuadratureNoise{});
  CHECK(split.divergence > 4);
  const double distortion = loss_of(model, BetaElbo{0}, QuadratureNoise{}, repeats);
  CHECK_THAT(distortion, WithinAbs(least_distortion() + 0.5 * latents * low, 0.05));
}

TEST_CASE("The knob at its upper end: posterior = prior, and the decoder gives the mean of the training set") {
  const auto at_end = optimal_model(6.3);
  const RateSplit exact = rate_split(at_end, data().samples, nodes, QuadratureNoise{});
  CHECK_THAT(exact.rate, WithinAbs(0, 1e-12));
  CHECK_THAT(exact.mutual_information, WithinAbs(0, 1e-12));
  CHECK(distance_from_mean(at_end) < 1e-12);
  CHECK(distance_from_mean(optimal_model(6.2)) > 0.1);  // below the threshold at 6.25 it does not

  const auto model = trained(linear_model(), 20);
  CHECK(rate_split(model, data().samples).rate < 1e-3);
  CHECK(distance_from_mean(model) < 0.22);  // the standard error of the mean of the training set
  CHECK(distance_from_mean(linear_model()) > 1);
}

TEST_CASE("Once trained, what a code tells is its rate, within its error", "[training]") {
  const LinearData many = linear_data(variances, 1000, 5);
  const auto model = trained(linear_model(), 1, many.samples, 60);
  const RateSplit split = rate_split(model, many.samples);
  const double exact = optimum(1).rate();
  CHECK_THAT(split.rate, WithinAbs(exact, 2 * split.rate_error));
  CHECK_THAT(split.mutual_information + split.information_bias, WithinAbs(exact, 2 * split.mutual_information_error));
  CHECK(split.total_correlation < split.information_bias + 2 * split.total_correlation_error);
}

TEST_CASE("Two optima of different axes are one code after alignment, and only then") {
  const auto model = optimal_model(0.5);
  const Matrix<double> rotation = random_rotation(latents, 4);
  const Matrix<double> codes = model.encode(data().samples).mean;
  const Alignment result = align(codes, rotated(model, rotation).encode(data().samples).mean);
  CHECK(result.before < 0.9);
  CHECK(result.permuted < 0.9);
  CHECK_THAT(result.rotated, WithinAbs(1, 1e-12));
  CHECK((result.rotation - rotation.transpose()).norm() < 1e-10);
}

TEST_CASE("Two seeds find one code up to order and signs, or up to a rotation under a full posterior", "[training]") {
  // Variances far apart, for what a rotation costs is Σ ½ ln of a ratio of posterior variances. Axes turn slowly all the same: after half
  // of these epochs the two are one up to a rotation to 0.994, and up to order and signs to 0.80.
  const LinearData apart = linear_data({24, 8, 2.5, 0.8, 0.2, 0.1}, samples, 1);
  const auto codes = [&](auto model, Index epochs) {
    return Matrix<double>(trained(std::move(model), 1, apart.samples, epochs, 0.05).encode(apart.samples).mean);
  };
  const Alignment diagonal = align(codes(linear_model(3), 1000), codes(linear_model(11), 1000));
  const auto full_model = [](std::uint64_t seed) {
    return Vae{dense_full_encoder<double, dimensions, latents>({.seed = seed}),
               dense_decoder<double, latents, dimensions>({.seed = seed}), Gaussian{sigma}};
  };
  const Alignment full = align(codes(full_model(3), 250), codes(full_model(11), 250));
  INFO(fmt::format("diagonal: {}\nfull: {}", diagonal, full));
  CHECK(diagonal.before < 0.5);
  CHECK(diagonal.permuted > 0.98);
  CHECK(diagonal.rotated - diagonal.permuted < 0.02);
  CHECK(full.before < 0.9);
  CHECK(full.permuted < 0.9);
  CHECK(full.rotated > 0.99);
}

TEST_CASE("A trained linear model's paths are those of the optimum, whatever its axes, and smooth at every beta",
          "[training]") {
  const auto path = [&](const auto& model) {
    const Matrix<double> means = model.encode(data().samples.leftCols(2)).mean;
    return latent_path(model, means.col(0), means.col(1), {.points = 5, .draws = Index{2} * latents},
                       QuadratureNoise{});
  };
  // Roughness at β → 0 takes a decoder that bends: here a path is a convex quadratic at every β.
  CHECK(path(optimal_model(1e-5)).worst_excess == 0);
  const auto exact = path(optimal_model(1));
  const auto found = path(trained(linear_model(), 1));
  CHECK(exact.worst_excess == 0);
  CHECK(found.worst_excess == 0);
  for (Index i = 0; i < 5; ++i) {
    CHECK_THAT(found.negative_elbo(i), WithinAbs(exact.negative_elbo(i), 0.1));
  }
}
