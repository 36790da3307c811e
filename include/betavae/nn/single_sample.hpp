// SPDX-License-Identifier: MIT
// A trained network for one sample at a time, as a control loop or a trigger needs it: nothing is allocated, no tape, one call.
#pragma once

#include <betavae/kernels/single_sample.hpp>
#include <betavae/nn/sequential.hpp>

#include <array>
#include <span>

namespace betavae {

template <class Network>
class SingleSample {
  static_assert(sizeof(Network) == 0,
                "betavae: SingleSample takes a Sequential of Dense layers whose sizes are part of their types");
};

/// A copy of a Sequential of Dense layers, packed for one sample at a time. Training the network further does not change it. For
/// a hidden layer of some hundred numbers or more the memory of the weights is what takes the time, and a batch is far faster.
template <int... Inputs, int... Outputs, class ScalarType>
class SingleSample<Sequential<Dense<Inputs, Outputs, ScalarType>...>> {
  using Network = Sequential<Dense<Inputs, Outputs, ScalarType>...>;
  static_assert(((Inputs != dynamic && Outputs != dynamic) && ...),
                "betavae: SingleSample takes layers whose sizes are part of their types");

 public:
  using Scalar = ScalarType;
  static constexpr int inputs = Network::inputs;
  static constexpr int outputs = Network::outputs;

  explicit SingleSample(const Network& network) : parameters_((kernels::single_sample_size(Inputs, Outputs) + ...)) {
    Scalar* to = parameters_.data();
    std::size_t number = 0;
    std::apply([&](const auto&... layer) { (pack(layer, to, number), ...); }, network.layers);
  }

  /// The network's outputs for one sample. Differs from those of a batch by rounding: |error| as of `kernels::product`.
  [[nodiscard]] std::array<Scalar, outputs> operator()(std::span<const Scalar, inputs> x) const {
    std::array<Scalar, outputs> y;
    kernels::single_sample<inputs, Outputs...>(parameters_.data(), activations_.data(), x.data(), y.data());
    return y;
  }

 private:
  template <class Layer>
  void pack(const Layer& layer, Scalar*& to, std::size_t& number) {
    const Index stride = kernels::single_sample_stride(Layer::outputs);
    for (Index i = 0; i < Layer::outputs; ++i) {
      to[i] = layer.bias.data()[i];
      for (Index k = 0; k < Layer::inputs; ++k) {
        to[(k + 1) * stride + i] = layer.weight.data()[k * Layer::outputs + i];
      }
    }
    to += kernels::single_sample_size(Layer::inputs, Layer::outputs);
    activations_[number++] = layer.activation;
  }

  AlignedVector<Scalar> parameters_;
  std::array<Activation, sizeof...(Inputs)> activations_{};
};

template <class... Layers>
SingleSample(const Sequential<Layers...>&) -> SingleSample<Sequential<Layers...>>;

}  // namespace betavae
