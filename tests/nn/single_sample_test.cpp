// SPDX-License-Identifier: MIT
#include <betavae/nn/single_sample.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>

namespace bv = betavae;
using bv::Index;

namespace {

/// The largest difference from the batch's result over some samples.
template <class Network>
double difference_from_batch(const Network& network) {
  using Scalar = typename Network::Scalar;
  const bv::SingleSample single(network);
  const bv::Random random(3);
  double largest = 0;
  for (std::uint64_t sample = 0; sample < 5; ++sample) {
    bv::Matrix<Scalar> x(Network::inputs, 1);
    random.fill_normals(x.data(), x.rows(), 0, sample);
    bv::Tape<Scalar> tape;
    bv::Evaluating<Scalar> context(tape);
    const auto batch = network(context, bv::constant(tape, x)).value();
    const auto y = single(std::span<const Scalar, Network::inputs>(x.data(), Network::inputs));
    for (std::size_t i = 0; i < y.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(y[i] - batch(static_cast<Index>(i), 0))));
    }
  }
  return largest;
}

}  // namespace

TEMPLATE_TEST_CASE("One sample alone gives what it gives in a batch, up to rounding", "[nn][single_sample]", float,
                   double) {
  constexpr double tolerance = 40.0 * static_cast<double>(std::numeric_limits<TestType>::epsilon());
  CHECK(difference_from_batch(bv::dense_network<TestType, 7, 16, 8>()) < tolerance);
  CHECK(difference_from_batch(bv::dense_network<TestType, 1, 1>()) < tolerance);
  CHECK(difference_from_batch(bv::dense_network<TestType, 2, 33, 5, 17>()) < tolerance);
  CHECK(difference_from_batch(bv::dense_network<TestType, 30, 100, 3>()) < tolerance);
  for (const auto activation :
       {bv::Activation::identity, bv::Activation::leaky_relu, bv::Activation::elu, bv::Activation::silu,
        bv::Activation::tanh, bv::Activation::sigmoid, bv::Activation::softplus}) {
    CAPTURE(bv::name(activation));
    CHECK(difference_from_batch(bv::dense_network<TestType, 5, 19, 4>(
              {.activation = activation, .last_activation = activation})) < tolerance);
  }
}

TEST_CASE("A SingleSample is a copy: training goes on without it", "[nn][single_sample]") {
  auto network = bv::dense_network<float, 3, 4, 2>();
  const bv::SingleSample single(network);
  const std::array<float, 3> x{1, 2, 3};
  const auto before = single(x);
  std::get<0>(network.layers).weight.value().setZero();
  CHECK(single(x) == before);
  CHECK(bv::SingleSample(network)(x) != before);
}

TEST_CASE("NaN in a sample reaches every output that depends on it", "[nn][single_sample]") {
  const bv::SingleSample single(bv::dense_network<float, 3, 4, 2>());
  const auto y = single(std::array<float, 3>{0, std::numeric_limits<float>::quiet_NaN(), 0});
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
}
