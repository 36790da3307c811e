// SPDX-License-Identifier: MIT
// The negative binomial likelihood for counts that scatter more than a Poisson's, by mean and inverse dispersion: a Poisson whose
// rate is gamma distributed, with shape r and mean μ (Greenwood and Yule, 1920; for gene expression in a VAE: Lopez, Regier, Cole,
// Jordan and Yosef, 2018).
//
//     p(x|μ, r) = Γ(x + r)/(Γ(r) x!) · (r/(r + μ))^r · (μ/(r + μ))ˣ,   mean μ,  variance μ + μ²/r
//
// Parameters from the decoder, planar: ln μ, then ln r. Score:
//
//     in ln μ:  r (x − μ)/(r + μ)
//     in ln r:  r (ψ(r + x) − ψ(r) − ln(1 + μ/r) − (x − μ)/(r + μ))
//
// Expected Fisher information, which is diagonal in these parameters: μ r/(r + μ), and
// r² (ψ′(r) − E[ψ′(r + x)]) − r μ/(r + μ), for which there is no closed form (see `dispersion_information`).
// The offset of a sample is the logarithm of its exposure (a library size), added to ln μ: doubling it adds ln 2. Computed in the
// saddle point form of Loader (2000), in which nothing cancels, so that r → ∞ is the Poisson to the last digits. |ln μ| and |ln r|
// count as at most 300. Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae {

namespace detail {

/// E[r²(ψ′(r) − ψ′(r + X))] − r μ/(r + μ): the Fisher information in ln r. With ψ′(a) = ∫ t e^−at/(1 − e^−t) dt over t > 0 and
/// E[e^−Xt] = (1 + (μ/r) s)^−r, s = 1 − e^−t, it is one integral,
///
///     r² ∫ t e^−rt/s · (1 − (1 + (μ/r) s)^−r) dt − r μ/(r + μ),
///
/// smooth on a logarithmic scale of t, where the trapezoidal rule converges exponentially (Takahasi and Mori, 1974). Error below
/// 10⁻¹² max(1, μ r/(r + μ)).
[[nodiscard]] BETAVAE_API double dispersion_information(double log_mean, double log_r);

/// −ln of the negative binomial probability and, unless null, its derivatives in ln μ and ln r.
template <class Number>
[[nodiscard]] BETAVAE_API Number negative_binomial_nats(const Number* p, Number x, Number* partial);

[[nodiscard]] BETAVAE_API double draw_negative_binomial(const double* p, Draws& draws);

}  // namespace detail

struct NegativeBinomial : detail::Pointwise<NegativeBinomial, 2> {
  static constexpr std::string_view name = "NegativeBinomial";
  static constexpr std::string_view point_estimate_name = "mean";
  static constexpr std::string_view domain = "a whole number of at least 0";
  static constexpr std::array<double, 2> bounds = {detail::log_bound, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, 0};

  /// −ln p(x|p) in nats and, unless null, its derivatives in ln μ and ln r.
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

  [[nodiscard]] bool contains(double x) const { return detail::is_count(x); }

  /// The least distortion of a count, in nats: that of the Poisson, which r → ∞ approaches. About ½ ln 2πx.
  [[nodiscard]] BETAVAE_API double floor(double x) const;
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/vae/likelihood/negative_binomial.ipp>
#endif
