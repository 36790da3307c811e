// SPDX-License-Identifier: MIT
// How the parameters of a dense layer begin.
//
//     pytorch          weight and bias uniform in ±1/√inputs: what torch.nn.Linear does
//     glorot_uniform   weight uniform in ±√(6 / (inputs + outputs)), bias 0 (Glorot and Bengio, 2010, equation 16)
#pragma once

#include <betavae/core/random.hpp>
#include <betavae/nn/parameter.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace betavae {

enum class Initialiser { pytorch, glorot_uniform };

/// Where a layer's initial numbers come from: seed and stream of the network, and the layer's place in it.
struct InitialiserAddress {
  std::uint64_t seed = 1;
  Stream stream = Stream::user;
  std::uint64_t layer = 0;
};

/// Sets weight (outputs × inputs) and bias (outputs × 1). The bias is drawn as column `inputs` of the weight.
template <class Scalar, int Outputs, int Inputs>
void initialise(Initialiser initialiser, InitialiserAddress address, Parameter<Scalar, Outputs, Inputs>& weight,
                Parameter<Scalar, Outputs, 1>& bias) {
  const Random random(address.seed, address.stream);
  const auto inputs = static_cast<double>(weight.columns());
  const auto outputs = static_cast<double>(weight.rows());
  const bool is_pytorch = initialiser == Initialiser::pytorch;
  const auto bound =
      Scalar(is_pytorch ? 1 / std::sqrt(std::max(inputs, 1.0)) : std::sqrt(6 / std::max(inputs + outputs, 1.0)));
  const auto draw = [&](Index row, Index column) {
    const NoiseAddress place{address.layer, static_cast<std::uint64_t>(column), static_cast<std::uint64_t>(row)};
    return bound * (Scalar(2) * random.uniform<Scalar>(place) - Scalar(1));
  };
  for (Index row = 0; row < weight.rows(); ++row) {
    for (Index column = 0; column < weight.columns(); ++column) {
      weight.data()[column * weight.rows() + row] = draw(row, column);
    }
    bias.data()[row] = is_pytorch ? draw(row, weight.columns()) : Scalar(0);
  }
}

}  // namespace betavae
