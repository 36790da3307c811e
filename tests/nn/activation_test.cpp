// SPDX-License-Identifier: MIT
#include <betavae/nn/activation.hpp>

#include "catch.hpp"
#include "gradients.hpp"

#include <type_traits>

namespace bv = betavae;
namespace test = bv::test;
using bv::Activation;

TEST_CASE("An activation layer applies its activation to every number", "[nn][activation]") {
  const Eigen::MatrixXd x = test::matrix(3, 4, 1);
  for (const Activation kind : {Activation::relu, Activation::silu, Activation::tanh}) {
    bv::Tape<double> tape;
    bv::Evaluating<double> evaluating(tape);
    const bv::ActivationLayer<> layer(kind);
    const auto y = layer(evaluating, bv::constant(tape, x));
    CHECK(y.value() == x.unaryExpr([=](double v) { return bv::kernels::activate(kind, v); }));
  }
}

TEST_CASE("An activation layer passes the gradient check and keeps the rows of its input", "[nn][activation]") {
  const auto layer = [](const auto& x) {
    bv::Evaluating<double> evaluating(x.tape());
    auto y = bv::ActivationLayer<5>(Activation::softplus)(evaluating, x);
    static_assert(std::is_same_v<decltype(y), std::remove_cvref_t<decltype(x)>>);
    return y;
  };
  test::require_pass(bv::gradient_check(layer, test::matrix<double, 5>(5, 3, 1)));
  test::require_pass(bv::gradient_check(layer, test::matrix(5, 3, 1)));
}

TEST_CASE("An activation layer has no parameters", "[nn][activation]") {
  CHECK(bv::count_parameters(bv::ActivationLayer<3>(Activation::relu)) == 0);
}
