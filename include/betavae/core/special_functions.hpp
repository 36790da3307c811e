// SPDX-License-Identifier: MIT
// Functions that likelihoods need and the standard library lacks: what is left of the gamma function when Stirling's formula has
// been taken out, Bessel functions on a log scale, and logarithms of differences that do not cancel.
//
// A log-density written with lnΓ itself loses all digits when its arguments are large: lnΓ(10⁸) is 1.7·10⁹, and the density wanted
// is a difference of such numbers. Written with the small functions here, it is a sum of terms of one sign (Loader, 2000, "Fast and
// accurate computation of binomial probabilities"). Series: Abramowitz and Stegun, 1964, equations 6.1.40, 6.3.18, 6.4.11, 9.6.10
// and 9.7.1.
//
// For float, double and long double. Errors are stated for double, as |error| / max(1, |exact|) unless they are called relative, and
// tested against numbers of 60 digits (tests/reference/likelihoods.py). NaN gives NaN. No function touches a global: std::lgamma,
// which writes its sign to one, is not used.
#pragma once

#include <betavae/core/form.hpp>

#include <cstddef>

namespace betavae {

namespace detail {

template <class Scalar>
inline constexpr Scalar log_two_pi = Scalar(1.837877066409345483560659472811235L);  ///< ln 2π

/// c₀ + c₁ x + c₂ x² + …, even and odd terms apart, so that their additions do not wait for each other.
template <class Scalar, std::size_t Count>
[[nodiscard]] Scalar polynomial(Scalar x, const Scalar (&coefficients)[Count]) {
  const Scalar square = x * x;
  Scalar sums[] = {Scalar(0), Scalar(0)};
  for (std::size_t i = Count; i-- > 0;) {
    sums[i % 2] = sums[i % 2] * square + coefficients[i];
  }
  return sums[0] + x * sums[1];
}

}  // namespace detail

/// δ(x) = lnΓ(x) − (x − ½) ln x + x − ½ ln 2π, for x > 0: what Stirling's formula misses. Falls from ∞ to 0, as −½ ln x near 0 and as
/// 1/(12 x) far out. Error below 10⁻¹⁴; from 10 on, relative error below 2·10⁻¹⁵.
template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar stirling_error(Scalar x);

/// The same for a whole number n ≥ 1, read from a table below 10. Error below 2·10⁻¹⁵.
template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar stirling_error_of_count(Scalar n);

/// ln x − ψ(x) for x > 0, with ψ = (lnΓ)′ the digamma function: falls from 1/x near 0 to 1/(2 x) far out. Error below 2·10⁻¹⁵; from
/// 10 on, relative.
template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar log_minus_digamma(Scalar x);

/// x² ψ′(x) − x for x > 0: the Fisher information that a gamma density of shape x has in ln x. Falls from 1 to ½. Relative error
/// below 4·10⁻¹⁵.
template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar trigamma_excess(Scalar x);

/// eˣ − 1 − x ≥ 0. Relative error below 10⁻¹⁵; ∞ where eˣ is.
template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar exp_residual(Scalar x);

/// x − ln(1 + x) ≥ 0 for x > −1, where 1 + x is known to more digits than x can tell near −1. Relative error below 10⁻¹⁵.
template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar log_residual(Scalar x, Scalar one_plus_x);

/// ln(1 − e⁻ˣ) for x > 0; −∞ at 0. Relative error below 10⁻¹⁵ (Mächler, 2012, "Accurately computing log(1 − exp(−|a|))").
template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar log_one_minus_exp(Scalar x);

/// What von Mises's distribution asks of the modified Bessel functions I₀ and I₁ at κ ≥ 0.
template <class Scalar>
struct BesselRatio {
  Scalar log_i0_scaled;     ///< ln(e^−κ I₀(κ)) ≤ 0. Error below 10⁻¹⁵
  Scalar ratio;             ///< A = I₁(κ)/I₀(κ), in [0, 1). Error below 10⁻¹⁵
  Scalar ratio_derivative;  ///< A′ = 1 − A/κ − A², in (0, ½]. Relative error below 10⁻¹¹
  Scalar ratio_over_kappa;  ///< A/κ, in (0, ½]. Relative error below 10⁻¹⁵
};

/// For κ ≥ 0.
template <class Scalar>
[[nodiscard]] BETAVAE_API BesselRatio<Scalar> bessel_ratio(Scalar kappa);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/core/special_functions.ipp>
#endif
