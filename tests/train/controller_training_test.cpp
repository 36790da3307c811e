// SPDX-License-Identifier: MIT
// Controllers of β on the linear β-VAE: asked for the rate or distortion that the closed form has at some β, with their defaults, they
// come to both. See linear_vae.hpp.
#include <betavae/train/controller/geco.hpp>
#include <betavae/train/controller/pid.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"

namespace bv = betavae;
using namespace bv::test::linear_case;
using bv::test::contains;
using bv::test::LinearOptimum;
using Catch::Matchers::WithinRel;

namespace {

template <class ControllerType>
bv::History train(const ControllerType& controller, bv::Index epochs = 150) {
  static const auto data = bv::test::linear_data(variances, 400, 1);
  bv::Vae model{bv::dense_encoder<double, dimensions, latents>({.seed = 3}),
                bv::dense_decoder<double, latents, dimensions>({.seed = 3}), bv::Gaussian{sigma}};
  return bv::fit(model, data.samples, bv::BetaElbo{controller},
                 {.epochs = epochs, .batch = 40, .learning_rate = 0.02, .seed = 1, .threads = 1});
}

/// The mean of a number over the last `count` epochs.
template <class Number>
double mean_at_end(const bv::History& history, std::size_t count, const Number& number) {
  double sum = 0;
  for (std::size_t i = history.size() - count; i < history.size(); ++i) {
    sum += number(history[i]);
  }
  return sum / static_cast<double>(count);
}

double beta_of(const bv::Epoch& epoch) { return epoch.of_objective.front().value; }

}  // namespace

TEST_CASE("GECO ends at its target distortion, and at the beta whose distortion it is", "[train][linear][training]") {
  for (const double beta : {1.0, 3.0}) {
    CAPTURE(beta);
    const LinearOptimum optimum{variances, latents, beta, sigma};
    const bv::History history = train(bv::GecoController({.distortion = optimum.distortion()}));
    CHECK_THAT(mean_at_end(history, 50, [](const auto& epoch) { return epoch.distortion; }),
               WithinRel(optimum.distortion(), 0.01));
    CHECK_THAT(mean_at_end(history, 50, beta_of), WithinRel(beta, 0.1));
    CHECK(history.warnings.empty());
  }
}

TEST_CASE("PID ends at its target rate, and at the beta whose rate it is", "[train][linear][training]") {
  for (const double beta : {1.0, 3.0}) {
    CAPTURE(beta);
    const LinearOptimum optimum{variances, latents, beta, sigma};
    const bv::History history = train(bv::PidController({.rate = optimum.rate()}));
    CHECK_THAT(mean_at_end(history, 50, [](const auto& epoch) { return epoch.rate; }), WithinRel(optimum.rate(), 0.01));
    CHECK_THAT(mean_at_end(history, 50, beta_of), WithinRel(beta, 0.1));
  }
}

TEST_CASE("A target out of reach leaves training finite at a limit of beta, and fit says so at its end",
          "[train][linear][training]") {
  const bv::History rate = train(bv::PidController({.rate = 60, .least_beta = 1e-3}), 100);
  CHECK(std::isfinite(rate.back().loss));
  CHECK(beta_of(rate.back()) == 1e-3);
  REQUIRE(rate.warnings.size() == 1);
  CHECK(contains(rate.warnings.front(), "PidController: training ended at a rate of"));
  const bv::History distortion = train(bv::GecoController({.distortion = 1, .least_beta = 1e-3}), 100);
  CHECK(std::isfinite(distortion.back().loss));
  CHECK(beta_of(distortion.back()) == 1e-3);
  REQUIRE(distortion.warnings.size() == 1);
  CHECK(contains(distortion.warnings.front(),
                 "at the limit of its range: train longer, or no beta in it reaches the target"));
  const bv::History collapsed = train(bv::GecoController({.distortion = 50, .most_beta = 100}), 100);
  CHECK(beta_of(collapsed.back()) == 100);
  CHECK(collapsed.back().rate < 0.05);
  CHECK(collapsed.warnings.size() == 1);
}
