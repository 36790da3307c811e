// SPDX-License-Identifier: MIT
#include <betavae/nn/dense.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::Activation;
using bv::dynamic;
using bv::Index;

TEMPLATE_TEST_CASE("The layer computes activation(W x + b) of its own parameters", "[nn][dense]", float, double,
                   long double) {
  bv::Dense<3, 2, TestType> layer(Activation::tanh);
  layer.weight.value() << 1, 2, 3, 4, 5, 6;
  layer.bias.value() << TestType(0.5), TestType(-0.5);
  const bv::Matrix<TestType> x = test::matrix<TestType>(3, 4, 1);
  bv::Tape<TestType> tape;
  bv::Evaluating<TestType> evaluating(tape);
  const auto y = layer(evaluating, bv::constant(tape, x));
  static_assert(std::is_same_v<decltype(y), const bv::Constant<TestType, 2>>);
  const bv::Matrix<TestType> linear = (layer.weight.value() * x).colwise() + layer.bias.value().col(0);
  CHECK(y.value().isApprox(linear.array().tanh().matrix(), 20 * std::numeric_limits<TestType>::epsilon()));
}

TEST_CASE("A new layer begins as PyTorch's would and can be given another beginning", "[nn][dense]") {
  bv::Dense<3, 2> layer;
  CHECK(layer.activation == Activation::identity);
  CHECK_FALSE(layer.weight.value().isZero(0));
  CHECK(layer.weight.value().cwiseAbs().maxCoeff() <= 1 / std::sqrt(3.0F));
  const bv::Matrix<float> before = layer.weight.value();
  layer.initialise(bv::Initialiser::pytorch, {.seed = 2});
  CHECK(layer.weight.value() != before);
}

TEST_CASE("The layer shows weight and bias, and is a value", "[nn][dense]") {
  bv::Dense<3, 2> layer(Activation::relu);
  std::vector<std::string> names;
  bv::visit_parameters(layer, [&](const std::string& name, auto&) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"weight", "bias"});
  CHECK(bv::count_parameters(layer) == 8);
  bv::Dense<3, 2> copy = layer;
  copy.weight.value()(0, 0) = 5;
  CHECK(layer.weight.value()(0, 0) != 5);
  CHECK(copy.activation == Activation::relu);
}

TEST_CASE("Sizes may be dynamic, one or both", "[nn][dense]") {
  const Eigen::MatrixXd x = test::matrix(3, 4, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> evaluating(tape);
  bv::Dense<dynamic, dynamic, double> both(3, 2);
  both.initialise(bv::Initialiser::pytorch, {});
  CHECK(both(evaluating, bv::constant(tape, x)).rows() == 2);
  bv::Dense<3, dynamic, double> outputs(3, 5, Activation::relu);
  CHECK(outputs(evaluating, bv::constant(tape, x)).rows() == 5);
  CHECK(outputs.activation == Activation::relu);

  bv::Dense<3, 2, double> fixed;
  fixed.initialise(bv::Initialiser::pytorch, {});
  CHECK(fixed(evaluating, bv::constant(tape, x)).value() == both(evaluating, bv::constant(tape, x)).value());
}

TEST_CASE("Dynamic sizes that do not fit are errors that name both things and both sizes", "[nn][dense]") {
  bv::Tape<double> tape;
  bv::Evaluating<double> evaluating(tape);
  const Eigen::MatrixXd x = test::matrix(4, 2, 1);
  const bv::Dense<dynamic, dynamic, double> layer(3, 2);
  CHECK(test::error_text<bv::ArgumentError>([&] { std::ignore = layer(evaluating, bv::constant(tape, x)); }) ==
        "dense: expected as many inputs of the weight as features of the input, got 3 and 4");
  const bv::Dense<3, 2, double> fixed;
  CHECK_THROWS_AS(fixed(evaluating, bv::constant(tape, x)), bv::ArgumentError);
  CHECK(test::error_text<bv::ArgumentError>([] { bv::Dense<3, 2>(3, 4); }) ==
        "Parameter: rows: expected 2, the size of its type, got 4");
  CHECK_THROWS_AS((bv::Dense<dynamic, dynamic>(-1, 4)), bv::ArgumentError);
}
