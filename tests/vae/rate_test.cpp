// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/rate.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <numbers>

namespace bv = betavae;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr bv::Index sizes[] = {0, 1, 3, 7, 8, 9, 15, 16, 17};

template <class Scalar>
Scalar rate_of(Scalar mean, Scalar log_variance) {
  bv::Tape<Scalar> tape;
  const bv::Matrix<Scalar> m = bv::Matrix<Scalar>::Constant(1, 1, mean);
  const bv::Matrix<Scalar> l = bv::Matrix<Scalar>::Constant(1, 1, log_variance);
  return bv::gaussian_rate(bv::GaussianPosterior{bv::constant(tape, m), bv::constant(tape, l)}).value()(0, 0);
}

/// ∫ q ln(q/p) by the trapezoid rule, which converges faster than any power for a Gaussian.
long double integrated_rate(long double mean, long double log_variance) {
  const long double deviation = std::exp(log_variance / 2);
  const long double step = deviation / 16;
  long double nats = 0;
  for (int i = -16 * 14; i <= 16 * 14; ++i) {
    const long double z = mean + static_cast<long double>(i) * step;
    const long double standardized = (z - mean) / deviation;
    const long double log_q = -0.5L * standardized * standardized - std::log(deviation);
    const long double log_p = -0.5L * z * z;
    nats += step * std::exp(log_q) / std::sqrt(2 * std::numbers::pi_v<long double>) * (log_q - log_p);
  }
  return nats;
}

}  // namespace

TEST_CASE("The rate is the integral of q ln(q/p)", "[vae][rate]") {
  for (const double mean : {0.0, -0.3, 1.0, 4.0}) {
    for (const double log_variance : {-6.0, -1.0, 0.0, 0.1, 2.0}) {
      INFO("mean " << mean << ", log-variance " << log_variance);
      const auto expected = static_cast<double>(integrated_rate(mean, log_variance));
      CHECK_THAT(rate_of(mean, log_variance), WithinAbs(expected, 1e-12 * std::max(1.0, expected)));
    }
  }
}

TEST_CASE("The rate of a nearly collapsed dimension keeps all its digits", "[vae][rate]") {
  for (const double log_variance : {1e-3, -1e-5, 1e-7}) {
    const long double l = log_variance;
    const long double expected = l * l / 4 * (1 + l / 3 + l * l / 12);  // of ½ (eˡ − 1 − l)
    CHECK_THAT(rate_of(0.0, log_variance), WithinRel(static_cast<double>(expected), 1e-8));
  }
  CHECK(rate_of(0.0, 0.0) == 0.0);
  CHECK(rate_of(0.0F, 0.0F) == 0.0F);
}

TEST_CASE("The rate is finite and at least 0 at both ends of the log-variance, in every scalar", "[vae][rate]") {
  for (const double end : {-bv::log_variance_bound, bv::log_variance_bound}) {
    const double expected = 0.5 * (std::exp(end) - 1 - end);
    CHECK_THAT(rate_of(0.0, end), WithinRel(expected, 1e-14));
    CHECK_THAT(rate_of(0.0F, static_cast<float>(end)), WithinRel(static_cast<float>(expected), 1e-6F));
    CHECK_THAT(static_cast<double>(rate_of(0.0L, static_cast<long double>(end))), WithinRel(expected, 1e-14));
  }
}

TEST_CASE("The rate is never negative", "[vae][rate]") {
  const bv::Matrix<float> mean = normals<float>(40, 50, 1);
  const bv::Matrix<float> log_variance = 1e-2F * normals<float>(40, 50, 2);
  bv::Tape<float> tape;
  const bv::GaussianPosterior posterior{bv::constant(tape, mean), bv::constant(tape, log_variance)};
  CHECK((bv::gaussian_rate(posterior).value().array() >= 0).all());
}

TEST_CASE("The rate is neither summed nor averaged: one number for each latent of each sample", "[vae][rate]") {
  const bv::Matrix<double> mean = normals(5, 3, 1);
  const bv::Matrix<double> log_variance = normals(5, 3, 2);
  bv::Tape<double> tape;
  const bv::GaussianPosterior posterior{bv::constant(tape, mean), bv::constant(tape, log_variance)};
  const bv::Matrix<double> rate = bv::gaussian_rate(posterior).value();
  REQUIRE(rate.rows() == 5);
  REQUIRE(rate.cols() == 3);
  for (int j = 0; j < 3; ++j) {
    for (int i = 0; i < 5; ++i) {
      CHECK(rate(i, j) == rate_of(mean(i, j), log_variance(i, j)));
    }
  }
}

TEST_CASE("The rate has the right gradients at every size", "[vae][rate]") {
  for (const bv::Index latents : sizes) {
    for (const bv::Index samples : {1, 5}) {
      const auto check = bv::gradient_check(
          [](const auto& mean, const auto& log_variance) {
            return bv::gaussian_rate(bv::GaussianPosterior{mean, log_variance});
          },
          normals(latents, samples, 1), normals(latents, samples, 2));
      CHECK(check.error <= bv::GradientCheck::tolerance);
    }
  }
}

TEST_CASE("The rate of a mean and log-variance of different shapes is refused", "[vae][rate]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> three = normals(3, 4, 1);
  const bv::Matrix<double> two = normals(2, 4, 1);
  const bv::GaussianPosterior posterior{bv::constant(tape, three), bv::constant(tape, two)};
  CHECK_THROWS_AS(bv::gaussian_rate(posterior), bv::ArgumentError);
}
