// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/categorical.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::Categorical<4>, float> && bv::Likelihood<bv::Categorical<4>, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double first, double second, double third, double fourth) {
  return Eigen::Vector4d(first, second, third, fourth);
}

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x << 0, 1, 2, 3, 3, 0, 0, 1, 2, 2, 1, 0, 3, 3, 0, 1, 1, 0, 2, 2;
  return x;
}

}  // namespace

TEST_CASE("The categorical likelihood's nats and scores are exact, also far in the tails", "[vae][categorical]") {
  check_reference(bv::Categorical<4>{}, "categorical");
}

TEST_CASE("The categorical likelihood has the right gradient with missing values, and refuses offsets",
          "[vae][categorical]") {
  const bv::Matrix<double> parameters = normals(20, 4, 1);
  check_gradient(bv::Categorical<4>{}, parameters, some_values(), false);
  check_missing_values(bv::Categorical<4>{}, parameters, some_values());
  check_refuses_offset(bv::Categorical<4>{}, parameters, some_values());
  check_threads(bv::Categorical<4>{}, parameters, some_values());
  check_scalars(bv::Categorical<4>{}, parameters, some_values());
}

TEST_CASE("The categorical likelihood sums to 1, with the stated Fisher information", "[vae][categorical]") {
  check_normalisation(bv::Categorical<4>{}, at(0, 0, 0, 0), counts(3));
  check_normalisation(bv::Categorical<4>{}, at(-2, 1, 0.5, 3), counts(3));
  check_normalisation(bv::Categorical<4>{}, at(-40, 700, 0, 1), counts(3));
}

TEST_CASE("The categorical likelihood's draws have the right frequencies, and are functions of their address",
          "[vae][categorical]") {
  check_discrete_draws(bv::Categorical<4>{}, at(0, 0, 0, 0), counts(3));
  check_draws_by_address(bv::Categorical<4>{}, at(0, 0, 0, 0));
  check_discrete_draws(bv::Categorical<4>{}, at(-2, 1, 0.5, 3), counts(3));
  check_draws_by_address(bv::Categorical<4>{}, at(-2, 1, 0.5, 3));
  check_discrete_draws(bv::Categorical<4>{}, at(-40, 700, 0, 1), counts(3));
  check_draws_by_address(bv::Categorical<4>{}, at(-40, 700, 0, 1));
}

TEST_CASE("Extreme parameters of a categorical likelihood give numbers", "[vae][categorical]") {
  check_extremes(bv::Categorical<4>{}, {0, 1, 3}, {-1.7e308, -800, 0, 1, 1.7e308});
}

TEST_CASE("The categorical likelihood refuses values outside of its domain, and sizes that do not match",
          "[vae][categorical]") {
  check_domain(bv::Categorical<4>{}, {0, 1, 2, 3}, {-1, 0.5, 4, infinity, -infinity, std::nan("")});
  check_sizes(bv::Categorical<4>{});
}

TEST_CASE("The categorical likelihood's point estimate is the mode, the first of equals", "[vae][categorical]") {
  CHECK(bv::Categorical<4>::point_estimate_name == "mode");
  CHECK(bv::Categorical<4>{}.point_estimate(at(-2, 1, 0.5, 3))(0, 0) == 3);
  CHECK(bv::Categorical<4>{}.point_estimate(at(-2, 1, 1, 0))(0, 0) == 1);
  CHECK(bv::Categorical<4>{}.floor(2) == 0);
}

TEST_CASE("A certain category keeps the digits of what is left", "[vae][categorical]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 1);
  CHECK_THAT(nats_of(bv::Categorical<4>{}, at(-100, 0, -100, -100), x)(0, 0),
             Catch::Matchers::WithinRel(3 * std::exp(-100.0), 1e-14));
}

TEST_CASE("A value that is no category gives no number, and reads nothing out of bounds", "[vae][categorical]") {
  for (const double x : {-1.0, 0.5, 4.0, 1e300, infinity, std::nan("")}) {
    const auto both =
        nats_and_partials<double>(bv::Categorical<4>{}, at(-2, 1, 0.5, 3), bv::Matrix<double>::Constant(1, 1, x));
    CHECK(both.nats.array().isNaN().all());
    CHECK(both.partials.array().isNaN().all());
  }
}
