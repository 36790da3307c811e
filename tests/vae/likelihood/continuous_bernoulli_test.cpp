// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/continuous_bernoulli.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::ContinuousBernoulli, float> && bv::Likelihood<bv::ContinuousBernoulli, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double logit) { return bv::Matrix<double>::Constant(1, 1, logit); }

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = uniforms(5, 4, 7);
  return x;
}

}  // namespace

TEST_CASE("The continuous Bernoulli's nats and scores are exact, also far in the tails",
          "[vae][continuous_bernoulli]") {
  check_reference(bv::ContinuousBernoulli{}, "continuous_bernoulli");
}

TEST_CASE("The continuous Bernoulli has the right gradient with missing values and offsets",
          "[vae][continuous_bernoulli]") {
  const bv::Matrix<double> parameters = normals(5, 4, 1);
  check_gradient(bv::ContinuousBernoulli{}, parameters, some_values());
  check_missing_values(bv::ContinuousBernoulli{}, parameters, some_values());
  check_offset(bv::ContinuousBernoulli{}, parameters, some_values());
  check_threads(bv::ContinuousBernoulli{}, parameters, some_values());
  check_scalars(bv::ContinuousBernoulli{}, parameters, some_values());
}

TEST_CASE("The continuous Bernoulli integrates to 1, with the stated Fisher information",
          "[vae][continuous_bernoulli]") {
  check_normalisation(bv::ContinuousBernoulli{}, at(0), unit_interval());
  check_normalisation(bv::ContinuousBernoulli{}, at(1e-9), unit_interval());
  check_normalisation(bv::ContinuousBernoulli{}, at(-0.49), unit_interval());
  check_normalisation(bv::ContinuousBernoulli{}, at(0.51), unit_interval());
  check_normalisation(bv::ContinuousBernoulli{}, at(3), unit_interval());
  check_normalisation(bv::ContinuousBernoulli{}, at(-25), unit_interval());
}

TEST_CASE("The continuous Bernoulli's draws have the right distribution, and are functions of their address",
          "[vae][continuous_bernoulli]") {
  check_continuous_draws(bv::ContinuousBernoulli{}, at(0), unit_interval());
  check_draws_by_address(bv::ContinuousBernoulli{}, at(0));
  check_continuous_draws(bv::ContinuousBernoulli{}, at(1e-7), unit_interval());
  check_draws_by_address(bv::ContinuousBernoulli{}, at(1e-7));
  check_continuous_draws(bv::ContinuousBernoulli{}, at(-0.4), unit_interval());
  check_draws_by_address(bv::ContinuousBernoulli{}, at(-0.4));
  check_continuous_draws(bv::ContinuousBernoulli{}, at(3), unit_interval());
  check_draws_by_address(bv::ContinuousBernoulli{}, at(3));
  check_continuous_draws(bv::ContinuousBernoulli{}, at(-25), unit_interval());
  check_draws_by_address(bv::ContinuousBernoulli{}, at(-25));
}

TEST_CASE("Extreme parameters of a continuous Bernoulli give numbers", "[vae][continuous_bernoulli]") {
  check_extremes(bv::ContinuousBernoulli{}, {0, 1e-300, 0.5, 1});
}

TEST_CASE("The continuous Bernoulli refuses values outside of its domain, and sizes that do not match",
          "[vae][continuous_bernoulli]") {
  check_domain(bv::ContinuousBernoulli{}, {0, -0.0, 0.5, 1}, {-0.1, 1.1, infinity, -infinity, std::nan("")});
  check_sizes(bv::ContinuousBernoulli{});
}

TEST_CASE("The continuous Bernoulli is smooth through one half", "[vae][continuous_bernoulli]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 0.3);
  for (const double a : {-1e-3, -1e-8, -1e-300, 0.0, 1e-300, 1e-8, 1e-3}) {
    CHECK_THAT(nats_of(bv::ContinuousBernoulli{}, at(a), x)(0, 0),
               Catch::Matchers::WithinAbs(0.2 * a + a * a / 24, 1e-15));
    CHECK_THAT(bv::ContinuousBernoulli{}.score(at(a), x)(0, 0),
               Catch::Matchers::WithinAbs(-0.2 - a / 12 + a * a * a / 720, 1e-15));
    CHECK_THAT(bv::ContinuousBernoulli{}.fisher_information(at(a))(0, 0),
               Catch::Matchers::WithinAbs(1.0 / 12 - a * a / 240, 1e-15));
  }
}

TEST_CASE("The continuous Bernoulli's floor is the least distortion that any logit reaches",
          "[vae][continuous_bernoulli]") {
  CHECK_THAT(bv::ContinuousBernoulli{}.floor(0.5), Catch::Matchers::WithinAbs(0, 1e-14));
  for (const double x : {0.0, 0.01, 0.3, 0.9, 1.0}) {
    const double floor = bv::ContinuousBernoulli{}.floor(x);
    for (double a = -300; a <= 300; a += 0.25) {
      CHECK(nats_of(bv::ContinuousBernoulli{}, at(a), bv::Matrix<double>::Constant(1, 1, x))(0, 0) >= floor - 1e-13);
    }
  }
  CHECK_THAT(bv::ContinuousBernoulli{}.floor(0), Catch::Matchers::WithinRel(-std::log(300.0), 1e-12));
}

TEST_CASE("The continuous Bernoulli's point estimate is its mean", "[vae][continuous_bernoulli]") {
  CHECK(bv::ContinuousBernoulli::point_estimate_name == "mean");
  CHECK(bv::ContinuousBernoulli{}.point_estimate(at(0))(0, 0) == 0.5);
  CHECK_THAT(bv::ContinuousBernoulli{}.point_estimate(at(2))(0, 0),
             Catch::Matchers::WithinRel(1 / (1 - std::exp(-2.0)) - 0.5, 1e-14));
}
