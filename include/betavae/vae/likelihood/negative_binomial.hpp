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
[[nodiscard]] inline double dispersion_information(double log_mean, double log_r) {
  const double r = std::exp(log_r);
  const double ratio = std::exp(log_mean - log_r);
  constexpr double step = 1.0 / 24;
  // Where r t e^−rt/s · (…) is below 10⁻¹⁸: above t = 60/r; below, it is at most r² t min(μ, …).
  const double last = std::log(60 / std::min(r, 1.0) + 60 / r);
  const double first = std::min({0.0, -log_r, -log_mean, -(log_mean - log_r)}) - 44;
  double sum = 0;
  for (double u = first; u < last; u += step) {
    const double t = std::exp(u);
    const double s = -std::expm1(-t);
    const double expected = -std::expm1(-r * std::log1p(ratio * s));
    sum += (r * t) * (r * t) * std::exp(-r * t) * expected / s;
  }
  return std::max(0.0, sum * step - r / (1 + std::exp(log_r - log_mean)));
}

/// −ln of the negative binomial probability and, unless null, its derivatives in ln μ and ln r.
template <class Number>
[[nodiscard]] Number negative_binomial_nats(const Number* p, Number x, Number* partial) {
  using std::abs;
  using std::exp;
  using std::log;
  using std::log1p;
  const Number mean = exp(p[0]);
  const Number r = exp(p[1]);
  // (x − μ)/(r + μ), and 1 + that
  const Number excess = (x - mean) / (r + mean);
  const Number residual = log_residual(excess, Number((r + x) / (r + mean)));
  if (partial != nullptr) {
    partial[0] = -r * excess;
    const Number digammas =
        x == Number(0) ? Number(0) : Number(log_minus_digamma(r) - log_minus_digamma(Number(r + x)));
    partial[1] = r * (residual - digammas);
  }
  if (x == Number(0)) {
    return r * log1p(mean / r);
  }
  const Number deficit = (r / x) * ((mean - x) / (r + mean));
  const Number ratio = (mean / x) * ((r + x) / (r + mean));  // 1 + deficit
  return r * residual + x * log_residual(deficit, ratio) + log1p(x / r) + stirling_error(r) +
         stirling_error_of_count(x) - stirling_error(Number(r + x)) +
         Number(0.5) * (log_two_pi<Number> + log(r) + log(x / (r + x)));
}

[[nodiscard]] inline double draw_negative_binomial(const double* p, Draws& draws) {
  const double log_rate = p[0] - p[1] + draw_log_gamma(std::exp(p[1]), draws);
  return draw_poisson(log_rate, draws);
}

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
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    return detail::negative_binomial_nats(p, x, partial);
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::exp;
    diagonal[0] = exp(p[1]) / (Number(1) + exp(p[1] - p[0]));
    diagonal[1] = Number(detail::dispersion_information(static_cast<double>(p[0]), static_cast<double>(p[1])));
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    using std::exp;
    return exp(p[0]);
  }

  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    return detail::draw_negative_binomial(p, draws);
  }

  [[nodiscard]] bool contains(double x) const { return detail::is_count(x); }

  /// The least distortion of a count, in nats: that of the Poisson, which r → ∞ approaches. About ½ ln 2πx.
  [[nodiscard]] double floor(double x) const { return x > 0 ? detail::poisson_nats(std::log(x), x) : 0.0; }
};

}  // namespace betavae
