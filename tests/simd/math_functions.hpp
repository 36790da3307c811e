// SPDX-License-Identifier: MIT
// The functions of simd/math.hpp as a table: what computes them, what they should be, and the bound that their headers state.
// math_sweep.hpp compares one with the other.
#pragma once

#include <betavae/simd/math.hpp>
#include <betavae/simd/vector.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace betavae::test {

namespace simd = betavae::simd;

/// What a function says of itself, but for its name, its greatest error, and the `reference` that is right for any real type.
struct Everywhere {
  static constexpr bool drops_tiny_results = false;  ///< results below exp_smallest are 0
  static constexpr bool drops_denormals = false;     ///< denormal arguments are 0
  // The ends of an interval in which more of the drawn points should lie.
  static constexpr double low = -1;
  static constexpr double high = 1;
  static bool covers(auto /*x*/) { return true; }
};

// A function template cannot be handed on as an argument: hence a macro, for what each entry takes from the function of its name.
#define BETAVAE_TEST_FUNCTION(function)                                                        \
  static constexpr const char* name = #function;                                               \
  static constexpr double error = simd::function##_error;                                      \
  template <class Path, class Scalar>                                                          \
  BETAVAE_INLINE static simd::Pack<Path, Scalar> evaluate(const simd::Pack<Path, Scalar>& x) { \
    return simd::function<Path, Scalar>(x);                                                    \
  }

struct Exp : Everywhere {
  BETAVAE_TEST_FUNCTION(exp)
  static constexpr bool drops_tiny_results = true;
  static constexpr double low = -750;
  static constexpr double high = 720;
  static auto reference(auto x) { return std::exp(x); }
};

struct Expm1 : Everywhere {
  BETAVAE_TEST_FUNCTION(expm1)
  static constexpr double low = -40;
  static constexpr double high = 20;
  static auto reference(auto x) { return std::expm1(x); }
};

struct Log : Everywhere {
  BETAVAE_TEST_FUNCTION(log)
  static constexpr bool drops_denormals = true;
  static constexpr double low = 0.3;
  static constexpr double high = 3;
  static auto reference(auto x) { return std::log(x); }
};

struct Log1p : Everywhere {
  BETAVAE_TEST_FUNCTION(log1p)
  static constexpr double high = 8;
  static auto reference(auto x) { return std::log1p(x); }
};

struct Log1pOfFraction : Everywhere {
  BETAVAE_TEST_FUNCTION(log1p_of_fraction)
  static constexpr double low = 0;
  static bool covers(auto x) { return !(x < 0 || x > 1); }
  static auto reference(auto x) { return std::log1p(x); }
};

struct Sigmoid : Everywhere {
  BETAVAE_TEST_FUNCTION(sigmoid)
  static constexpr bool drops_tiny_results = true;
  static constexpr double low = -100;
  static constexpr double high = 50;
  static auto reference(auto x) { return 1 / (1 + std::exp(-x)); }
};

struct Softplus : Everywhere {
  BETAVAE_TEST_FUNCTION(softplus)
  static constexpr bool drops_tiny_results = true;
  static constexpr double low = -100;
  static constexpr double high = 50;
  template <class Real>
  static Real reference(Real x) {
    return std::isnan(x) ? x : std::max(x, Real(0)) + std::log1p(std::exp(-std::abs(x)));
  }
};

struct Tanh : Everywhere {
  BETAVAE_TEST_FUNCTION(tanh)
  static constexpr double low = -20;
  static constexpr double high = 20;
  static auto reference(auto x) { return std::tanh(x); }
};

#undef BETAVAE_TEST_FUNCTION

struct Turns : Everywhere {
  static constexpr double error = simd::sin_cos_of_turns_error;
  static bool covers(auto x) { return !(std::abs(x) >= 0x1p20) || std::isinf(x); }
  /// sin (π/2 (quarter turns + phase)), reduced exactly.
  template <class Real>
  static Real sine(Real x, int phase) {
    if (!std::isfinite(x)) {
      return std::numeric_limits<Real>::quiet_NaN();
    }
    const Real quarters = std::nearbyint(4 * x);
    const Real angle = 2 * std::numbers::pi_v<Real> * (quarters == 0 ? x : x - quarters / 4);
    const auto quadrant = (static_cast<long>(quarters) + phase) & 3;
    const Real magnitude = quadrant % 2 == 0 ? std::sin(angle) : std::cos(angle);
    return quadrant < 2 ? magnitude : -magnitude;
  }
};

struct SineOfTurns : Turns {
  static constexpr const char* name = "sine of turns";
  template <class Path, class Scalar>
  BETAVAE_INLINE static simd::Pack<Path, Scalar> evaluate(const simd::Pack<Path, Scalar>& x) {
    return {simd::sin_cos_of_turns<Path, Scalar>(x).sine};
  }
  static auto reference(auto x) { return sine(x, 0); }
};

struct CosineOfTurns : Turns {
  static constexpr const char* name = "cosine of turns";
  template <class Path, class Scalar>
  BETAVAE_INLINE static simd::Pack<Path, Scalar> evaluate(const simd::Pack<Path, Scalar>& x) {
    return {simd::sin_cos_of_turns<Path, Scalar>(x).cosine};
  }
  static auto reference(auto x) { return sine(x, 1); }
};

#define BETAVAE_TEST_MATH_FUNCTIONS \
  Exp, Expm1, Log, Log1p, Log1pOfFraction, Sigmoid, Softplus, Tanh, SineOfTurns, CosineOfTurns

}  // namespace betavae::test
