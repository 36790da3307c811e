// SPDX-License-Identifier: MIT
// A model small enough to train in every test, its data, and its parameters as one row of numbers.
#pragma once

#include <betavae/nn/gradients.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/networks.hpp>
#include <betavae/vae/vae.hpp>

#include <string>
#include <vector>

namespace betavae::test {

using betavae::Index;
using betavae::Matrix;

inline constexpr int features = 6;
inline constexpr int latents = 2;

template <class Likelihood = betavae::Bernoulli>
[[nodiscard]] auto small_model(std::uint64_t seed = 1, Likelihood likelihood = {}) {
  return betavae::Vae{betavae::dense_encoder<features, 8, latents>({.seed = seed}),
                      betavae::dense_decoder<latents, 8, features>({.seed = seed}), likelihood};
}

using SmallModel = decltype(small_model());

/// Grey values in (0, 1]: samples brighten from the first feature to the last, or darken, with something of their own on top.
[[nodiscard]] inline Matrix<float> grey_data(Index samples, std::uint64_t seed = 1) {
  const betavae::Random random(seed);
  Matrix<float> data(features, samples);
  for (Index j = 0; j < samples; ++j) {
    const bool brightens = random.below(2, {0, static_cast<std::uint64_t>(j), 0}) == 0;
    for (Index i = 0; i < features; ++i) {
      const float slope = static_cast<float>(brightens ? i : features - 1 - i) / static_cast<float>(features);
      const auto own = random.uniform<float>({1, static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i)});
      data(i, j) = 0.9F * slope + 0.1F * own;
    }
  }
  return data;
}

template <class Model>
[[nodiscard]] std::vector<typename Model::Scalar> parameters_of(const Model& model) {
  std::vector<typename Model::Scalar> all;
  betavae::visit_parameters(model, [&](const std::string&, const auto& parameter) {
    all.insert(all.end(), parameter.data(), parameter.data() + parameter.size());
  });
  return all;
}

}  // namespace betavae::test
