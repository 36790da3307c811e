// SPDX-License-Identifier: MIT
#include <betavae/kernels/adam.ipp>

#include "catch.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;

namespace {

constexpr double learning_rate = 1e-2;
constexpr double first_decay = 0.9;
constexpr double second_decay = 0.999;
constexpr double epsilon = 1e-8;

kernels::AdamConstants constants_at(int update) {
  return {learning_rate,
          first_decay,
          second_decay,
          epsilon,
          1 - std::pow(first_decay, update),
          1 - std::pow(second_decay, update)};
}

/// Algorithm 1 of Kingma and Ba (2015), line by line.
struct ReferenceAdam {
  long double parameter;
  long double m = 0;
  long double v = 0;

  void update(int t, long double g) {
    m = static_cast<long double>(first_decay) * m + (1 - static_cast<long double>(first_decay)) * g;
    v = static_cast<long double>(second_decay) * v + (1 - static_cast<long double>(second_decay)) * g * g;
    const long double m_hat = m / (1 - std::pow(static_cast<long double>(first_decay), static_cast<long double>(t)));
    const long double v_hat = v / (1 - std::pow(static_cast<long double>(second_decay), static_cast<long double>(t)));
    parameter -= learning_rate * m_hat / (std::sqrt(v_hat) + epsilon);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("Twenty updates follow Kingma and Ba's algorithm, gradients scaled first", "[kernels][adam]", float,
                   double) {
  constexpr bv::Index count = 17;
  for (const TestType scale : {TestType(1), TestType(0.25)}) {
    auto parameters = test::numbers<TestType>(1, count);
    std::vector<TestType> m(count);
    std::vector<TestType> v(count);
    std::vector<ReferenceAdam> reference;
    for (const TestType parameter : parameters) {
      reference.push_back({parameter});
    }
    for (int t = 1; t <= 20; ++t) {
      const auto gradient = test::numbers<TestType>(100 + static_cast<std::uint64_t>(t), count);
      kernels::adam<TestType>(count, parameters.data(), gradient.data(), m.data(), v.data(), constants_at(t), scale);
      for (std::size_t i = 0; i < reference.size(); ++i) {
        reference[i].update(t, static_cast<long double>(gradient[i]) * scale);
      }
    }
    const auto tolerance = static_cast<double>(50 * std::numeric_limits<TestType>::epsilon());
    for (std::size_t i = 0; i < reference.size(); ++i) {
      CHECK_THAT(static_cast<double>(parameters[i]),
                 Catch::Matchers::WithinAbs(static_cast<double>(reference[i].parameter), tolerance));
      CHECK_THAT(static_cast<double>(m[i]), Catch::Matchers::WithinAbs(static_cast<double>(reference[i].m), tolerance));
      CHECK_THAT(static_cast<double>(v[i]), Catch::Matchers::WithinAbs(static_cast<double>(reference[i].v), tolerance));
    }
  }
}

TEST_CASE("The first update is one learning rate against the gradient's sign, whatever its size", "[kernels][adam]") {
  double parameters[] = {1, 1, 1, 1};
  const double gradient[] = {1e-3, -1, 1e6, 0};
  double m[4] = {};
  double v[4] = {};
  kernels::adam<double>(4, parameters, gradient, m, v, constants_at(1), 1);
  CHECK_THAT(parameters[0], Catch::Matchers::WithinAbs(1 - learning_rate, 1e-6));
  CHECK_THAT(parameters[1], Catch::Matchers::WithinAbs(1 + learning_rate, 1e-8));
  CHECK_THAT(parameters[2], Catch::Matchers::WithinAbs(1 - learning_rate, 1e-8));
  CHECK(parameters[3] == 1);
}

TEST_CASE("No parameters are legal, and one more than `count` stays as it is", "[kernels][adam]") {
  kernels::adam<float>(0, nullptr, nullptr, nullptr, nullptr, constants_at(1), 1);
  float parameters[] = {1, 1};
  const float gradient[] = {1, 1};
  float m[2] = {};
  float v[2] = {};
  kernels::adam<float>(1, parameters, gradient, m, v, constants_at(1), 1);
  CHECK(parameters[0] < 1);
  CHECK(parameters[1] == 1);
  CHECK(m[1] == 0);
  CHECK(v[1] == 0);
}

TEMPLATE_TEST_CASE("A vector update agrees with its specification, at every length and address", "[kernels][adam]",
                   float, double) {
  const kernels::AdamFactors<TestType> factors(constants_at(3), TestType(0.5));
  test::for_lengths_and_shifts([&](bv::Index count, bv::Index shift) {
    auto parameters = test::Shifted<TestType>::numbers(1, count, shift);
    const auto gradient = test::Shifted<TestType>::numbers(2, count, shift / 2);
    auto m = test::Shifted<TestType>::numbers(3, count, shift);
    auto v = test::Shifted<TestType>::numbers(4, count, shift / 2);
    for (bv::Index i = 0; i < count; ++i) {
      v[i] *= v[i];
    }
    auto expected_parameters = parameters;
    auto expected_m = m;
    auto expected_v = v;
    kernels::adam<TestType>(count, parameters.data(), gradient.data(), m.data(), v.data(), constants_at(3),
                            TestType(0.5));
    kernels::adam_reference<TestType>(count, expected_parameters.data(), gradient.data(), expected_m.data(),
                                      expected_v.data(), factors);
    constexpr auto tolerance = static_cast<double>(4 * std::numeric_limits<TestType>::epsilon());
    CAPTURE(count, shift);
    CHECK(parameters.error(expected_parameters) <= tolerance);
    CHECK(m.error(expected_m) <= tolerance);
    CHECK(v.error(expected_v) <= tolerance);
  });
}

TEMPLATE_TEST_CASE("A gradient that is no number makes a parameter that is none, and spoils no other",
                   "[kernels][adam]", float, double) {
  for (const std::size_t at : {0U, 7U, 16U, 18U}) {
    std::vector<TestType> parameters(19, TestType(1));
    std::vector<TestType> gradient(19, TestType(0.5));
    std::vector<TestType> m(19);
    std::vector<TestType> v(19);
    gradient[at] = std::numeric_limits<TestType>::quiet_NaN();
    kernels::adam<TestType>(19, parameters.data(), gradient.data(), m.data(), v.data(), constants_at(1), 1);
    for (std::size_t i = 0; i < 19; ++i) {
      CHECK(std::isnan(parameters[i]) == (i == at));
    }
  }
}

TEMPLATE_TEST_CASE("An update has the same bits on AVX2 and AVX-512", "[kernels][adam]", float, double) {
  const kernels::AdamFactors<TestType> factors(constants_at(2), TestType(0.625));
  std::vector<std::vector<TestType>> inputs;
  for (const std::uint64_t sequence : {1U, 2U, 3U, 4U}) {
    inputs.push_back(test::numbers<TestType>(sequence, 160));
  }
  CHECK(test::paths_agree<kernels::detail::AdamBody<TestType>, 3>(inputs, factors));
}

TEST_CASE("Any scalar can be trained", "[kernels][adam]") {
  long double parameter = 1;
  const long double gradient = 2;
  long double m = 0;
  long double v = 0;
  kernels::adam<long double>(1, &parameter, &gradient, &m, &v, constants_at(1), 1);
  CHECK_THAT(static_cast<double>(parameter), Catch::Matchers::WithinAbs(1 - learning_rate, 1e-9));
}
