// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/gamma.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::Gamma, float> && bv::Likelihood<bv::Gamma, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double log_mean, double log_shape) { return Eigen::Vector2d(log_mean, log_shape); }

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = normals(5, 4, 7).array().exp();
  return x;
}

}  // namespace

TEST_CASE("The gamma's nats and scores are exact, also far in the tails", "[vae][gamma]") {
  check_reference(bv::Gamma{}, "gamma");
}

TEST_CASE("The gamma has the right gradient with missing values and offsets", "[vae][gamma]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  check_gradient(bv::Gamma{}, parameters, some_values());
  check_missing_values(bv::Gamma{}, parameters, some_values());
  check_offset(bv::Gamma{}, parameters, some_values());
  check_threads(bv::Gamma{}, parameters, some_values());
  check_scalars(bv::Gamma{}, parameters, some_values());
}

TEST_CASE("The gamma integrates to 1, with the stated Fisher information", "[vae][gamma]") {
  check_normalisation(bv::Gamma{}, at(0, 0), positive_line(-40, 5));
  check_normalisation(bv::Gamma{}, at(-3, 3), positive_line(-12, 5));
  check_normalisation(bv::Gamma{}, at(2, -1.5), positive_line(-150, 9));
}

TEST_CASE("The gamma's draws have the right distribution, and are functions of their address", "[vae][gamma]") {
  check_continuous_draws(bv::Gamma{}, at(0, 0), positive_line(-40, 5));
  check_draws_by_address(bv::Gamma{}, at(0, 0));
  check_continuous_draws(bv::Gamma{}, at(-3, 3), positive_line(-12, 5));
  check_draws_by_address(bv::Gamma{}, at(-3, 3));
  check_continuous_draws(bv::Gamma{}, at(2, -1.5), positive_line(-150, 9));
  check_draws_by_address(bv::Gamma{}, at(2, -1.5));
  check_continuous_draws(bv::Gamma{}, at(0, 12), positive_line(-0.1, 0.1));
  check_draws_by_address(bv::Gamma{}, at(0, 12));
}

TEST_CASE("Extreme parameters of a gamma give numbers", "[vae][gamma]") {
  check_extremes(bv::Gamma{}, {2.3e-308, 1e-9, 1, 1.7e308});
}

TEST_CASE("The gamma refuses values outside of its domain, and sizes that do not match", "[vae][gamma]") {
  check_domain(bv::Gamma{}, {1e-300, 1, 1e300}, {0, -1, 1e-310, infinity, -infinity, std::nan("")});
  check_sizes(bv::Gamma{});
}

TEST_CASE("A gamma of shape 1 is the exponential distribution", "[vae][gamma]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 3);
  CHECK_THAT(nats_of(bv::Gamma{}, at(std::log(2.0), 0), x)(0, 0),
             Catch::Matchers::WithinRel(1.5 + std::log(2.0), 1e-14));
}

TEST_CASE("Doubling the exposure doubles a gamma's mean", "[vae][gamma]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 3);
  const double offset = std::log(2.0);
  const auto doubled = nats_and_partials<double>(bv::Gamma{}, at(0.25, 1.5), x, {nullptr, nullptr, &offset});
  CHECK(doubled.nats(0, 0) == nats_of(bv::Gamma{}, at(0.25 + offset, 1.5), x)(0, 0));
}

TEST_CASE("The gamma has a mean and no floor, and draws of a small shape stay positive", "[vae][gamma]") {
  CHECK(bv::Gamma::point_estimate_name == "mean");
  CHECK_THAT(bv::Gamma{}.point_estimate(at(-2.5, 3))(0, 0), Catch::Matchers::WithinRel(std::exp(-2.5), 1e-15));
  CHECK(bv::Gamma{}.floor(1) == -infinity);
  const bv::Matrix<float> small = Eigen::Vector2f(0, -9).replicate(1, 50);
  CHECK((bv::Gamma{}.sample(small, bv::Random(1)).array() > 0).all());
}
