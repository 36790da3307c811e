// SPDX-License-Identifier: MIT
// An activation as a layer of its own, for networks whose layers do not apply one.
#pragma once

#include <betavae/autodiff/elementwise.hpp>
#include <betavae/nn/gradients.hpp>
#include <betavae/nn/state.hpp>

namespace betavae {

/// Any shape to the same shape. No parameters.
template <int Size = dynamic>
class ActivationLayer {
 public:
  static constexpr int inputs = Size;
  static constexpr int outputs = Size;

  explicit ActivationLayer(Activation kind) : activation(kind) {}

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& /*context*/, const X& x) const {
    static_assert(X::Rows == Size || X::Rows == dynamic || Size == dynamic,
                  "betavae: ActivationLayer: the input must have as many rows as the layer has inputs");
    return activate(activation, x);
  }

  [[nodiscard]] std::vector<std::string> schema() const {
    return {detail::schema_line("activation", name(activation))};
  }

  Activation activation;
};

}  // namespace betavae
