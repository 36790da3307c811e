// SPDX-License-Identifier: MIT
// All activations, and the slope of one at a point, for the tests of single numbers and of arrays.
#pragma once

#include <betavae/kernels/activation.hpp>

namespace betavae::test {

using betavae::Activation;

inline constexpr Activation all_activations[] = {Activation::identity, Activation::relu,    Activation::leaky_relu,
                                                 Activation::elu,      Activation::silu,    Activation::tanh,
                                                 Activation::sigmoid,  Activation::softplus};

/// What the derivative is computed from.
template <class Scalar>
Scalar kept(Activation activation, Scalar x) {
  return betavae::derivative_needs_input(activation) ? x : betavae::kernels::activate(activation, x);
}

template <class Scalar>
Scalar slope(Activation activation, Scalar x) {
  return betavae::kernels::activation_derivative(activation, kept(activation, x));
}

}  // namespace betavae::test
