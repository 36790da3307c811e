// SPDX-License-Identifier: MIT
// Adam (Kingma and Ba, 2015, algorithm 1), one pass over parameters, gradient and both moments:
//
//     m ← β₁ m + (1 − β₁) g,    v ← β₂ v + (1 − β₂) g²
//     θ ← θ − α · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
//
// The decays are called so throughout; they have nothing to do with the β of the objective.
#pragma once

#include <betavae/kernels/detail/blocks.hpp>

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

namespace detail {

template <class Scalar>
struct AdamBody {
  static constexpr double padding[] = {0, 0, 0, 0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const AdamFactors<Scalar>* factors) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const AdamFactors<Scalar> f = *factors;
    const Vector step = f.step - Vector{};
    const Scalar* const parameters = inputs[0];
    const Scalar* const gradient = inputs[1];
    const Scalar* const first_moments = inputs[2];
    const Scalar* const second_moments = inputs[3];
    Scalar* const new_parameters = outputs[0];
    Scalar* const new_first_moments = outputs[1];
    Scalar* const new_second_moments = outputs[2];
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      simd::prefetch_stream(parameters + i);
      simd::prefetch_stream(gradient + i);
      simd::prefetch_stream(first_moments + i);
      simd::prefetch_stream(second_moments + i);
      const Vector g = *reinterpret_cast<const Unaligned*>(gradient + i) * f.gradient_scale;
      const Vector gain_g = f.first_gain * g;
      const Vector gain_square = f.second_gain * (g * g);
      const Vector m = f.first_decay * *reinterpret_cast<const Unaligned*>(first_moments + i) + gain_g;
      const Vector v = f.second_decay * *reinterpret_cast<const Unaligned*>(second_moments + i) + gain_square;
      const Vector divisor = simd::sqrt<Path, Scalar>({v}).value * f.root_correction + f.epsilon;
      *reinterpret_cast<Unaligned*>(new_parameters + i) =
          *reinterpret_cast<const Unaligned*>(parameters + i) - step * m / divisor;
      *reinterpret_cast<Unaligned*>(new_first_moments + i) = m;
      *reinterpret_cast<Unaligned*>(new_second_moments + i) = v;
    }
  }
};

}  // namespace detail

/// Updates `count` parameters. `gradient_scale` multiplies every gradient first (clipping; 1 for none).
template <class Scalar>
void adam(Index count, Scalar* parameters, const Scalar* gradient, Scalar* first_moment, Scalar* second_moment,
          const AdamConstants& constants, Scalar gradient_scale) {
  const AdamFactors<Scalar> factors(constants, gradient_scale);
  if constexpr (detail::has_vectors<Scalar>) {
    detail::for_blocks<detail::AdamBody<Scalar>, 4, 3, Scalar>(
        count, {parameters, gradient, first_moment, second_moment}, {parameters, first_moment, second_moment}, factors);
  } else {
    adam_reference(count, parameters, gradient, first_moment, second_moment, factors);
  }
}

}  // namespace betavae::kernels
