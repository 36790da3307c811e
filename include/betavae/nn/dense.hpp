// SPDX-License-Identifier: MIT
// The dense layer: y = activation(W x + b).
#pragma once

#include <betavae/autodiff/dense.hpp>
#include <betavae/nn/gradients.hpp>
#include <betavae/nn/initialiser.hpp>
#include <betavae/nn/state.hpp>

namespace betavae {

/// inputs × samples → outputs × samples. Sizes are part of the type, or `dynamic` and given to the constructor. It begins with
/// PyTorch's initialisation; layers of one size begin alike, unless each, or the network of them, is given `initialise`.
template <int Inputs, int Outputs, class ScalarType = float>
class Dense {
 public:
  using Scalar = ScalarType;
  static constexpr int inputs = Inputs;
  static constexpr int outputs = Outputs;

  explicit Dense(Activation activation_of_output = Activation::identity) : activation(activation_of_output) {
    static_assert(
        Inputs != dynamic && Outputs != dynamic,
        "betavae: Dense: sizes that are dynamic are given to the constructor: Dense(inputs, outputs, activation)");
    initialise(Initialiser::pytorch, {});
  }
  Dense(Index input_count, Index output_count, Activation activation_of_output = Activation::identity)
      : weight(output_count, input_count), bias(output_count, 1), activation(activation_of_output) {
    initialise(Initialiser::pytorch, {});
  }

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    static_assert(X::Rows == Inputs || X::Rows == dynamic || Inputs == dynamic,
                  "betavae: Dense: the input must have as many rows as the layer has inputs");
    return dense(x, context.assigned(weight), context.parameter(bias), activation);
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("weight", weight);
    visitor("bias", bias);
  }

  [[nodiscard]] std::vector<std::string> schema() const {
    return {detail::schema_line("activation", name(activation))};
  }

  void initialise(Initialiser initialiser, InitialiserAddress address) {
    betavae::initialise(initialiser, address,
                        MatrixView<Scalar>{weight.data(), weight.rows(), weight.columns(), weight.rows()}, bias.data());
  }

  Parameter<Scalar, Outputs, Inputs> weight;
  Parameter<Scalar, Outputs, 1> bias;
  Activation activation;
};

}  // namespace betavae
