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

/// Sets weight (outputs × inputs, column-major) and bias (outputs). The bias is drawn as column `inputs` of the weight.
template <class Scalar>
[[gnu::noinline]] void initialise(Initialiser initialiser, InitialiserAddress address, MatrixView<Scalar> weight,
                                  Scalar* bias) {
  const Random random(address.seed, address.stream);
  const auto inputs = static_cast<double>(std::max<Index>(weight.columns, 1));
  const auto outputs = static_cast<double>(weight.rows);
  const bool is_pytorch = initialiser == Initialiser::pytorch;
  const auto bound = static_cast<Scalar>(is_pytorch ? 1 / std::sqrt(inputs) : std::sqrt(6 / (inputs + outputs)));
  for (Index column = 0; column <= weight.columns; ++column) {
    const bool is_bias = column == weight.columns;
    Scalar* const numbers = is_bias ? bias : weight.column(column);
    for (Index row = 0; row < weight.rows; ++row) {
      const NoiseAddress place{address.layer, static_cast<std::uint64_t>(column), static_cast<std::uint64_t>(row)};
      const Scalar drawn = bound * (Scalar(2) * random.uniform<Scalar>(place) - Scalar(1));
      numbers[row] = is_bias && !is_pytorch ? Scalar(0) : drawn;
    }
  }
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_INITIALISER(Keyword, Scalar) \
  Keyword template BETAVAE_API void initialise(Initialiser, InitialiserAddress, MatrixView<Scalar>, Scalar*);
BETAVAE_INSTANCES(BETAVAE_INITIALISER)
#endif

}  // namespace betavae
