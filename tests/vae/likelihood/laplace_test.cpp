// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/laplace.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::Laplace, float> && bv::Likelihood<bv::Laplace, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double median, double log_scale) { return Eigen::Vector2d(median, log_scale); }

/// Both sides of a kink, each smooth after x = location ± scale · eᵘ.
Quadrature sides(double location, double scale) {
  const auto right = positive_line(-40, 6);
  Quadrature both{bv::Matrix<double>(1, 2 * right.x.size()), bv::Matrix<double>(1, 2 * right.x.size()), 1e-9};
  both.x << (location - scale * right.x.array()).matrix(), (location + scale * right.x.array()).matrix();
  both.weights << scale * right.weights, scale * right.weights;
  return both;
}

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = 2 * normals(5, 4, 7);
  return x;
}

}  // namespace

TEST_CASE("The Laplace's nats and scores are exact, also far in the tails", "[vae][laplace]") {
  check_reference(bv::Laplace{}, "laplace");
}

TEST_CASE("The Laplace has the right gradient with missing values and offsets", "[vae][laplace]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  check_gradient(bv::Laplace{}, parameters, some_values());
  check_missing_values(bv::Laplace{}, parameters, some_values());
  check_offset(bv::Laplace{}, parameters, some_values());
  check_threads(bv::Laplace{}, parameters, some_values());
  check_scalars(bv::Laplace{}, parameters, some_values());
}

TEST_CASE("The Laplace integrates to 1, with the stated Fisher information", "[vae][laplace]") {
  check_normalisation(bv::Laplace{}, at(0, 0), sides(0, 1));
  check_normalisation(bv::Laplace{}, at(-3, 2.5), sides(-3, 12));
}

TEST_CASE("The Laplace's draws have the right distribution, and are functions of their address", "[vae][laplace]") {
  check_continuous_draws(bv::Laplace{}, at(0, 0), real_line(0, 1));
  check_draws_by_address(bv::Laplace{}, at(0, 0));
  check_continuous_draws(bv::Laplace{}, at(-3, 2.5), real_line(-3, 12));
  check_draws_by_address(bv::Laplace{}, at(-3, 2.5));
}

TEST_CASE("Extreme parameters of a Laplace give numbers", "[vae][laplace]") {
  check_extremes(bv::Laplace{}, {-1.7e308, -1, 0, 1e-300, 1e154, 1.7e308});
}

TEST_CASE("The Laplace refuses values outside of its domain, and sizes that do not match", "[vae][laplace]") {
  check_domain(bv::Laplace{}, {-1e300, 0, 1}, {infinity, -infinity, std::nan("")});
  check_sizes(bv::Laplace{});
}

TEST_CASE("The Laplace has a median and no floor, and no slope at the median", "[vae][laplace]") {
  CHECK(bv::Laplace::point_estimate_name == "median");
  CHECK(bv::Laplace{}.point_estimate(at(-2.5, 3))(0, 0) == -2.5);
  CHECK(bv::Laplace{}.floor(1) == -infinity);
  CHECK(bv::Laplace{}.score(at(-2.5, 3), bv::Matrix<double>::Constant(1, 1, -2.5))(0, 0) == 0);
}
