// SPDX-License-Identifier: MIT
// Activations as functions of one number: the specification of kernels/activate.hpp.
//
// The derivative is written as a function of the output y where that is possible, so that the reverse pass needs y alone and the
// input x need not be kept; silu is the exception. All are the definitions of PyTorch with its default constants. NaN gives NaN;
// ±∞ gives the limit, except that silu(−∞) is NaN, as in PyTorch.
#pragma once

#include <betavae/simd/vector.hpp>

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

}  // namespace kernels
}  // namespace betavae
