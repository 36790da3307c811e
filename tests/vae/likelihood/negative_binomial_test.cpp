// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/negative_binomial.hpp>
#include <betavae/vae/likelihood/poisson.hpp>

#include "pointwise_check.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::NegativeBinomial, float> && bv::Likelihood<bv::NegativeBinomial, double>);

namespace {

bv::Matrix<double> at(double log_mean, double log_r) { return Eigen::Vector2d(log_mean, log_r); }

/// 5 features × 4 samples.
bv::Matrix<double> some_counts() {
  bv::Matrix<double> x(5, 4);
  x << 0, 1, 2, 3, 14, 0, 0, 1, 7, 2, 900, 0, 5, 5, 5, 5, 1, 0, 2, 31;
  return x;
}

}  // namespace

TEST_CASE("The negative binomial's nats and scores are exact, also far in the tails", "[vae][negative_binomial]") {
  check_reference(bv::NegativeBinomial{}, "negative_binomial");
}

TEST_CASE("The negative binomial has the right gradient with missing values and exposures",
          "[vae][negative_binomial]") {
  const bv::Matrix<double> parameters = normals(10, 4, 1);
  check_gradient(bv::NegativeBinomial{}, parameters, some_counts());
  check_missing_values(bv::NegativeBinomial{}, parameters, some_counts());
  check_offset(bv::NegativeBinomial{}, parameters, some_counts());
  check_threads(bv::NegativeBinomial{}, parameters, some_counts());
  check_scalars(bv::NegativeBinomial{}, parameters, some_counts());
}

TEST_CASE("Doubling the exposure of a negative binomial doubles its mean", "[vae][negative_binomial]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 7);
  const double offset = std::log(2.0);
  const auto doubled = nats_and_partials<double>(bv::NegativeBinomial{}, at(1.25, 0.5), x, {nullptr, nullptr, &offset});
  CHECK(doubled.nats(0, 0) == nats_of(bv::NegativeBinomial{}, at(1.25 + offset, 0.5), x)(0, 0));
}

TEST_CASE("The negative binomial sums to 1, with the stated Fisher information", "[vae][negative_binomial]") {
  check_normalisation(bv::NegativeBinomial{}, at(-3, 0.25), counts(200));
  check_normalisation(bv::NegativeBinomial{}, at(1.5, -1), counts(1500));
  check_normalisation(bv::NegativeBinomial{}, at(4, 3), counts(1500));
  check_normalisation(bv::NegativeBinomial{}, at(2, 12), counts(200));
  check_normalisation(bv::NegativeBinomial{}, at(5, 0), counts(8000));
  check_normalisation(bv::NegativeBinomial{}, at(-8, -6), counts(8000));
}

TEST_CASE("A negative binomial of vast r is the Poisson", "[vae][negative_binomial]") {
  for (const double x : {0.0, 1.0, 12.0, 3000.0}) {
    const bv::Matrix<double> value = bv::Matrix<double>::Constant(1, 1, x);
    CHECK_THAT(nats_of(bv::NegativeBinomial{}, at(3, 60), value)(0, 0),
               Catch::Matchers::WithinRel(nats_of(bv::Poisson{}, bv::Matrix<double>::Constant(1, 1, 3.0), value)(0, 0),
                                          1e-13));
  }
}

TEST_CASE("The negative binomial's draws have the right frequencies, and are functions of their address",
          "[vae][negative_binomial]") {
  for (const auto& p : {at(-2, 0), at(1, -1), at(2, 1), at(4, 3), at(6, 12), at(3, -3)}) {
    check_discrete_draws(bv::NegativeBinomial{}, p, counts(20000));
    check_draws_by_address(bv::NegativeBinomial{}, p);
  }
}

TEST_CASE("Extreme parameters of a negative binomial give numbers", "[vae][negative_binomial]") {
  check_extremes(bv::NegativeBinomial{}, {0, 1, 1e6, 1e15});
}

TEST_CASE("No parameters of a negative binomial reach less distortion than its floor", "[vae][negative_binomial]") {
  for (const double x : {0.0, 1.0, 9.0, 400.0}) {
    const bv::Matrix<double> value = bv::Matrix<double>::Constant(1, 1, x);
    const double floor = bv::NegativeBinomial{}.floor(x);
    for_all_parameters(2, {-5, 0, 1, 2.2, 6, 20}, [&](const bv::Matrix<double>& p) {
      CHECK(nats_of(bv::NegativeBinomial{}, p, value)(0, 0) >= floor - 1e-10);
    });
    CHECK_THAT(nats_of(bv::NegativeBinomial{}, at(x > 0 ? std::log(x) : -300, 200), value)(0, 0),
               Catch::Matchers::WithinAbs(floor, 1e-12));
  }
}

TEST_CASE("The negative binomial's point estimate is its mean", "[vae][negative_binomial]") {
  CHECK(bv::NegativeBinomial::point_estimate_name == "mean");
  CHECK_THAT(bv::NegativeBinomial{}.point_estimate(at(1.5, -2))(0, 0),
             Catch::Matchers::WithinRel(std::exp(1.5), 1e-15));
}

TEST_CASE("The negative binomial takes counts alone, of the size of its parameters", "[vae][negative_binomial]") {
  const double infinity = std::numeric_limits<double>::infinity();
  check_domain(bv::NegativeBinomial{}, {0, 1, 7, 1e15}, {-1, 0.5, infinity, -infinity, std::nan("")});
  check_sizes(bv::NegativeBinomial{});
}

TEST_CASE("A model of counts has the right gradient in all of its parameters", "[vae][negative_binomial]") {
  const bv::Vae model{bv::dense_encoder<double, 5, 4, 2>(), bv::dense_decoder<double, 2, 4, 10>(),
                      bv::NegativeBinomial{}};
  const bv::Matrix<double> x = some_counts().cwiseMin(9);
  std::vector<std::uint8_t> mask(20, 1);
  mask[3] = mask[12] = 0;
  const double log_exposures[] = {0, 0.5, -1, std::log(2.0)};
  const double weights[] = {1, 2, 0.5, 1};
  CHECK(worst_gradient_error(model, bv::BetaElbo{0.5}, bv::GaussianNoise(1), x,
                             {mask.data(), weights, log_exposures}) <= bv::GradientCheck::tolerance);
  CHECK((model.sample(7, 1).array() >= 0).all());
}
