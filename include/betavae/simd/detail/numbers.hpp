// SPDX-License-Identifier: MIT
// What the functions of vectors share: how float and double are stored (IEEE 754), signs, and polynomials.
#pragma once

#include <betavae/simd/vector.hpp>

#include <limits>

namespace betavae::simd {

namespace detail {

/// The bits of a floating-point number. `round_shift` + x, for |x| below half of it, is x rounded to a whole number (to even
/// where two are equally near), and its lowest bits hold that number.
template <class Scalar>
struct NumberFormat;

template <>
struct NumberFormat<float> {
  using Bits = std::uint32_t;
  static constexpr int fraction_bits = 23;
  static constexpr Bits sign = 0x80000000;
  static constexpr Bits infinity = 0x7F800000;
  static constexpr Bits one = 0x3F800000;
  static constexpr Bits root_half = 0x3F3504F3;  // √½
  static constexpr float round_shift = 0x1.8p23F;
};

template <>
struct NumberFormat<double> {
  using Bits = std::uint64_t;
  static constexpr int fraction_bits = 52;
  static constexpr Bits sign = 0x8000000000000000;
  static constexpr Bits infinity = 0x7FF0000000000000;
  static constexpr Bits one = 0x3FF0000000000000;
  static constexpr Bits root_half = 0x3FE6A09E667F3BCD;
  static constexpr double round_shift = 0x1.8p52;
};

/// A vector's bits.
template <class Path, class Scalar>
using BitsOf = Vector<Path, typename NumberFormat<Scalar>::Bits>;

/// `magnitude`, which is not negative, with the sign of `x`.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> with_sign_of(const Pack<Path, Scalar>& x, const Pack<Path, Scalar>& magnitude) {
  using Bits = BitsOf<Path, Scalar>;
  return {(Vector<Path, Scalar>)((Bits)magnitude.value | ((Bits)x.value & NumberFormat<Scalar>::sign))};
}

/// c₀ + c₁ x + … Pairs of terms make a polynomial in x², whose chain of dependent operations is half as long.
template <class Path, class Scalar, int Count>
BETAVAE_INLINE Pack<Path, Scalar> polynomial(const Pack<Path, Scalar>& x, const Scalar (&c)[Count]) {
  BETAVAE_CONTRACT
  const Vector<Path, Scalar> square = x.value * x.value;
  Vector<Path, Scalar> sum = c[Count - 1] - Vector<Path, Scalar>{};
  if constexpr (Count % 2 == 0) {
    sum = c[Count - 2] + c[Count - 1] * x.value;
  }
  BETAVAE_UNROLL
  for (int i = (Count - 1) / 2 * 2 - 2; i >= 0; i -= 2) {
    const Vector<Path, Scalar> pair = c[i] + c[i + 1] * x.value;
    sum = sum * square + pair;
  }
  return {sum};
}

}  // namespace detail

/// |x|, lane by lane; NaN stays NaN.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> abs(const Pack<Path, Scalar>& x) {
  using Bits = detail::BitsOf<Path, Scalar>;
  return {(Vector<Path, Scalar>)((Bits)x.value & ~detail::NumberFormat<Scalar>::sign)};
}

/// Whichever is smaller, lane by lane; `x` where it is NaN.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> at_most(const Pack<Path, Scalar>& x, Scalar limit) {
  const Vector<Path, Scalar> limits = limit - Vector<Path, Scalar>{};
#if BETAVAE_X86 && defined(__SSE2__) && !defined(__clang__)
  // One instruction, which clang makes of the comparison below, and g++ does not.
  Vector<Path, Scalar> smaller = limits;
  if constexpr (Path::bytes > 16 && sizeof(Scalar) == 4) {
    asm("vminps %2, %1, %0" : "=v"(smaller) : "v"(limits), "v"(x.value));
  } else if constexpr (Path::bytes > 16) {
    asm("vminpd %2, %1, %0" : "=v"(smaller) : "v"(limits), "v"(x.value));
  } else if constexpr (sizeof(Scalar) == 4) {
    asm("minps %1, %0" : "+x"(smaller) : "x"(x.value));
  } else {
    asm("minpd %1, %0" : "+x"(smaller) : "x"(x.value));
  }
  return {smaller};
#else
  return {limits < x.value ? limits : x.value};
#endif
}

/// Whichever is greater, lane by lane; `x` where it is NaN.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> at_least(const Pack<Path, Scalar>& x, Scalar limit) {
  const Vector<Path, Scalar> limits = limit - Vector<Path, Scalar>{};
#if BETAVAE_X86 && defined(__SSE2__) && !defined(__clang__)
  Vector<Path, Scalar> greater = limits;
  if constexpr (Path::bytes > 16 && sizeof(Scalar) == 4) {
    asm("vmaxps %2, %1, %0" : "=v"(greater) : "v"(limits), "v"(x.value));
  } else if constexpr (Path::bytes > 16) {
    asm("vmaxpd %2, %1, %0" : "=v"(greater) : "v"(limits), "v"(x.value));
  } else if constexpr (sizeof(Scalar) == 4) {
    asm("maxps %1, %0" : "+x"(greater) : "x"(x.value));
  } else {
    asm("maxpd %1, %0" : "+x"(greater) : "x"(x.value));
  }
  return {greater};
#else
  return {limits > x.value ? limits : x.value};
#endif
}

}  // namespace betavae::simd
