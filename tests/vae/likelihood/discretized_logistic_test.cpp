// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/discretized_logistic.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::DiscretizedLogistic, float> && bv::Likelihood<bv::DiscretizedLogistic, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double location, double log_scale) { return Eigen::Vector2d(location, log_scale); }

Quadrature levels(bv::Index count) {
  Quadrature all = counts(count - 1);
  all.x /= static_cast<double>(count - 1);
  return all;
}

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x = (uniforms(5, 4, 7) * 255).array().round() / 255;
  return x;
}

}  // namespace

TEST_CASE("The discretized logistic's nats and scores are exact, also far in the tails",
          "[vae][discretized_logistic]") {
  check_reference(bv::DiscretizedLogistic{}, "discretized_logistic");
}

TEST_CASE("The discretized logistic has the right gradient with missing values and offsets",
          "[vae][discretized_logistic]") {
  const bv::Matrix<double> parameters = 0.3 * normals(10, 4, 1);
  check_gradient(bv::DiscretizedLogistic{}, parameters, some_values());
  check_missing_values(bv::DiscretizedLogistic{}, parameters, some_values());
  check_offset(bv::DiscretizedLogistic{}, parameters, some_values());
  check_threads(bv::DiscretizedLogistic{}, parameters, some_values());
  check_scalars(bv::DiscretizedLogistic{}, parameters, some_values());
}

TEST_CASE("The discretized logistic sums to 1, with the stated Fisher information", "[vae][discretized_logistic]") {
  check_normalisation(bv::DiscretizedLogistic{}, at(0.5, -3), levels(256));
  check_normalisation(bv::DiscretizedLogistic{}, at(0, -1), levels(256));
  check_normalisation(bv::DiscretizedLogistic{}, at(1.2, -2), levels(256));
  check_normalisation(bv::DiscretizedLogistic{}, at(0.3, -6), levels(256));
  check_normalisation(bv::DiscretizedLogistic{4}, at(0.3, -1), levels(4));
}

TEST_CASE("The discretized logistic's draws have the right frequencies, and are functions of their address",
          "[vae][discretized_logistic]") {
  check_discrete_draws(bv::DiscretizedLogistic{}, at(0.5, -3), levels(256));
  check_draws_by_address(bv::DiscretizedLogistic{}, at(0.5, -3));
  check_discrete_draws(bv::DiscretizedLogistic{}, at(0, -1), levels(256));
  check_draws_by_address(bv::DiscretizedLogistic{}, at(0, -1));
  check_discrete_draws(bv::DiscretizedLogistic{}, at(1.2, -2), levels(256));
  check_draws_by_address(bv::DiscretizedLogistic{}, at(1.2, -2));
  check_discrete_draws(bv::DiscretizedLogistic{}, at(0.3, -6), levels(256));
  check_draws_by_address(bv::DiscretizedLogistic{}, at(0.3, -6));
  check_discrete_draws(bv::DiscretizedLogistic{4}, at(0.3, -1), levels(4));
  check_draws_by_address(bv::DiscretizedLogistic{4}, at(0.3, -1));
}

TEST_CASE("Extreme parameters of a discretized logistic give numbers", "[vae][discretized_logistic]") {
  check_extremes(bv::DiscretizedLogistic{}, {0, 1 / 255.0, 0.2, 1});
}

TEST_CASE("The discretized logistic refuses values outside of its domain, and sizes that do not match",
          "[vae][discretized_logistic]") {
  check_domain(bv::DiscretizedLogistic{}, {0, 1, 77 / 255.0, double(77 / 255.0F)},
               {-1 / 255.0, 0.5, 256 / 255.0, infinity, -infinity, std::nan("")});
  check_sizes(bv::DiscretizedLogistic{});
}

TEST_CASE("Each byte takes the probability between its edges, the first and the last the tails",
          "[vae][discretized_logistic]") {
  const auto below = [](double edge) { return 1 / (1 + std::exp(-(edge - 0.5) / 0.25)); };
  const auto probability = [](double x) {
    return std::exp(
        -nats_of(bv::DiscretizedLogistic{}, at(0.5, std::log(0.25)), bv::Matrix<double>::Constant(1, 1, x))(0, 0));
  };
  CHECK_THAT(probability(0), Catch::Matchers::WithinRel(below(0.5 / 255), 1e-13));
  CHECK_THAT(probability(100 / 255.0), Catch::Matchers::WithinRel(below(100.5 / 255) - below(99.5 / 255), 1e-12));
  CHECK_THAT(probability(1), Catch::Matchers::WithinRel(1 - below(254.5 / 255), 1e-12));
}

TEST_CASE("The discretized logistic's point estimate is a level, and its floor is certainty",
          "[vae][discretized_logistic]") {
  CHECK(bv::DiscretizedLogistic::point_estimate_name == "median");
  CHECK(bv::DiscretizedLogistic{}.point_estimate(at(0.3003, -3))(0, 0) == 77 / 255.0);
  CHECK(bv::DiscretizedLogistic{}.point_estimate(at(-4, -3))(0, 0) == 0);
  CHECK(bv::DiscretizedLogistic{}.point_estimate(at(4, -3))(0, 0) == 1);
  CHECK(bv::DiscretizedLogistic{}.floor(0.2) == 0);
  CHECK(nats_of(bv::DiscretizedLogistic{}, at(51 / 255.0, -30), bv::Matrix<double>::Constant(1, 1, 0.2))(0, 0) == 0);
}

TEST_CASE("The discretized logistic has at least two levels", "[vae][discretized_logistic]") {
  for (const int count : {1, 0, -5, 65537}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::DiscretizedLogistic{count}; }),
                   "DiscretizedLogistic: levels: expected"));
  }
}
