// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/likelihood/gaussian_heteroscedastic.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::GaussianHeteroscedastic, float> &&
              bv::Likelihood<bv::GaussianHeteroscedastic, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double mean, double log_sigma) { return Eigen::Vector2d(mean, log_sigma); }

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = 2 * normals(5, 4, 7);
  return x;
}

}  // namespace

TEST_CASE("The heteroscedastic Gaussian's nats and scores are exact, also far in the tails",
          "[vae][gaussian_heteroscedastic]") {
  check_reference(bv::GaussianHeteroscedastic{}, "gaussian_heteroscedastic");
  check_reference(bv::GaussianHeteroscedastic{0.25}, "gaussian_heteroscedastic_error");
}

TEST_CASE("The heteroscedastic Gaussian has the right gradient with missing values and offsets",
          "[vae][gaussian_heteroscedastic]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  check_gradient(bv::GaussianHeteroscedastic{0.25}, parameters, some_values());
  check_missing_values(bv::GaussianHeteroscedastic{0.25}, parameters, some_values());
  check_offset(bv::GaussianHeteroscedastic{0.25}, parameters, some_values());
  check_threads(bv::GaussianHeteroscedastic{0.25}, parameters, some_values());
  check_scalars(bv::GaussianHeteroscedastic{0.25}, parameters, some_values());
}

TEST_CASE("The heteroscedastic Gaussian integrates to 1, with the stated Fisher information",
          "[vae][gaussian_heteroscedastic]") {
  check_normalisation(bv::GaussianHeteroscedastic{}, at(0, 0), real_line(0, 1));
  check_normalisation(bv::GaussianHeteroscedastic{}, at(-3, 2.5), real_line(-3, 12));
  check_normalisation(bv::GaussianHeteroscedastic{0.5}, at(-3, -1), real_line(-3, 1));
}

TEST_CASE("The heteroscedastic Gaussian's draws have the right distribution, and are functions of their address",
          "[vae][gaussian_heteroscedastic]") {
  check_continuous_draws(bv::GaussianHeteroscedastic{}, at(0, 0), real_line(0, 1));
  check_draws_by_address(bv::GaussianHeteroscedastic{}, at(0, 0));
  check_continuous_draws(bv::GaussianHeteroscedastic{0.5}, at(-3, -1), real_line(-3, 1));
  check_draws_by_address(bv::GaussianHeteroscedastic{0.5}, at(-3, -1));
}

TEST_CASE("Extreme parameters of a heteroscedastic Gaussian give numbers", "[vae][gaussian_heteroscedastic]") {
  check_extremes(bv::GaussianHeteroscedastic{0.25}, {-1.7e308, -1, 0, 1e-300, 1e154, 1.7e308});
}

TEST_CASE("The heteroscedastic Gaussian refuses values outside of its domain, and sizes that do not match",
          "[vae][gaussian_heteroscedastic]") {
  check_domain(bv::GaussianHeteroscedastic{0.25}, {-1e300, 0, 1}, {infinity, -infinity, std::nan("")});
  check_sizes(bv::GaussianHeteroscedastic{0.25});
}

TEST_CASE("Extreme parameters without an error of measurement, or a vast one, give numbers",
          "[vae][gaussian_heteroscedastic]") {
  check_extremes(bv::GaussianHeteroscedastic{}, {-1.7e308, 0, 1, 1.7e308});
  check_extremes(bv::GaussianHeteroscedastic{1e100}, {-1.7e308, 0, 1, 1.7e308});
}

TEST_CASE("A known error of measurement adds in quadrature", "[vae][gaussian_heteroscedastic]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 1.75);
  CHECK_THAT(
      nats_of(bv::GaussianHeteroscedastic{4}, at(0.5, std::log(3.0)), x)(0, 0),
      Catch::Matchers::WithinRel(nats_of(bv::GaussianHeteroscedastic{}, at(0.5, std::log(5.0)), x)(0, 0), 1e-14));
  const double p[] = {0.5, std::log(3.0)};
  CHECK(bv::GaussianHeteroscedastic::nats_with_error(p, 1.75, 4.0, static_cast<double*>(nullptr)) ==
        nats_of(bv::GaussianHeteroscedastic{4}, at(0.5, std::log(3.0)), x)(0, 0));
}

TEST_CASE("The same sigma for every value gives the nats of Gaussian", "[vae][gaussian_heteroscedastic]") {
  const bv::Matrix<double> mean = normals(5, 4, 3);
  bv::Matrix<double> parameters(10, 4);
  parameters << mean, bv::Matrix<double>::Constant(5, 4, std::log(0.5));
  const bv::Matrix<double> ours = nats_of(bv::GaussianHeteroscedastic{}, parameters, some_values());
  const bv::Matrix<double> fixed = nats_of(bv::Gaussian{0.5}, mean, some_values());
  CHECK((ours - fixed).norm() <= 1e-13 * fixed.norm());
}

TEST_CASE("The heteroscedastic Gaussian has a mean, and a floor where the measurement has an error",
          "[vae][gaussian_heteroscedastic]") {
  CHECK(bv::GaussianHeteroscedastic::point_estimate_name == "mean");
  CHECK(bv::GaussianHeteroscedastic{}.point_estimate(at(-2.5, 3))(0, 0) == -2.5);
  CHECK(bv::GaussianHeteroscedastic{}.floor(1) == -infinity);
  CHECK_THAT(bv::GaussianHeteroscedastic{0.25}.floor(1),
             Catch::Matchers::WithinAbs(
                 nats_of(bv::GaussianHeteroscedastic{0.25}, at(1, -300), bv::Matrix<double>::Ones(1, 1))(0, 0), 1e-14));
  for (const double error : {-1.0, infinity, std::nan("")}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::GaussianHeteroscedastic{error}; }),
                   "GaussianHeteroscedastic: measurement_error: expected"));
  }
}
