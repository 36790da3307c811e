// SPDX-License-Identifier: MIT
// Activations as functions of one number, the specification, and in vectors.
//
// The derivative is written as a function of the output y where that is possible, so that the reverse pass needs y alone and the
// input x need not be kept; silu is the exception. All are the definitions of PyTorch with its default constants. NaN gives NaN;
// ±∞ gives the limit, except that silu(−∞) is NaN, as in PyTorch. Vectors differ from the specification by a few roundings, the
// piecewise linear ones not at all.
#pragma once

#include <betavae/kernels/detail/blocks.hpp>
#include <betavae/simd/math.hpp>

#include <cmath>
#include <string_view>

namespace betavae {

enum class Activation {
  identity,    ///< x
  relu,        ///< max(0, x)
  leaky_relu,  ///< x for x > 0, else 0.01 x
  elu,         ///< x for x > 0, else eˣ − 1
  silu,        ///< x · sigmoid(x)
  tanh,        ///< hyperbolic tangent
  sigmoid,     ///< 1 / (1 + e⁻ˣ)
  softplus,    ///< ln(1 + eˣ)
};

[[nodiscard]] constexpr std::string_view name(Activation activation) {
  constexpr std::string_view names[] = {"identity", "relu", "leaky_relu", "elu", "silu", "tanh", "sigmoid", "softplus"};
  return names[static_cast<int>(activation)];
}

/// Whether `activation_derivative` is a function of the input (silu) and not of the output.
[[nodiscard]] constexpr bool derivative_needs_input(Activation activation) { return activation == Activation::silu; }

namespace kernels {

inline constexpr double leaky_relu_slope = 0.01;

/// 1 / (1 + e⁻ˣ), from the side on which the exponential cannot overflow.
template <class Scalar>
BETAVAE_INLINE Scalar sigmoid(Scalar x) {
  using std::exp;
  if (x >= Scalar(0)) {
    return Scalar(1) / (Scalar(1) + exp(-x));
  }
  const Scalar e = exp(x);
  return e / (Scalar(1) + e);
}

/// ln(1 + x) for x in [0, 1], as ln(u) · x / (u − 1) with u = 1 + x rounded: the rounding of u cancels (Goldberg, 1991, theorem 4).
/// A few ULP, and in float a third of the time of log1p.
template <class Scalar>
BETAVAE_INLINE Scalar log1p_of_small(Scalar x) {
  using std::log;
  const Scalar u = Scalar(1) + x;
  return u == Scalar(1) ? x : Scalar(log(u) * (x / (u - Scalar(1))));
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|): exact far out, no overflow.
template <class Scalar>
BETAVAE_INLINE Scalar softplus(Scalar x) {
  using std::abs;
  using std::exp;
  const Scalar positive_part = x > Scalar(0) ? x : Scalar(0);  // NaN returns through the logarithm
  return positive_part + log1p_of_small(Scalar(exp(Scalar(-abs(x)))));
}

template <class Scalar>
BETAVAE_INLINE Scalar activate(Activation activation, Scalar x) {
  using std::expm1;
  using std::tanh;
  switch (activation) {
    case Activation::relu:
      return x < Scalar(0) ? Scalar(0) : x;  // NaN passes through
    case Activation::leaky_relu:
      return x < Scalar(0) ? Scalar(leaky_relu_slope) * x : x;
    case Activation::elu:
      return x < Scalar(0) ? Scalar(expm1(x)) : x;
    case Activation::silu:
      return x * sigmoid(x);
    case Activation::tanh:
      return tanh(x);
    case Activation::sigmoid:
      return sigmoid(x);
    case Activation::softplus:
      return softplus(x);
    default:
      return x;
  }
}

/// dy/dx, given y = activate(x) — or x where `derivative_needs_input`. At a kink it is the derivative from the left, as in
/// PyTorch.
template <class Scalar>
BETAVAE_INLINE Scalar activation_derivative(Activation activation, Scalar y) {
  using std::expm1;
  switch (activation) {
    case Activation::relu:
      return y > Scalar(0) ? Scalar(1) : Scalar(0);
    case Activation::leaky_relu:
      return y > Scalar(0) ? Scalar(1) : Scalar(leaky_relu_slope);
    case Activation::elu:
      return y > Scalar(0) ? Scalar(1) : Scalar(y + Scalar(1));
    case Activation::silu: {
      const Scalar s = sigmoid(y);
      return s * (Scalar(1) + y * (Scalar(1) - s));
    }
    case Activation::tanh:
      return (Scalar(1) - y) * (Scalar(1) + y);
    case Activation::sigmoid:
      return y * (Scalar(1) - y);
    case Activation::softplus:
      return -Scalar(expm1(Scalar(-y)));
    default:
      return Scalar(1);
  }
}

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

namespace detail {

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

/// One activation, known while compiling.
template <class Path, Activation Kind, class Scalar>
BETAVAE_INLINE simd::Pack<Path, Scalar> activation_of(const simd::Pack<Path, Scalar>& x) {
  using Vector = simd::Vector<Path, Scalar>;
  if constexpr (Kind == Activation::elu) {
    return {x.value < Vector{} ? simd::expm1<Path, Scalar>(x).value : x.value};
  } else if constexpr (Kind == Activation::silu) {
    return {x.value * simd::sigmoid<Path, Scalar>(x).value};
  } else if constexpr (Kind == Activation::tanh) {
    return simd::tanh<Path, Scalar>(x);
  } else if constexpr (Kind == Activation::sigmoid) {
    return simd::sigmoid<Path, Scalar>(x);
  } else if constexpr (Kind == Activation::softplus) {
    return simd::softplus<Path, Scalar>(x);
  } else {
    return activate_pack<Path, Scalar>(Kind, x);
  }
}

/// ȳ · dy/dx of one activation, from what `activation_derivative` takes.
template <class Path, Activation Kind, class Scalar>
BETAVAE_INLINE simd::Pack<Path, Scalar> gradient_of(const simd::Pack<Path, Scalar>& kept,
                                                    const simd::Pack<Path, Scalar>& y_adjoint) {
  BETAVAE_CONTRACT
  using Vector = simd::Vector<Path, Scalar>;
  const Vector y = kept.value;
  const Vector adjoint = y_adjoint.value;
  const Vector one = Scalar(1) - Vector{};
  if constexpr (Kind == Activation::relu) {
    return {y > Vector{} ? adjoint : Vector{}};
  } else if constexpr (Kind == Activation::leaky_relu) {
    return {y > Vector{} ? adjoint : adjoint * Scalar(leaky_relu_slope)};
  } else if constexpr (Kind == Activation::elu) {
    return {adjoint * (y > Vector{} ? one : y + one)};
  } else if constexpr (Kind == Activation::silu) {
    const Vector s = simd::sigmoid<Path, Scalar>(kept).value;
    return {adjoint * (s * (one + y * (one - s)))};
  } else if constexpr (Kind == Activation::tanh) {
    return {adjoint * ((one - y) * (one + y))};
  } else if constexpr (Kind == Activation::sigmoid) {
    return {adjoint * (y * (one - y))};
  } else if constexpr (Kind == Activation::softplus) {
    return {adjoint * -simd::expm1<Path, Scalar>({-y}).value};
  } else {
    return y_adjoint;
  }
}

struct ActivationValue {
  template <class Path, Activation Kind, class Scalar>
  BETAVAE_INLINE static simd::Pack<Path, Scalar> of(const simd::Pack<Path, Scalar>& x,
                                                    const simd::Pack<Path, Scalar>& /*same*/) {
    return activation_of<Path, Kind, Scalar>(x);
  }
};

struct ActivationGradient {
  template <class Path, Activation Kind, class Scalar>
  BETAVAE_INLINE static simd::Pack<Path, Scalar> of(const simd::Pack<Path, Scalar>& kept,
                                                    const simd::Pack<Path, Scalar>& y_adjoint) {
    return gradient_of<Path, Kind, Scalar>(kept, y_adjoint);
  }
};

/// Values or gradients of any activation. The choice lies outside of the loop.
template <class Scalar, class Function>
struct ActivationBody {
  static constexpr double padding[] = {0, 0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const Activation* activation) {
    switch (*activation) {
      case Activation::relu:
        return loop<Path, Activation::relu>(count, inputs, outputs);
      case Activation::leaky_relu:
        return loop<Path, Activation::leaky_relu>(count, inputs, outputs);
      case Activation::elu:
        return loop<Path, Activation::elu>(count, inputs, outputs);
      case Activation::silu:
        return loop<Path, Activation::silu>(count, inputs, outputs);
      case Activation::tanh:
        return loop<Path, Activation::tanh>(count, inputs, outputs);
      case Activation::sigmoid:
        return loop<Path, Activation::sigmoid>(count, inputs, outputs);
      case Activation::softplus:
        return loop<Path, Activation::softplus>(count, inputs, outputs);
      default:
        return loop<Path, Activation::identity>(count, inputs, outputs);
    }
  }

 private:
  template <class Path, Activation Kind>
  BETAVAE_INLINE static void loop(Index count, const Scalar* const* inputs, Scalar* const* outputs) {
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Scalar* const first = inputs[0];
    const Scalar* const second = inputs[1];
    Scalar* const to = outputs[0];
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      *reinterpret_cast<Unaligned*>(to + i) =
          Function::template of<Path, Kind, Scalar>({*reinterpret_cast<const Unaligned*>(first + i)},
                                                    {*reinterpret_cast<const Unaligned*>(second + i)})
              .value;
    }
  }
};

}  // namespace detail

/// values[i] = activate(values[i]) for i < count.
template <class Scalar>
void activate_in_place(Activation activation, Index count, Scalar* values) {
  if (activation == Activation::identity) {
    return;
  }
  if constexpr (detail::has_vectors<Scalar>) {
    using Body = detail::ActivationBody<Scalar, detail::ActivationValue>;
    detail::for_blocks<Body, 2, 1, Scalar>(count, {values, values}, {values}, activation);
  } else {
    activate_in_place_reference(activation, count, values);
  }
}

/// x_adjoint[i] = y_adjoint[i] · dy/dx, where `kept[i]` is y, or x where `derivative_needs_input`. The output may be either input.
template <class Scalar>
void activation_gradient(Activation activation, Index count, const Scalar* kept, const Scalar* y_adjoint,
                         Scalar* x_adjoint) {
  if constexpr (detail::has_vectors<Scalar>) {
    using Body = detail::ActivationBody<Scalar, detail::ActivationGradient>;
    detail::for_blocks<Body, 2, 1, Scalar>(count, {kept, y_adjoint}, {x_adjoint}, activation);
  } else {
    activation_gradient_reference(activation, count, kept, y_adjoint, x_adjoint);
  }
}

}  // namespace kernels
}  // namespace betavae
