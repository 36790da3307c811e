// SPDX-License-Identifier: MIT
// Encoders of a posterior with full covariance, made of networks, and the dense one by its sizes.
//
// K latents take K (K+3)/2 outputs, so this is for a few of them: 5 take 20, 20 would take 230. See full_gaussian_posterior.hpp.
#pragma once

#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/networks.hpp>

namespace betavae {

/// A network whose K (K+3)/2 outputs are read as the posterior of K latents: means, log-variances of each given those before it, and
/// the numbers of the triangular factor below its diagonal.
template <class Network>
class FullGaussianEncoder {
  static_assert(Network::outputs == dynamic || detail::latents_of_full_posterior(Network::outputs) >= 1,
                "betavae: FullGaussianEncoder: the network must have K (K+3)/2 outputs for K latents, as 2, 5, 9, 14, "
                "20: means, log-variances, and the numbers below the diagonal");

 public:
  using Scalar = typename Network::Scalar;
  static constexpr int inputs = Network::inputs;
  static constexpr int latents =
      Network::outputs == dynamic ? dynamic : detail::latents_of_full_posterior(Network::outputs);

  explicit FullGaussianEncoder(Network inner_network) : network(std::move(inner_network)) {}

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    return full_gaussian_posterior(network(context, x));
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    network.visit(visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(network, visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const {
    std::vector<std::string> lines = schema_of(network);
    lines.push_back(detail::schema_line("posterior", "full covariance"));
    return lines;
  }

  Network network;
};

namespace detail {

template <class Scalar, int... Widened>
[[nodiscard]] auto dense_full_encoder_of(std::integer_sequence<int, Widened...> /*sizes*/, DenseOptions options) {
  options.stream = Stream::encoder_weights;
  return FullGaussianEncoder(dense_network<Scalar, Widened...>(options));
}

/// The sizes with the last one, the latents, replaced by the outputs that they take.
template <int First, int... Others, int... Done>
[[nodiscard]] consteval auto widen_last(std::integer_sequence<int, Done...> /*done*/) {
  if constexpr (sizeof...(Others) == 0) {
    return std::integer_sequence<int, Done..., First*(First + 3) / 2>{};
  } else {
    return widen_last<Others...>(std::integer_sequence<int, Done..., First>{});
  }
}

}  // namespace detail

/// dense_full_encoder<double, 784, 400, 5>(): 784 features, one hidden layer of 400, 5 latents (20 outputs).
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_full_encoder(const DenseOptions& options = {}) {
  return detail::dense_full_encoder_of<Scalar>(detail::widen_last<Sizes...>(std::integer_sequence<int>{}), options);
}

/// The same in float.
template <int... Sizes>
[[nodiscard]] auto dense_full_encoder(const DenseOptions& options = {}) {
  return dense_full_encoder<float, Sizes...>(options);
}

}  // namespace betavae
