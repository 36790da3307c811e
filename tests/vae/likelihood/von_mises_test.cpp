// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/von_mises.hpp>

#include "pointwise_check.hpp"

#include <numbers>

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::VonMises, float> && bv::Likelihood<bv::VonMises, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double a, double b) { return Eigen::Vector2d(a, b); }

Quadrature circle() {
  return trapezoid(
      -std::numbers::pi, std::numbers::pi, 4001, [](double u) { return u; }, [](double) { return 1.0; });
}

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = 2 * normals(5, 4, 7);
  return x;
}

}  // namespace

TEST_CASE("Von Mises's distribution's nats and scores are exact, also far in the tails", "[vae][von_mises]") {
  check_reference(bv::VonMises{}, "von_mises");
}

TEST_CASE("Von Mises's distribution has the right gradient with missing values, and refuses offsets",
          "[vae][von_mises]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  check_gradient(bv::VonMises{}, parameters, some_values(), false);
  check_missing_values(bv::VonMises{}, parameters, some_values());
  check_refuses_offset(bv::VonMises{}, parameters, some_values());
  check_threads(bv::VonMises{}, parameters, some_values());
  check_scalars(bv::VonMises{}, parameters, some_values());
}

TEST_CASE("Von Mises's distribution integrates to 1, with the stated Fisher information", "[vae][von_mises]") {
  check_normalisation(bv::VonMises{}, at(0, 0), circle());
  check_normalisation(bv::VonMises{}, at(0.5, -0.25), circle());
  check_normalisation(bv::VonMises{}, at(-3, 4), circle());
  check_normalisation(bv::VonMises{}, at(-60, 10), circle());
}

TEST_CASE("Von Mises's distribution's draws have the right distribution, and are functions of their address",
          "[vae][von_mises]") {
  check_continuous_draws(bv::VonMises{}, at(0, 0), circle());
  check_draws_by_address(bv::VonMises{}, at(0, 0));
  check_continuous_draws(bv::VonMises{}, at(1e-6, 1e-6), circle());
  check_draws_by_address(bv::VonMises{}, at(1e-6, 1e-6));
  check_continuous_draws(bv::VonMises{}, at(0.5, -0.25), circle());
  check_draws_by_address(bv::VonMises{}, at(0.5, -0.25));
  check_continuous_draws(bv::VonMises{}, at(-3, 4), circle());
  check_draws_by_address(bv::VonMises{}, at(-3, 4));
  check_continuous_draws(bv::VonMises{}, at(30, 10), circle());
  check_draws_by_address(bv::VonMises{}, at(30, 10));
}

TEST_CASE("Extreme parameters of a von Mises distribution give numbers", "[vae][von_mises]") {
  check_extremes(bv::VonMises{}, {-1e300, -3, 0, 1e-300, 1, 1.7e308});
}

TEST_CASE("Von Mises's distribution refuses values outside of its domain, and sizes that do not match",
          "[vae][von_mises]") {
  check_domain(bv::VonMises{}, {-1e300, -3.2, 0, 1, 700}, {infinity, -infinity, std::nan("")});
  check_sizes(bv::VonMises{});
}

TEST_CASE("Von Mises's distribution counts a whole turn as none", "[vae][von_mises]") {
  for (const double x : {-3.0, 0.25, 2.0}) {
    CHECK_THAT(nats_of(bv::VonMises{}, at(2, -1), bv::Matrix<double>::Constant(1, 1, x + 2 * std::numbers::pi))(0, 0),
               Catch::Matchers::WithinRel(
                   nats_of(bv::VonMises{}, at(2, -1), bv::Matrix<double>::Constant(1, 1, x))(0, 0), 1e-14));
  }
}

TEST_CASE("A narrow von Mises distribution is a Gaussian", "[vae][von_mises]") {
  const double kappa = 1e8;
  const double x = 1.5e-4;
  CHECK_THAT(nats_of(bv::VonMises{}, at(kappa, 0), bv::Matrix<double>::Constant(1, 1, x))(0, 0),
             Catch::Matchers::WithinAbs(0.5 * kappa * x * x - 0.5 * std::log(kappa / (2 * std::numbers::pi)), 1e-7));
  CHECK_THAT(bv::VonMises{}.fisher_information(at(kappa, 0))(1, 0), Catch::Matchers::WithinRel(1 / kappa, 1e-7));
  const std::vector<double> draws = draws_at(bv::VonMises{}, at(0, kappa), 20000);
  CHECK(kolmogorov_smirnov(draws, [=](double angle) {
          return normal_distribution((angle - std::numbers::pi / 2) * std::sqrt(kappa));
        }) < 1.95);
}

TEST_CASE("Von Mises's point estimate is the circular mean, and the density has no floor", "[vae][von_mises]") {
  CHECK(bv::VonMises::point_estimate_name == "circular mean");
  CHECK_THAT(bv::VonMises{}.point_estimate(at(-2, 2))(0, 0),
             Catch::Matchers::WithinRel(0.75 * std::numbers::pi, 1e-15));
  CHECK(bv::VonMises{}.floor(1) == -infinity);
}
