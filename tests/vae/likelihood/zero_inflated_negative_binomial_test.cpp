// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/zero_inflated_negative_binomial.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::ZeroInflatedNegativeBinomial, float> &&
              bv::Likelihood<bv::ZeroInflatedNegativeBinomial, double>);

namespace {

bv::Matrix<double> at(double log_mean, double log_r, double lost) { return Eigen::Vector3d(log_mean, log_r, lost); }

/// 5 features × 4 samples.
bv::Matrix<double> some_counts() {
  bv::Matrix<double> x(5, 4);
  x << 0, 1, 2, 3, 14, 0, 0, 1, 7, 2, 900, 0, 5, 5, 5, 5, 1, 0, 2, 31;
  return x;
}

}  // namespace

TEST_CASE("The zero-inflated negative binomial's nats and scores are exact, also far in the tails",
          "[vae][zero_inflated_negative_binomial]") {
  check_reference(bv::ZeroInflatedNegativeBinomial{}, "zero_inflated_negative_binomial");
}

TEST_CASE("The zero-inflated negative binomial has the right gradient with missing values and exposures",
          "[vae][zero_inflated_negative_binomial]") {
  const bv::Matrix<double> parameters = normals(15, 4, 1);
  check_gradient(bv::ZeroInflatedNegativeBinomial{}, parameters, some_counts());
  check_missing_values(bv::ZeroInflatedNegativeBinomial{}, parameters, some_counts());
  check_offset(bv::ZeroInflatedNegativeBinomial{}, parameters, some_counts());
  check_threads(bv::ZeroInflatedNegativeBinomial{}, parameters, some_counts());
  check_scalars(bv::ZeroInflatedNegativeBinomial{}, parameters, some_counts());
}

TEST_CASE("Doubling the exposure of a zero-inflated negative binomial doubles the mean",
          "[vae][zero_inflated_negative_binomial]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 7);
  const double offset = std::log(2.0);
  const auto doubled =
      nats_and_partials<double>(bv::ZeroInflatedNegativeBinomial{}, at(1.25, 0.5, -1), x, {nullptr, nullptr, &offset});
  CHECK(doubled.nats(0, 0) == nats_of(bv::ZeroInflatedNegativeBinomial{}, at(1.25 + offset, 0.5, -1), x)(0, 0));
}

TEST_CASE("The zero-inflated negative binomial sums to 1, with the stated Fisher information",
          "[vae][zero_inflated_negative_binomial]") {
  check_normalisation(bv::ZeroInflatedNegativeBinomial{}, at(-3, 0.25, 2), counts(200));
  check_normalisation(bv::ZeroInflatedNegativeBinomial{}, at(1.5, -1, -3), counts(1500));
  check_normalisation(bv::ZeroInflatedNegativeBinomial{}, at(4, 3, 0), counts(1500));
  check_normalisation(bv::ZeroInflatedNegativeBinomial{}, at(2, 12, 0.5), counts(200));
  check_normalisation(bv::ZeroInflatedNegativeBinomial{}, at(5, 0, -1), counts(8000));
  check_normalisation(bv::ZeroInflatedNegativeBinomial{}, at(-8, -6, 1), counts(8000));
}

TEST_CASE("A zero-inflated negative binomial without inflation is the negative binomial",
          "[vae][zero_inflated_negative_binomial]") {
  for (const double x : {0.0, 1.0, 12.0, 3000.0}) {
    const bv::Matrix<double> value = bv::Matrix<double>::Constant(1, 1, x);
    const bv::Matrix<double> without = at(3, 0.5, -300);
    CHECK_THAT(nats_of(bv::ZeroInflatedNegativeBinomial{}, without, value)(0, 0),
               Catch::Matchers::WithinRel(nats_of(bv::NegativeBinomial{}, without.topRows(2), value)(0, 0), 1e-14));
  }
}

TEST_CASE("The zero-inflated negative binomial's draws have the right frequencies, and are functions of their address",
          "[vae][zero_inflated_negative_binomial]") {
  for (const auto& p : {at(-2, 0, 0), at(1, -1, -2), at(2, 1, 1), at(6, 12, 3)}) {
    check_discrete_draws(bv::ZeroInflatedNegativeBinomial{}, p, counts(20000));
    check_draws_by_address(bv::ZeroInflatedNegativeBinomial{}, p);
  }
}

TEST_CASE("Extreme parameters of a zero-inflated negative binomial give numbers",
          "[vae][zero_inflated_negative_binomial]") {
  check_extremes(bv::ZeroInflatedNegativeBinomial{}, {0, 1, 1e6, 1e15});
}

TEST_CASE("No parameters of a zero-inflated negative binomial reach less distortion than its floor",
          "[vae][zero_inflated_negative_binomial]") {
  for (const double x : {0.0, 1.0, 9.0, 400.0}) {
    const bv::Matrix<double> value = bv::Matrix<double>::Constant(1, 1, x);
    const double floor = bv::ZeroInflatedNegativeBinomial{}.floor(x);
    for_all_parameters(3, {-5, 0, 1, 2.2, 6, 20}, [&](const bv::Matrix<double>& p) {
      CHECK(nats_of(bv::ZeroInflatedNegativeBinomial{}, p, value)(0, 0) >= floor - 1e-10);
    });
    CHECK_THAT(nats_of(bv::ZeroInflatedNegativeBinomial{}, at(x > 0 ? std::log(x) : -300, 200, -300), value)(0, 0),
               Catch::Matchers::WithinAbs(floor, 1e-12));
  }
}

TEST_CASE("The zero-inflated negative binomial's point estimate is the mean of what is seen",
          "[vae][zero_inflated_negative_binomial]") {
  CHECK(bv::ZeroInflatedNegativeBinomial::point_estimate_name == "mean");
  CHECK_THAT(bv::ZeroInflatedNegativeBinomial{}.point_estimate(at(1.5, -2, 1))(0, 0),
             Catch::Matchers::WithinRel(std::exp(1.5) / (1 + std::exp(1.0)), 1e-14));
}

TEST_CASE("The zero-inflated negative binomial takes counts alone, of the size of its parameters",
          "[vae][zero_inflated_negative_binomial]") {
  const double infinity = std::numeric_limits<double>::infinity();
  check_domain(bv::ZeroInflatedNegativeBinomial{}, {0, 1, 7, 1e15}, {-1, 0.5, infinity, -infinity, std::nan("")});
  check_sizes(bv::ZeroInflatedNegativeBinomial{});
}
