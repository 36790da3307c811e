// SPDX-License-Identifier: MIT
// Adam's update in vectors.
#pragma once

#include <betavae/kernels/adam.hpp>
#include <betavae/kernels/detail/blocks.hpp>

#include <cmath>

namespace betavae::kernels {

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

namespace vectors {

template <class Scalar>
void adam(Index count, Scalar* parameters, const Scalar* gradient, Scalar* first_moment, Scalar* second_moment,
          const AdamFactors<Scalar>& factors) {
  detail::for_blocks<detail::AdamBody<Scalar>, 4, 3, Scalar>(count, {parameters, gradient, first_moment, second_moment},
                                                             {parameters, first_moment, second_moment}, factors);
}

}  // namespace vectors
}  // namespace betavae::kernels
