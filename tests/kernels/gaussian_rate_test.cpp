// SPDX-License-Identifier: MIT
#include <betavae/kernels/gaussian_rate.ipp>

#include "catch.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;

namespace {

/// What vectors and the specification may differ by, each having its own functions.
template <class Scalar>
constexpr auto tolerance = static_cast<double>(8 * std::numeric_limits<Scalar>::epsilon());

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

TEMPLATE_TEST_CASE("A vector rate agrees with its specification, at every length and address",
                   "[kernels][gaussian_rate]", float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    const auto mean = test::Shifted<TestType>::numbers(1, count, shift, 3);
    const auto log_variance = test::Shifted<TestType>::numbers(2, count, shift / 2, 5);
    test::Shifted<TestType> results[6] = {{count, shift}, {count, shift}, {count, shift},
                                          {count, shift}, {count, shift}, {count, shift}};
    kernels::gaussian_rate<TestType>(count, mean.data(), log_variance.data(), results[0].data(), results[1].data(),
                                     results[2].data());
    kernels::gaussian_rate_reference<TestType>(count, mean.data(), log_variance.data(), results[3].data(),
                                               results[4].data(), results[5].data());
    CAPTURE(count, shift);
    for (int n = 0; n < 3; ++n) {
      CHECK(results[n].error(results[n + 3]) <= tolerance<TestType>);
    }
  });
}

TEMPLATE_TEST_CASE("A vector rate against a prior agrees with its specification, at every length and address",
                   "[kernels][gaussian_rate]", float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    const auto mean = test::Shifted<TestType>::numbers(1, count, shift, 3);
    const auto log_variance = test::Shifted<TestType>::numbers(2, count, shift / 2, 3);
    const auto prior_mean = test::Shifted<TestType>::numbers(3, count, shift);
    const auto prior_log_variance = test::Shifted<TestType>::numbers(4, count, shift, 2);
    test::Shifted<TestType> results[6] = {{count, shift}, {count, shift}, {count, shift},
                                          {count, shift}, {count, shift}, {count, shift}};
    kernels::gaussian_rate_to_prior<TestType>(count, mean.data(), log_variance.data(), prior_mean.data(),
                                              prior_log_variance.data(), results[0].data(), results[1].data(),
                                              results[2].data());
    kernels::gaussian_rate_to_prior_reference<TestType>(count, mean.data(), log_variance.data(), prior_mean.data(),
                                                        prior_log_variance.data(), results[3].data(), results[4].data(),
                                                        results[5].data());
    CAPTURE(count, shift);
    for (int n = 0; n < 3; ++n) {
      CHECK(results[n].error(results[n + 3]) <= tolerance<TestType>);
    }
  });
}

TEST_CASE("Against N(0, I) both rates are one, and a posterior that is its prior costs exactly nothing",
          "[kernels][gaussian_rate]") {
  constexpr bv::Index count = 37;
  const auto mean = test::numbers<float>(1, count);
  const auto log_variance = test::numbers<float>(2, count);
  const std::vector<float> zeros(count);
  std::vector<float> results[6];
  for (auto& result : results) {
    result.resize(count);
  }
  kernels::gaussian_rate<float>(count, mean.data(), log_variance.data(), results[0].data(), results[1].data(),
                                results[2].data());
  kernels::gaussian_rate_to_prior<float>(count, mean.data(), log_variance.data(), zeros.data(), zeros.data(),
                                         results[3].data(), results[4].data(), results[5].data());
  for (int n = 0; n < 3; ++n) {
    CHECK(test::same_bits(results[n], results[n + 3]));
  }
  kernels::gaussian_rate_to_prior<float>(count, mean.data(), log_variance.data(), mean.data(), log_variance.data(),
                                         results[0].data(), results[1].data(), results[2].data());
  for (int n = 0; n < 3; ++n) {
    CHECK(results[n] == zeros);
  }
}

TEST_CASE("The rate against a prior and its derivatives are those of the closed form", "[kernels][gaussian_rate]") {
  const auto exact = [](long double m, long double l, long double p, long double q) {
    return (q - l + (std::exp(l) + (m - p) * (m - p)) * std::exp(-q) - 1) / 2;
  };
  constexpr bv::Index count = 19;
  const auto mean = test::numbers<double>(1, count);
  const auto log_variance = test::numbers<double>(2, count);
  const auto prior_mean = test::numbers<double>(3, count);
  const auto prior_log_variance = test::numbers<double>(4, count);
  std::vector<double> rates(count);
  std::vector<double> by_mean(count);
  std::vector<double> by_log_variance(count);
  kernels::gaussian_rate_to_prior<double>(count, mean.data(), log_variance.data(), prior_mean.data(),
                                          prior_log_variance.data(), rates.data(), by_mean.data(),
                                          by_log_variance.data());
  for (std::size_t i = 0; i < count; ++i) {
    const long double m = mean[i];
    const long double l = log_variance[i];
    const long double p = prior_mean[i];
    const long double q = prior_log_variance[i];
    CHECK_THAT(rates[i], Catch::Matchers::WithinAbs(static_cast<double>(exact(m, l, p, q)), 1e-14));
    CHECK_THAT(by_mean[i], Catch::Matchers::WithinAbs(static_cast<double>((m - p) * std::exp(-q)), 1e-14));
    CHECK_THAT(by_log_variance[i], Catch::Matchers::WithinAbs(static_cast<double>(std::expm1(l - q) / 2), 1e-14));
    // As the documentation says of the prior's own log-variance.
    constexpr long double h = 1e-4L;
    const long double by_prior = (exact(m, l, p, q + h) - exact(m, l, p, q - h)) / (2 * h);
    CHECK_THAT(-0.5 * (mean[i] - prior_mean[i]) * by_mean[i] - by_log_variance[i],
               Catch::Matchers::WithinAbs(static_cast<double>(by_prior), 1e-8));
  }
}

TEMPLATE_TEST_CASE("A rate of matrices with gaps between their columns is that of their numbers",
                   "[kernels][gaussian_rate]", float, double, long double) {
  for (const bv::Index rows : {0, 1, 20, 300, 600}) {
    const bv::Index columns = 40;
    const bv::Index stride = rows + 5;
    auto mean = test::numbers<TestType>(1, stride * columns);
    auto log_variance = test::numbers<TestType>(2, rows * columns);
    std::vector<TestType> rates(static_cast<std::size_t>(rows * columns));
    std::vector<TestType> partial = rates;
    kernels::gaussian_rate<TestType>({mean.data(), rows, columns, stride}, {log_variance.data(), rows, columns, rows},
                                     {rates.data(), rows, columns, rows}, {partial.data(), rows, columns, rows});
    bool all_equal = true;
    for (bv::Index j = 0; j < columns; ++j) {
      for (bv::Index i = 0; i < rows; ++i) {
        const auto at = static_cast<std::size_t>(j * rows + i);
        all_equal = all_equal && rates[at] == rate(mean[static_cast<std::size_t>(j * stride + i)], log_variance[at]);
      }
    }
    CAPTURE(rows);
    CHECK(all_equal);
    kernels::gaussian_rate<TestType>({mean.data(), rows, columns, stride}, {log_variance.data(), rows, columns, rows},
                                     {rates.data(), rows, columns, rows}, {});
  }
}

TEMPLATE_TEST_CASE("Rates have the same bits on AVX2 and AVX-512", "[kernels][gaussian_rate]", float, double) {
  const auto a = test::telling_numbers<TestType>(1, 320);
  const auto b = test::telling_numbers<TestType>(2, 320);
  const auto c = test::numbers<TestType>(3, 320);
  const auto d = test::numbers<TestType>(4, 320);
  CHECK(test::paths_agree<kernels::detail::GaussianRateBody<TestType>, 3, TestType>({c, b}, TestType(0)));
  CHECK(test::paths_agree<kernels::detail::GaussianRateToPriorBody<TestType>, 3, TestType>({a, b, c, d}, TestType(0)));
}
