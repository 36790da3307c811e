// SPDX-License-Identifier: MIT
#include <betavae/io/report/stored_decoder.hpp>
#include <betavae/vae/likelihood/poisson.hpp>
#include <betavae/vae/networks.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

using namespace betavae;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// The weights of a network's first layer.
template <class Network>
auto first_weights(Network& network) {
  return std::get<0>(network.layers).weight.value();
}

/// A network 2-2 of given weights, row by row.
auto two_by_two(float a, float b, float c, float d) {
  auto network = dense_decoder<2, 2>();
  auto weights = first_weights(network);
  weights << a, b, c, d;
  std::get<0>(network.layers).bias.value() << 0.25F, -0.5F;
  return network;
}

}  // namespace

TEST_CASE(
    "each output unit has a scale of its own: the largest weight is exact, the others off by half a step at most") {
  const auto network = dense_decoder<20, 30, 50>();
  const StoredDecoder stored(network, Bernoulli{});
  const auto& layer = std::get<0>(network.layers);
  const StoredLayer& kept = stored.layers()[0];
  bool scales_differ = false;
  for (Index i = 0; i < kept.outputs; ++i) {
    float largest = 0;
    for (Index k = 0; k < kept.inputs; ++k) {
      largest = std::max(largest, std::abs(layer.weight.value()(i, k)));
    }
    const float scale = kept.scales[static_cast<std::size_t>(i)];
    CHECK(scale == largest / 127);
    scales_differ = scales_differ || scale != kept.scales[0];
    for (Index k = 0; k < kept.inputs; ++k) {
      CHECK(std::abs(kept.weight(i, k) - layer.weight.value()(i, k)) <= 0.5001F * scale);
    }
    CHECK(kept.biases[static_cast<std::size_t>(i)] == layer.bias.data()[i]);
  }
  CHECK(scales_differ);  // one scale for the layer would not pass
  CHECK(stored.inputs() == 20);
  CHECK(stored.outputs() == 50);
}

TEST_CASE("small rows keep their digits beside large ones") {
  const auto network = two_by_two(1000, -250, 0.001F, -0.00025F);
  const StoredDecoder stored(network, Gaussian{});
  CHECK(stored.layers()[0].weights == std::vector<std::int8_t>{127, -32, 127, -32});
}

TEST_CASE("what is restored has the stored weights, and storing it again changes nothing") {
  auto network = dense_decoder<5, 8, 6>({.activation = Activation::tanh});
  const StoredDecoder stored(network, Poisson{});
  const auto restored = stored.restored(dense_decoder<5, 8, 6>({.seed = 9}));
  CHECK(std::get<0>(restored.layers).activation == Activation::tanh);
  CHECK(std::get<1>(restored.layers).activation == Activation::identity);
  CHECK(first_weights(restored) != first_weights(network));
  for (Index i = 0; i < 8; ++i) {
    for (Index k = 0; k < 5; ++k) {
      CHECK(first_weights(restored)(i, k) == stored.layers()[0].weight(i, k));
    }
  }
  CHECK(StoredDecoder(restored, Poisson{}).layers()[0].weights == stored.layers()[0].weights);
  CHECK(contains(stored.json(), R"("output":"exponential")"));
}

TEST_CASE("the JSON holds sizes, activations, and numbers as base64 of their bytes, lowest first") {
  const StoredDecoder stored(two_by_two(127, 1, -127, 0), Gaussian{});
  // Scales 1 and 1 are 0000803f 0000803f, biases 0.25 and −0.5 are 0000803e 000000bf, weights 7f 01 81 00.
  CHECK(stored.json() == R"({"output":"identity","layers":[{"inputs":2,"outputs":2,"activation":"identity",)"
                         R"("scales":"AACAPwAAgD8=","biases":"AACAPgAAAL8=","weights":"fwGBAA=="}]})");
  CHECK(contains(StoredDecoder(two_by_two(1, 1, 1, 1), Bernoulli{}).json(), R"("output":"sigmoid")"));
  CHECK(contains(StoredDecoder(two_by_two(1, 1, 1, 1), GaussianOptimalSigma{}).json(), R"("output":"identity")"));
}

TEST_CASE("weights of zero, of the least size and of the greatest size can be stored") {
  constexpr float least = std::numeric_limits<float>::denorm_min();
  constexpr float greatest = 1e38F;
  const StoredDecoder stored(two_by_two(0, -0.0F, least, -least), Bernoulli{});
  CHECK(stored.layers()[0].weight(0, 0) == 0);
  CHECK(std::abs(stored.layers()[0].weight(1, 0)) <= 200 * least);
  const StoredDecoder large(two_by_two(greatest, -greatest, 1, 2), Bernoulli{});
  CHECK(std::isfinite(large.layers()[0].weight(0, 0)));
  CHECK(large.layers()[0].weights[1] == -127);
}

TEST_CASE("numbers that are none are refused, and so is a network of another shape") {
  constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(StoredDecoder(two_by_two(1, not_a_number, 0, 0), Bernoulli{}), ArgumentError);
  CHECK_THROWS_AS(StoredDecoder(two_by_two(1, 2, infinity, 0), Bernoulli{}), ArgumentError);
  CHECK_THROWS_AS(StoredDecoder(two_by_two(1, 2, -3e38F, 0), Bernoulli{}), ArgumentError);
  auto network = two_by_two(1, 2, 3, 4);
  std::get<0>(network.layers).bias.data()[1] = not_a_number;
  CHECK_THROWS_AS(StoredDecoder(network, Bernoulli{}), ArgumentError);
  const auto beyond_float = [] {
    auto wide = dense_decoder<double, 2, 2>();
    std::get<0>(wide.layers).weight.value()(0, 1) = 1e300;
    return StoredDecoder(wide, Bernoulli{});
  };
  CHECK_THROWS_AS(beyond_float(), ArgumentError);
  const StoredDecoder stored(two_by_two(1, 2, 3, 4), Bernoulli{});
  CHECK_THROWS_AS(stored.restored(dense_decoder<2, 3>()), ArgumentError);
  CHECK_THROWS_AS(stored.restored(dense_decoder<2, 2, 2>()), ArgumentError);
}

TEST_CASE("sizes may be dynamic, and must meet") {
  const Sequential fits(Dense<dynamic, dynamic>(3, 4, Activation::relu), Dense<dynamic, dynamic>(4, 2));
  const StoredDecoder stored(fits, Bernoulli{});
  CHECK(stored.inputs() == 3);
  CHECK(stored.outputs() == 2);
  const Sequential apart(Dense<dynamic, dynamic>(3, 4), Dense<dynamic, dynamic>(5, 2));
  CHECK_THROWS_AS(StoredDecoder(apart, Bernoulli{}), ArgumentError);
}

TEST_CASE("eight decoders 20-400-784 take less than four megabytes") {
  const StoredDecoder stored(dense_decoder<20, 400, 784>(), Bernoulli{});
  CHECK(8 * stored.json().size() < 4'000'000);
}
