// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/log_normal.hpp>

#include "pointwise_check.hpp"

#include <numbers>

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::LogNormal, float> && bv::Likelihood<bv::LogNormal, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double mu, double log_sigma) { return Eigen::Vector2d(mu, log_sigma); }

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = normals(5, 4, 7).array().exp();
  return x;
}

}  // namespace

TEST_CASE("The log-normal's nats and scores are exact, also far in the tails", "[vae][log_normal]") {
  check_reference(bv::LogNormal{}, "log_normal");
}

TEST_CASE("The log-normal has the right gradient with missing values and offsets", "[vae][log_normal]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  check_gradient(bv::LogNormal{}, parameters, some_values());
  check_missing_values(bv::LogNormal{}, parameters, some_values());
  check_offset(bv::LogNormal{}, parameters, some_values());
  check_threads(bv::LogNormal{}, parameters, some_values());
  check_scalars(bv::LogNormal{}, parameters, some_values());
}

TEST_CASE("The log-normal integrates to 1, with the stated Fisher information", "[vae][log_normal]") {
  check_normalisation(bv::LogNormal{}, at(0, 0), positive_line(-12, 12));
  check_normalisation(bv::LogNormal{}, at(-3, 1), positive_line(-35, 30));
}

TEST_CASE("The log-normal's draws have the right distribution, and are functions of their address",
          "[vae][log_normal]") {
  check_continuous_draws(bv::LogNormal{}, at(0, 0), positive_line(-12, 12));
  check_draws_by_address(bv::LogNormal{}, at(0, 0));
  check_continuous_draws(bv::LogNormal{}, at(-3, 1), positive_line(-35, 30));
  check_draws_by_address(bv::LogNormal{}, at(-3, 1));
}

TEST_CASE("Extreme parameters of a log-normal give numbers", "[vae][log_normal]") {
  check_extremes(bv::LogNormal{}, {2.3e-308, 1e-9, 1, 1.7e308});
}

TEST_CASE("The log-normal refuses values outside of its domain, and sizes that do not match", "[vae][log_normal]") {
  check_domain(bv::LogNormal{}, {1e-300, 1, 1e300}, {0, -1, 1e-310, infinity, -infinity, std::nan("")});
  check_sizes(bv::LogNormal{});
}

TEST_CASE("The log-normal's nats are the Gaussian's of the logarithm, and ln x more", "[vae][log_normal]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 3);
  const double z = (std::log(3.0) - 0.5) / 2;
  CHECK_THAT(nats_of(bv::LogNormal{}, at(0.5, std::log(2.0)), x)(0, 0),
             Catch::Matchers::WithinRel(0.5 * z * z + std::log(2 * 3 * std::sqrt(2 * std::numbers::pi)), 1e-14));
}

TEST_CASE("The log-normal has a median and no floor, and float draws stay positive", "[vae][log_normal]") {
  CHECK(bv::LogNormal::point_estimate_name == "median");
  CHECK_THAT(bv::LogNormal{}.point_estimate(at(-2.5, 3))(0, 0), Catch::Matchers::WithinRel(std::exp(-2.5), 1e-15));
  CHECK(bv::LogNormal{}.floor(1) == -infinity);
  const bv::Matrix<float> small = Eigen::Vector2f(-200, 0);
  CHECK(bv::LogNormal{}.sample(small, bv::Random(1))(0, 0) > 0);
}
