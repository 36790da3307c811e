// SPDX-License-Identifier: MIT
#include <betavae/vae/prior/logistic.hpp>

#include "vae/prior/prior_check.hpp"

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

TEST_CASE("the logistic prior has unit variance unless told otherwise") {
  const Grid grid = grid_of(LogisticPrior{}, 1, 30, 0.01);
  CHECK_THAT((grid.z.row(0).transpose().array().square() * grid.probability).sum(), WithinAbs(1, 1e-12));
}

TEST_CASE("the logistic prior's density is the derivative of the logistic function, far out too") {
  Matrix<double> z(1, 5);
  z << 0, 1, -3, 1e4, -1e4;
  const LogisticPrior prior(2);
  const Matrix<double> nats = log_density_of(prior, z);
  CHECK_THAT(nats(0, 0), WithinAbs(-std::log(4 * 2.0), 1e-14));
  for (const Index j : {1, 2}) {
    const double e = std::exp(-z(0, j) / 2);
    CHECK_THAT(nats(0, j), WithinRel(std::log(e / (2 * (1 + e) * (1 + e))), 1e-13));
  }
  CHECK_THAT(nats(0, 3), WithinRel(-5000 - std::log(2.0), 1e-14));
  CHECK(nats(0, 4) == nats(0, 3));
}

TEST_CASE("the logistic prior's density integrates to 1, and its draws follow it") {
  check_density_and_draws(LogisticPrior{}, 1, 30, 0.01, 1e-12);
  check_density_and_draws(LogisticPrior(1.5), 1, 80, 0.02, 1e-12);
}

TEST_CASE("the logistic prior's draws depend on their address alone") {
  check_addresses(LogisticPrior{}, 3);
  check_addresses<float>(LogisticPrior{}, 3);
}

TEST_CASE("a whole model with the logistic prior has the right gradients") { check_gradients(LogisticPrior{}); }

TEST_CASE("the rate against the logistic prior is sampled dimension by dimension, and right in the mean") {
  constexpr Index count = 4000;
  const Matrix<double> rates =
      rates_of(LogisticPrior{}, Matrix<double>::Constant(2, count, 0.7), Matrix<double>::Constant(2, count, -1));
  REQUIRE(rates.rows() == 2);
  const double expected = integrated_rate(0.7, -1, [](double z) {
    return log_density_of(LogisticPrior{}, Matrix<double>::Constant(1, 1, z).eval())(0, 0);
  });
  for (Index k = 0; k < 2; ++k) {
    const Eigen::ArrayXd row = rates.row(k).transpose();
    CHECK(std::abs(row.mean() - expected) < 3 * std::sqrt((row - row.mean()).square().mean() / count));
  }
}

TEST_CASE("a scale of the logistic prior that is none is refused") {
  CHECK(contains(error_text<ArgumentError>([] { LogisticPrior{-1}; }),
                 "LogisticPrior: scale: expected a finite number above 0, got -1"));
  CHECK_THROWS_AS(LogisticPrior{HUGE_VAL}, ArgumentError);
}
