// SPDX-License-Identifier: MIT
#include <betavae/kernels/activation.hpp>

#include "catch.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace bv = betavae;
namespace kernels = betavae::kernels;
using bv::Activation;

namespace {

constexpr Activation all[] = {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::elu,
                              Activation::silu,     Activation::tanh, Activation::sigmoid,    Activation::softplus};

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

/// What the derivative is computed from.
template <class Scalar>
Scalar kept(Activation activation, Scalar x) {
  return bv::derivative_needs_input(activation) ? x : kernels::activate(activation, x);
}

template <class Scalar>
Scalar slope(Activation activation, Scalar x) {
  return kernels::activation_derivative(activation, kept(activation, x));
}

/// What vectors and the specification may differ by, each having its own exponential.
template <class Scalar>
constexpr auto few_roundings = static_cast<double>(8 * std::numeric_limits<Scalar>::epsilon());

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
  for (const Activation activation : all) {
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
  for (const Activation activation : all) {
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
  for (const Activation activation : all) {
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

TEMPLATE_TEST_CASE("In place in vectors and one by one give the same to a few roundings, at every length and address",
                   "[kernels][activation]", float, double) {
  for (const Activation activation : all) {
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
                   "[kernels][activation]", float, double) {
  for (const Activation activation : all) {
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

TEST_CASE("The gradient is the adjoint times the slope, and may be written over either", "[kernels][activation]") {
  constexpr bv::Index count = 21;
  const auto x = test::numbers<double>(1, count);
  const auto y_adjoint = test::numbers<double>(2, count);
  for (const Activation activation : all) {
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
                   "[kernels][activation]", float, double) {
  const auto telling = test::telling_numbers<TestType>(3, 160);
  for (const Activation activation : all) {
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

TEST_CASE("An adjoint that is infinite stays behind a relu that is off", "[kernels][activation]") {
  const std::vector<float> kept_values(19, 0.0F);
  std::vector<float> adjoint(19, infinity<float>);
  kernels::activation_gradient(Activation::relu, 19, kept_values.data(), adjoint.data(), adjoint.data());
  CHECK(adjoint == std::vector<float>(19, 0.0F));
}

TEMPLATE_TEST_CASE("Activations and their gradients have the same bits on AVX2 and AVX-512", "[kernels][activation]",
                   float, double) {
  using Value = kernels::detail::ActivationBody<TestType, kernels::detail::ActivationValue>;
  using Gradient = kernels::detail::ActivationBody<TestType, kernels::detail::ActivationGradient>;
  const auto x = test::telling_numbers<TestType>(4, 320);
  const auto adjoint = test::numbers<TestType>(5, 320);
  for (const Activation activation : all) {
    CAPTURE(bv::name(activation));
    CHECK(test::paths_agree<Value, 1, TestType>({x, x}, activation));
    CHECK(test::paths_agree<Gradient, 1, TestType>({x, adjoint}, activation));
  }
}

TEST_CASE("Any scalar can be activated in place", "[kernels][activation]") {
  long double values[] = {-1, 2};
  kernels::activate_in_place<long double>(Activation::tanh, 1, values);
  CHECK(values[0] == std::tanh(-1.0L));
  CHECK(values[1] == 2);
  const long double adjoint[] = {3};
  kernels::activation_gradient<long double>(Activation::tanh, 1, values, adjoint, values);
  CHECK(std::abs(values[0] - 3 / std::pow(std::cosh(1.0L), 2.0L)) < 1e-17L);
}
