// SPDX-License-Identifier: MIT
// Activations of a vector that is in a register: those that need a comparison and no more.
#pragma once

#include <betavae/kernels/activation.hpp>

namespace betavae::kernels::detail {

/// Whether `activate_pack` knows it: a comparison and no more, cheap enough for numbers on their way out of registers.
[[nodiscard]] constexpr bool is_piecewise_linear(Activation activation) {
  return activation == Activation::identity || activation == Activation::relu || activation == Activation::leaky_relu;
}

/// A piecewise linear activation of a vector that is in a register; any other activation leaves it as it is.
template <class Path, class Scalar>
BETAVAE_INLINE simd::Pack<Path, Scalar> activate_pack(Activation activation, const simd::Pack<Path, Scalar>& x) {
  using Vector = simd::Vector<Path, Scalar>;
  if (activation == Activation::relu) {
    return {x.value < Vector{} ? Vector{} : x.value};
  }
  if (activation == Activation::leaky_relu) {
    return {x.value < Vector{} ? Scalar(leaky_relu_slope) * x.value : x.value};
  }
  return x;
}

}  // namespace betavae::kernels::detail
