// SPDX-License-Identifier: MIT
// Activations in vectors.
#pragma once

#include <betavae/kernels/activate.hpp>
#include <betavae/kernels/detail/activate_pack.hpp>
#include <betavae/kernels/detail/blocks.hpp>
#include <betavae/simd/math.hpp>

namespace betavae::kernels {

namespace detail {

/// What a run over an array computes: the activation of the first input, or ȳ · dy/dx, where the first input is what
/// `activation_derivative` takes, and the second ȳ.
struct ActivationTask {
  Activation activation;
  bool is_gradient;
};

/// Values or gradients of any activation. What needs an exponential shares one loop with others that need the same one, for each
/// exponential takes the compiler long; the choice within the loop costs nothing beside it.
template <class Scalar>
struct ActivationBody {
  static constexpr double padding[] = {0, 0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const ActivationTask* task) {
    const Activation activation = task->activation;
    if (activation == (task->is_gradient ? Activation::softplus : Activation::elu)) {
      return with_expm1<Path>(activation, count, inputs, outputs);
    }
    if (activation == Activation::silu ||
        (!task->is_gradient && (activation == Activation::sigmoid || activation == Activation::softplus))) {
      return with_exp<Path>(*task, count, inputs, outputs);
    }
    if (activation == Activation::tanh && !task->is_gradient) {
      return hyperbolic_tangent<Path>(count, inputs, outputs);
    }
    if (!task->is_gradient) {
      return piecewise_linear<Path>(activation, count, inputs, outputs);
    }
    switch (activation) {
      case Activation::relu:
        return gradient<Path, Activation::relu>(count, inputs, outputs);
      case Activation::leaky_relu:
        return gradient<Path, Activation::leaky_relu>(count, inputs, outputs);
      case Activation::elu:
        return gradient<Path, Activation::elu>(count, inputs, outputs);
      case Activation::tanh:
        return gradient<Path, Activation::tanh>(count, inputs, outputs);
      case Activation::sigmoid:
        return gradient<Path, Activation::sigmoid>(count, inputs, outputs);
      default:
        return gradient<Path, Activation::identity>(count, inputs, outputs);
    }
  }

 private:
  template <class Path>
  BETAVAE_INLINE static void piecewise_linear(Activation activation, Index count, const Scalar* const* inputs,
                                              Scalar* const* outputs) {
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Scalar* const x = inputs[0];
    Scalar* const y = outputs[0];
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      *reinterpret_cast<Unaligned*>(y + i) =
          activate_pack<Path, Scalar>(activation, {*reinterpret_cast<const Unaligned*>(x + i)}).value;
    }
  }

  template <class Path>
  BETAVAE_INLINE static void hyperbolic_tangent(Index count, const Scalar* const* inputs, Scalar* const* outputs) {
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Scalar* const x = inputs[0];
    Scalar* const y = outputs[0];
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      *reinterpret_cast<Unaligned*>(y + i) =
          simd::tanh<Path, Scalar>({*reinterpret_cast<const Unaligned*>(x + i)}).value;
    }
  }

  /// elu, and the gradient of softplus, −expm1(−y).
  template <class Path>
  BETAVAE_INLINE static void with_expm1(Activation activation, Index count, const Scalar* const* inputs,
                                        Scalar* const* outputs) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const bool is_elu = activation == Activation::elu;
    const Scalar* const first = inputs[0];
    const Scalar* const second = inputs[1];
    Scalar* const to = outputs[0];
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      const Vector x = *reinterpret_cast<const Unaligned*>(first + i);
      const Vector power = simd::expm1<Path, Scalar>({is_elu ? x : -x}).value;
      const Vector elu = x < Vector{} ? power : x;
      *reinterpret_cast<Unaligned*>(to + i) = is_elu ? elu : *reinterpret_cast<const Unaligned*>(second + i) * -power;
    }
  }

  /// sigmoid, softplus, silu and its gradient, by e^−|x|.
  template <class Path>
  BETAVAE_INLINE static void with_exp(const ActivationTask& task, Index count, const Scalar* const* inputs,
                                      Scalar* const* outputs) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Activation activation = task.activation;
    const bool is_gradient = task.is_gradient;
    const Scalar* const first = inputs[0];
    const Scalar* const second = inputs[1];
    Scalar* const to = outputs[0];
    const Vector one = Scalar(1) - Vector{};
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      const Vector x = *reinterpret_cast<const Unaligned*>(first + i);
      const auto power = simd::exp_of_minus_abs<Path, Scalar>({x});
      Vector result;
      if (activation == Activation::softplus) {
        result = simd::softplus_of_exp<Path, Scalar>({x}, power).value;
      } else {
        result = simd::sigmoid_of_exp<Path, Scalar>({x}, power).value;
        if (is_gradient) {
          result = *reinterpret_cast<const Unaligned*>(second + i) * (result * (one + x * (one - result)));
        } else if (activation == Activation::silu) {
          result = x * result;
        }
      }
      *reinterpret_cast<Unaligned*>(to + i) = result;
    }
  }

  /// ȳ · dy/dx of those whose derivative is algebraic in y.
  template <class Path, Activation Kind>
  BETAVAE_INLINE static void gradient(Index count, const Scalar* const* inputs, Scalar* const* outputs) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Scalar* const kept = inputs[0];
    const Scalar* const y_adjoint = inputs[1];
    Scalar* const to = outputs[0];
    const Vector one = Scalar(1) - Vector{};
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      const Vector y = *reinterpret_cast<const Unaligned*>(kept + i);
      const Vector adjoint = *reinterpret_cast<const Unaligned*>(y_adjoint + i);
      Vector result = adjoint;
      if constexpr (Kind == Activation::relu) {
        result = y > Vector{} ? adjoint : Vector{};
      } else if constexpr (Kind == Activation::leaky_relu) {
        result = y > Vector{} ? adjoint : adjoint * Scalar(leaky_relu_slope);
      } else if constexpr (Kind == Activation::elu) {
        result = adjoint * (y > Vector{} ? one : y + one);
      } else if constexpr (Kind == Activation::tanh) {
        result = adjoint * ((one - y) * (one + y));
      } else if constexpr (Kind == Activation::sigmoid) {
        result = adjoint * (y * (one - y));
      }
      *reinterpret_cast<Unaligned*>(to + i) = result;
    }
  }
};

}  // namespace detail

namespace vectors {

template <class Scalar>
void activate_in_place(Activation activation, Index count, Scalar* values) {
  detail::for_blocks<detail::ActivationBody<Scalar>, 2, 1, Scalar>(count, {values, values}, {values},
                                                                   detail::ActivationTask{activation, false});
}

template <class Scalar>
void activation_gradient(Activation activation, Index count, const Scalar* kept, const Scalar* y_adjoint,
                         Scalar* x_adjoint) {
  detail::for_blocks<detail::ActivationBody<Scalar>, 2, 1, Scalar>(count, {kept, y_adjoint}, {x_adjoint},
                                                                   detail::ActivationTask{activation, true});
}

}  // namespace vectors
}  // namespace betavae::kernels
