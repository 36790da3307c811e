// SPDX-License-Identifier: MIT
// Decoders that are reminded of z: each layer takes it, and not the first alone.
//
//     h₁ = f(W₁ z + b₁),    hᵢ₊₁ = f(Wᵢ₊₁ (hᵢ, z) + bᵢ₊₁)
//
// This is a generative skip model (Dieng, Kim, Rush and Blei, 2019, "Avoiding latent variable collapse with generative skip models"):
// z skips layers, so that it informs the last as directly as the first. Unlike a skip from the encoder it shows the decoder nothing
// that is not in z, and samples from the prior go the same way as data.
#pragma once

#include <betavae/autodiff/shape.hpp>
#include <betavae/vae/networks.hpp>

namespace betavae {

/// `inner`, whose last `Latents` inputs are the latents and whose first are what the layer before it gives.
template <class Layer, int Latents>
class WithLatents {
  static_assert(Latents >= 0 && Layer::inputs >= Latents,
                "betavae: WithLatents: the layer must have inputs for the latents, and its sizes in its type");

 public:
  using Scalar = typename Layer::Scalar;
  static constexpr int inputs = Layer::inputs - Latents;
  static constexpr int outputs = Layer::outputs;

  explicit WithLatents(Layer inner_layer) : inner(std::move(inner_layer)) {}

  template <class Context, Operand H, Operand Z>
  [[nodiscard]] auto operator()(Context& context, const H& h, const Z& z) const {
    return inner(context, concatenate(h, z));
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visit_parameters(inner, visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(inner, visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const {
    std::vector<std::string> lines = schema_of(inner);
    lines.push_back(detail::schema_line("latents", Latents));
    return lines;
  }
  void initialise(Initialiser initialiser, InitialiserAddress address) { inner.initialise(initialiser, address); }

  Layer inner;
};

namespace detail {

template <class Context, class Layer, Operand H, Operand Z>
[[nodiscard]] auto run_layer(Context& context, const Layer& layer, const H& h, const Z& z) {
  if constexpr (requires { layer(context, h, z); }) {
    return layer(context, h, z);
  } else {
    return layer(context, h);
  }
}

/// Runs a decoder's layers from layer I on, each that takes the latents with them: `h` is what layer I takes, and join(number, h) makes
/// of hidden layer `number` what the next one takes.
template <std::size_t I = 0, class Context, class... Layers, Operand H, Operand Z, class Join>
[[nodiscard]] auto decode_by_layers(Context& context, const std::tuple<Layers...>& layers, const H& h, const Z& z,
                                    const Join& join) {
  const auto y = run_layer(context, std::get<I>(layers), h, z);
  if constexpr (I + 1 == sizeof...(Layers)) {
    return y;
  } else {
    return decode_by_layers<I + 1>(context, layers, join(std::integral_constant<std::size_t, I>{}, y), z, join);
  }
}

/// Hands h on as it is.
struct JoinNothing {
  template <Operand H>
  [[nodiscard]] H operator()(auto /*number*/, const H& h) const {
    return h;
  }
};

template <class Scalar, int... Sizes, std::size_t... I>
[[nodiscard]] auto dense_layers_with_latents(const DenseOptions& options, std::index_sequence<I...> /*later layers*/) {
  constexpr int sizes[] = {Sizes...};
  constexpr int latents = sizes[0];
  const auto activation = [&](std::size_t layer) {
    return layer + 2 == sizeof...(Sizes) ? options.last_activation : options.activation;
  };
  Sequential network(Dense<latents, sizes[1], Scalar>(activation(0)),
                     WithLatents<Dense<sizes[I + 1] + latents, sizes[I + 2], Scalar>, latents>(
                         Dense<sizes[I + 1] + latents, sizes[I + 2], Scalar>(activation(I + 1)))...);
  network.initialise(options.initialiser, {options.seed, options.stream, 0});
  return network;
}

/// A Sequential whose layers after the first take the latents beside their inputs.
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_network_with_latents(const DenseOptions& options) {
  static_assert(sizeof...(Sizes) >= 3,
                "betavae: latents everywhere: give at least three sizes, latents, a hidden layer and outputs");
  return dense_layers_with_latents<Scalar, Sizes...>(options, std::make_index_sequence<sizeof...(Sizes) - 2>{});
}

}  // namespace detail

/// A decoder that is a Sequential of layers of which each, or some, take the latents with their inputs (see WithLatents).
template <class Network>
class GenerativeSkipDecoder {
 public:
  using Scalar = typename Network::Scalar;
  static constexpr int inputs = Network::inputs;
  static constexpr int outputs = Network::outputs;

  explicit GenerativeSkipDecoder(Network inner_network) : network(std::move(inner_network)) {}

  template <class Context, Operand Z>
  [[nodiscard]] auto operator()(Context& context, const Z& z) const {
    return detail::decode_by_layers(context, network.layers, z, z, detail::JoinNothing{});
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

/// dense_decoder_with_latents_everywhere<double, 20, 400, 784>(): as dense_decoder, but the second layer takes 400 + 20 numbers, and
/// so on.
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_decoder_with_latents_everywhere(DenseOptions options = {}) {
  options.stream = Stream::decoder_weights;
  return GenerativeSkipDecoder(detail::dense_network_with_latents<Scalar, Sizes...>(options));
}

/// The same in float.
template <int... Sizes>
[[nodiscard]] auto dense_decoder_with_latents_everywhere(const DenseOptions& options = {}) {
  return dense_decoder_with_latents_everywhere<float, Sizes...>(options);
}

}  // namespace betavae
