// SPDX-License-Identifier: MIT
// Encoders and decoders made of networks, and the dense ones by their sizes.
#pragma once

#include <betavae/nn/sequential.hpp>
#include <betavae/vae/posterior.hpp>

namespace betavae {

/// A network whose 2K outputs are read as the mean and log-variance of K latents.
template <class Network>
class GaussianEncoder {
  static_assert(
      Network::outputs == dynamic || Network::outputs % 2 == 0,
      "betavae: GaussianEncoder: the network must have two outputs for each latent, a mean and a log-variance");

 public:
  using Scalar = typename Network::Scalar;
  static constexpr int inputs = Network::inputs;
  static constexpr int latents = Network::outputs == dynamic ? dynamic : Network::outputs / 2;

  explicit GaussianEncoder(Network inner_network) : network(std::move(inner_network)) {}

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    return gaussian_posterior(network(context, x));
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    network.visit(visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(network, visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const { return schema_of(network); }

  Network network;
};

namespace detail {

template <class Scalar, int... Doubled>
[[nodiscard]] auto dense_gaussian_encoder(std::integer_sequence<int, Doubled...> /*sizes*/, DenseOptions options) {
  options.stream = Stream::encoder_weights;
  return GaussianEncoder(dense_network<Scalar, Doubled...>(options));
}

/// The sizes with the last one, the latents, doubled.
template <int First, int... Others, int... Done>
[[nodiscard]] consteval auto double_last(std::integer_sequence<int, Done...> /*done*/) {
  if constexpr (sizeof...(Others) == 0) {
    return std::integer_sequence<int, Done..., 2 * First>{};
  } else {
    return double_last<Others...>(std::integer_sequence<int, Done..., First>{});
  }
}

}  // namespace detail

/// dense_encoder<double, 784, 400, 20>(): 784 features, one hidden layer of 400, 20 latents (40 outputs).
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_encoder(const DenseOptions& options = {}) {
  return detail::dense_gaussian_encoder<Scalar>(detail::double_last<Sizes...>(std::integer_sequence<int>{}), options);
}

/// The same in float.
template <int... Sizes>
[[nodiscard]] auto dense_encoder(const DenseOptions& options = {}) {
  return dense_encoder<float, Sizes...>(options);
}

/// dense_decoder<double, 20, 400, 784>(): 20 latents, one hidden layer of 400, 784 parameters of the likelihood.
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_decoder(DenseOptions options = {}) {
  options.stream = Stream::decoder_weights;
  return dense_network<Scalar, Sizes...>(options);
}

/// The same in float.
template <int... Sizes>
[[nodiscard]] auto dense_decoder(const DenseOptions& options = {}) {
  return dense_decoder<float, Sizes...>(options);
}

}  // namespace betavae
