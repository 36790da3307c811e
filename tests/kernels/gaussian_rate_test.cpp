// SPDX-License-Identifier: MIT
#include <betavae/kernels/gaussian_rate.hpp>

#include "catch.hpp"
#include "numbers.hpp"

#include <cmath>
#include <limits>

namespace bv = betavae;
namespace kernels = betavae::kernels;

namespace {

/// ½ (μ² + e^ℓ − 1 − ℓ), by its series where the terms cancel.
long double exact_rate(long double mean, long double log_variance) {
  long double excess = 0;
  if (std::abs(log_variance) < 0.5L) {
    long double term = 1;
    for (int power = 1; power <= 30; ++power) {
      term *= log_variance / power;
      excess += power >= 2 ? term : 0;
    }
  } else {
    excess = std::exp(log_variance) - 1 - log_variance;
  }
  return (mean * mean + excess) / 2;
}

template <class Scalar>
Scalar rate(Scalar mean, Scalar log_variance) {
  Scalar result;
  kernels::gaussian_rate<Scalar>(1, &mean, &log_variance, &result, nullptr, nullptr);
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("The rate is within ε (2 rate + |ℓ|) of the exact one, from collapse to far out",
                   "[kernels][gaussian_rate]", float, double) {
  constexpr auto epsilon = static_cast<long double>(std::numeric_limits<TestType>::epsilon());
  for (const double wide_mean : {0.0, 1e-6, 0.01, -0.5, 3.0, 100.0}) {
    const auto mean = static_cast<TestType>(wide_mean);
    for (const double wide_size : {0.0, 1e-12, 1e-7, 1e-4, 1e-3, 0.01, 0.1, 0.5, 1.0, 5.0, 20.0, 80.0}) {
      const auto size = static_cast<TestType>(wide_size);
      for (const TestType log_variance : {size, -size}) {
        const long double expected = exact_rate(mean, log_variance);
        const long double error = std::abs(static_cast<long double>(rate(mean, log_variance)) - expected);
        CAPTURE(mean, log_variance);
        CHECK(error <= epsilon * (2 * expected + std::abs(static_cast<long double>(log_variance))));
      }
    }
  }
}

TEST_CASE("The rate is 0 at the prior and never below 0", "[kernels][gaussian_rate]") {
  CHECK(rate(0.0F, 0.0F) == 0);
  CHECK(rate(-0.0, -0.0) == 0);
  float least = 0;
  for (float log_variance = -0.05F; log_variance < 0.05F; log_variance += 7.7e-6F) {
    least = std::min(least, rate(0.0F, log_variance));
  }
  CHECK(least == 0);
}

TEST_CASE("The partial derivatives are μ and half the excess variance", "[kernels][gaussian_rate]") {
  constexpr bv::Index count = 7;
  const auto mean = test::numbers<double>(1, count);
  const auto log_variance = test::numbers<double>(2, count);
  std::vector<double> rates(count + 1, 5.0);
  std::vector<double> mean_partial(count + 1, 5.0);
  std::vector<double> log_variance_partial(count + 1, 5.0);
  kernels::gaussian_rate<double>(count, mean.data(), log_variance.data(), rates.data(), mean_partial.data(),
                                 log_variance_partial.data());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    constexpr long double h = 1e-3L;
    const long double numeric =
        (exact_rate(mean[i], log_variance[i] - 2 * h) - 8 * exact_rate(mean[i], log_variance[i] - h) +
         8 * exact_rate(mean[i], log_variance[i] + h) - exact_rate(mean[i], log_variance[i] + 2 * h)) /
        (12 * h);
    CHECK(rates[i] == rate(mean[i], log_variance[i]));
    CHECK(mean_partial[i] == mean[i]);
    CHECK_THAT(log_variance_partial[i], Catch::Matchers::WithinAbs(static_cast<double>(numeric), 1e-12));
  }
  CHECK(rates.back() == 5);
  CHECK(mean_partial.back() == 5);
  CHECK(log_variance_partial.back() == 5);
}

TEST_CASE("A log-variance beyond the exponential's range gives infinity, and NaN gives NaN",
          "[kernels][gaussian_rate]") {
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  CHECK(rate(0.0, 1e4) == std::numeric_limits<double>::infinity());
  CHECK(rate(0.0F, 100.0F) == std::numeric_limits<float>::infinity());
  CHECK_THAT(rate(0.0, -1e4), Catch::Matchers::WithinRel(4999.5, 1e-15));
  CHECK(std::isnan(rate(not_a_number, 0.0)));
  CHECK(std::isnan(rate(0.0, not_a_number)));
}

TEST_CASE("Any scalar has a rate", "[kernels][gaussian_rate]") {
  CHECK(std::abs(rate(0.5L, -2.0L) - exact_rate(0.5L, -2.0L)) < 1e-18L);
}
