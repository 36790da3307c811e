// SPDX-License-Identifier: MIT
// The logistic sigmoid, softplus and hyperbolic tangent of vectors, made from exponentials and logarithms that cannot overflow.
#pragma once

#include <betavae/simd/exponential.hpp>
#include <betavae/simd/logarithm.hpp>

namespace betavae::simd {

/// Greatest errors, in units in the last place of the exact result, for float and double, on every path.
inline constexpr double sigmoid_error = 2.75;
inline constexpr double softplus_error = 2.75;
inline constexpr double tanh_error = 3.0;

// Sigmoid and softplus in two steps, so that what needs both, or a loop over several functions, computes one exponential.

/// e^−|x|, from 0 to 1; NaN stays NaN.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> exp_of_minus_abs(const Pack<Path, Scalar>& x) {
  using Bits = detail::BitsOf<Path, Scalar>;
  return detail::exp_of_small<Path, Scalar>(
      {(Vector<Path, Scalar>)((Bits)x.value | detail::NumberFormat<Scalar>::sign)});
}

/// sigmoid(x) from e^−|x|.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> sigmoid_of_exp(const Pack<Path, Scalar>& x, const Pack<Path, Scalar>& power) {
  const Vector<Path, Scalar> one = Scalar(1) - Vector<Path, Scalar>{};
  return {(x.value < Vector<Path, Scalar>{} ? power.value : one) / (one + power.value)};
}

/// softplus(x) from e^−|x|.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> softplus_of_exp(const Pack<Path, Scalar>& x, const Pack<Path, Scalar>& power) {
  return {at_least<Path, Scalar>(x, 0).value + log1p_of_fraction<Path, Scalar>(power).value};
}

/// 1 / (1 + e⁻ˣ).
///   Lanes   float, double
///   Error   sigmoid_error units in the last place; a result below exp_smallest is 0
///   Range   every x
///   Others  NaN → NaN, +∞ → 1, −∞ → 0, ±0 and denormals → ½, whether denormals are flushed or not
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> sigmoid(const Pack<Path, Scalar>& x) {
  return sigmoid_of_exp<Path, Scalar>(x, exp_of_minus_abs<Path, Scalar>(x));
}

/// ln (1 + eˣ).
///   Lanes   float, double
///   Error   softplus_error units in the last place; a result below exp_smallest is 0
///   Range   every x
///   Others  NaN → NaN, +∞ → +∞, −∞ → 0, ±0 and denormals → ln 2, whether denormals are flushed or not
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> softplus(const Pack<Path, Scalar>& x) {
  return softplus_of_exp<Path, Scalar>(x, exp_of_minus_abs<Path, Scalar>(x));
}

/// The hyperbolic tangent, (e²ˣ − 1) / (e²ˣ + 1).
///   Lanes   float, double
///   Error   tanh_error units in the last place
///   Range   every x
///   Others  NaN → NaN, ±∞ → ±1, ±0 → ±0; a denormal is its own result, or zero of its sign where denormals are flushed
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> tanh(const Pack<Path, Scalar>& x) {
  BETAVAE_CONTRACT
  const Vector<Path, Scalar> magnitude = abs<Path, Scalar>(x).value;
  const auto [half_power, r] = detail::reduce_exponent<Path, Scalar>(
      at_most<Path, Scalar>({magnitude + magnitude}, detail::Exponential<Scalar>::highest_tanh));
  const Vector<Path, Scalar> p = detail::twice_expm1_of_remainder<Path, Scalar>({r}).value;
  const Vector<Path, Scalar> difference = (half_power + half_power - Scalar(1)) + half_power * p;
  return detail::with_sign_of<Path, Scalar>(x, {difference / (difference + Scalar(2))});
}

}  // namespace betavae::simd
