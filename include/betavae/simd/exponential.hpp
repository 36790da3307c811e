// SPDX-License-Identifier: MIT
// eˣ and eˣ − 1 of vectors.
//
// x = n ln 2 + r with a whole number n and |r| ≤ ½ ln 2, so that eˣ = 2ⁿ eʳ. ln 2 is subtracted in two parts, the first of which
// has so few bits that its product with n is exact. eʳ is a polynomial, minimax in relative error; its coefficients come from
// tests/reference/math_coefficients.py. Twice eʳ is computed and multiplied by 2ⁿ⁻¹, which is a normal number for every n of a
// finite result.
#pragma once

#include <betavae/simd/detail/numbers.hpp>

namespace betavae::simd {

/// Greatest errors, in units in the last place of the exact result, for float and double, on every path.
inline constexpr double exp_error = 1.5;
inline constexpr double expm1_error = 2.5;

/// Below it, exp is 0: √2 times the smallest normal number. No result depends so on whether denormals are flushed.
template <class Scalar>
inline constexpr Scalar exp_smallest = Scalar(1.4142135623730951L) * std::numeric_limits<Scalar>::min();

namespace detail {

template <class Scalar>
struct Exponential;

template <>
struct Exponential<float> {
  static constexpr float log2_e = 1.44269504F;
  static constexpr float ln2_high = 0.693359375F;
  static constexpr float ln2_low = -2.12194440e-4F;
  static constexpr float lowest = -87.3365448F;  // −126 ln 2
  static constexpr float highest = 89;           // eˣ overflows, and 2ⁿ⁻¹ does not
  static constexpr float lowest_minus_1 = -18;   // eˣ − 1 is −1
  static constexpr float highest_tanh = 20;      // tanh(x / 2) is 1
  // 2 eʳ = 2 + r (2 + r P(r))
  static constexpr float coefficients[] = {0.999999881F, 0.333330423F, 0.083336778F, 0.0167374332F, 0.00276292488F};
};

template <>
struct Exponential<double> {
  static constexpr double log2_e = 1.4426950408889634;
  static constexpr double ln2_high = 0x1.62E42FEFA4p-1;
  static constexpr double ln2_low = -1.7239444525614835e-13;
  static constexpr double lowest = -708.39641853226411;  // −1022 ln 2
  static constexpr double highest = 710;
  static constexpr double lowest_minus_1 = -38;
  static constexpr double highest_tanh = 40;
  static constexpr double coefficients[] = {1.0000000000000022,    0.33333333333332826,   0.083333333333060214,
                                            0.016666666666989006,  0.0027777777887295608, 0.00039682539013780315,
                                            4.9602986156559953e-5, 5.5115171655305475e-6, 5.5260512448099694e-7,
                                            5.0000596930626029e-8};
};

/// x = n ln 2 + r. Both factors of eˣ as they are used: 2ⁿ⁻¹, and r.
template <class Path, class Scalar>
struct ReducedExponent {
  Vector<Path, Scalar> half_power;
  Vector<Path, Scalar> remainder;
};

/// For x from `lowest`, where 2ⁿ⁻¹ becomes 0, to `highest`.
template <class Path, class Scalar>
BETAVAE_INLINE ReducedExponent<Path, Scalar> reduce_exponent(const Pack<Path, Scalar>& x) {
  BETAVAE_CONTRACT
  using Constants = Exponential<Scalar>;
  using Format = NumberFormat<Scalar>;
  // The lowest bits are n + bias − 1: the exponent field of 2ⁿ⁻¹.
  constexpr Scalar shift = Format::round_shift + Scalar(std::numeric_limits<Scalar>::max_exponent - 2);
  const Vector<Path, Scalar> shifted = x.value * Constants::log2_e + shift;
  const Vector<Path, Scalar> n = shifted - shift;
  const Vector<Path, Scalar> nearly = x.value - n * Constants::ln2_high;
  return {(Vector<Path, Scalar>)((BitsOf<Path, Scalar>)shifted << Format::fraction_bits),
          nearly - n * Constants::ln2_low};
}

/// exp for arguments that cannot overflow it.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> exp_of_small(const Pack<Path, Scalar>& x) {
  BETAVAE_CONTRACT
  const auto [half_power, r] = reduce_exponent<Path, Scalar>(at_least<Path, Scalar>(x, Exponential<Scalar>::lowest));
  const Vector<Path, Scalar> p = polynomial<Path, Scalar>({r}, Exponential<Scalar>::coefficients).value;
  const Vector<Path, Scalar> slope = Scalar(2) + r * p;
  const Vector<Path, Scalar> twice = Scalar(2) + r * slope;
  return {half_power * twice};
}

/// 2 (eʳ − 1)
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> twice_expm1_of_remainder(const Pack<Path, Scalar>& r) {
  BETAVAE_CONTRACT
  const Vector<Path, Scalar> square = r.value * r.value;
  return {(r.value + r.value) + square * polynomial<Path, Scalar>(r, Exponential<Scalar>::coefficients).value};
}

}  // namespace detail

/// eˣ.
///   Lanes   float, double
///   Error   exp_error units in the last place; a result below exp_smallest is 0
///   Range   every x: +∞ from the overflow on (88.72 and 709.78), 0 below −86.99 and −708.05
///   Others  NaN → NaN, +∞ → +∞, −∞ → 0, ±0 and denormals → 1, whether denormals are flushed or not
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> exp(const Pack<Path, Scalar>& x) {
  return detail::exp_of_small<Path, Scalar>(at_most<Path, Scalar>(x, detail::Exponential<Scalar>::highest));
}

/// eˣ − 1, exact to the last places near 0 too.
///   Lanes   float, double
///   Error   expm1_error units in the last place
///   Range   every x: +∞ from the overflow on (88.72 and 709.78)
///   Others  NaN → NaN, +∞ → +∞, −∞ → −1, ±0 → ±0; where denormals are flushed, a result below twice the smallest normal number is
///           zero of its sign, else it keeps the error
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> expm1(const Pack<Path, Scalar>& x) {
  BETAVAE_CONTRACT
  using Constants = detail::Exponential<Scalar>;
  const auto within = at_most<Path, Scalar>(at_least<Path, Scalar>(x, Constants::lowest_minus_1), Constants::highest);
  const auto [half_power, r] = detail::reduce_exponent<Path, Scalar>(within);
  const Vector<Path, Scalar> p = detail::twice_expm1_of_remainder<Path, Scalar>({r}).value;
  // ½ (2ⁿ (eʳ − 1) + (2ⁿ − 1)), for 2ⁿ itself may overflow where the result does not.
  const Vector<Path, Scalar> quarter_power = half_power * Scalar(0.5);
  const Vector<Path, Scalar> half = (half_power - Scalar(0.5)) + quarter_power * p;
  return detail::with_sign_of<Path, Scalar>(x, {half + half});
}

}  // namespace betavae::simd
