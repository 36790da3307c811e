// SPDX-License-Identifier: MIT
// The linear β-VAE at its closed form, by QuadratureNoise through the path of production: Vae::terms → BetaElbo → reverse. For a
// linear decoder and Gaussian likelihood the quadrature is exact, so every equation holds to rounding. See linear_vae.hpp.
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"

namespace bv = betavae;
using namespace bv::test::linear_case;
using bv::test::LinearOptimum;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double tolerance = 1e-6;
constexpr double betas[] = {0.1, 0.2, 0.5, 1, 1.3, 2, 3, 5, 7, 20};

constexpr auto data = data_of<23>;

/// The mean over these integrates exactly.
const bv::Matrix<double>& batch() {
  static const bv::Matrix<double> made = bv::test::repeated(data().samples, 2 * latents);
  return made;
}

template <class Likelihood>
auto linear_model(const Likelihood& likelihood) {
  return bv::Vae{bv::dense_encoder<double, dimensions, latents>(), bv::dense_decoder<double, latents, dimensions>(),
                 likelihood};
}

auto model_at(const LinearOptimum& optimum) {
  auto model = linear_model(bv::Gaussian{optimum.sigma});
  bv::test::set_to_optimum(model, optimum, data());
  return model;
}

template <class Model>
auto exactly(Model& model, double beta) {
  return bv::test::differentiate(model, bv::BetaElbo{beta}, bv::QuadratureNoise{}, batch());
}

}  // namespace

TEST_CASE("The made data have the mean and covariance that were asked for", "[vae][linear]") {
  const bv::Matrix<double> centred = data().samples.colwise() - data().mean.col(0);
  const bv::Matrix<double> rotated = data().eigenvectors.transpose() * centred;
  const bv::Matrix<double> covariance = rotated * rotated.transpose() / 23;
  CHECK(centred.rowwise().mean().norm() < 1e-13);
  for (int i = 0; i < dimensions; ++i) {
    for (int j = 0; j < dimensions; ++j) {
      CHECK_THAT(covariance(i, j), WithinAbs(i == j ? variances[static_cast<std::size_t>(i)] : 0, 1e-12));
    }
  }
}

TEST_CASE("No tested beta is within 5 % of a threshold, and all numbers of active latents occur", "[vae][linear]") {
  bool occurs[latents + 1] = {};
  for (const double beta : betas) {
    for (const double variance : variances) {
      CHECK(std::abs(beta * sigma * sigma / variance - 1) > 0.05);
    }
    occurs[LinearOptimum{variances, latents, beta, sigma}.active()] = true;
  }
  for (const bool one : occurs) {
    CHECK(one);
  }
}

TEST_CASE("At the closed form, rate, distortion and objective are the closed form's", "[vae][linear]") {
  for (const double beta : betas) {
    INFO("beta " << beta);
    const LinearOptimum optimum{variances, latents, beta, sigma};
    auto model = model_at(optimum);
    const auto exact = exactly(model, beta);
    for (int i = 0; i < latents; ++i) {
      CHECK_THAT(exact.rate_per_dimension(i, 0), WithinAbs(optimum.rate(i), tolerance));
    }
    CHECK_THAT(exact.rate(), WithinAbs(optimum.rate(), tolerance));
    CHECK_THAT(exact.distortion, WithinRel(optimum.distortion(), tolerance));
    CHECK_THAT(exact.loss, WithinRel(optimum.objective(), tolerance));
    CHECK_THAT(optimum.distortion() + beta * optimum.rate(), WithinRel(optimum.objective(), 1e-12));
  }
}

TEST_CASE("At the closed form, the gradient of every parameter vanishes", "[vae][linear]") {
  for (const double beta : betas) {
    INFO("beta " << beta);
    auto model = model_at({variances, latents, beta, sigma});
    CHECK(exactly(model, beta).gradients.norm() < tolerance);
  }
}

TEST_CASE("No other parameters reach the closed form's objective", "[vae][linear]") {
  for (const double beta : betas) {
    INFO("beta " << beta);
    const LinearOptimum optimum{variances, latents, beta, sigma};
    for (std::uint64_t trial = 0; trial < 30; ++trial) {
      auto model = model_at(optimum);
      const double scale = trial % 3 == 0 ? 1e-3 : (trial % 3 == 1 ? 0.03 : 1.0);
      std::uint64_t place = 0;
      bv::visit_parameters(model, [&](const std::string&, auto& parameter) {
        for (bv::Index i = 0; i < parameter.size(); ++i) {
          parameter.data()[i] += scale * bv::Random(2).normal<double>({trial, 0, place++});
        }
      });
      const double loss = bv::test::loss_of(model, bv::BetaElbo{beta}, bv::QuadratureNoise{}, batch());
      CHECK(loss > optimum.objective());
    }
  }
}

TEST_CASE("Along the optima, distortion falls by beta for every nat of rate", "[vae][linear]") {
  for (const double beta : {0.1, 0.5, 1.0, 2.0, 3.0, 5.0}) {
    INFO("beta " << beta);
    const double step = 1e-4 * beta;
    auto below = model_at({variances, latents, beta - step, sigma});
    auto above = model_at({variances, latents, beta + step, sigma});
    const auto lower = exactly(below, beta);
    const auto upper = exactly(above, beta);
    CHECK_THAT((upper.distortion - lower.distortion) / (upper.rate() - lower.rate()), WithinRel(-beta, tolerance));
  }
}

TEST_CASE("A collapsed latent's posterior is the prior, for every sample", "[vae][linear]") {
  for (const double beta : {2.0, 7.0}) {
    INFO("beta " << beta);
    const LinearOptimum optimum{variances, latents, beta, sigma};
    const auto codes = model_at(optimum).encode(data().samples);
    for (bv::Index i = optimum.active(); i < latents; ++i) {
      CHECK((codes.mean.row(i).array() == 0).all());
      CHECK((codes.log_variance.row(i).array() == 0).all());
    }
  }
  auto collapsed = model_at({variances, latents, 7, sigma});
  CHECK(exactly(collapsed, 7).rate() == 0);
}

TEST_CASE("At the optimum, codes have mean 0 and covariance identity, for every beta", "[vae][linear]") {
  for (const double beta : betas) {
    INFO("beta " << beta);
    const auto model = model_at({variances, latents, beta, sigma});
    bv::Tape<double> tape;
    bv::Evaluating<double> context(tape);
    const auto posterior = model.encoder(context, bv::constant(tape, batch()));
    const bv::Matrix<double> z = bv::reparameterize(posterior, bv::QuadratureNoise{}, 0).value();
    const auto count = static_cast<double>(z.cols());

    const bv::Matrix<double> covariance = z * z.transpose() / count;
    CHECK(z.rowwise().mean().norm() < tolerance);
    CHECK((covariance - bv::Matrix<double>::Identity(latents, latents)).norm() < tolerance);

    // The law of total covariance: Cov[z] = E[diag σ²(x)] + Cov[μ(x)].
    bv::Matrix<double> decomposed = posterior.mean.value() * posterior.mean.value().transpose() / count;
    decomposed.diagonal() += posterior.log_variance.value().array().exp().matrix().rowwise().mean();
    CHECK((covariance - decomposed).norm() < 1e-12);
  }
}

TEST_CASE("The law of total covariance holds for any model", "[vae][linear]") {
  const auto model = linear_model(bv::Gaussian{});  // as initialised
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto posterior = model.encoder(context, bv::constant(tape, batch()));
  bv::Matrix<double> z = bv::reparameterize(posterior, bv::QuadratureNoise{}, 0).value();
  bv::Matrix<double> mean = posterior.mean.value();
  const auto count = static_cast<double>(z.cols());
  z.colwise() -= z.rowwise().mean().eval();
  mean.colwise() -= mean.rowwise().mean().eval();
  bv::Matrix<double> decomposed = mean * mean.transpose() / count;
  decomposed.diagonal() += posterior.log_variance.value().array().exp().matrix().rowwise().mean();
  CHECK((z * z.transpose() / count - decomposed).norm() < 1e-12);
}

TEST_CASE("The learned sigma is stationary at its closed form, as parameter and as best of the batch",
          "[vae][linear]") {
  for (const double beta : {0.1, 0.5, 1.0, 1.4, 3.0}) {
    INFO("beta " << beta);
    const double best = bv::test::optimal_sigma(variances, latents, beta);
    REQUIRE(best > 0.1);
    const LinearOptimum optimum{variances, latents, beta, best};

    auto learned = linear_model(bv::GaussianLearnedSigma<double>{best});
    bv::test::set_to_optimum(learned, optimum, data());
    const auto at_learned = exactly(learned, beta);
    CHECK_THAT(at_learned.loss, WithinRel(optimum.objective(), tolerance));
    CHECK(at_learned.gradients.norm() < tolerance);
    CHECK(std::abs(bv::test::gradient_of(at_learned.gradients, learned.likelihood.raw)(0, 0)) < tolerance);

    auto optimal = linear_model(bv::GaussianOptimalSigma{});
    bv::test::set_to_optimum(optimal, optimum, data());
    const auto at_optimal = exactly(optimal, beta);
    CHECK_THAT(at_optimal.loss, WithinRel(optimum.objective(), tolerance));
    CHECK(at_optimal.gradients.norm() < tolerance);
    optimal.likelihood.end_epoch(at_optimal.distortion, dimensions);
    CHECK_THAT(optimal.likelihood.sigma(), WithinRel(best, tolerance));

    for (const double factor : {0.9, 1.1}) {  // the closed form at another η is worse
      CHECK(LinearOptimum{variances, latents, beta, factor * best}.objective() > optimum.objective());
    }
  }
}

TEST_CASE("The closed form is reverse water-filling when there is a latent for each dimension", "[vae][linear]") {
  for (const double level : {0.1, 0.4, 0.8, 2.0}) {
    const LinearOptimum optimum{variances, dimensions, level, 1};
    double error = 0;
    double rate = 0;
    for (const double variance : variances) {
      error += std::min(level, variance);
      rate += std::max(0.0, 0.5 * std::log(variance / level));
    }
    CHECK_THAT(optimum.squared_error(), WithinRel(error, 1e-12));
    CHECK_THAT(optimum.rate(), WithinRel(rate, 1e-12));
  }
}
