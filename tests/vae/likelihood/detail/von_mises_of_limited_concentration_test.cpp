// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/detail/von_mises_of_limited_concentration.hpp>

#include "vae/likelihood/of_value.hpp"

#include <numbers>

namespace bv = betavae;
using namespace bv::test;
using Limited = AsPointwise<bv::detail::VonMisesOfLimitedConcentration>;

namespace {

bv::Matrix<double> at(double a, double b) { return Eigen::Vector2d(a, b); }

/// Around an angle, as far as there is density.
Quadrature around(double angle, double reach) {
  return trapezoid(
      angle - reach, angle + reach, 4001, [](double u) { return u; }, [](double) { return 1.0; });
}

}  // namespace

TEST_CASE("Far below its limit, a von Mises of limited concentration is the von Mises", "[vae][von_mises]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  const bv::Matrix<double> x = 2 * normals(5, 4, 7);
  const auto limited = nats_and_partials(Limited{}, parameters, x);
  const auto plain = nats_and_partials(bv::VonMises{}, parameters, x);
  CHECK((limited.nats - plain.nats).norm() <= 1e-10 * plain.nats.norm());
  CHECK((limited.partials - plain.partials).norm() <= 1e-10 * plain.partials.norm());
  CHECK((Limited{}.fisher_information(parameters) - bv::VonMises{}.fisher_information(parameters)).norm() <= 1e-9);
  CHECK((Limited{}.point_estimate(parameters) == bv::VonMises{}.point_estimate(parameters)));
  check_gradient(Limited{}, parameters, x, false);
}

TEST_CASE("Near its limit, a von Mises of limited concentration integrates to 1, with the stated information",
          "[vae][von_mises]") {
  const double k = bv::detail::VonMisesOfLimitedConcentration::greatest_concentration;
  check_normalisation(Limited{}, at(0, k), around(0.5 * std::numbers::pi, 0.02));
  check_normalisation(Limited{}, at(-0.3 * k, 0.4 * k), around(std::atan2(0.4, -0.3), 0.02));
  check_continuous_draws(Limited{}, at(0, k), around(0.5 * std::numbers::pi, 0.02));
}

TEST_CASE("No density of a von Mises of limited concentration exceeds that of its limit", "[vae][von_mises]") {
  const double least = 0.5 * std::log(2 * std::numbers::pi) - std::log(1e3) - 1e-6;
  for (const double kappa : {1e3, 1e6, 1e9, 1e50, 1e100}) {
    const auto extreme =
        nats_and_partials<double>(Limited{}, at(0, kappa), bv::Matrix<double>::Constant(1, 1, 0.5 * std::numbers::pi));
    CHECK(extreme.nats(0, 0) > least);
    CHECK(extreme.partials.allFinite());
    CHECK(extreme.partials(1, 0) <= 0);
  }
  const auto nothing = nats_and_partials<double>(Limited{}, at(0, 0), bv::Matrix<double>::Constant(1, 1, 1));
  CHECK_THAT(nothing.nats(0, 0), Catch::Matchers::WithinAbs(std::log(2 * std::numbers::pi), 1e-15));
}
