// SPDX-License-Identifier: MIT
// Skip connections from encoder to decoder, for dense networks whose hidden layers mirror each other:
//
//     encoder   x → s₁ → … → s_L → (μ, ln σ²)          hidden activations sᵢ
//     decoder   z → h₁ → … → h_L → p(x|z, s)           hᵢ is joined by s_{L+1−i}, in one of the ways of nn/skip.hpp
//
// Such a model is no longer one of x through z. By Bayes' rule q(z|x) should be p(z) p(x|z, s)/p(x|s), and where the decoder reads x
// off the skip its likelihood does not depend on z: the posterior is the prior, the rate is 0, and z says nothing, however good the
// reconstruction. The rate counts what z carries, and not what the skip carries: the loss of a model with a skip bounds no likelihood
// of the data. Codes that come without samples, as draws from the prior do, have no skip: they are decoded as if it were removed,
// which is not what the decoder has been trained for unless it was gated shut, dropped as a whole at times, or removed.
#pragma once

#include <betavae/nn/skip.hpp>
#include <betavae/vae/generative_skip.hpp>
#include <betavae/vae/objective/training_plan.hpp>

namespace betavae {

/// What an encoder with skips gives: a posterior, and the activations of its hidden layers, units × samples each, the one nearest to
/// the data first.
template <class Posterior, Operand... Hidden>
struct PosteriorWithSkips : Posterior {
  std::tuple<Hidden...> skips;
};

namespace detail {

/// The numbers of outputs of all layers but the last.
template <class... Layers>
[[nodiscard]] consteval auto hidden_sizes(const std::tuple<Layers...>* /*type*/) {
  constexpr int outputs[] = {Layers::outputs...};
  std::array<int, sizeof...(Layers) - 1> sizes{};
  std::copy_n(outputs, sizes.size(), sizes.data());
  return sizes;
}

template <class Network>
inline constexpr auto hidden_sizes_of = hidden_sizes(static_cast<const decltype(Network::layers)*>(nullptr));

template <std::size_t Size>
[[nodiscard]] consteval std::array<int, Size> reversed(std::array<int, Size> sizes) {
  std::reverse(sizes.begin(), sizes.end());
  return sizes;
}

/// "gate 1", "gate 2", …
template <std::size_t Number>
inline constexpr auto gate_name = [] {
  static_assert(Number < 100, "betavae: a decoder has fewer than a hundred gates");
  constexpr char first = Number < 10 ? static_cast<char>('0' + Number) : static_cast<char>('0' + Number / 10);
  return std::array<char, 8>{'g', 'a', 't', 'e', ' ', first, Number < 10 ? '\0' : static_cast<char>('0' + Number % 10)};
}();

}  // namespace detail

/// A GaussianEncoder of a Sequential that hands on what each layer but the last gave.
template <class Network>
class SkipEncoder : public GaussianEncoder<Network> {
 public:
  static constexpr auto skip_sizes = detail::hidden_sizes_of<Network>;
  static_assert(skip_sizes.size() > 0, "betavae: a skip needs at least one hidden layer that it can come from");

  using GaussianEncoder<Network>::GaussianEncoder;

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    return run<0>(context, x);
  }

 private:
  template <std::size_t I, class Context, Operand X, Operand... Hidden>
  [[nodiscard]] auto run(Context& context, const X& x, const Hidden&... hidden) const {
    const auto y = std::get<I>(this->network.layers)(context, x);
    if constexpr (I == skip_sizes.size()) {
      auto posterior = gaussian_posterior(y);
      return PosteriorWithSkips<decltype(posterior), Hidden...>{posterior, {hidden...}};
    } else {
      return run<I + 1>(context, y, hidden..., y);
    }
  }
};

template <class Network>
SkipEncoder(Network) -> SkipEncoder<Network>;

/// A decoder that is a Sequential whose hidden layers are joined by those of a SkipEncoder, the last by the encoder's first. Layers may
/// take the latents too (see WithLatents).
template <class Network>
class SkipDecoder {
 public:
  using Scalar = typename Network::Scalar;
  static constexpr int inputs = Network::inputs;
  static constexpr int outputs = Network::outputs;
  /// Of the encoder's hidden layers, the one nearest to the data first.
  static constexpr auto skip_sizes = detail::reversed(detail::hidden_sizes_of<Network>);
  static_assert(skip_sizes.size() > 0, "betavae: a skip needs at least one hidden layer that it can join");

  /// Errors: those of SkipConnections.
  explicit SkipDecoder(Network inner_network, const SkipOptions& options = {})
      : network(std::move(inner_network)), connections_(options) {}

  /// `skips` are a PosteriorWithSkips' of the same samples, one column for each of z.
  template <class Context, Operand Z, Operand... Skips>
  [[nodiscard]] auto operator()(Context& context, const Z& z, const std::tuple<Skips...>& skips) const {
    static_assert(sizeof...(Skips) == skip_sizes.size(),
                  "betavae: a decoder with skips must be given one for each of its hidden layers");
    return detail::decode_by_layers(context, network.layers, z, z, [&](auto number, const auto& h) {
      return connections_.template join<static_cast<int>(number)>(context, h,
                                                                  std::get<sizeof...(Skips) - 1 - number>(skips));
    });
  }

  /// Of codes that come without samples: as if the skips were removed.
  template <class Context, Operand Z>
  [[nodiscard]] auto operator()(Context& context, const Z& z) const {
    return detail::decode_by_layers(context, network.layers, z, z, detail::JoinNothing{});
  }

  [[nodiscard]] Skip skip() const { return connections_.kind(); }

  /// How far the skip into each hidden layer stands open, the one nearest to z first: logistic(a) where gated, else 0 (removed) or 1.
  [[nodiscard]] std::array<double, skip_sizes.size()> gates() const { return connections_.gates(); }

  /// The gates under the names "gate 1", …, as history, progress and report show them.
  [[nodiscard]] std::array<NamedNumber, skip_sizes.size()> settings() const {
    return [&]<std::size_t... I>(std::index_sequence<I...> /*numbers*/) {
      const auto open = gates();
      const NumberKind kind = skip() == Skip::gated ? NumberKind::setting : NumberKind::fixed_setting;
      return std::array<NamedNumber, sizeof...(I)>{
          NamedNumber{std::string_view(detail::gate_name<I + 1>.data()), open[I], kind}...};
    }
    (std::make_index_sequence<skip_sizes.size()>{});
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    network.visit(visitor);
    connections_.visit(visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(network, visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const {
    std::vector<std::string> lines = schema_of(network);
    for (std::string& line : connections_.schema()) {
      lines.push_back(std::move(line));
    }
    return lines;
  }

  Network network;

 private:
  SkipConnections<Scalar, static_cast<int>(skip_sizes.size())> connections_;
};

/// How a dense decoder with skips is built.
struct DenseSkipOptions {
  Skip skip = Skip::plain;                   ///< see nn/skip.hpp
  double gate = 0.001;                       ///< where gated: how far each stands open at the beginning, 0 to 1
  double keep = 0.5;                         ///< for dropout: how likely a number, or a sample's whole skip, stays
  Activation activation = Activation::relu;  ///< of the hidden layers
  Activation last_activation = Activation::identity;  ///< of the last layer
  Initialiser initialiser = Initialiser::pytorch;     ///< see nn/initialiser.hpp
  std::uint64_t seed = 1;                             ///< of the initial parameters and of what is dropped
};

namespace detail {

[[nodiscard]] inline DenseOptions dense_options(const DenseSkipOptions& options) {
  return {options.activation, options.last_activation, options.initialiser, options.seed, Stream::decoder_weights};
}

template <class Network>
[[nodiscard]] auto skip_decoder(Network network, const DenseSkipOptions& options) {
  return SkipDecoder<Network>(std::move(network), {options.skip, options.gate, options.keep, options.seed});
}

}  // namespace detail

/// dense_skip_encoder<double, 784, 400, 200, 20>(): the parameters of dense_encoder, and the activations of its hidden layers.
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_skip_encoder(const DenseOptions& options = {}) {
  return SkipEncoder(dense_encoder<Scalar, Sizes...>(options).network);
}
/// The same in float.
template <int... Sizes>
[[nodiscard]] auto dense_skip_encoder(const DenseOptions& options = {}) {
  return dense_skip_encoder<float, Sizes...>(options);
}

/// dense_skip_decoder<double, 20, 200, 400, 784>({.skip = Skip::gated}): dense_decoder, whose hidden layers take skips.
/// Errors: ArgumentError for a gate or a probability out of range.
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_skip_decoder(const DenseSkipOptions& options = {}) {
  return detail::skip_decoder(dense_network<Scalar, Sizes...>(detail::dense_options(options)), options);
}
/// The same in float.
template <int... Sizes>
[[nodiscard]] auto dense_skip_decoder(const DenseSkipOptions& options = {}) {
  return dense_skip_decoder<float, Sizes...>(options);
}

/// dense_decoder_with_latents_everywhere, whose hidden layers take skips. Errors: as dense_skip_decoder.
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_skip_decoder_with_latents_everywhere(const DenseSkipOptions& options = {}) {
  return detail::skip_decoder(detail::dense_network_with_latents<Scalar, Sizes...>(detail::dense_options(options)),
                              options);
}
/// The same in float.
template <int... Sizes>
[[nodiscard]] auto dense_skip_decoder_with_latents_everywhere(const DenseSkipOptions& options = {}) {
  return dense_skip_decoder_with_latents_everywhere<float, Sizes...>(options);
}

}  // namespace betavae
