// SPDX-License-Identifier: MIT
#include <betavae/kernels/activation.hpp>

#include "activations.hpp"
#include "catch.hpp"
#include "numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;
using bv::Activation;
using test::slope;

namespace {

/// The definitions, as one would write them on paper.
long double closed_form(Activation activation, long double x) {
  switch (activation) {
    case Activation::relu:
      return x > 0 ? x : 0;
    case Activation::leaky_relu:
      return x > 0 ? x : 0.01L * x;
    case Activation::elu:
      return x > 0 ? x : std::exp(x) - 1;
    case Activation::silu:
      return x / (1 + std::exp(-x));
    case Activation::tanh:
      return std::tanh(x);
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::softplus:
      return std::log(1 + std::exp(x));
    default:
      return x;
  }
}

template <class Scalar>
constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();

}  // namespace

TEST_CASE("Every activation has the name under which PyTorch knows it", "[kernels][activation]") {
  static_assert(bv::name(Activation::identity) == "identity");
  static_assert(bv::name(Activation::leaky_relu) == "leaky_relu");
  static_assert(bv::name(Activation::silu) == "silu");
  static_assert(bv::name(Activation::softplus) == "softplus");
  static_assert(bv::derivative_needs_input(Activation::silu) && !bv::derivative_needs_input(Activation::tanh));
  SUCCEED();
}

TEMPLATE_TEST_CASE("Activations agree with their closed forms to a few roundings", "[kernels][activation]", float,
                   double) {
  constexpr auto epsilon = static_cast<double>(std::numeric_limits<TestType>::epsilon());
  for (const Activation activation : test::all_activations) {
    double worst = 0;
    for (int i = -160; i <= 160; ++i) {
      const TestType x = TestType(i) / TestType(8);
      const auto expected = static_cast<double>(closed_form(activation, x));
      // Relative where the result is large; absolute to 2⁻⁶⁴ where long double itself cancels.
      const double error = std::abs(static_cast<double>(kernels::activate(activation, x)) - expected);
      worst = std::max(worst, error / std::max(std::abs(expected), 1e-4));
    }
    CAPTURE(bv::name(activation));
    CHECK(worst <= 4 * epsilon);
  }
}

TEST_CASE("Derivatives agree with finite differences", "[kernels][activation]") {
  constexpr long double h = 1e-4L;
  for (const Activation activation : test::all_activations) {
    for (const double x : {-9.5, -3.0, -1.0, -0.3, -0.01, 0.01, 0.4, 1.0, 2.5, 8.0}) {
      const long double numeric = (closed_form(activation, x - 2 * h) - 8 * closed_form(activation, x - h) +
                                   8 * closed_form(activation, x + h) - closed_form(activation, x + 2 * h)) /
                                  (12 * h);
      CAPTURE(bv::name(activation), x);
      CHECK_THAT(slope(activation, x), Catch::Matchers::WithinAbs(static_cast<double>(numeric), 1e-12));
      CHECK_THAT(static_cast<double>(slope(activation, static_cast<float>(x))),
                 Catch::Matchers::WithinAbs(static_cast<double>(numeric), 1e-6));
    }
  }
}

TEST_CASE("At its kink an activation has the derivative from the left", "[kernels][activation]") {
  CHECK(slope(Activation::relu, 0.0) == 0);
  CHECK(slope(Activation::leaky_relu, 0.0) == 0.01);
  CHECK(slope(Activation::elu, 0.0) == 1);
}

TEMPLATE_TEST_CASE("Far out, activations reach their limits without overflow", "[kernels][activation]", float, double,
                   long double) {
  using kernels::activate;
  for (const TestType large : {TestType(1e4), infinity<TestType>}) {
    CHECK(activate(Activation::identity, -large) == -large);
    CHECK(activate(Activation::relu, large) == large);
    CHECK(activate(Activation::relu, -large) == 0);
    CHECK(activate(Activation::leaky_relu, large) == large);
    CHECK(activate(Activation::elu, large) == large);
    CHECK(activate(Activation::elu, -large) == -1);
    CHECK(activate(Activation::silu, large) == large);
    CHECK(activate(Activation::tanh, large) == 1);
    CHECK(activate(Activation::tanh, -large) == -1);
    CHECK(activate(Activation::sigmoid, large) == 1);
    CHECK(activate(Activation::softplus, large) == large);
  }
  CHECK(activate(Activation::sigmoid, -infinity<TestType>) == 0);
  CHECK(activate(Activation::softplus, -infinity<TestType>) == 0);
  CHECK(activate(Activation::sigmoid, TestType(-1e5)) == 0);
  CHECK(activate(Activation::softplus, TestType(-1e5)) == 0);
  CHECK(activate(Activation::silu, TestType(-1e5)) == 0);
  CHECK(activate(Activation::leaky_relu, -infinity<TestType>) == -infinity<TestType>);
  CHECK(std::isnan(activate(Activation::silu, -infinity<TestType>)));
}

TEMPLATE_TEST_CASE("Far out, derivatives reach their limits", "[kernels][activation]", float, double) {
  for (const TestType large : {TestType(1e4), infinity<TestType>}) {
    for (const Activation linear :
         {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::elu, Activation::softplus}) {
      CAPTURE(bv::name(linear));
      CHECK(slope(linear, large) == 1);
    }
    for (const Activation flat : {Activation::tanh, Activation::sigmoid}) {
      CHECK(slope(flat, large) == 0);
      CHECK(slope(flat, -large) == 0);
    }
    CHECK(slope(Activation::relu, -large) == 0);
    CHECK(slope(Activation::elu, -large) == 0);
    CHECK(slope(Activation::softplus, -large) == 0);
  }
  CHECK(slope(Activation::silu, TestType(1e4)) == 1);
  CHECK(slope(Activation::silu, TestType(-1e4)) == 0);
}

TEMPLATE_TEST_CASE("NaN stays NaN through every activation", "[kernels][activation]", float, double, long double) {
  for (const Activation activation : test::all_activations) {
    CAPTURE(bv::name(activation));
    CHECK(std::isnan(kernels::activate(activation, std::numeric_limits<TestType>::quiet_NaN())));
  }
}

TEMPLATE_TEST_CASE("Zero keeps its sign where the activation passes it on, and denormals survive",
                   "[kernels][activation]", float, double) {
  for (const Activation activation : {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::elu,
                                      Activation::silu, Activation::tanh}) {
    CAPTURE(bv::name(activation));
    CHECK(test::same_bits(kernels::activate(activation, TestType(0)), TestType(0)));
    CHECK(test::same_bits(kernels::activate(activation, -TestType(0)), -TestType(0)));
  }
  CHECK(kernels::activate(Activation::sigmoid, -TestType(0)) == TestType(0.5));
  const TestType denormal = std::numeric_limits<TestType>::denorm_min();
  for (const Activation activation : {Activation::identity, Activation::relu, Activation::elu, Activation::tanh}) {
    CAPTURE(bv::name(activation));
    CHECK(kernels::activate(activation, denormal) == denormal);
  }
}
