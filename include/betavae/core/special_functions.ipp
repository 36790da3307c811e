// SPDX-License-Identifier: MIT
// How the special functions are computed.
#pragma once

#include <betavae/core/special_functions.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace betavae {

namespace detail {

/// From here on upwards, ten terms of the asymptotic series of lnΓ and its derivatives are exact to 10⁻¹⁸.
inline constexpr double asymptotic_from = 10;

}  // namespace detail

template <class Scalar>
Scalar stirling_error(Scalar x) {
  using std::log;
  constexpr Scalar coefficients[] = {Scalar(1.0L / 12),          Scalar(-1.0L / 360),       Scalar(1.0L / 1260),
                                     Scalar(-1.0L / 1680),       Scalar(1.0L / 1188),       Scalar(-691.0L / 360360),
                                     Scalar(1.0L / 156),         Scalar(-3617.0L / 122400), Scalar(43867.0L / 244188),
                                     Scalar(-174611.0L / 125400)};
  Scalar shifted = x;
  Scalar product(1);  // (x + 1) (x + 2) … (shifted − 1)
  while (shifted < Scalar(detail::asymptotic_from)) {
    product *= shifted == x ? Scalar(1) : shifted;
    shifted += Scalar(1);
  }
  const Scalar far = detail::polynomial(Scalar(1) / (shifted * shifted), coefficients) / shifted;
  if (shifted == x) {
    return far;
  }
  const Scalar half(0.5);
  return far + (shifted - half) * log(shifted) - (x + half) * log(x) - (shifted - x) - log(product);
}

template <class Scalar>
Scalar stirling_error_of_count(Scalar n) {
  constexpr Scalar table[] = {Scalar(0),
                              Scalar(0.08106146679532725821967026L),
                              Scalar(0.04134069595540929409382208L),
                              Scalar(0.02767792568499833914878929L),
                              Scalar(0.02079067210376509311152277L),
                              Scalar(0.01664469118982119216319487L),
                              Scalar(0.01387612882307074799874573L),
                              Scalar(0.01189670994589177009505572L),
                              Scalar(0.01041126526197209649747857L),
                              Scalar(0.009255462182712732917728637L)};
  if (n >= Scalar(1) && n < Scalar(10)) {
    const auto place = static_cast<std::size_t>(n);
    if (Scalar(place) == n) {
      return table[place];
    }
  }
  return stirling_error(n);
}

template <class Scalar>
Scalar log_minus_digamma(Scalar x) {
  using std::log;
  constexpr Scalar coefficients[] = {Scalar(1.0L / 12),        Scalar(-1.0L / 120),     Scalar(1.0L / 252),
                                     Scalar(-1.0L / 240),      Scalar(1.0L / 132),      Scalar(-691.0L / 32760),
                                     Scalar(1.0L / 12),        Scalar(-3617.0L / 8160), Scalar(43867.0L / 14364),
                                     Scalar(-174611.0L / 6600)};
  Scalar shifted = x;
  Scalar sum(0);
  while (shifted < Scalar(detail::asymptotic_from)) {
    sum += Scalar(1) / shifted;
    shifted += Scalar(1);
  }
  const Scalar inverse = Scalar(1) / shifted;
  const Scalar far = inverse * (Scalar(0.5) + inverse * detail::polynomial(Scalar(inverse * inverse), coefficients));
  return shifted == x ? far : far + sum + log(x / shifted);
}

template <class Scalar>
Scalar trigamma_excess(Scalar x) {
  constexpr Scalar coefficients[] = {Scalar(1.0L / 6),        Scalar(-1.0L / 30),     Scalar(1.0L / 42),
                                     Scalar(-1.0L / 30),      Scalar(5.0L / 66),      Scalar(-691.0L / 2730),
                                     Scalar(7.0L / 6),        Scalar(-3617.0L / 510), Scalar(43867.0L / 798),
                                     Scalar(-174611.0L / 330)};
  Scalar shifted = x;
  Scalar sum(0);  // Σ x²/(x + i)²
  while (shifted < Scalar(detail::asymptotic_from)) {
    const Scalar ratio = x / shifted;
    sum += ratio * ratio;
    shifted += Scalar(1);
  }
  const Scalar inverse = Scalar(1) / shifted;
  const Scalar excess = Scalar(0.5) + inverse * detail::polynomial(Scalar(inverse * inverse), coefficients);
  if (shifted == x) {
    return excess;
  }
  const Scalar ratio = x / shifted;  // x² ψ′(shifted) = ratio² (shifted + excess)
  return sum + ratio * ratio * (shifted + excess) - x;
}

template <class Scalar>
Scalar exp_residual(Scalar x) {
  using std::abs;
  using std::expm1;
  if (!(abs(x) < Scalar(0.5))) {
    return expm1(x) - x;
  }
  constexpr Scalar coefficients[] = {Scalar(1.0L / 2),
                                     Scalar(1.0L / 6),
                                     Scalar(1.0L / 24),
                                     Scalar(1.0L / 120),
                                     Scalar(1.0L / 720),
                                     Scalar(1.0L / 5040),
                                     Scalar(1.0L / 40320),
                                     Scalar(1.0L / 362880),
                                     Scalar(1.0L / 3628800),
                                     Scalar(1.0L / 39916800),
                                     Scalar(1.0L / 479001600),
                                     Scalar(1.0L / 6227020800),
                                     Scalar(1.0L / 87178291200),
                                     Scalar(1.0L / 1307674368000),
                                     Scalar(1.0L / 20922789888000),
                                     Scalar(1.0L / 355687428096000),
                                     Scalar(1.0L / 6402373705728000)};
  return x * x * detail::polynomial(x, coefficients);
}

template <class Scalar>
Scalar log_residual(Scalar x, Scalar one_plus_x) {
  using std::abs;
  using std::log;
  if (!(abs(x) < Scalar(0.4))) {
    return x - log(one_plus_x);
  }
  // ln(1 + x) = 2 artanh s, s = x/(2 + x), and x − 2 s = s x
  const Scalar s = x / (Scalar(2) + x);
  constexpr Scalar coefficients[] = {
      Scalar(1.0L / 3),  Scalar(1.0L / 5),  Scalar(1.0L / 7),  Scalar(1.0L / 9),  Scalar(1.0L / 11), Scalar(1.0L / 13),
      Scalar(1.0L / 15), Scalar(1.0L / 17), Scalar(1.0L / 19), Scalar(1.0L / 21), Scalar(1.0L / 23), Scalar(1.0L / 25),
      Scalar(1.0L / 27), Scalar(1.0L / 29), Scalar(1.0L / 31), Scalar(1.0L / 33), Scalar(1.0L / 35)};
  const Scalar sum = detail::polynomial(Scalar(s * s), coefficients);
  return s * (x - Scalar(2) * s * s * sum);
}

template <class Scalar>
Scalar log_one_minus_exp(Scalar x) {
  using std::exp;
  using std::expm1;
  using std::log;
  using std::log1p;
  return x < Scalar(std::numbers::ln2) ? log(-expm1(-x)) : log1p(-exp(-x));
}

template <class Scalar>
BesselRatio<Scalar> bessel_ratio(Scalar kappa) {
  using std::exp;
  using std::log;
  using std::log1p;
  constexpr Scalar epsilon = std::numeric_limits<Scalar>::epsilon() / 4;
  if (kappa < Scalar(24)) {
    // I₀ = Σ qᵏ/k!², I₁ = ½κ Σ qᵏ/(k! (k+1)!), q = κ²/4
    const Scalar q = kappa * kappa / Scalar(4);
    Scalar term(1);
    Scalar rest(0);  // I₀ − 1
    Scalar i1(1);
    for (int k = 1; k < 100 && (k < 3 || term > epsilon * rest); ++k) {
      term *= q / Scalar(k * k);
      rest += term;
      i1 += term / Scalar(k + 1);
    }
    const Scalar i0 = Scalar(1) + rest;
    const Scalar over_kappa = Scalar(0.5) * i1 / i0;
    const Scalar ratio = kappa * over_kappa;
    return {log1p(rest) - kappa, ratio, Scalar(1) - over_kappa - ratio * ratio, over_kappa};
  }
  // e^−κ √(2πκ) I₀ = 1 + 1²/(1! 8κ) + 1² 3²/(2! (8κ)²) + …, and I₁ the same with 4 − 1², 4 − 3², …; the terms of both shrink until 2κ
  const Scalar inverse = Scalar(1) / (Scalar(8) * kappa);
  Scalar term_0(1);
  Scalar term_1(1);
  Scalar rest(0);        // I₀'s sum − 1
  Scalar difference(0);  // of both sums
  for (int k = 1; k < 48; ++k) {
    const auto odd = Scalar(2 * k - 1);
    term_0 *= odd * odd * inverse / Scalar(k);
    term_1 *= (odd * odd - Scalar(4)) * inverse / Scalar(k);
    rest += term_0;
    difference += term_0 - term_1;
    if (term_0 < epsilon * difference) {
      break;
    }
  }
  const Scalar i0 = Scalar(1) + rest;
  const Scalar complement = difference / i0;  // 1 − A
  const Scalar ratio = Scalar(1) - complement;
  const Scalar over_kappa = ratio / kappa;
  const Scalar one_over = Scalar(1) / kappa;
  const Scalar derivative =
      kappa > Scalar(1e4) ? one_over * one_over * (Scalar(0.5) + one_over * (Scalar(0.25) + one_over * Scalar(0.375)))
                          : complement * (Scalar(2) - complement) - over_kappa;
  return {log1p(rest) - Scalar(0.5) * (detail::log_two_pi<Scalar> + log(kappa)), ratio, derivative, over_kappa};
}

}  // namespace betavae
