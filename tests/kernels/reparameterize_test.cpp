// SPDX-License-Identifier: MIT
#include <betavae/kernels/reparameterize.hpp>

#include "catch.hpp"
#include "numbers.hpp"

#include <cmath>
#include <limits>

namespace bv = betavae;
namespace kernels = betavae::kernels;

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
