// SPDX-License-Identifier: MIT
#include <betavae/kernels/gaussian_likelihood.ipp>

#include "catch.hpp"
#include "masked_likelihood.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>

namespace bv = betavae;
namespace test = bv::test;
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

TEMPLATE_TEST_CASE("A vector squared error agrees with its specification, at every length and address",
                   "[kernels][gaussian_likelihood]", float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    const auto mean = test::Shifted<TestType>::numbers(1, count, shift);
    const auto values = test::Shifted<TestType>::numbers(2, count, shift / 2);
    test::Shifted<TestType> partial(count, shift);
    test::Shifted<TestType> expected_partial(count, shift);
    const TestType offset(0.375);
    const auto error =
        kernels::squared_error<TestType>(count, mean.data(), values.data(), nullptr, offset, partial.data());
    const auto expected = kernels::squared_error_reference<TestType>(count, mean.data(), values.data(), nullptr, offset,
                                                                     expected_partial.data());
    CAPTURE(count, shift);
    CHECK(error.present == count);
    CHECK_THAT(static_cast<double>(error.sum),
               Catch::Matchers::WithinRel(static_cast<double>(expected.sum),
                                          static_cast<double>(4 * std::numeric_limits<TestType>::epsilon())));
    CHECK(partial.same_bits(expected_partial));
  });
}

TEMPLATE_TEST_CASE("A squared error hides neither NaN nor infinity", "[kernels][gaussian_likelihood]", float, double) {
  for (const std::size_t at : {0U, 15U, 31U, 35U}) {
    std::vector<TestType> mean(36, TestType(1));
    const std::vector<TestType> values(36, TestType(2));
    mean[at] = std::numeric_limits<TestType>::infinity();
    CHECK(std::isinf(kernels::squared_error<TestType>(36, mean.data(), values.data(), nullptr, 0, nullptr).sum));
    mean[at] = std::numeric_limits<TestType>::quiet_NaN();
    CHECK(std::isnan(kernels::squared_error<TestType>(36, mean.data(), values.data(), nullptr, 0, nullptr).sum));
  }
}

TEMPLATE_TEST_CASE("Squared errors have the same bits on AVX2 and AVX-512", "[kernels][gaussian_likelihood]", float,
                   double) {
  const auto mean = test::numbers<TestType>(3, 160);
  const auto values = test::numbers<TestType>(4, 160);
  std::vector<std::vector<TestType>> lanes;
  std::vector<std::vector<TestType>> partials;
  test::on_both_paths<kernels::detail::SquaredErrorBody<TestType>>([&](const auto& run) {
    lanes.emplace_back(16);
    partials.emplace_back(160);
    run(bv::Index(160), mean.data(), values.data(), TestType(0.375), partials.back().data(), lanes.back().data());
  });
  CHECK((lanes.empty() || (test::same_bits(lanes[0], lanes[1]) && test::same_bits(partials[0], partials[1]))));
}

TEMPLATE_TEST_CASE("A mask of ones changes no bit of a squared error, and any mask gives what the specification gives",
                   "[kernels][gaussian_likelihood]", float, double) {
  test::check_masks<TestType>(
      [](auto... arguments) { return kernels::squared_error<TestType>(arguments...).sum; },
      [](auto... arguments) { return kernels::squared_error_reference<TestType>(arguments...).sum; });
}
