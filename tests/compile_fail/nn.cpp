// SPDX-License-Identifier: MIT
// Layers and networks.
#include <betavae/nn/activation.hpp>
#include <betavae/nn/dense.hpp>
#include <betavae/nn/sequential.hpp>

namespace bv = betavae;

// case: nn/activation_input
// expect: betavae: ActivationLayer: the input must have as many rows as the layer has inputs
namespace activation_input {

int use() {
  bv::Tape<float> tape;
  bv::Evaluating<float> evaluating(tape);
  const bv::ActivationLayer<3> layer(bv::Activation::relu);
#if defined(BETAVAE_MUST_FAIL)
  const auto x = bv::make_variable<4>(tape, 4, 5);
#else
  const auto x = bv::make_variable<3>(tape, 3, 5);
#endif
  return static_cast<int>(layer(evaluating, x).rows());
}

}  // namespace activation_input

// case: nn/dense_dynamic_sizes
// expect: betavae: Dense: sizes that are dynamic are given to the constructor: Dense(inputs, outputs, activation)
namespace dense_dynamic_sizes {

int use() {
#if defined(BETAVAE_MUST_FAIL)
  const bv::Dense<bv::dynamic, 2> layer;
#else
  const bv::Dense<bv::dynamic, 2> layer(3, 2);
#endif
  return static_cast<int>(layer.weight.columns());
}

}  // namespace dense_dynamic_sizes

// case: nn/dense_input
// expect: betavae: Dense: the input must have as many rows as the layer has inputs
namespace dense_input {

int use() {
  bv::Tape<float> tape;
  bv::Evaluating<float> evaluating(tape);
  const bv::Dense<3, 2> layer;
#if defined(BETAVAE_MUST_FAIL)
  const auto x = bv::make_variable<4>(tape, 4, 5);
#else
  const auto x = bv::make_variable<3>(tape, 3, 5);
#endif
  return static_cast<int>(layer(evaluating, x).rows());
}

}  // namespace dense_input

// case: nn/dense_network_sizes
// expect: betavae: dense_network: give at least two sizes, inputs and outputs
namespace dense_network_sizes {

int use() {
#if defined(BETAVAE_MUST_FAIL)
  const auto network = bv::dense_network<float, 3>();
#else
  const auto network = bv::dense_network<float, 3, 2>();
#endif
  return static_cast<int>(bv::count_parameters(network));
}

}  // namespace dense_network_sizes

// case: nn/sequential_sizes
// expect: betavae: Sequential: each layer must have as many inputs as the layer before it has outputs
namespace sequential_sizes {

int use() {
#if defined(BETAVAE_MUST_FAIL)
  const bv::Sequential network{bv::Dense<3, 4>(), bv::Dense<4, 5>(), bv::Dense<6, 2>()};
#else
  const bv::Sequential network{bv::Dense<3, 4>(), bv::Dense<4, 5>(), bv::Dense<5, 2>()};
#endif
  return static_cast<int>(bv::count_parameters(network));
}

}  // namespace sequential_sizes
