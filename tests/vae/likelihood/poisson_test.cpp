// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/poisson.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::Poisson, float> && bv::Likelihood<bv::Poisson, double>);

namespace {

bv::Matrix<double> one(double log_rate) { return bv::Matrix<double>::Constant(1, 1, log_rate); }

/// 5 features × 4 samples.
bv::Matrix<double> some_counts() {
  bv::Matrix<double> x(5, 4);
  x << 0, 1, 2, 3, 14, 0, 0, 1, 7, 2, 900, 0, 5, 5, 5, 5, 1, 0, 2, 31;
  return x;
}

}  // namespace

TEST_CASE("The Poisson's nats and scores are exact, also far in the tails", "[vae][poisson]") {
  check_reference(bv::Poisson{}, "poisson");
}

TEST_CASE("The Poisson has the right gradient with missing values and exposures", "[vae][poisson]") {
  const bv::Matrix<double> log_rates = normals(5, 4, 1);
  check_gradient(bv::Poisson{}, log_rates, some_counts());
  check_missing_values(bv::Poisson{}, log_rates, some_counts());
  check_offset(bv::Poisson{}, log_rates, some_counts());
  check_threads(bv::Poisson{}, log_rates, some_counts());
  check_scalars(bv::Poisson{}, log_rates, some_counts());
}

TEST_CASE("Doubling the exposure of a Poisson is ln 2 in its log rate", "[vae][poisson]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 7);
  const double offset = std::log(2.0);
  const auto doubled = nats_and_partials<double>(bv::Poisson{}, one(1.25), x, {nullptr, nullptr, &offset});
  CHECK_THAT(doubled.nats(0, 0), Catch::Matchers::WithinRel(
                                     2 * std::exp(1.25) - 7 * std::log(2 * std::exp(1.25)) + std::lgamma(8.0), 1e-14));
  CHECK_THAT(doubled.partials(0, 0), Catch::Matchers::WithinAbs(2 * std::exp(1.25) - 7, 1e-14));
}

TEST_CASE("The Poisson sums to 1, with the stated Fisher information", "[vae][poisson]") {
  check_normalisation(bv::Poisson{}, one(-3), counts(30));
  check_normalisation(bv::Poisson{}, one(1.5), counts(80));
  check_normalisation(bv::Poisson{}, one(6), counts(800));
}

TEST_CASE("The Poisson's draws have the right frequencies, and are functions of their address", "[vae][poisson]") {
  for (const double log_rate : {-2.0, 1.0, 2.3, 2.31, 4.0, 7.0}) {
    check_discrete_draws(bv::Poisson{}, one(log_rate), counts(2000));
    check_draws_by_address(bv::Poisson{}, one(log_rate));
  }
}

TEST_CASE("Extreme rates of a Poisson give numbers", "[vae][poisson]") {
  check_extremes(bv::Poisson{}, {0, 1, 1e6, 1e15});
  const bv::Matrix<float> x = bv::Matrix<float>::Zero(1, 1);
  CHECK(std::isinf(nats_and_partials<float>(bv::Poisson{}, bv::Matrix<float>::Constant(1, 1, 89), x).nats(0, 0)));
  CHECK(std::isfinite(nats_and_partials<float>(bv::Poisson{}, bv::Matrix<float>::Constant(1, 1, 88), x).nats(0, 0)));
}

TEST_CASE("The Poisson's floor is the least distortion that any rate reaches", "[vae][poisson]") {
  CHECK(bv::Poisson{}.floor(0) == 0);
  for (const double x : {1.0, 2.0, 9.0, 400.0}) {
    const bv::Matrix<double> value = bv::Matrix<double>::Constant(1, 1, x);
    CHECK_THAT(bv::Poisson{}.floor(x),
               Catch::Matchers::WithinRel(nats_of(bv::Poisson{}, one(std::log(x)), value)(0, 0), 1e-13));
    for (double shift = -2; shift <= 2; shift += 0.125) {
      CHECK(nats_of(bv::Poisson{}, one(std::log(x) + shift), value)(0, 0) >= bv::Poisson{}.floor(x) - 1e-12);
    }
  }
}

TEST_CASE("The Poisson's point estimate is its rate", "[vae][poisson]") {
  CHECK(bv::Poisson::point_estimate_name == "mean");
  CHECK_THAT(bv::Poisson{}.point_estimate(one(1.5))(0, 0), Catch::Matchers::WithinRel(std::exp(1.5), 1e-15));
}

TEST_CASE("The Poisson takes counts alone, of the size of its parameters", "[vae][poisson]") {
  const double infinity = std::numeric_limits<double>::infinity();
  check_domain(bv::Poisson{}, {0, -0.0, 1, 7, 1e15}, {-1, 0.5, 3.0001, infinity, -infinity, std::nan("")});
  check_sizes(bv::Poisson{});
}
