// SPDX-License-Identifier: MIT
// Adam (Kingma and Ba, 2015, algorithm 1), one pass over parameters, gradient and both moments:
//
//     m ← β₁ m + (1 − β₁) g,    v ← β₂ v + (1 − β₂) g²
//     θ ← θ − α · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
//
// The decays are called so throughout; they have nothing to do with the β of the objective.
#pragma once

#include <betavae/kernels/detail/has_vectors.hpp>

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

/// The same in the scalar type of the parameters, with all that does not change from number to number.
template <class Scalar>
struct AdamFactors {
  AdamFactors(const AdamConstants& constants, Scalar scale_of_gradient)
      : first_decay(Scalar(constants.first_decay)),
        second_decay(Scalar(constants.second_decay)),
        first_gain(Scalar(1 - constants.first_decay)),
        second_gain(Scalar(1 - constants.second_decay)),
        step(Scalar(constants.learning_rate / constants.first_correction)),
        root_correction(Scalar(1 / std::sqrt(constants.second_correction))),
        epsilon(Scalar(constants.epsilon)),
        gradient_scale(scale_of_gradient) {}

  Scalar first_decay, second_decay, first_gain, second_gain, step, root_correction, epsilon, gradient_scale;
};

/// The specification, for any scalar.
template <class Scalar>
void adam_reference(Index count, Scalar* parameters, const Scalar* gradient, Scalar* first_moment,
                    Scalar* second_moment, const AdamFactors<Scalar>& f) {
  using std::sqrt;
  for (Index i = 0; i < count; ++i) {
    const Scalar g = gradient[i] * f.gradient_scale;
    const Scalar m = f.first_decay * first_moment[i] + f.first_gain * g;
    const Scalar v = f.second_decay * second_moment[i] + f.second_gain * (g * g);
    first_moment[i] = m;
    second_moment[i] = v;
    parameters[i] -= f.step * m / (sqrt(v) * f.root_correction + f.epsilon);
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
BETAVAE_API void adam(Index count, Scalar* parameters, const Scalar* gradient, Scalar* first_moment,
                      Scalar* second_moment, const AdamFactors<Scalar>& factors);

}  // namespace vectors

/// Updates `count` parameters. `gradient_scale` multiplies every gradient first (clipping; 1 for none).
template <class Scalar>
void adam(Index count, Scalar* parameters, const Scalar* gradient, Scalar* first_moment, Scalar* second_moment,
          const AdamConstants& constants, Scalar gradient_scale) {
  const AdamFactors<Scalar> factors(constants, gradient_scale);
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::adam(count, parameters, gradient, first_moment, second_moment, factors);
  } else {
    adam_reference(count, parameters, gradient, first_moment, second_moment, factors);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/adam.ipp>
#endif
