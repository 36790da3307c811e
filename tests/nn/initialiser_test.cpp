// SPDX-License-Identifier: MIT
#include <betavae/nn/initialiser.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace bv = betavae;
using bv::Initialiser;
using bv::InitialiserAddress;
using bv::Stream;

namespace {

template <class Scalar, int Outputs, int Inputs>
struct Drawn {
  explicit Drawn(Initialiser initialiser, InitialiserAddress address = {}) { draw(initialiser, address); }

  void draw(Initialiser initialiser, InitialiserAddress address) {
    const bv::MatrixView<Scalar> view{weight.data(), weight.rows(), weight.columns(), weight.rows()};
    bv::initialise(initialiser, address, view, bias.data());
  }

  bv::Parameter<Scalar, Outputs, Inputs> weight;
  bv::Parameter<Scalar, Outputs, 1> bias;
};

/// That numbers are uniform in ±bound: range, mean, variance, each within 4 standard errors.
template <class Parameter>
void check_uniform(const Parameter& parameter, double bound) {
  const auto numbers = parameter.value().template cast<double>().eval();
  const auto count = static_cast<double>(parameter.size());
  CHECK(numbers.maxCoeff() <= bound * (1 + 1e-6));
  CHECK(numbers.minCoeff() >= -bound * (1 + 1e-6));
  CHECK(numbers.maxCoeff() > bound * (1 - 20 / count));
  CHECK(numbers.minCoeff() < -bound * (1 - 20 / count));
  CHECK_THAT(numbers.mean(), Catch::Matchers::WithinAbs(0, 4 * bound / std::sqrt(3 * count)));
  CHECK_THAT(numbers.array().square().mean() / (bound * bound),
             Catch::Matchers::WithinAbs(1.0 / 3, 4 * 0.3 / std::sqrt(count)));
}

}  // namespace

TEMPLATE_TEST_CASE("PyTorch's draws weight and bias uniformly in ±1/√inputs", "[nn][initialiser]", float, double) {
  const Drawn<TestType, 400, 100> drawn(Initialiser::pytorch);
  check_uniform(drawn.weight, 0.1);
  check_uniform(drawn.bias, 0.1);
}

TEMPLATE_TEST_CASE("Glorot's draws the weight in ±√(6 / (inputs + outputs)) and leaves the bias at 0",
                   "[nn][initialiser]", float, double) {
  const Drawn<TestType, 400, 200> drawn(Initialiser::glorot_uniform);
  check_uniform(drawn.weight, 0.1);
  CHECK(drawn.bias.value().isZero(0));
}

TEST_CASE("Glorot's sets a bias back to 0 that was something else", "[nn][initialiser]") {
  Drawn<float, 4, 3> drawn(Initialiser::pytorch);
  CHECK_FALSE(drawn.bias.value().isZero(0));
  drawn.draw(Initialiser::glorot_uniform, {});
  CHECK(drawn.bias.value().isZero(0));
}

TEST_CASE("The same address gives the same numbers, another seed, stream or layer gives others", "[nn][initialiser]") {
  using Layer = Drawn<double, 5, 4>;
  const Layer reference(Initialiser::pytorch, {1, Stream::encoder_weights, 0});
  const auto same = [&](InitialiserAddress address) {
    const Layer layer(Initialiser::pytorch, address);
    const bool same_weight = layer.weight.value() == reference.weight.value();
    const bool no_number_alike = (layer.weight.value().array() != reference.weight.value().array()).all();
    CHECK((same_weight || no_number_alike));
    return same_weight && layer.bias.value() == reference.bias.value();
  };
  CHECK(same({1, Stream::encoder_weights, 0}));
  CHECK_FALSE(same({2, Stream::encoder_weights, 0}));
  CHECK_FALSE(same({1, Stream::decoder_weights, 0}));
  CHECK_FALSE(same({1, Stream::encoder_weights, 1}));
}

TEST_CASE("No two numbers of a layer are drawn from one place", "[nn][initialiser]") {
  const Drawn<double, 30, 20> drawn(Initialiser::pytorch);
  std::vector<double> numbers(drawn.weight.data(), drawn.weight.data() + drawn.weight.size());
  numbers.insert(numbers.end(), drawn.bias.data(), drawn.bias.data() + drawn.bias.size());
  std::sort(numbers.begin(), numbers.end());
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
}

TEST_CASE("A layer of no inputs or no outputs can be initialised", "[nn][initialiser]") {
  for (const Initialiser initialiser : {Initialiser::pytorch, Initialiser::glorot_uniform}) {
    CHECK(Drawn<float, 3, 0>(initialiser).bias.value().allFinite());
    CHECK(Drawn<float, 0, 3>(initialiser).weight.size() == 0);
    CHECK(Drawn<float, 0, 0>(initialiser).bias.size() == 0);
  }
}
