// SPDX-License-Identifier: MIT
// Activations and their gradients over arrays, in vectors.
//
// They differ from the specification, kernels/activation.hpp, by a few roundings, the piecewise linear ones not at all. NaN,
// infinities and signed zeros do as there.
#pragma once

#include <betavae/kernels/activation.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>

namespace betavae::kernels {

/// The specification of `activate_in_place`.
template <class Scalar>
void activate_in_place_reference(Activation activation, Index count, Scalar* values) {
  for (Index i = 0; i < count; ++i) {
    values[i] = activate(activation, values[i]);
  }
}

/// The specification of `activation_gradient`. Where relu is flat the adjoint is 0, even of an infinite ȳ.
template <class Scalar>
void activation_gradient_reference(Activation activation, Index count, const Scalar* kept, const Scalar* y_adjoint,
                                   Scalar* x_adjoint) {
  for (Index i = 0; i < count; ++i) {
    const Scalar derivative = activation_derivative(activation, kept[i]);
    const bool is_off = activation == Activation::relu && derivative == Scalar(0);
    x_adjoint[i] = is_off ? Scalar(0) : Scalar(y_adjoint[i] * derivative);
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
BETAVAE_API void activate_in_place(Activation activation, Index count, Scalar* values);
template <class Scalar>
BETAVAE_API void activation_gradient(Activation activation, Index count, const Scalar* kept, const Scalar* y_adjoint,
                                     Scalar* x_adjoint);

}  // namespace vectors

/// values[i] = activate(values[i]) for i < count.
template <class Scalar>
void activate_in_place(Activation activation, Index count, Scalar* values) {
  if (activation == Activation::identity) {
    return;
  }
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::activate_in_place(activation, count, values);
  } else {
    activate_in_place_reference(activation, count, values);
  }
}

/// x_adjoint[i] = y_adjoint[i] · dy/dx, where `kept[i]` is y, or x where `derivative_needs_input`. The output may be either input.
template <class Scalar>
void activation_gradient(Activation activation, Index count, const Scalar* kept, const Scalar* y_adjoint,
                         Scalar* x_adjoint) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::activation_gradient(activation, count, kept, y_adjoint, x_adjoint);
  } else {
    activation_gradient_reference(activation, count, kept, y_adjoint, x_adjoint);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/activate.ipp>
#endif
