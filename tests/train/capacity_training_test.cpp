// SPDX-License-Identifier: MIT
// Where training under a capacity ends, on the linear β-VAE: at rate C as long as a nat there is worth at most γ. See linear_vae.hpp.
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/capacity_elbo.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"

namespace bv = betavae;
using namespace bv::test::linear_case;
using bv::test::LinearOptimum;
using Catch::Matchers::WithinRel;

namespace {

LinearOptimum optimum_at(double beta) { return {variances, latents, beta, sigma}; }

/// β*(C): the price at which the optimum's rate is C nats.
double price_of(double rate) {
  double dear = variances.front() / (sigma * sigma);
  double cheap = 1e-6;
  for (int turn = 0; turn < 100; ++turn) {
    const double middle = std::sqrt(cheap * dear);
    (optimum_at(middle).rate() > rate ? cheap : dear) = middle;
  }
  return dear;
}

/// Rate and distortion where training ends, exactly. Each step sees all data: the rate of a part of them scatters about the capacity.
auto trained(const bv::CapacityElbo<>& objective) {
  const auto data = bv::test::linear_data(variances, 40, 1);
  bv::Vae model{bv::dense_encoder<double, dimensions, latents>({.seed = 3}),
                bv::dense_decoder<double, latents, dimensions>({.seed = 3}), bv::Gaussian{sigma}};
  bv::fit(model, data.samples, objective,
          {.epochs = 4000, .batch = 40, .learning_rate = 0.02, .seed = 1, .schedule = bv::cosine_decay()});
  return bv::test::differentiate(model, objective, bv::QuadratureNoise{},
                                 bv::test::repeated(data.samples, 2 * latents));
}

}  // namespace

TEST_CASE("Training under a capacity ends at rate C where the price of information there is below gamma",
          "[train][linear][training]") {
  for (const double capacity : {0.5, 1.5, 3.0}) {
    const double price = price_of(capacity);
    INFO("capacity " << capacity << ", price " << price);
    const auto measured = trained(bv::CapacityElbo(capacity, {.gamma = 4 * price}));
    CHECK_THAT(measured.rate(), WithinRel(capacity, 0.01));
    CHECK_THAT(measured.distortion, WithinRel(optimum_at(price).distortion(), 0.01));
  }
}

TEST_CASE("Where information is worth more than gamma at rate C, training ends as under beta = gamma",
          "[train][linear][training]") {
  for (const double gamma : {0.5, 1.2}) {
    const double capacity = 0.5 * optimum_at(gamma).rate();
    INFO("gamma " << gamma << ", capacity " << capacity << ", price there " << price_of(capacity));
    CHECK(price_of(capacity) > gamma);
    const auto measured = trained(bv::CapacityElbo(capacity, {.gamma = gamma}));
    CHECK_THAT(measured.rate(), WithinRel(optimum_at(gamma).rate(), 0.01));
    CHECK_THAT(measured.distortion, WithinRel(optimum_at(gamma).distortion(), 0.01));
  }
}
