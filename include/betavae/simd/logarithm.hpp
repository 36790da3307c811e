// SPDX-License-Identifier: MIT
// ln x and ln (1 + x) of vectors.
//
// x = 2ᵏ (1 + f) with √½ ≤ 1 + f < √2, so that ln x = k ln 2 + ln (1 + f); the logarithm left is a polynomial, minimax in relative
// error. Its coefficients come from tests/reference/math_coefficients.py.
#pragma once

#include <betavae/simd/detail/numbers.hpp>

namespace betavae::simd {

/// Greatest errors, in units in the last place of the exact result, for float and double, on every path.
inline constexpr double log_error = 1.75;
inline constexpr double log1p_error = 2.0;
inline constexpr double log1p_of_fraction_error = 2.25;

namespace detail {

template <class Scalar>
struct Logarithm;

template <>
struct Logarithm<float> {
  static constexpr float ln2 = 0.693147181F;
  // ln (1 + f) = f + f² P(f) for 1 + f from √½ to √2
  static constexpr float coefficients[] = {-0.499999881F, 0.333333254F,  -0.250015825F, 0.200019732F,  -0.166090831F,
                                           0.141818285F,  -0.132429928F, 0.12904419F,   -0.0762175471F};
  // ln (1 + x) = x + x² P(x) for x from 0 to 1
  static constexpr float fraction_coefficients[] = {-0.499999315F, 0.333304644F,  -0.24958019F,
                                                    0.196921021F,  -0.153448805F, 0.106611282F,
                                                    -0.057457231F, 0.0200862419F, -0.00329046859F};
};

template <>
struct Logarithm<double> {
  static constexpr double ln2 = 0.69314718055994531;
  static constexpr double coefficients[] = {
      -0.50000000000000033,  0.33333333333333026,   -0.24999999999974923,  0.20000000000085233,  -0.16666666671355132,
      0.14285714279618431,   -0.12499999604525688,  0.11111111099039747,   -0.1000001793813154,  0.090909274427051684,
      -0.083328640931442807, 0.076914331690522433,  -0.071499375548872951, 0.066859339667705048, -0.061943635688392118,
      0.056589760828002683,  -0.056781236467175006, 0.065295215278820859,  -0.06006069557303919, 0.026173808198971759};
  static constexpr double fraction_coefficients[] = {
      -0.49999999999999462,   0.33333333333235254,   -0.24999999993686003,    0.19999999791551845,
      -0.16666662501973645,   0.14285658932825865,   -0.12499479873362593,    0.1110750740720797,
      -0.099810207231770004,  0.090131720749350858,  -0.080812572371676356,   0.070356313967069178,
      -0.057503382570793647,  0.042301744046922565,  -0.02674544961379843,    0.013839609302887008,
      -0.0055436179991665661, 0.0015959158854393261, -0.00029179811008996933, 2.5333547579034741e-5};
};

/// x = 2ᵏ (1 + f).
template <class Path, class Scalar>
struct ReducedLogarithm {
  Vector<Path, Scalar> exponent;
  Vector<Path, Scalar> fraction;
  BitsOf<Path, Scalar> shifted;  ///< the bits of x less those of 1 + f: k, where exponents stand
};

/// For positive normal x; of any other the result means nothing.
template <class Path, class Scalar>
BETAVAE_INLINE ReducedLogarithm<Path, Scalar> reduce_logarithm(const Pack<Path, Scalar>& x) {
  using Format = NumberFormat<Scalar>;
  using Bits = BitsOf<Path, Scalar>;
  // 2^fraction_bits, whose lowest bits count whole numbers.
  constexpr int bias = std::numeric_limits<Scalar>::max_exponent - 1;
  constexpr auto whole = Scalar(typename Format::Bits{1} << Format::fraction_bits);
  constexpr auto whole_bits = Format::one + (typename Format::Bits{Format::fraction_bits} << Format::fraction_bits);
  constexpr auto fraction_mask = (typename Format::Bits{1} << Format::fraction_bits) - 1;
  const Bits moved = (Bits)x.value + (Format::one - Format::root_half);
  const Bits mantissa = (moved & fraction_mask) + Format::root_half;
  const auto biased_exponent = (Vector<Path, Scalar>)((moved >> Format::fraction_bits) | whole_bits);
  return {biased_exponent - (whole + Scalar(bias)), (Vector<Path, Scalar>)mantissa - Scalar(1),
          (Bits)x.value - mantissa};
}

/// k ln 2 + ln (1 + f)
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> log_of_reduced(const Pack<Path, Scalar>& exponent, const Pack<Path, Scalar>& f) {
  BETAVAE_CONTRACT
  const Vector<Path, Scalar> p = polynomial<Path, Scalar>(f, Logarithm<Scalar>::coefficients).value;
  const Vector<Path, Scalar> square = f.value * f.value;
  const Vector<Path, Scalar> of_fraction = f.value + square * p;
  return {of_fraction + exponent.value * Logarithm<Scalar>::ln2};
}

/// `result` where x is finite and above the pole; +∞ and NaN as they are; −∞ at the pole, and NaN from `outside` down.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> with_limits_of_log(const Pack<Path, Scalar>& x, const Pack<Path, Scalar>& result,
                                                     Scalar above_pole, Scalar outside) {
  using Bits = BitsOf<Path, Scalar>;
  const Vector<Path, Scalar> infinity = std::numeric_limits<Scalar>::infinity() - Vector<Path, Scalar>{};
  const Vector<Path, Scalar> finite = x.value < infinity ? result.value : x.value;
  const Bits limit = (Bits)(x.value <= outside) | (Bits)(-infinity);  // all bits set are a NaN
  return {x.value < above_pole ? (Vector<Path, Scalar>)limit : finite};
}

/// log of positive normal numbers; of any other the result means nothing.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> log_of_normal(const Pack<Path, Scalar>& x) {
  const auto reduced = reduce_logarithm<Path, Scalar>(x);
  return log_of_reduced<Path, Scalar>({reduced.exponent}, {reduced.fraction});
}

}  // namespace detail

/// ln x.
///   Lanes   float, double
///   Error   log_error units in the last place
///   Range   positive normal numbers
///   Others  NaN → NaN, +∞ → +∞, negative → NaN; ±0 and denormals of either sign → −∞, whether denormals are flushed or not
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> log(const Pack<Path, Scalar>& x) {
  constexpr Scalar smallest = std::numeric_limits<Scalar>::min();
  return detail::with_limits_of_log<Path, Scalar>(x, detail::log_of_normal<Path, Scalar>(x), smallest, -smallest);
}

/// ln (1 + x), exact to the last places near 0 too.
///   Lanes   float, double
///   Error   log1p_error units in the last place
///   Range   x > −1
///   Others  NaN → NaN, +∞ → +∞, −1 → −∞, below −1 → NaN, ±0 → ±0; a denormal is its own result, or zero of its sign where
///           denormals are flushed
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> log1p(const Pack<Path, Scalar>& x) {
  BETAVAE_CONTRACT
  using Format = detail::NumberFormat<Scalar>;
  constexpr Scalar epsilon = std::numeric_limits<Scalar>::epsilon();
  const Vector<Path, Scalar> sum = x.value + Scalar(1);
  const Vector<Path, Scalar> rounded_off = x.value - (sum - Scalar(1));
  const auto reduced = detail::reduce_logarithm<Path, Scalar>({sum});
  // What the sum lost belongs to f, times 2⁻ᵏ; for the greatest k (128 or 1024) these bits are −∞, and nothing was lost.
  const auto scale_or_minus_infinity = (Vector<Path, Scalar>)(Format::one - reduced.shifted);
  const Vector<Path, Scalar> scale = at_least<Path, Scalar>({scale_or_minus_infinity}, 0).value;
  const Vector<Path, Scalar> fraction = reduced.fraction + rounded_off * scale;
  const auto result = detail::log_of_reduced<Path, Scalar>({reduced.exponent}, {fraction});
  return detail::with_limits_of_log<Path, Scalar>(x, detail::with_sign_of<Path, Scalar>(x, result), epsilon / 2 - 1,
                                                  -1 - epsilon);
}

/// ln (1 + x) for x from 0 to 1, in half the time.
///   Lanes   float, double
///   Error   log1p_of_fraction_error units in the last place
///   Range   0 ≤ x ≤ 1; elsewhere a number that means nothing
///   Others  NaN → NaN, ±0 → ±0; a denormal is its own result, or zero where denormals are flushed
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> log1p_of_fraction(const Pack<Path, Scalar>& x) {
  BETAVAE_CONTRACT
  const Vector<Path, Scalar> p =
      detail::polynomial<Path, Scalar>(x, detail::Logarithm<Scalar>::fraction_coefficients).value;
  const Vector<Path, Scalar> square = x.value * x.value;
  return {x.value + square * p};
}

}  // namespace betavae::simd
