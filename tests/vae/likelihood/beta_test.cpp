// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/beta.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::Beta, float> && bv::Likelihood<bv::Beta, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double logit_mean, double log_precision) { return Eigen::Vector2d(logit_mean, log_precision); }

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = uniforms(5, 4, 7) * 0.999;
  return x;
}

}  // namespace

TEST_CASE("The beta's nats and scores are exact, also far in the tails", "[vae][beta]") {
  check_reference(bv::Beta{}, "beta");
}

TEST_CASE("The beta has the right gradient with missing values and offsets", "[vae][beta]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  check_gradient(bv::Beta{}, parameters, some_values());
  check_missing_values(bv::Beta{}, parameters, some_values());
  check_offset(bv::Beta{}, parameters, some_values());
  check_threads(bv::Beta{}, parameters, some_values());
  check_scalars(bv::Beta{}, parameters, some_values());
}

TEST_CASE("The beta integrates to 1, with the stated Fisher information", "[vae][beta]") {
  check_normalisation(bv::Beta{}, at(0, std::log(2.0)), unit_interval());
  check_normalisation(bv::Beta{}, at(0.5, 2), unit_interval());
  check_normalisation(bv::Beta{}, at(-2, 6), unit_interval());
}

TEST_CASE("The beta's draws have the right distribution, and are functions of their address", "[vae][beta]") {
  check_continuous_draws(bv::Beta{}, at(0, std::log(2.0)), unit_interval());
  check_draws_by_address(bv::Beta{}, at(0, std::log(2.0)));
  check_continuous_draws(bv::Beta{}, at(0.5, 2), unit_interval());
  check_draws_by_address(bv::Beta{}, at(0.5, 2));
  check_continuous_draws(bv::Beta{}, at(-2, 6), unit_interval());
  check_draws_by_address(bv::Beta{}, at(-2, 6));
  check_continuous_draws(bv::Beta{}, at(0.25, -0.5), unit_interval());
  check_draws_by_address(bv::Beta{}, at(0.25, -0.5));
}

TEST_CASE("Extreme parameters of a beta give numbers", "[vae][beta]") {
  check_extremes(bv::Beta{}, {2.3e-308, 1e-9, 0.5, 1 - 0x1p-53});
}

TEST_CASE("The beta refuses values outside of its domain, and sizes that do not match", "[vae][beta]") {
  check_domain(bv::Beta{}, {1e-300, 0.5, 1 - 0x1p-53}, {0, 1, -0.5, 1.5, 1e-310, infinity, -infinity, std::nan("")});
  check_sizes(bv::Beta{});
}

TEST_CASE("A beta of mean one half and precision 2 is uniform", "[vae][beta]") {
  for (const double x : {1e-300, 0.25, 0.999}) {
    CHECK_THAT(nats_of(bv::Beta{}, at(0, std::log(2.0)), bv::Matrix<double>::Constant(1, 1, x))(0, 0),
               Catch::Matchers::WithinAbs(0, 1e-12));
  }
}

TEST_CASE("The beta has a mean and no floor, and draws stay inside, in float too", "[vae][beta]") {
  CHECK(bv::Beta::point_estimate_name == "mean");
  CHECK_THAT(bv::Beta{}.point_estimate(at(-2.5, 3))(0, 0), Catch::Matchers::WithinRel(1 / (1 + std::exp(2.5)), 1e-15));
  CHECK(bv::Beta{}.floor(0.5) == -infinity);
  const bv::Matrix<float> small = Eigen::Vector2f(0.5, -6).replicate(1, 50);
  const bv::Matrix<float> draws = bv::Beta{}.sample(small, bv::Random(1));
  CHECK((draws.array() > 0 && draws.array() < 1).all());
}
