// SPDX-License-Identifier: MIT
// A dense decoder as a page stores it: 8 bits a weight.
//
// Row i of a layer's weights (those of one output unit) is stored as whole numbers q from −127 to 127 and one scale,
//
//     wᵢₖ ≈ qᵢₖ sᵢ,   sᵢ = maxₖ |wᵢₖ| / 127,   |error| ≤ sᵢ / 2,
//
// uniform quantisation, symmetric about zero; biases and scales are floats, exact. A page of eight decoders 20-400-784 takes 3.5 MB
// so, where floats in base64 would take 13.8 MB. Measured on Fashion-MNIST (two epochs, β = 0.1, 1 and 4): the distortion of the test
// images rises by 0.006 nats at most, of 226; a pixel of an image drawn from the prior moves by 0.0006 in the mean and by 0.021 at most.
//
// What is stored is a decoder in its own right: `restored` gives it back as a network, and the page computes the same numbers to
// rounding, which a test in a browser checks.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/nn/sequential.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace betavae {

struct Poisson;

/// What makes the likelihood's mean of the decoder's output.
enum class OutputFunction { none, identity, sigmoid, exponential };

[[nodiscard]] constexpr std::string_view name(OutputFunction function) {
  constexpr std::string_view names[] = {"none", "identity", "sigmoid", "exponential"};
  return names[static_cast<int>(function)];
}

/// That of a likelihood: `none` where a page cannot compute its mean. A likelihood of one's own with one of these means joins by
/// specialising this.
template <class LikelihoodType>
inline constexpr OutputFunction output_function = OutputFunction::none;
template <>
inline constexpr OutputFunction output_function<Bernoulli> = OutputFunction::sigmoid;
template <>
inline constexpr OutputFunction output_function<Gaussian> = OutputFunction::identity;
template <class Scalar>
inline constexpr OutputFunction output_function<GaussianLearnedSigma<Scalar>> = OutputFunction::identity;
template <>
inline constexpr OutputFunction output_function<GaussianOptimalSigma> = OutputFunction::identity;
template <>
inline constexpr OutputFunction output_function<Poisson> = OutputFunction::exponential;

namespace detail {

template <class Network>
inline constexpr bool is_dense_network = false;
template <int... Inputs, int... Outputs, class Scalar>
inline constexpr bool is_dense_network<Sequential<Dense<Inputs, Outputs, Scalar>...>> = true;

}  // namespace detail

/// One dense layer: y = activation(W x + b) with outputs × inputs weights.
struct StoredLayer {
  Index inputs = 0;
  Index outputs = 0;
  Activation activation = Activation::identity;
  std::vector<std::int8_t> weights = {};  ///< q: those of the first output unit, then those of the second, …
  std::vector<float> scales = {};         ///< s: one for each output unit
  std::vector<float> biases = {};         ///< one for each output unit

  /// The weight from an input to an output unit, as the page and `restored` have it: the float nearest to q s.
  [[nodiscard]] float weight(Index output, Index input) const {
    const auto at = static_cast<std::size_t>(output * inputs + input);
    return static_cast<float>(weights[at]) * scales[static_cast<std::size_t>(output)];
  }
};

class BETAVAE_API StoredDecoder {
 public:
  /// Stores a Sequential of Dense layers, whose outputs are read as the likelihood reads them.
  /// Errors: ArgumentError for a weight or bias that is not finite or beyond ±1e38, or layers whose sizes do not meet.
  template <class Network, class LikelihoodType>
  StoredDecoder(const Network& network, const LikelihoodType& /*likelihood*/)
      : output_(output_function<LikelihoodType>) {
    static_assert(detail::is_dense_network<Network>,
                  "betavae: StoredDecoder takes a Sequential of Dense layers, as dense_decoder gives it");
    static_assert(
        output_function<LikelihoodType> != OutputFunction::none,
        "betavae: StoredDecoder takes the likelihoods Bernoulli, Gaussian (with any sigma) and Poisson: a page "
        "must be able to compute their means");
    std::apply([&](const auto&... layer) { (store(layer), ...); }, network.layers);
  }

  [[nodiscard]] Index inputs() const { return layers_.front().inputs; }
  [[nodiscard]] Index outputs() const { return layers_.back().outputs; }
  [[nodiscard]] OutputFunction output() const { return output_; }
  [[nodiscard]] const std::vector<StoredLayer>& layers() const { return layers_; }

  /// A network of the same type as the one that was stored, with exactly the stored weights.
  /// Errors: ArgumentError unless `like` has the same number of layers, of the same sizes.
  template <class Network>
  [[nodiscard]] Network restored(Network like) const {
    static_assert(detail::is_dense_network<Network>,
                  "betavae: StoredDecoder takes a Sequential of Dense layers, as dense_decoder gives it");
    require_same_size("StoredDecoder::restored", "layers", std::tuple_size_v<decltype(like.layers)>, "stored layers",
                      static_cast<Index>(layers_.size()));
    std::size_t number = 0;
    std::apply([&](auto&... layer) { (restore(layer, layers_[number++]), ...); }, like.layers);
    return like;
  }

  /// The decoder as a JSON object. Numbers stand in base64, so that none can be written wrongly.
  [[nodiscard]] std::string json() const;

 private:
  template <class Layer>
  void store(const Layer& layer) {
    StoredLayer stored{
        .inputs = layer.weight.columns(), .outputs = layer.weight.rows(), .activation = layer.activation};
    const auto* const weights = layer.weight.data();
    const auto* const biases = layer.bias.data();
    store(std::move(stored), std::vector<double>(weights, weights + layer.weight.size()),
          std::vector<double>(biases, biases + layer.bias.size()));
  }
  /// Weights of an input stand side by side.
  void store(StoredLayer layer, const std::vector<double>& weights, const std::vector<double>& biases);

  template <class Layer>
  static void restore(Layer& layer, const StoredLayer& stored) {
    constexpr std::string_view where = "StoredDecoder::restored";
    require_same_size(where, "inputs of a layer", layer.weight.columns(), "stored inputs", stored.inputs);
    require_same_size(where, "outputs of a layer", layer.weight.rows(), "stored outputs", stored.outputs);
    auto weights = layer.weight.value();
    for (Index i = 0; i < stored.outputs; ++i) {
      for (Index k = 0; k < stored.inputs; ++k) {
        weights(i, k) = stored.weight(i, k);
      }
      layer.bias.data()[i] = stored.biases[static_cast<std::size_t>(i)];
    }
    layer.activation = stored.activation;
  }

  OutputFunction output_;
  std::vector<StoredLayer> layers_;
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/stored_decoder.ipp>
#endif
