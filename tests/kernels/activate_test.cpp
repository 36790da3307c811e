// SPDX-License-Identifier: MIT
#include <betavae/kernels/activate.ipp>

#include "activations.hpp"
#include "catch.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;
using bv::Activation;
using test::kept;
using test::slope;

namespace {

/// What vectors and the specification may differ by, each having its own exponential.
template <class Scalar>
constexpr auto few_roundings = static_cast<double>(8 * std::numeric_limits<Scalar>::epsilon());

template <class Scalar>
constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("In place in vectors and one by one give the same to a few roundings, at every length and address",
                   "[kernels][activate]", float, double) {
  for (const Activation activation : test::all_activations) {
    const bool is_exact = kernels::detail::is_piecewise_linear(activation);
    test::for_lengths_and_shifts([&](bv::Index count, bv::Index shift) {
      auto values = test::Shifted<TestType>::numbers(1, count, shift, 6);
      auto expected = values;
      kernels::activate_in_place(activation, count, values.data());
      kernels::activate_in_place_reference(activation, count, expected.data());
      CAPTURE(bv::name(activation), count, shift);
      CHECK(values.error(expected, 1e-20) <= (is_exact ? 0 : few_roundings<TestType>));
    });
  }
}

TEMPLATE_TEST_CASE("The gradient in vectors is the adjoint times the slope, at every length and address",
                   "[kernels][activate]", float, double) {
  for (const Activation activation : test::all_activations) {
    test::for_lengths_and_shifts([&](bv::Index count, bv::Index shift) {
      auto kept_values = test::Shifted<TestType>::numbers(1, count, shift, 6);
      for (bv::Index i = 0; i < count; ++i) {
        kept_values[i] = kept(activation, kept_values[i]);
      }
      const auto y_adjoint = test::Shifted<TestType>::numbers(2, count, shift / 2);
      test::Shifted<TestType> x_adjoint(count, shift);
      test::Shifted<TestType> expected(count, shift);
      kernels::activation_gradient(activation, count, kept_values.data(), y_adjoint.data(), x_adjoint.data());
      kernels::activation_gradient_reference(activation, count, kept_values.data(), y_adjoint.data(), expected.data());
      CAPTURE(bv::name(activation), count, shift);
      CHECK(x_adjoint.error(expected, 1) <= few_roundings<TestType>);
    });
  }
}

TEST_CASE("The gradient is the adjoint times the slope, and may be written over either", "[kernels][activate]") {
  constexpr bv::Index count = 21;
  const auto x = test::numbers<double>(1, count);
  const auto y_adjoint = test::numbers<double>(2, count);
  for (const Activation activation : test::all_activations) {
    auto over_kept = x;
    for (double& value : over_kept) {
      value = kept(activation, value);
    }
    auto over_adjoint = y_adjoint;
    kernels::activation_gradient(activation, count, over_kept.data(), over_adjoint.data(), over_adjoint.data());
    kernels::activation_gradient(activation, count, over_kept.data(), y_adjoint.data(), over_kept.data());
    CAPTURE(bv::name(activation));
    CHECK(test::same_bits(over_kept, over_adjoint));
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK_THAT(over_adjoint[i], Catch::Matchers::WithinAbs(y_adjoint[i] * slope(activation, x[i]), 1e-15));
    }
  }
}

TEMPLATE_TEST_CASE("NaN, infinities and signed zeros go through vectors as through the specification",
                   "[kernels][activate]", float, double) {
  const auto telling = test::telling_numbers<TestType>(3, 160);
  for (const Activation activation : test::all_activations) {
    auto values = telling;
    kernels::activate_in_place(activation, 160, values.data());
    CAPTURE(bv::name(activation));
    for (std::size_t i = 0; i < telling.size(); ++i) {
      const TestType expected = kernels::activate(activation, telling[i]);
      CAPTURE(telling[i], expected, values[i]);
      if (std::isnan(expected)) {
        CHECK(std::isnan(values[i]));
      } else {
        CHECK(std::signbit(values[i]) == std::signbit(expected));
        const auto denormal = static_cast<double>(std::numeric_limits<TestType>::min());
        CHECK((values[i] == expected ||
               std::abs(static_cast<double>(values[i]) - static_cast<double>(expected)) <=
                   few_roundings<TestType> * std::abs(static_cast<double>(expected)) + denormal));
      }
    }
  }
}

TEST_CASE("An adjoint that is infinite stays behind a relu that is off", "[kernels][activate]") {
  const std::vector<float> kept_values(19, 0.0F);
  std::vector<float> adjoint(19, infinity<float>);
  kernels::activation_gradient(Activation::relu, 19, kept_values.data(), adjoint.data(), adjoint.data());
  CHECK(adjoint == std::vector<float>(19, 0.0F));
}

TEMPLATE_TEST_CASE("Activations and their gradients have the same bits on AVX2 and AVX-512", "[kernels][activate]",
                   float, double) {
  using Body = kernels::detail::ActivationBody<TestType>;
  using Task = kernels::detail::ActivationTask;
  const auto x = test::telling_numbers<TestType>(4, 320);
  const auto adjoint = test::numbers<TestType>(5, 320);
  for (const Activation activation : test::all_activations) {
    CAPTURE(bv::name(activation));
    CHECK(test::paths_agree<Body, 1, TestType>({x, x}, Task{activation, false}));
    CHECK(test::paths_agree<Body, 1, TestType>({x, adjoint}, Task{activation, true}));
  }
}

TEST_CASE("Any scalar can be activated in place", "[kernels][activate]") {
  long double values[] = {-1, 2};
  kernels::activate_in_place<long double>(Activation::tanh, 1, values);
  CHECK(values[0] == std::tanh(-1.0L));
  CHECK(values[1] == 2);
  const long double adjoint[] = {3};
  kernels::activation_gradient<long double>(Activation::tanh, 1, values, adjoint, values);
  CHECK(std::abs(values[0] - 3 / std::pow(std::cosh(1.0L), 2.0L)) < 1e-17L);
}
