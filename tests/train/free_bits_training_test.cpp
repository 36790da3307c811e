// SPDX-License-Identifier: MIT
// Where training under free bits ends, on the linear β-VAE: with every latent at its floor, at the water-filling over rotated codes that
// free_bits_elbo.hpp derives, and not at floors on the axes of the data. See linear_vae.hpp.
#include <betavae/train/adam.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/free_bits_elbo.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"

namespace bv = betavae;
using namespace bv::test::linear_case;

namespace {

constexpr double beta = 4;

/// 1 + pᵢ = max(1, ζᵢ/ν), Σ pᵢ = K (e^{2λ} − 1), and what a nat above the floor would save.
struct RotatedOptimum {
  double level = 0;  ///< ν
  double worth_of_a_nat = 0;
  double loss = 0;

  explicit RotatedOptimum(double floor) {
    double sum_of_roots = 0;
    for (int active = 1; active <= latents; ++active) {
      const double last = std::sqrt(variances[static_cast<std::size_t>(active - 1)]);
      sum_of_roots += last;
      const double tried = sum_of_roots / (latents * std::expm1(2 * floor) + active);
      level = last > tried ? tried : level;
    }
    double squared_error = 0;  // ζᵢ²/(1 + pᵢ) each
    for (int i = 0; i < dimensions; ++i) {
      const double root = std::sqrt(variances[static_cast<std::size_t>(i)]);
      squared_error += i < latents ? root * std::min(level, root) : root * root;
    }
    const bv::test::LinearOptimum same_data{variances, latents, beta, sigma};
    loss = squared_error / (2 * sigma * sigma) + same_data.constant_nats() + beta * latents * floor;
    worth_of_a_nat = level * level * std::exp(2 * floor) / (sigma * sigma);
  }
};

/// The loss of rates max(λ, ½ ln ζ²/βη²), each latent keeping an eigenvector.
double loss_on_axes(double floor) {
  const bv::test::LinearOptimum optimum{variances, latents, beta, sigma};
  double loss = optimum.constant_nats();
  for (int i = 0; i < dimensions; ++i) {
    const double rate = i < latents ? std::max(floor, optimum.rate(i)) : 0;
    loss += optimum.variance(i) * std::exp(-2 * rate) / (2 * sigma * sigma) + beta * rate;
  }
  return loss;
}

/// The angle between a row of the encoder and the nearest eigenvector of the data, in degrees.
template <class Model>
double angle_to_axes(Model& model, const bv::test::LinearData& data, bv::Index latent) {
  const Eigen::RowVectorXd row = bv::test::encoder_layer(model).weight.value().row(latent).normalized();
  return std::acos(std::min(1.0, (row * data.eigenvectors).cwiseAbs().maxCoeff())) * 180 / std::numbers::pi;
}

}  // namespace

TEST_CASE("Free bits per dimension end at the water-filling over rotated codes, below floors on the axes",
          "[train][linear][training]") {
  const auto data = bv::test::linear_data(variances, 8, 1);
  const bv::Matrix<double> samples = bv::test::repeated(data.samples, 2 * latents);
  for (const double floor : {0.1, 0.3}) {
    CAPTURE(floor);
    const RotatedOptimum rotated(floor);
    CHECK(rotated.worth_of_a_nat < beta);  // else training would leave the floor
    CHECK(loss_on_axes(floor) > rotated.loss + 0.2);

    bv::Vae model{bv::dense_encoder<double, dimensions, latents>({.seed = 3}),
                  bv::dense_decoder<double, latents, dimensions>({.seed = 3}), bv::Gaussian{sigma}};
    const auto objective = [&](const auto& terms) {
      return bv::FreeBitsElbo(bv::FreeNatsPerDimension{floor}, beta)(terms).loss;
    };
    // Full batches with exact noise: the fit's shuffling would tear a sample's points apart.
    bv::Adam<double> adam;
    constexpr int steps = 1500;
    for (int step = 0; step < steps; ++step) {
      auto gradient = bv::test::differentiate(model, objective, bv::QuadratureNoise{}, samples);
      adam.update(gradient.gradients, 0.01 * (1 + std::cos(std::numbers::pi * step / steps)));
    }
    const auto trained = bv::test::differentiate(model, objective, bv::QuadratureNoise{}, samples);
    CHECK(trained.loss > rotated.loss - 1e-9);
    CHECK(trained.loss < rotated.loss + 2e-4);
    for (int latent = 0; latent < latents; ++latent) {
      CAPTURE(latent);
      CHECK(trained.rate_per_dimension(latent) > floor - 1e-3);
      CHECK(trained.rate_per_dimension(latent) < floor + 1e-3);
      CHECK(angle_to_axes(model, data, latent) > 15);
    }
  }
}

TEST_CASE("Under the plain objective at this beta the same latents keep to the axes or collapse",
          "[train][linear][training]") {
  // So that the angles above are the free bits' doing: 15 degrees would not be seen here.
  const auto data = bv::test::linear_data(variances, 8, 1);
  const bv::Matrix<double> samples = bv::test::repeated(data.samples, 2 * latents);
  bv::Vae model{bv::dense_encoder<double, dimensions, latents>({.seed = 3}),
                bv::dense_decoder<double, latents, dimensions>({.seed = 3}), bv::Gaussian{sigma}};
  bv::Adam<double> adam;
  constexpr int steps = 1500;
  for (int step = 0; step < steps; ++step) {
    auto gradient = bv::test::differentiate(model, bv::BetaElbo{beta}, bv::QuadratureNoise{}, samples);
    adam.update(gradient.gradients, 0.01 * (1 + std::cos(std::numbers::pi * step / steps)));
  }
  const auto trained = bv::test::differentiate(model, bv::BetaElbo{beta}, bv::QuadratureNoise{}, samples);
  int active = 0;
  for (int latent = 0; latent < latents; ++latent) {
    if (trained.rate_per_dimension(latent) > 0.05) {
      ++active;
      CHECK(angle_to_axes(model, data, latent) < 2);
    }
  }
  CHECK(active == 1);  // ζ²/η² is 6.25 and 3.9 for the first two
}
