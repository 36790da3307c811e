// SPDX-License-Identifier: MIT
// The gamma likelihood of positive values, by mean μ and shape k (the parametrisation of generalised linear models: McCullagh and
// Nelder, 1989, chapter 8):
//
//     p(x|μ, k) = (k/μ)ᵏ xᵏ⁻¹ e^−kx/μ/Γ(k),   mean μ,  variance μ²/k
//
// Parameters from the decoder, planar: ln μ, then ln k. Score:
//
//     in ln μ:  k (x/μ − 1),      in ln k:  k (ln k − ψ(k) − (x/μ − 1 − ln(x/μ)))
//
// Expected Fisher information, which is diagonal: k, and k² ψ′(k) − k. The offset of a sample is the logarithm of its exposure,
// added to ln μ. Computed without lnΓ, of which Stirling's formula is taken out, so that a large k does not cancel. |ln μ| and |ln k|
// count as at most 300; nats are infinite only where k x/μ overflows. No floor keeps the spread from shrinking on a value that is
// met exactly. Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae {

struct Gamma : detail::Pointwise<Gamma, 2> {
  static constexpr std::string_view name = "Gamma";
  static constexpr std::string_view point_estimate_name = "mean";
  static constexpr std::string_view domain = "a finite value above 0 (denormal numbers count as 0)";
  static constexpr std::array<double, 2> bounds = {detail::log_bound, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, -1};

  /// −ln p(x|p) in nats and, unless null, its derivatives in ln μ and ln k.
  template <class Number>
  [[nodiscard]] BETAVAE_API Number nats(const Number* p, Number x, Number* partial) const;

  template <class Number>
  BETAVAE_API void information(const Number* p, Number* diagonal) const;

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    using std::exp;
    return exp(p[0]);
  }

  [[nodiscard]] BETAVAE_API double draw(const double* p, detail::Draws& draws) const;
  template <class Scalar>
  [[nodiscard]] static Scalar rounded(double drawn) {
    return detail::rounded_positive<Scalar>(drawn);
  }

  [[nodiscard]] bool contains(double x) const { return detail::is_positive(x); }

  /// There is none: a density on a line rises without bound as k grows.
  [[nodiscard]] double floor(double /*x*/) const { return -detail::unbounded; }
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/vae/likelihood/gamma.ipp>
#endif
