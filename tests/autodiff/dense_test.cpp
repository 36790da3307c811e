// SPDX-License-Identifier: MIT
#include <betavae/autodiff/dense.hpp>
#include <betavae/autodiff/shape.hpp>

#include "catch.hpp"
#include "dual.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace bv = betavae;
namespace test = bv::test;
using bv::Activation;
using bv::constant;
using bv::Index;
using test::Dual;

namespace {

constexpr Activation all_activations[] = {Activation::identity, Activation::relu,    Activation::leaky_relu,
                                          Activation::elu,      Activation::silu,    Activation::tanh,
                                          Activation::sigmoid,  Activation::softplus};

/// Operands of one layer whose W x + b stays away from 0, where some activations have a kink.
struct Layer {
  Layer(Index inputs, Index outputs, Index samples)
      : x(test::matrix(inputs, samples, 1)),
        weight(test::matrix(outputs, inputs, 2) * (0.3 / static_cast<double>(std::max<Index>(inputs, 1)))),
        bias(test::matrix_away_from_zero(outputs, 1, 3, 0.5)) {}

  bv::Matrix<double> x;
  bv::Matrix<double> weight;
  bv::Matrix<double> bias;
};

}  // namespace

TEMPLATE_TEST_CASE("A dense layer is activation(W x + b)", "[autodiff][dense]", float, double, long double) {
  using Scalar = TestType;
  const bv::Matrix<Scalar> x = test::matrix<Scalar>(13, 5, 1);
  const bv::Matrix<Scalar> weight = test::matrix<Scalar>(7, 13, 2);
  const bv::Matrix<Scalar> bias = test::matrix<Scalar>(7, 1, 3);
  for (const Activation activation : all_activations) {
    bv::Tape<Scalar> tape;
    const auto y = bv::dense(constant(tape, x), constant(tape, weight), constant(tape, bias), activation);
    bv::Matrix<Scalar> expected = weight * x;
    expected.colwise() += bias.col(0);
    bv::kernels::activate_in_place(activation, expected.size(), expected.data());
    CAPTURE(bv::name(activation));
    CHECK(y.value().isApprox(expected, 20 * std::numeric_limits<Scalar>::epsilon()));
  }
}

TEST_CASE("A dense layer passes the gradient check at every size", "[autodiff][dense]") {
  const auto layer = [](const auto& x, const auto& weight, const auto& bias) {
    return bv::dense(x, weight, bias, Activation::tanh);
  };
  for (const Index size : test::interesting_sizes) {
    for (const Index samples : {0, 1, 2, 5}) {
      CAPTURE(size, samples);
      const Layer wide(3, size, samples);
      test::require_pass(bv::gradient_check(layer, wide.x, wide.weight, wide.bias));
      const Layer deep(size, 2, samples);
      test::require_pass(bv::gradient_check(layer, deep.x, deep.weight, deep.bias));
    }
  }
  const Layer many_samples(2, 3, 33);
  test::require_pass(bv::gradient_check(layer, many_samples.x, many_samples.weight, many_samples.bias));
}

TEST_CASE("A dense layer passes the gradient check with every activation, in every operand", "[autodiff][dense]") {
  const Layer l(5, 9, 4);
  for (const Activation activation : all_activations) {
    CAPTURE(bv::name(activation));
    const auto dense = [=](const auto& x, const auto& weight, const auto& bias) {
      return bv::dense(x, weight, bias, activation);
    };
    test::require_pass(bv::gradient_check(dense, l.x, l.weight, l.bias));
    test::check_in_every_operand(
        [&](const auto& x, const auto& weight) { return dense(x, weight, constant(x.tape(), l.bias)); }, l.x, l.weight);
    test::check_in_every_operand(
        [&](const auto& x, const auto& bias) { return dense(x, constant(x.tape(), l.weight), bias); }, l.x, l.bias);
    test::check_in_every_operand(
        [&](const auto& weight, const auto& bias) { return dense(constant(bias.tape(), l.x), weight, bias); }, l.weight,
        l.bias);
  }
}

TEST_CASE("The type of a dense layer's result says what it depends on", "[autodiff][dense]") {
  using V = bv::Variable<double, 4>;
  using C = bv::Constant<double, 4>;
  static_assert(std::is_same_v<decltype(bv::dense(std::declval<C>(), std::declval<C>(), std::declval<C>())), C>);
  static_assert(std::is_same_v<decltype(bv::dense(std::declval<V>(), std::declval<C>(), std::declval<C>())), V>);
  static_assert(std::is_same_v<decltype(bv::dense(std::declval<C>(), std::declval<C>(), std::declval<V>())), V>);
  using D = bv::Variable<double>;
  static_assert(std::is_same_v<decltype(bv::dense(std::declval<D>(), std::declval<C>(), std::declval<C>())), V>);
  static_assert(std::is_same_v<decltype(bv::dense(std::declval<C>(), std::declval<D>(), std::declval<D>())), D>);
  SUCCEED();
}

TEST_CASE("Slices are read and added to in place", "[autodiff][dense]") {
  const Layer l(9, 8, 4);
  const auto sliced = [](const auto& x, const auto& weight, const auto& bias) {
    return bv::dense(bv::rows(x, 2, 5), bv::rows(weight, 3, 4), bv::rows(bias, 1, 4), Activation::silu);
  };
  const bv::Matrix<double> weight = l.weight.leftCols(5);
  test::require_pass(bv::gradient_check(sliced, l.x, weight, l.bias));
}

TEST_CASE("One weight in two layers gathers both gradients", "[autodiff][dense]") {
  const Layer l(6, 6, 3);
  const auto twice = [](const auto& x, const auto& weight, const auto& bias) {
    return bv::dense(bv::dense(x, weight, bias, Activation::elu), weight, bias, Activation::sigmoid);
  };
  test::require_pass(bv::gradient_check(twice, l.x, l.weight, l.bias));
  // One variable in all three places: y = x x + x for a 1 × 1.
  test::require_pass(bv::gradient_check([](const auto& x) { return bv::dense(x, x, x); }, test::matrix(1, 1, 1)));
}

TEST_CASE("Fixed rows pass as dynamic ones do", "[autodiff][dense]") {
  const auto layer = [](const auto& x, const auto& weight, const auto& bias) {
    return bv::dense(x, weight, bias, Activation::softplus);
  };
  test::require_pass(bv::gradient_check(layer, test::matrix<double, 3>(3, 4, 1), test::matrix<double, 5>(5, 3, 2),
                                        test::matrix<double, 5>(5, 1, 3)));
  test::require_pass(bv::gradient_check(layer, test::matrix<double, 1>(1, 4, 1), test::matrix<double, 1>(1, 1, 2),
                                        test::matrix<double, 1>(1, 1, 3)));
}

TEST_CASE("A dense layer has the same gradient in float, double and long double", "[autodiff][dense]") {
  for (const Activation activation : all_activations) {
    CAPTURE(bv::name(activation));
    const Layer l(17, 9, 5);
    test::check_other_scalars(
        [=](const auto& x, const auto& weight, const auto& bias) { return bv::dense(x, weight, bias, activation); },
        l.x, l.weight, l.bias);
  }
}

TEST_CASE("A dual number gives the forward derivative, and with the reverse pass the product with the Hessian",
          "[autodiff][dense]") {
  const Layer l(3, 4, 2);
  const bv::Matrix<double> direction = test::matrix(3, 2, 9);
  for (const Activation activation : all_activations) {
    CAPTURE(bv::name(activation));
    // L(x) = Σ activation(W x + b)², its derivative along a direction, and the derivative of its gradient.
    bv::Tape<Dual> tape;
    const bv::Matrix<Dual> weight = l.weight.cast<Dual>();
    const bv::Matrix<Dual> bias = l.bias.cast<Dual>();
    const auto x = bv::make_variable(tape, 3, 2);
    for (Index i = 0; i < 6; ++i) {
      x.value_view().data[i] = Dual(l.x.data()[i], direction.data()[i]);
    }
    const auto loss = bv::sum(square(bv::dense(x, constant(tape, weight), constant(tape, bias), activation)));
    bv::reverse(loss);

    const auto in_double = [&](double step) {
      const bv::Matrix<double> moved = l.x + step * direction;
      const auto f = [&](const auto& v) {
        return bv::dense(v, constant(v.tape(), l.weight), constant(v.tape(), l.bias), activation);
      };
      return test::gradients<double>(f, moved)[0];
    };
    const bv::Matrix<double> gradient = in_double(0);
    const bv::Matrix<double> hessian_product = (in_double(1e-4) - in_double(-1e-4)) / 2e-4;
    CHECK_THAT(loss.value_view().data->tangent,
               Catch::Matchers::WithinAbs(gradient.cwiseProduct(direction).sum(), 1e-12));
    for (Index i = 0; i < 6; ++i) {
      CHECK_THAT(x.adjoint_view().data[i].value, Catch::Matchers::WithinAbs(gradient.data()[i], 1e-12));
      CHECK_THAT(x.adjoint_view().data[i].tangent, Catch::Matchers::WithinAbs(hessian_product.data()[i], 1e-7));
    }
  }
}

TEST_CASE("Sizes that do not fit are errors that name both things and both sizes", "[autodiff][dense]") {
  bv::Tape<double> tape;
  const auto x = bv::make_variable(tape, 3, 2);
  const auto weight = bv::make_variable(tape, 4, 3);
  const auto bias = bv::make_variable(tape, 4, 1);
  CHECK_NOTHROW(bv::dense(x, weight, bias));
  CHECK(test::error_text<bv::ArgumentError>([&] { std::ignore = bv::dense(bias, weight, bias); }) ==
        "dense: expected as many inputs of the weight as features of the input, got 3 and 4");
  CHECK(test::error_text<bv::ArgumentError>([&] { std::ignore = bv::dense(x, weight, bv::rows(bias, 0, 3)); }) ==
        "dense: expected as many numbers in the bias as outputs of the weight, got 3 and 4");
  CHECK(test::error_text<bv::ArgumentError>([&] {
          std::ignore = bv::dense(x, weight, bv::make_variable(tape, 4, 2));
        }) == "dense: expected as many columns of the bias as columns of a vector, got 2 and 1");
}

TEST_CASE("From the second step on, forward and reverse allocate nothing", "[autodiff][dense]") {
  bv::Tape<float> tape;
  const bv::Matrix<float> data = test::matrix<float>(20, 30, 1);
  std::size_t capacity = 0;
  for (int step = 0; step < 4; ++step) {
    tape.clear();
    const auto weight = bv::make_variable(tape, 50, 20);
    const auto bias = bv::make_variable(tape, 50, 1);
    const auto last = bv::make_variable(tape, 3, 50);
    const auto last_bias = bv::make_variable(tape, 3, 1);
    for (const auto& parameter : {weight, bias, last, last_bias}) {
      std::fill_n(parameter.value_view().data, parameter.rows() * parameter.columns(), 0.1F);
    }
    const auto hidden = bv::dense(constant(tape, data), weight, bias, Activation::silu);
    bv::reverse(bv::sum(square(bv::dense(hidden, last, last_bias))));
    tape.clear();
    if (step == 0) {
      capacity = tape.arena().capacity();
    }
    CHECK(tape.arena().capacity() == capacity);
  }
}
