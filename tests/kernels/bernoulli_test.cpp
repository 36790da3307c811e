// SPDX-License-Identifier: MIT
#include <betavae/kernels/bernoulli.ipp>

#include "catch.hpp"
#include "masked_likelihood.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;

namespace {

/// −x ln p − (1 − x) ln(1 − p) with p = 1 / (1 + e^−a).
long double exact_distortion(long double logit, long double value) {
  return value * std::log1p(std::exp(-logit)) + (1 - value) * std::log1p(std::exp(logit));
}

template <class Scalar>
Scalar distortion(Scalar logit, Scalar value, Scalar offset = 0) {
  return kernels::bernoulli_distortion<Scalar>(1, &logit, &value, nullptr, offset, nullptr);
}

}  // namespace

TEMPLATE_TEST_CASE("The distortion is the cross-entropy in nats", "[kernels][bernoulli]", float, double) {
  constexpr auto epsilon = static_cast<double>(std::numeric_limits<TestType>::epsilon());
  for (const double wide_value : {0.0, 0.25, 0.5, 1.0}) {
    const auto value = static_cast<TestType>(wide_value);
    for (const double wide_logit : {-80.0, -20.0, -3.0, -0.5, -1e-5, 0.0, 1e-5, 0.7, 4.0, 25.0, 80.0}) {
      const auto logit = static_cast<TestType>(wide_logit);
      CAPTURE(logit, value);
      CHECK_THAT(static_cast<double>(distortion(logit, value)),
                 Catch::Matchers::WithinRel(static_cast<double>(exact_distortion(logit, value)), 4 * epsilon));
    }
  }
}

TEMPLATE_TEST_CASE("Sure and right costs its small distortion, with all its digits", "[kernels][bernoulli]", float,
                   double) {
  constexpr auto epsilon = static_cast<double>(std::numeric_limits<TestType>::epsilon());
  for (const double wide_logit : {15.0, 20.0, 40.0}) {
    const auto logit = static_cast<TestType>(wide_logit);
    const double expected = std::log1p(std::exp(-static_cast<double>(logit)));
    CHECK_THAT(static_cast<double>(distortion(logit, TestType(1))), Catch::Matchers::WithinRel(expected, 4 * epsilon));
    CHECK_THAT(static_cast<double>(distortion(-logit, TestType(0))), Catch::Matchers::WithinRel(expected, 4 * epsilon));
  }
}

TEMPLATE_TEST_CASE("Extreme logits neither overflow nor lose their distortion", "[kernels][bernoulli]", float, double) {
  CHECK(distortion(TestType(1e4), TestType(0)) == TestType(1e4));
  CHECK(distortion(TestType(-1e4), TestType(1)) == TestType(1e4));
  CHECK(distortion(TestType(1e4), TestType(1)) == 0);
  CHECK(distortion(TestType(-1e4), TestType(0)) == 0);
  CHECK(distortion(TestType(1e4), TestType(0.5)) == TestType(5e3));
  CHECK(distortion(TestType(-1e4), TestType(0.5)) == TestType(5e3));
}

TEST_CASE("The floor of a grey pixel is its entropy, at logit ln(x / (1 − x))", "[kernels][bernoulli]") {
  const double x = 0.3;
  const double entropy = -x * std::log(x) - (1 - x) * std::log1p(-x);
  const double logit = std::log(x / (1 - x));
  CHECK_THAT(distortion(logit, x), Catch::Matchers::WithinRel(entropy, 1e-14));
  CHECK(distortion(logit + 0.01, x) > entropy);
  CHECK(distortion(logit - 0.01, x) > entropy);
}

TEMPLATE_TEST_CASE("The partial derivative is sigmoid minus value", "[kernels][bernoulli]", float, double) {
  constexpr bv::Index count = 19;
  const auto logits = test::numbers<TestType>(1, count);
  auto values = test::numbers<TestType>(2, count);
  for (TestType& value : values) {
    value = std::abs(value);
  }
  std::vector<TestType> partial(count + 1, TestType(9));
  const TestType offset(0.75);
  const TestType total =
      kernels::bernoulli_distortion<TestType>(count, logits.data(), values.data(), nullptr, offset, partial.data());
  long double expected_total = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const long double logit = static_cast<long double>(logits[i]) + offset;
    expected_total += exact_distortion(logit, values[i]);
    CHECK_THAT(static_cast<double>(partial[i]),
               Catch::Matchers::WithinAbs(static_cast<double>(1 / (1 + std::exp(-logit)) - values[i]),
                                          static_cast<double>(2 * std::numeric_limits<TestType>::epsilon())));
  }
  CHECK_THAT(static_cast<double>(total),
             Catch::Matchers::WithinRel(static_cast<double>(expected_total),
                                        static_cast<double>(8 * std::numeric_limits<TestType>::epsilon())));
  CHECK(partial.back() == 9);
}

TEST_CASE("An offset is one more term of every logit, and the derivative may be left out", "[kernels][bernoulli]") {
  CHECK(distortion(0.25, 1.0, 0.5) == distortion(0.75, 1.0));
  const double logits[] = {0.5, -1};
  const double values[] = {0, 1};
  double partial[2];
  CHECK(kernels::bernoulli_distortion<double>(2, logits, values, nullptr, 0, partial) ==
        kernels::bernoulli_distortion<double>(2, logits, values, nullptr, 0, nullptr));
}

TEMPLATE_TEST_CASE("What is stored in a masked cell changes nothing, bit for bit", "[kernels][bernoulli]", float,
                   double) {
  constexpr bv::Index count = 21;
  const auto logits = test::numbers<TestType>(1, count);
  auto values = test::numbers<TestType>(2, count);
  std::vector<std::uint8_t> mask(count, 1);
  for (const std::size_t missing : {0U, 5U, 16U, 20U}) {
    mask[missing] = 0;
  }
  const auto run = [&](std::vector<TestType>& partial) {
    return kernels::bernoulli_distortion<TestType>(count, logits.data(), values.data(), mask.data(), 0, partial.data());
  };
  std::vector<TestType> partial(count, TestType(9));
  const TestType total = run(partial);
  CHECK(partial[5] == 0);
  CHECK(partial[6] != 0);
  for (const TestType junk :
       {std::numeric_limits<TestType>::quiet_NaN(), std::numeric_limits<TestType>::infinity(), TestType(-7)}) {
    for (std::size_t i = 0; i < mask.size(); ++i) {
      values[i] = mask[i] != 0 ? values[i] : junk;
    }
    std::vector<TestType> partial_again(count, TestType(9));
    CHECK(test::same_bits(run(partial_again), total));
    CHECK(test::same_bits(partial_again, partial));
  }
  mask.assign(count, 0);
  CHECK(run(partial) == 0);
}

TEST_CASE("No values cost nothing, and NaN among those present is not hidden", "[kernels][bernoulli]") {
  CHECK(kernels::bernoulli_distortion<float>(0, nullptr, nullptr, nullptr, 0, nullptr) == 0);
  CHECK(std::isnan(distortion(std::numeric_limits<double>::quiet_NaN(), 1.0)));
  CHECK(std::isnan(distortion(0.0, std::numeric_limits<double>::quiet_NaN())));
  CHECK_FALSE(std::isfinite(distortion(std::numeric_limits<double>::infinity(), 0.0)));
}

TEMPLATE_TEST_CASE("A vector distortion agrees with its specification, at every length and address",
                   "[kernels][bernoulli]", float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    const auto logits = test::Shifted<TestType>::numbers(1, count, shift, 8);
    auto values = test::Shifted<TestType>::numbers(2, count, shift / 2);
    for (bv::Index i = 0; i < count; ++i) {
      values[i] = std::abs(values[i]);
    }
    test::Shifted<TestType> partial(count, shift);
    test::Shifted<TestType> expected_partial(count, shift);
    const TestType offset(0.375);
    const TestType nats =
        kernels::bernoulli_distortion<TestType>(count, logits.data(), values.data(), nullptr, offset, partial.data());
    const TestType expected = kernels::bernoulli_distortion_reference<TestType>(
        count, logits.data(), values.data(), nullptr, offset, expected_partial.data());
    constexpr auto tolerance = static_cast<double>(8 * std::numeric_limits<TestType>::epsilon());
    CAPTURE(count, shift);
    CHECK_THAT(static_cast<double>(nats), Catch::Matchers::WithinRel(static_cast<double>(expected), tolerance));
    CHECK(partial.error(expected_partial) <= tolerance);
  });
}

TEMPLATE_TEST_CASE("NaN and infinite logits give what the specification gives", "[kernels][bernoulli]", float, double) {
  constexpr auto infinity = std::numeric_limits<TestType>::infinity();
  constexpr auto not_a_number = std::numeric_limits<TestType>::quiet_NaN();
  for (const TestType value : {TestType(0), TestType(0.5), TestType(1), not_a_number}) {
    for (const TestType logit :
         {infinity, -infinity, not_a_number, std::numeric_limits<TestType>::max(), TestType(0)}) {
      TestType partial;
      TestType expected_partial;
      const TestType nats = kernels::bernoulli_distortion<TestType>(1, &logit, &value, nullptr, TestType(0), &partial);
      const TestType expected =
          kernels::bernoulli_distortion_reference<TestType>(1, &logit, &value, nullptr, TestType(0), &expected_partial);
      CAPTURE(logit, value, nats, expected, partial, expected_partial);
      CHECK((nats == expected || (std::isnan(nats) && std::isnan(expected)) || std::abs(nats - expected) < 1e-6));
      CHECK((partial == expected_partial || (std::isnan(partial) && std::isnan(expected_partial))));
    }
  }
}

TEMPLATE_TEST_CASE("Distortions have the same bits on AVX2 and AVX-512", "[kernels][bernoulli]", float, double) {
  const auto logits = test::telling_numbers<TestType>(1, 320);
  auto tame_logits = test::numbers<TestType>(2, 320);
  const auto values = test::numbers<TestType>(3, 320);
  for (TestType& logit : tame_logits) {
    logit *= TestType(12);
  }
  for (const auto& batch : {logits, tame_logits}) {
    std::vector<std::vector<TestType>> lanes;
    std::vector<std::vector<TestType>> partials;
    test::on_both_paths<kernels::detail::BernoulliBody<TestType>>([&](const auto& run) {
      lanes.emplace_back(16);
      partials.emplace_back(320);
      const kernels::detail::BernoulliConstants<TestType> constants{TestType(0.375), lanes.back().data()};
      const TestType* const inputs[] = {batch.data(), values.data()};
      TestType* const outputs[] = {partials.back().data()};
      run(bv::Index(320), &inputs[0], &outputs[0], &constants);
    });
    CHECK((lanes.empty() || (test::same_numbers(lanes[0], lanes[1]) && test::same_numbers(partials[0], partials[1]))));
  }
}

TEST_CASE("Any scalar has a distortion", "[kernels][bernoulli]") {
  CHECK(std::abs(distortion(0.5L, 1.0L) - exact_distortion(0.5L, 1)) < 1e-18L);
}

TEMPLATE_TEST_CASE("A mask of ones changes no bit of a distortion, and any mask gives what the specification gives",
                   "[kernels][bernoulli]", float, double) {
  test::check_masks<TestType>(
      [](auto... arguments) { return kernels::bernoulli_distortion<TestType>(arguments...); },
      [](auto... arguments) { return kernels::bernoulli_distortion_reference<TestType>(arguments...); });
}
