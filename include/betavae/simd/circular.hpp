// SPDX-License-Identifier: MIT
// Sine and cosine of vectors of turns (one turn is 2π), as the method of Box and Muller needs them.
//
// u = q/4 + r with a whole number q and |r| ≤ 1/8, exactly; sine and cosine of 2π r are polynomials, minimax in relative error,
// whose coefficients come from tests/reference/math_coefficients.py. q then says which of the two is which, and their signs.
#pragma once

#include <betavae/simd/detail/numbers.hpp>

namespace betavae::simd {

/// Greatest error, in units in the last place of the exact result, for float and double, on every path.
inline constexpr double sin_cos_of_turns_error = 2.5;

namespace detail {

template <class Scalar>
struct Circular;

template <>
struct Circular<float> {
  // sin (2π r) = r P(r²),    cos (2π r) = 1 + r² P(r²)
  static constexpr float sine[] = {6.28318548F, -41.3418655F, 81.6256256F, -76.7747955F};
  static constexpr float cosine[] = {-19.7392082F, 64.9391479F, -85.4245224F, 58.6210594F};
};

template <>
struct Circular<double> {
  static constexpr double sine[] = {6.2831853071795862, -41.34170224039859,  81.605249275161484, -76.705859488404244,
                                    42.058658267919562, -15.092277291058593, 3.7482055831314138};
  static constexpr double cosine[] = {-19.739208802178716, 64.939394022666676, -85.456817205989225, 60.244641227225017,
                                      -26.426241130789393, 7.9026291781263112, -1.6882961094306108};
};

}  // namespace detail

template <class Path, class Scalar>
struct SinCos {
  Vector<Path, Scalar> sine;
  Vector<Path, Scalar> cosine;
};

namespace detail {

/// For |r| ≤ 1/8, and the number of the quarter in the two highest bits.
template <class Path, class Scalar>
BETAVAE_INLINE SinCos<Path, Scalar> sin_cos_of_quarter(const Pack<Path, Scalar>& remainder,
                                                       const Pack<Path, typename NumberFormat<Scalar>::Bits>& quarter) {
  BETAVAE_CONTRACT
  using Bits = BitsOf<Path, Scalar>;
  constexpr auto sign = NumberFormat<Scalar>::sign;
  const Vector<Path, Scalar> r = remainder.value;
  const Vector<Path, Scalar> square = r * r;
  const Vector<Path, Scalar> s = r * polynomial<Path, Scalar>({square}, Circular<Scalar>::sine).value;
  const Vector<Path, Scalar> p = polynomial<Path, Scalar>({square}, Circular<Scalar>::cosine).value;
  const Vector<Path, Scalar> c = Scalar(1) + square * p;
  const Bits lower_bit = quarter.value << 1;
  using Whole = Vector<Path, std::conditional_t<sizeof(Scalar) == 4, std::int32_t, std::int64_t>>;
  const auto is_odd = (Whole)lower_bit < 0;
  const Vector<Path, Scalar> sine = is_odd ? c : s;
  const Vector<Path, Scalar> cosine = is_odd ? s : c;
  // Of the quarters 0 to 3, the sine is negative in 2 and 3, the cosine in 1 and 2.
  return {(Vector<Path, Scalar>)((Bits)sine ^ (quarter.value & sign)),
          (Vector<Path, Scalar>)((Bits)cosine ^ ((quarter.value ^ lower_bit) & sign))};
}

}  // namespace detail

/// sin (2π u) and cos (2π u).
///   Lanes   float, double
///   Error   sin_cos_of_turns_error units in the last place
///   Range   0 ≤ u < 1, and every |u| < 2²⁰
///   Others  NaN, ±∞ → NaN; ±0 → ±0 and 1; of a denormal the sine is 2π u, or zero where denormals are flushed
template <class Path, class Scalar>
BETAVAE_INLINE SinCos<Path, Scalar> sin_cos_of_turns(const Pack<Path, Scalar>& u) {
  BETAVAE_CONTRACT
  using Format = detail::NumberFormat<Scalar>;
  using Bits = detail::BitsOf<Path, Scalar>;
  constexpr int to_top = 8 * static_cast<int>(sizeof(Scalar)) - 2;
  const Vector<Path, Scalar> shifted = u.value * Scalar(4) + Format::round_shift;
  const Vector<Path, Scalar> quarters = shifted - Format::round_shift;
  return detail::sin_cos_of_quarter<Path, Scalar>({u.value - quarters * Scalar(0.25)}, {(Bits)shifted << to_top});
}

}  // namespace betavae::simd
