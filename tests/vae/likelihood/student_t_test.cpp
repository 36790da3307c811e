// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/student_t.hpp>

#include "pointwise_check.hpp"

#include <numbers>

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::StudentT, float> && bv::Likelihood<bv::StudentT, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double median, double log_scale) { return Eigen::Vector2d(median, log_scale); }

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = 2 * normals(5, 4, 7);
  return x;
}

}  // namespace

TEST_CASE("Student's t's nats and scores are exact, also far in the tails", "[vae][student_t]") {
  check_reference(bv::StudentT{4}, "student_t_4");
  check_reference(bv::StudentT{0.1}, "student_t_tenth");
  check_reference(bv::StudentT{1e6}, "student_t_million");
}

TEST_CASE("Student's t has the right gradient with missing values and offsets", "[vae][student_t]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  check_gradient(bv::StudentT{}, parameters, some_values());
  check_missing_values(bv::StudentT{}, parameters, some_values());
  check_offset(bv::StudentT{}, parameters, some_values());
  check_threads(bv::StudentT{}, parameters, some_values());
  check_scalars(bv::StudentT{}, parameters, some_values());
}

TEST_CASE("Student's t integrates to 1, with the stated Fisher information", "[vae][student_t]") {
  check_normalisation(bv::StudentT{4}, at(0.5, 0), real_line(0.5, 1, 8001, 30));
  check_normalisation(bv::StudentT{1}, at(-3, -2), real_line(-3, 0.1, 8001, 40));
  check_normalisation(bv::StudentT{1e4}, at(100, 3), real_line(100, 20));
  check_normalisation(bv::StudentT{0.5}, at(0, 1), real_line(0, 1, 20001, 80));
}

TEST_CASE("Student's t's draws have the right distribution, and are functions of their address", "[vae][student_t]") {
  check_continuous_draws(bv::StudentT{4}, at(0.5, 0), real_line(0.5, 1, 8001, 30));
  check_draws_by_address(bv::StudentT{4}, at(0.5, 0));
  check_continuous_draws(bv::StudentT{1}, at(-3, -2), real_line(-3, 0.1, 8001, 40));
  check_draws_by_address(bv::StudentT{1}, at(-3, -2));
  check_continuous_draws(bv::StudentT{30}, at(100, 3), real_line(100, 20));
  check_draws_by_address(bv::StudentT{30}, at(100, 3));
}

TEST_CASE("Extreme parameters of a Student t give numbers", "[vae][student_t]") {
  check_extremes(bv::StudentT{}, {-1.7e308, -1, 0, 1e-300, 1e154, 1.7e308});
  check_extremes(bv::StudentT{1e-3}, {-1.7e308, 0, 1});
  check_extremes(bv::StudentT{1e9}, {-1.7e308, 0, 1});
}

TEST_CASE("Student's t refuses values outside of its domain, and sizes that do not match", "[vae][student_t]") {
  check_domain(bv::StudentT{}, {-1e300, 0, 1}, {infinity, -infinity, std::nan("")});
  check_sizes(bv::StudentT{});
}

TEST_CASE("Student's t with many degrees of freedom is the Gaussian", "[vae][student_t]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 0.75);
  CHECK_THAT(
      nats_of(bv::StudentT{1e9}, at(0, 0.5), x)(0, 0),
      Catch::Matchers::WithinAbs(0.5 * 0.5625 * std::exp(-1.0) + 0.5 + 0.5 * std::log(2 * std::numbers::pi), 1e-9));
}

TEST_CASE("Student's t has a median, no floor, and degrees of freedom within bounds", "[vae][student_t]") {
  CHECK(bv::StudentT::point_estimate_name == "median");
  CHECK(bv::StudentT{}.point_estimate(at(-2.5, 3))(0, 0) == -2.5);
  CHECK(bv::StudentT{}.floor(1) == -infinity);
  CHECK(bv::StudentT{}.degrees_of_freedom() == 4);
  for (const double nu : {0.0, -1.0, 1e10, std::nan("")}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::StudentT{nu}; }),
                   "StudentT: degrees_of_freedom: expected"));
  }
}
