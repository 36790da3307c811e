// SPDX-License-Identifier: MIT
// Adam (Kingma and Ba, 2015, algorithm 1), one pass over parameters, gradient and both moments:
//
//     m ← β₁ m + (1 − β₁) g,    v ← β₂ v + (1 − β₂) g²
//     θ ← θ − α · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
//
// The decays are called so throughout; they have nothing to do with the β of the objective.
#pragma once

#include <betavae/core/index.hpp>

#include <cmath>

namespace betavae::kernels {

/// The numbers of one update. `first_correction` is 1 − β₁ᵗ, `second_correction` 1 − β₂ᵗ at update t ≥ 1.
struct AdamConstants {
  double learning_rate;
  double first_decay;
  double second_decay;
  double epsilon;
  double first_correction;
  double second_correction;
};

/// Updates `count` parameters. `gradient_scale` multiplies every gradient first (clipping; 1 for none).
template <class Scalar>
void adam(Index count, Scalar* parameters, const Scalar* gradient, Scalar* first_moment, Scalar* second_moment,
          const AdamConstants& constants, Scalar gradient_scale) {
  using std::sqrt;
  const auto first_decay = Scalar(constants.first_decay);
  const auto second_decay = Scalar(constants.second_decay);
  const auto first_gain = Scalar(1 - constants.first_decay);
  const auto second_gain = Scalar(1 - constants.second_decay);
  const auto step = Scalar(constants.learning_rate / constants.first_correction);
  const auto root_correction = Scalar(1 / std::sqrt(constants.second_correction));
  const auto epsilon = Scalar(constants.epsilon);
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradient[i] * gradient_scale;
    const Scalar m = first_decay * first_moment[i] + first_gain * g;
    const Scalar v = second_decay * second_moment[i] + second_gain * (g * g);
    first_moment[i] = m;
    second_moment[i] = v;
    parameters[i] -= step * m / (sqrt(v) * root_correction + epsilon);
  }
}

}  // namespace betavae::kernels
