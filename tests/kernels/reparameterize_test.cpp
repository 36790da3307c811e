// SPDX-License-Identifier: MIT
#include <betavae/kernels/reparameterize.ipp>

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
constexpr auto tolerance = static_cast<double>(4 * std::numeric_limits<Scalar>::epsilon());

}  // namespace

TEMPLATE_TEST_CASE("z is the mean plus the standard deviation times the noise", "[kernels][reparameterize]", float,
                   double, long double) {
  for (const bv::Index count : {0, 1, 7, 16, 17}) {
    const auto mean = test::numbers<TestType>(1, count);
    const auto log_variance = test::numbers<TestType>(2, count);
    const auto noise = test::numbers<TestType>(3, count);
    std::vector<TestType> z(static_cast<std::size_t>(count) + 1, TestType(9));
    std::vector<TestType> partial = z;
    kernels::reparameterize<TestType>(count, mean.data(), log_variance.data(), noise.data(), z.data(), partial.data());
    for (std::size_t i = 0; i < mean.size(); ++i) {
      const long double deviation = std::exp(static_cast<long double>(log_variance[i]) / 2) * noise[i];
      const auto epsilon = static_cast<double>(4 * std::numeric_limits<TestType>::epsilon());
      CHECK_THAT(static_cast<double>(z[i]),
                 Catch::Matchers::WithinAbs(static_cast<double>(mean[i] + deviation), epsilon));
      CHECK_THAT(static_cast<double>(partial[i]),
                 Catch::Matchers::WithinAbs(static_cast<double>(deviation / 2), epsilon));
    }
    CHECK(z.back() == 9);
    CHECK(partial.back() == 9);
  }
}

TEST_CASE("The partial derivative may overwrite the noise, or not be asked for", "[kernels][reparameterize]") {
  constexpr bv::Index count = 5;
  const auto mean = test::numbers<double>(1, count);
  const auto log_variance = test::numbers<double>(2, count);
  auto noise = test::numbers<double>(3, count);
  std::vector<double> z(count);
  std::vector<double> partial(count);
  std::vector<double> z_again(count);
  kernels::reparameterize(count, mean.data(), log_variance.data(), noise.data(), z.data(), partial.data());
  kernels::reparameterize<double>(count, mean.data(), log_variance.data(), noise.data(), z_again.data(), nullptr);
  CHECK(test::same_bits(z, z_again));
  kernels::reparameterize(count, mean.data(), log_variance.data(), noise.data(), z_again.data(), noise.data());
  CHECK(test::same_bits(z, z_again));
  CHECK(test::same_bits(partial, noise));
}

TEST_CASE("Without noise, z is the mean bit for bit", "[kernels][reparameterize]") {
  const double mean = -0.3;
  const double log_variance = 5;
  const double noise = 0;
  double z = 0;
  kernels::reparameterize<double>(1, &mean, &log_variance, &noise, &z, nullptr);
  CHECK(test::same_bits(z, mean));
}

TEMPLATE_TEST_CASE("A vector draw agrees with its specification, at every length and address",
                   "[kernels][reparameterize]", float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    const auto mean = test::Shifted<TestType>::numbers(1, count, shift);
    const auto log_variance = test::Shifted<TestType>::numbers(2, count, shift / 2, 6);
    const auto noise = test::Shifted<TestType>::numbers(3, count, shift, 2);
    test::Shifted<TestType> results[4] = {{count, shift}, {count, shift}, {count, shift}, {count, shift}};
    kernels::reparameterize<TestType>(count, mean.data(), log_variance.data(), noise.data(), results[0].data(),
                                      results[1].data());
    kernels::reparameterize_reference<TestType>(count, mean.data(), log_variance.data(), noise.data(),
                                                results[2].data(), results[3].data());
    CAPTURE(count, shift);
    CHECK(results[0].error(results[2]) <= tolerance<TestType>);
    CHECK(results[1].error(results[3]) <= tolerance<TestType>);
  });
}

TEMPLATE_TEST_CASE("Draws of matrices with gaps between their columns are those of their numbers",
                   "[kernels][reparameterize]", float, double, long double) {
  constexpr bv::Index rows = 20;
  constexpr bv::Index columns = 33;
  constexpr bv::Index stride = 40;
  auto mean = test::numbers<TestType>(1, stride * columns);
  auto log_variance = test::numbers<TestType>(2, rows * columns);
  auto partial = test::numbers<TestType>(3, rows * columns);
  const auto noise = partial;
  std::vector<TestType> z(noise.size());
  kernels::reparameterize<TestType>({mean.data(), rows, columns, stride}, {log_variance.data(), rows, columns, rows},
                                    {partial.data(), rows, columns, rows}, {z.data(), rows, columns, rows});
  for (std::size_t i = 0; i < noise.size(); ++i) {
    const std::size_t at = i / rows * stride + i % rows;
    TestType expected;
    TestType expected_partial;
    kernels::reparameterize<TestType>(1, &mean[at], &log_variance[i], &noise[i], &expected, &expected_partial);
    CHECK(z[i] == expected);
    CHECK(partial[i] == expected_partial);
  }
}

TEMPLATE_TEST_CASE("NaN and infinity show themselves in a draw", "[kernels][reparameterize]", float, double) {
  constexpr auto infinity = std::numeric_limits<TestType>::infinity();
  const TestType mean[] = {1, 1, 1, std::numeric_limits<TestType>::quiet_NaN()};
  const TestType log_variance[] = {infinity, -infinity, std::numeric_limits<TestType>::quiet_NaN(), 0};
  const TestType noise[] = {-1, 1, 1, 1};
  TestType z[4];
  kernels::reparameterize<TestType>(4, mean, log_variance, noise, z, nullptr);
  CHECK(z[0] == -infinity);
  CHECK(z[1] == 1);
  CHECK(std::isnan(z[2]));
  CHECK(std::isnan(z[3]));
}

TEMPLATE_TEST_CASE("Draws have the same bits on AVX2 and AVX-512", "[kernels][reparameterize]", float, double) {
  const auto mean = test::numbers<TestType>(1, 320);
  const auto log_variance = test::telling_numbers<TestType>(2, 320);
  const auto noise = test::numbers<TestType>(3, 320);
  CHECK(test::paths_agree<kernels::detail::ReparameterizeBody<TestType>, 2, TestType>({mean, log_variance, noise},
                                                                                      TestType(0)));
}
