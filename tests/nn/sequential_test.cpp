// SPDX-License-Identifier: MIT
#include <betavae/autodiff/shape.hpp>
#include <betavae/nn/activation.hpp>
#include <betavae/nn/sequential.hpp>

#include "catch.hpp"
#include "dual.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::Activation;
using bv::dynamic;
using bv::Index;
using bv::Sequential;
using test::Dual;

namespace {

template <class Model>
std::vector<std::string> names_of(const Model& model) {
  std::vector<std::string> names;
  bv::visit_parameters(model, [&](const std::string& name, const auto&) { names.push_back(name); });
  return names;
}

/// Σ f(x)² and its gradient in every parameter.
template <class Network>
double loss_and_gradients(const Network& network, const bv::Matrix<double>& x, bv::Gradients<double>& gradients) {
  bv::Tape<double> tape;
  gradients.set_zero();
  bv::Recording<double> recording(tape, gradients);
  const auto loss = bv::sum(square(network(recording, bv::constant(tape, x))));
  bv::reverse(loss);
  return loss.value()(0, 0);
}

template <class Network>
double loss(const Network& network, const bv::Matrix<double>& x) {
  bv::Tape<double> tape;
  bv::Evaluating<double> evaluating(tape);
  return bv::sum(square(network(evaluating, bv::constant(tape, x)))).value()(0, 0);
}

/// The gradient in every number of every parameter against finite differences of the loss.
template <class Network>
double worst_gradient_error(Network& network, const bv::Matrix<double>& x) {
  bv::Gradients<double> gradients(network);
  loss_and_gradients(network, x, gradients);
  double worst = 0;
  std::size_t part = 0;
  bv::visit_parameters(network, [&](const std::string&, auto& parameter) {
    for (Index i = 0; i < parameter.size(); ++i) {
      double& number = parameter.data()[i];
      const double original = number;
      constexpr double h = 1e-3;
      const auto at = [&](double step) {
        number = original + step;
        return loss(network, x);
      };
      const double numeric = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h);
      number = original;
      worst = std::max(
          worst, std::abs(gradients.data(gradients.parts()[part])[i] - numeric) / std::max(1.0, std::abs(numeric)));
    }
    ++part;
  });
  return worst;
}

}  // namespace

TEST_CASE("A sequence is its layers, one applied to the result of the other", "[nn][sequential]") {
  const auto network = bv::dense_network<double, 5, 7, 3>({.activation = Activation::tanh});
  const auto& [first, second] = network.layers;
  const Eigen::MatrixXd x = test::matrix(5, 4, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> evaluating(tape);
  const auto input = bv::constant(tape, x);
  const auto y = network(evaluating, input);
  static_assert(std::is_same_v<decltype(y), const bv::Constant<double, 3>>);
  CHECK(y.value() == second(evaluating, first(evaluating, input)).value());
  CHECK(first.activation == Activation::tanh);
  CHECK(second.activation == Activation::identity);
}

TEST_CASE("Recording and evaluating give the same numbers, bit for bit", "[nn][sequential]") {
  auto network = bv::dense_network<double, 5, 20, 3>({.activation = Activation::silu});
  const Eigen::MatrixXd x = test::matrix(5, 9, 1);
  bv::Gradients<double> gradients(network);
  CHECK(test::same_bits(loss_and_gradients(network, x, gradients), loss(network, x)));
}

TEST_CASE("The sizes of a sequence are those of its ends", "[nn][sequential]") {
  using Network = decltype(bv::dense_network<float, 784, 400, 20>());
  static_assert(Network::inputs == 784 && Network::outputs == 20);
  static_assert(std::is_same_v<Network::Scalar, float>);
  static_assert(std::is_same_v<Network, Sequential<bv::Dense<784, 400>, bv::Dense<400, 20>>>);
  CHECK(bv::count_parameters(bv::dense_network<float, 784, 400, 20>()) == 784 * 400 + 400 + 400 * 20 + 20);
}

TEST_CASE("Parameters are named by the number of their layer", "[nn][sequential]") {
  CHECK(names_of(bv::dense_network<float, 3, 4, 2>()) ==
        std::vector<std::string>{"0.weight", "0.bias", "1.weight", "1.bias"});
  const Sequential with_activation{bv::Dense<3, 4>(), bv::ActivationLayer<4>(Activation::elu), bv::Dense<4, 2>()};
  CHECK(names_of(with_activation) == std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"});
  const Sequential nested{bv::dense_network<float, 3, 4, 2>(), bv::Dense<2, 1>()};
  CHECK(names_of(nested) ==
        std::vector<std::string>{"0.0.weight", "0.0.bias", "0.1.weight", "0.1.bias", "1.weight", "1.bias"});
}

TEST_CASE("The gradient of a whole network agrees with finite differences in every parameter", "[nn][sequential]") {
  for (const Activation activation : {Activation::tanh, Activation::silu, Activation::softplus, Activation::sigmoid}) {
    for (const Index samples : {1, 3, 17}) {
      auto network = bv::dense_network<double, 4, 9, 7, 2>({.activation = activation, .last_activation = activation});
      CAPTURE(bv::name(activation), samples);
      CHECK(worst_gradient_error(network, test::matrix(4, samples, 1)) < 1e-8);
    }
  }
  Sequential mixed(bv::Dense<3, 8, double>(), bv::ActivationLayer<>(Activation::tanh),
                   bv::Dense<dynamic, dynamic, double>(8, 5), bv::dense_network<double, 5, 1>());
  mixed.initialise(bv::Initialiser::glorot_uniform, {});
  CHECK(worst_gradient_error(mixed, test::matrix(3, 4, 1)) < 1e-8);
}

TEST_CASE("Gradients gather over several passes until they are set back", "[nn][sequential]") {
  auto network = bv::dense_network<double, 3, 4, 2>();
  const Eigen::MatrixXd x = test::matrix(3, 5, 1);
  bv::Gradients<double> once(network);
  loss_and_gradients(network, x, once);
  bv::Gradients<double> twice(network);
  for (int pass = 0; pass < 2; ++pass) {
    bv::Tape<double> tape;
    bv::Recording<double> recording(tape, twice);
    bv::reverse(bv::sum(square(network(recording, bv::constant(tape, x)))));
  }
  CHECK_THAT(twice.norm(), Catch::Matchers::WithinRel(2 * once.norm(), 1e-14));
}

TEST_CASE("One seed gives one network, another seed or stream another", "[nn][sequential]") {
  const Eigen::MatrixXd x = test::matrix(3, 2, 1);
  const auto output = [&](const bv::DenseOptions& options) {
    return loss(bv::dense_network<double, 3, 4, 2>(options), x);
  };
  CHECK(output({}) == output({}));
  CHECK(output({.seed = 2}) != output({}));
  CHECK(output({.stream = bv::Stream::decoder_weights}) != output({}));
  CHECK(output({.initialiser = bv::Initialiser::glorot_uniform}) != output({}));
}

TEST_CASE("No two numbers of a network are drawn from one place, also in a sequence within a sequence",
          "[nn][sequential]") {
  Sequential network(bv::dense_network<double, 4, 4, 4>(), bv::Dense<4, 4, double>(),
                     bv::ActivationLayer<4>(Activation::relu), bv::Dense<4, 4, double>());
  network.initialise(bv::Initialiser::pytorch, {});
  std::vector<double> numbers;
  bv::visit_parameters(network, [&](const std::string&, const auto& parameter) {
    numbers.insert(numbers.end(), parameter.data(), parameter.data() + parameter.size());
  });
  CHECK(numbers.size() == 4 * 20);
  std::sort(numbers.begin(), numbers.end());
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
}

TEST_CASE("A copy of a network is a copy", "[nn][sequential]") {
  const auto network = bv::dense_network<double, 3, 4, 2>();
  auto copy = network;
  const Eigen::MatrixXd x = test::matrix(3, 2, 1);
  CHECK(loss(copy, x) == loss(network, x));
  std::get<0>(copy.layers).weight.value().setZero();
  CHECK(loss(copy, x) != loss(network, x));
}

TEST_CASE("Layers of dynamic sizes that do not fit are an error when they run", "[nn][sequential]") {
  using Layer = bv::Dense<dynamic, dynamic, double>;
  const Sequential network(Layer(3, 4), Layer(5, 2));
  const Eigen::MatrixXd x = test::matrix(3, 2, 1);
  CHECK(test::error_text<bv::ArgumentError>([&] { loss(network, x); }) ==
        "dense: expected as many inputs of the weight as features of the input, got 5 and 4");
}

TEST_CASE("A network of dual numbers is its own Jacobian, forward", "[nn][sequential]") {
  const bv::DenseOptions options{.activation = Activation::silu};
  const auto network = bv::dense_network<double, 3, 6, 2>(options);
  const auto dual_network = bv::dense_network<Dual, 3, 6, 2>(options);
  const Eigen::MatrixXd point = test::matrix(3, 1, 1);
  for (Index input = 0; input < 3; ++input) {
    bv::Tape<Dual> tape;
    bv::Evaluating<Dual> evaluating(tape);
    bv::Matrix<Dual> x = point.cast<Dual>();
    x(input, 0).tangent = 1;
    const auto y = dual_network(evaluating, bv::constant(tape, x));
    for (Index output = 0; output < 2; ++output) {
      // One row of the Jacobian by the reverse pass.
      const auto f = [&](const auto& v) {
        bv::Evaluating<double> in_double(v.tape());
        return bv::rows<1>(network(in_double, v), output);
      };
      bv::Tape<double> reverse_tape;
      const auto v = bv::make_variable(reverse_tape, 3, 1);
      std::copy_n(point.data(), 3, v.value_view().data);
      const auto result = f(v);
      bv::reverse(result);
      CHECK_THAT(y.value_view().data[output].value, Catch::Matchers::WithinAbs(result.value()(0, 0), 1e-14));
      CHECK_THAT(y.value_view().data[output].tangent, Catch::Matchers::WithinAbs(v.adjoint()(input, 0), 1e-13));
    }
  }
}

TEST_CASE("A sequence may begin with an activation", "[nn][sequential]") {
  const Sequential network{bv::ActivationLayer<3>(Activation::tanh), bv::Dense<3, 2, double>()};
  static_assert(std::is_same_v<decltype(network)::Scalar, double>);
  static_assert(decltype(network)::inputs == 3);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const bv::Matrix<double> x = bv::Matrix<double>::Zero(3, 1);
  const auto& bias = std::get<1>(network.layers).bias;
  CHECK(network(context, bv::constant(tape, x)).value() == bias.value());
}
