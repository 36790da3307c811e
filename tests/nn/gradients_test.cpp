// SPDX-License-Identifier: MIT
#include <betavae/nn/gradients.hpp>
#include <betavae/nn/sequential.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace bv = betavae;
namespace test = bv::test;
using bv::dynamic;
using bv::Index;

TEMPLATE_TEST_CASE("Every part begins on a cache line, in the order of the visit", "[nn][gradients]", float, double,
                   long double) {
  auto network = bv::dense_network<TestType, 3, 5, 2>();
  bv::Gradients<TestType> gradients(network);
  REQUIRE(gradients.parts().size() == 4);
  CHECK(gradients.parts()[0].name == "0.weight");
  CHECK(gradients.parts()[3].name == "1.bias");
  CHECK(gradients.parts()[0].rows == 5);
  CHECK(gradients.parts()[0].columns == 3);
  CHECK(gradients.parts()[0].parameter == std::get<0>(network.layers).weight.data());
  Index end = 0;
  for (const auto& part : gradients.parts()) {
    CHECK(reinterpret_cast<std::uintptr_t>(gradients.data(part)) % 64 == 0);
    CHECK(part.offset >= end);
    end = part.offset + part.size();
  }
  CHECK(gradients.size() >= end);
  CHECK(gradients.size() >= bv::count_parameters(network));
}

TEST_CASE("Gradients begin at zero, and can be set back, padding included", "[nn][gradients]") {
  auto network = bv::dense_network<double, 3, 5, 2>();
  bv::Gradients<double> gradients(network);
  CHECK(gradients.norm() == 0);
  double* const all = gradients.data(gradients.parts()[0]);
  std::fill_n(all, gradients.size(), 3.0);
  gradients.set_zero();
  CHECK(std::count(all, all + gradients.size(), 0.0) == gradients.size());
}

TEST_CASE("The norm is the Euclidean norm over all parameters, without the padding", "[nn][gradients]") {
  auto network = bv::dense_network<float, 3, 5, 2>();
  bv::Gradients<float> gradients(network);
  float* const all = gradients.data(gradients.parts()[0]);
  std::fill_n(all, gradients.size(), 100.0F);
  double squares = 0;
  for (const auto& part : gradients.parts()) {
    for (Index i = 0; i < part.size(); ++i) {
      gradients.data(part)[i] = test::number<float>(1, part.offset + i);
      squares += std::pow(static_cast<double>(gradients.data(part)[i]), 2);
    }
  }
  CHECK_THAT(gradients.norm(), Catch::Matchers::WithinRel(std::sqrt(squares), 1e-14));
  gradients.data(gradients.parts()[1])[2] = std::numeric_limits<float>::infinity();
  CHECK(std::isinf(gradients.norm()));
  gradients.data(gradients.parts()[0])[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(gradients.norm()));
}

TEST_CASE("The norm of large floats does not overflow", "[nn][gradients]") {
  bv::Dense<1, 1> layer;
  bv::Gradients<float> gradients(layer);
  gradients.data(gradients.parts()[0])[0] = 3e30F;
  gradients.data(gradients.parts()[1])[0] = 4e30F;
  CHECK_THAT(gradients.norm(), Catch::Matchers::WithinRel(5e30, 1e-6));
}

TEST_CASE("A model without parameters has an empty gradient", "[nn][gradients]") {
  struct Nothing {
  } nothing;
  const bv::Gradients<float> gradients(nothing);
  CHECK(gradients.parts().empty());
  CHECK(gradients.size() == 0);
  CHECK(gradients.norm() == 0);
}

TEST_CASE("Recording gives variables whose adjoint is the gradient, and evaluating constants", "[nn][gradients]") {
  bv::Dense<3, 2, double> layer;
  bv::Gradients<double> gradients(layer);
  bv::Tape<double> tape;
  const bv::Recording<double> recording(tape, gradients);
  const auto weight = recording.parameter(layer.weight);
  static_assert(std::is_same_v<decltype(weight), const bv::Variable<double, 2>>);
  CHECK(&recording.tape() == &tape);
  CHECK(weight.value_view().data == layer.weight.data());
  CHECK(weight.adjoint_view().data == gradients.data(gradients.parts()[0]));
  CHECK(weight.columns() == 3);

  const bv::Evaluating<double> evaluating(tape);
  const auto constant = evaluating.parameter(layer.weight);
  static_assert(std::is_same_v<decltype(constant), const bv::Constant<double, 2>>);
  CHECK(&evaluating.tape() == &tape);
  CHECK(constant.value_view().data == layer.weight.data());
}

TEST_CASE("A parameter that the model does not show is an error", "[nn][gradients]") {
  bv::Dense<3, 2, double> layer;
  const bv::Dense<3, 2, double> other =
      layer;  // NOLINT(performance-unnecessary-copy-initialization): a copy is another one
  bv::Gradients<double> gradients(layer);
  bv::Tape<double> tape;
  const bv::Recording<double> recording(tape, gradients);
  CHECK(test::error_text<bv::ArgumentError>([&] { std::ignore = recording.parameter(other.weight); }) ==
        "Gradients: parameter: expected one that the model's visit(f) shows, got one that it does not show (or that "
        "moved)");
}

TEST_CASE("Empty parameters keep their own shapes, though all have one address", "[nn][gradients]") {
  // A layer of no outputs, and one of no inputs behind it: y = bias of the second.
  using Layer = bv::Dense<dynamic, dynamic, double>;
  auto network = bv::Sequential(Layer(3, 0), Layer(0, 4));
  std::get<1>(network.layers).bias.value() << 1, 2, 3, 4;
  bv::Gradients<double> gradients(network);
  bv::Tape<double> tape;
  bv::Recording<double> recording(tape, gradients);
  const Eigen::MatrixXd x = test::matrix(3, 2, 1);
  const auto y = network(recording, bv::constant(tape, x));
  CHECK(y.value().col(1) == Eigen::Vector4d(1, 2, 3, 4));
  bv::reverse(bv::sum(y));
  CHECK(gradients.norm() == 4);  // four twos
}

TEST_CASE("While checking, a parameter that is not finite is named", "[nn][gradients]") {
  auto network = bv::dense_network<float, 3, 2>();
  std::get<0>(network.layers).bias.data()[1] = std::numeric_limits<float>::quiet_NaN();
  bv::Gradients<float> gradients(network);
  bv::Tape<float> tape;
  tape.check_finite(true);
  CHECK(test::error_text<bv::NotFiniteError>([&] { bv::Recording<float>(tape, gradients); }) ==
        "0.bias: the first value that is not finite is its result");
}

TEST_CASE("While checking, the first bad gradient names its operation and its parameter", "[nn][gradients]") {
  auto network = bv::dense_network<double, 2, 1>();
  std::get<0>(network.layers).weight.value().setConstant(1);
  std::get<0>(network.layers).bias.value().setZero();
  bv::Gradients<double> gradients(network);
  bv::Tape<double> tape;
  tape.check_finite(true);
  bv::Recording<double> recording(tape, gradients);
  const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(2, 1);
  const auto y = network(recording, bv::constant(tape, zero));
  const auto root = bv::unary(
      "root", y, [](double v) { return std::sqrt(v); }, [](double v, double) { return 0.5 / std::sqrt(v); });
  CHECK(test::error_text<bv::NotFiniteError>([&] { bv::reverse(bv::sum(root)); }) ==
        "root: its reverse pass made the first gradient that is not finite (of dense)");
}
