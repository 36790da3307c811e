// SPDX-License-Identifier: MIT
#include <betavae/kernels/gaussian_likelihood.hpp>

#include "catch.hpp"
#include "numbers.hpp"

#include <cmath>
#include <limits>

namespace bv = betavae;
namespace kernels = betavae::kernels;

TEMPLATE_TEST_CASE("The squared error and its derivative agree with their definition", "[kernels][gaussian_likelihood]",
                   float, double, long double) {
  for (const bv::Index count : {0, 1, 15, 16, 17, 40}) {
    const auto mean = test::numbers<TestType>(1, count);
    const auto values = test::numbers<TestType>(2, count);
    const TestType offset(0.5);
    std::vector<TestType> partial(static_cast<std::size_t>(count) + 1, TestType(9));
    const auto error =
        kernels::squared_error<TestType>(count, mean.data(), values.data(), nullptr, offset, partial.data());
    long double expected = 0;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      const long double difference = static_cast<long double>(mean[i]) + offset - values[i];
      expected += difference * difference;
      CHECK_THAT(static_cast<double>(partial[i]),
                 Catch::Matchers::WithinAbs(static_cast<double>(difference),
                                            static_cast<double>(2 * std::numeric_limits<TestType>::epsilon())));
    }
    CHECK(error.present == count);
    CHECK_THAT(static_cast<double>(error.sum),
               Catch::Matchers::WithinRel(static_cast<double>(expected),
                                          static_cast<double>(8 * std::numeric_limits<TestType>::epsilon())));
    CHECK(partial.back() == 9);
    const auto again = kernels::squared_error<TestType>(count, mean.data(), values.data(), nullptr, offset, nullptr);
    CHECK(again.sum == error.sum);
  }
}

TEMPLATE_TEST_CASE("Missing values are not counted, and what is stored there changes nothing, bit for bit",
                   "[kernels][gaussian_likelihood]", float, double) {
  constexpr bv::Index count = 18;
  const auto mean = test::numbers<TestType>(1, count);
  auto values = test::numbers<TestType>(2, count);
  std::vector<std::uint8_t> mask(count, 1);
  mask[3] = mask[17] = 0;
  std::vector<TestType> partial(count, TestType(9));
  const auto error =
      kernels::squared_error<TestType>(count, mean.data(), values.data(), mask.data(), 0, partial.data());
  CHECK(error.present == count - 2);
  CHECK(partial[3] == 0);
  values[3] = std::numeric_limits<TestType>::quiet_NaN();
  values[17] = std::numeric_limits<TestType>::infinity();
  std::vector<TestType> partial_again(count, TestType(9));
  const auto again =
      kernels::squared_error<TestType>(count, mean.data(), values.data(), mask.data(), 0, partial_again.data());
  CHECK(test::same_bits(again.sum, error.sum));
  CHECK(again.present == error.present);
  CHECK(test::same_bits(partial_again, partial));
}
