// SPDX-License-Identifier: MIT
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/prior/vamp.hpp>

#include "vae/prior/prior_check.hpp"

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;

namespace {

/// Three components that differ in all that they can.
GaussianMixturePrior<2, 3, double> moved_mixture() {
  GaussianMixturePrior<2, 3, double> prior;
  prior.mean.value() << -2, 1, 3, 0, 2, -1;
  prior.raw_log_variance.value() << -1, 0.5, 0, 0.3, -0.6, -1.2;
  prior.log_weight.value() << 0.5, -0.4, 1.1;
  return prior;
}

}  // namespace

TEST_CASE("a mixture's density integrates to 1, and its draws follow it") {
  check_density_and_draws(moved_mixture(), 2, 12, 0.1, 1e-12);
}

TEST_CASE("a mixture's draws depend on their address alone") {
  check_addresses(moved_mixture(), 2);
  check_addresses<float>(GaussianMixturePrior<3, 5>{}, 3);
}

TEST_CASE("a component of weight 0 is never drawn, whatever its place") {
  GaussianMixturePrior<1, 3, double> prior;
  prior.mean.value() << 100, 0, 200;
  prior.log_weight.value() << -2000, 0, -2000;
  CHECK(draws_of(prior, 1, 500).cwiseAbs().maxCoeff() < 20);
}

TEST_CASE("a mixture of one component begins as the standard normal, whatever the spread") {
  const Matrix<double> z = normals(2, 6, 1);
  for (const double spread : {0.0, 0.8}) {
    const GaussianMixturePrior<2, 1, double> prior({.spread = spread});
    CHECK((log_density_of(prior, z) - log_density_of(StandardNormal{}, z)).cwiseAbs().maxCoeff() < 1e-13);
  }
}

TEST_CASE("a mixture of the greatest spread has numbers for densities, in float too") {
  const GaussianMixturePrior<2, 3> prior({.spread = 0.999});
  CHECK(log_density_of(prior, normals<float>(2, 6, 1)).allFinite());
}

TEST_CASE("the beginning of a mixture or a VampPrior and what a model draws of it at the same seed are apart") {
  // The draws' noise, by the stream that sample_prior takes, sample c beside the mean of component c.
  constexpr int components = 200;
  const GaussianMixturePrior<2, components, double> prior({.spread = 0.8, .seed = 1});
  Matrix<double> noise(2, components);
  for (Index c = 0; c < components; ++c) {
    Random(1, Stream::prior).fill_normals(noise.col(c).data(), 2, 0, static_cast<std::uint64_t>(c));
  }
  const auto correlation = [&](const Matrix<double>& beginning) {
    return (noise.array() * beginning.array()).sum() / (noise.norm() * beginning.norm());
  };
  CHECK(std::abs(correlation(prior.mean.value())) < 4 / std::sqrt(2.0 * components));
  const VampPrior<2, components, double> pseudo_inputs({.spread = 1, .seed = 1});
  CHECK(std::abs(correlation(pseudo_inputs.pseudo_inputs.value())) < 4 / std::sqrt(2.0 * components));
}

TEST_CASE("components begin apart, with mean 0 and second moment I together in the mean over seeds") {
  constexpr int components = 50;
  double mean = 0;
  double square = 0;
  const int seeds = 40;
  for (int seed = 1; seed <= seeds; ++seed) {
    const GaussianMixturePrior<2, components, double> prior({.seed = static_cast<std::uint64_t>(seed)});
    CHECK((prior.mean.value().col(0).array() != prior.mean.value().col(1).array()).all());
    mean += prior.mean.value().mean() / seeds;
    const double variance =
        std::exp(log_variance_bound * std::tanh(prior.raw_log_variance.data()[0] / log_variance_bound));
    CHECK_THAT(variance, WithinAbs(1 - 0.64, 1e-12));
    square += (prior.mean.value().array().square().mean() + variance) / seeds;
  }
  const double count = 2.0 * components * seeds;
  CHECK(std::abs(mean) < 4 * 0.8 / std::sqrt(count));
  CHECK(std::abs(square - 1) < 4 * 0.64 * std::sqrt(2 / count));
  CHECK((GaussianMixturePrior<2, 3>({.seed = 1}).mean.value() != GaussianMixturePrior<2, 3>({.seed = 2}).mean.value()));
}

TEST_CASE("a whole model with a mixture has the right gradients, the prior's own among them") {
  check_gradients(GaussianMixturePrior<2, 3, double>{});
  CHECK(count_parameters(GaussianMixturePrior<2, 3, double>{}) == Index{2} * 3 + Index{2} * 3 + 3);
}

TEST_CASE("the rate against a mixture is one number a sample, right in the mean") {
  // KL(q ‖ Σ w p) by a grid of two dimensions.
  const auto prior = moved_mixture();
  const Eigen::Vector2d mean(0.5, 1);
  const Eigen::Vector2d log_variance(-1, 0.4);
  const Grid grid = grid_of(prior, 2, 9, 0.1);
  const Eigen::ArrayXd log_p = log_density_of(prior, grid.z).transpose();
  Eigen::ArrayXd log_q = Eigen::ArrayXd::Constant(grid.z.cols(), -1.8378770664093454836 - 0.5 * log_variance.sum());
  for (Index k = 0; k < 2; ++k) {
    log_q -= 0.5 * (grid.z.row(k).transpose().array() - mean(k)).square() * std::exp(-log_variance(k));
  }
  const double expected = (log_q.exp() * (log_q - log_p)).sum() * 0.01;
  constexpr Index count = 4000;
  const Matrix<double> rates = rates_of(prior, mean.replicate(1, count), log_variance.replicate(1, count));
  REQUIRE(rates.rows() == 1);
  REQUIRE(rates.cols() == count);
  const double error = std::sqrt((rates.array() - rates.mean()).square().mean() / count);
  CHECK(std::abs(rates.mean() - expected) < 3 * error);
}

TEST_CASE("bad options of a mixture are refused") {
  const auto text = [](double spread) {
    return error_text<ArgumentError>([=] { GaussianMixturePrior<2, 3>({.spread = spread}); });
  };
  CHECK(contains(text(1), "GaussianMixturePrior: options.spread: expected a number from 0 to 0.999, got 1"));
  CHECK(contains(text(0.99999999), "options.spread"));
  CHECK(contains(text(-0.1), "options.spread"));
  CHECK(contains(text(std::nan("")), "options.spread"));
  CHECK(contains(text(0), "a number above 0, or the components would stay alike"));
}
