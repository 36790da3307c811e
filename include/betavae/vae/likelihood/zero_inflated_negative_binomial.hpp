// SPDX-License-Identifier: MIT
// The zero-inflated negative binomial: with probability π the count is lost and 0 is seen, else it is negative binomial (Lambert,
// 1992, for the Poisson; in a VAE of gene expression: Lopez, Regier, Cole, Jordan and Yosef, 2018).
//
//     p(0) = π + (1 − π) f(0),   p(x) = (1 − π) f(x) for x > 0,    f = NegativeBinomial(μ, r),  π = sigmoid(ℓ)
//
// Parameters from the decoder, planar: ln μ, ln r, ℓ. With w = (1 − π) f(0)/p(0), the probability that a zero is a true one, the
// score in ln μ and ln r is that of the negative binomial, times w at 0; in ℓ it is −π at x > 0 and 1 − w − π at 0. Diagonal
// of the expected Fisher information, with I and s₀ the negative binomial's information and its score at 0:
//
//     in ln μ, ln r:  (1 − π)(I − f(0) s₀² π/p(0)),      in ℓ:  π² (1 − π)(1 − f(0))/p(0)
//
// The offset of a sample is the logarithm of its exposure, added to ln μ: doubling it adds ln 2. |ln μ|, |ln r| and |ℓ| count as at
// most 300. Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/kernels/activation.hpp>
#include <betavae/vae/likelihood/negative_binomial.hpp>

namespace betavae {

struct ZeroInflatedNegativeBinomial : detail::Pointwise<ZeroInflatedNegativeBinomial, 3> {
  static constexpr std::string_view name = "ZeroInflatedNegativeBinomial";
  static constexpr std::string_view point_estimate_name = "mean";  ///< of what is seen, (1 − π) μ
  static constexpr std::string_view domain = "a whole number of at least 0";
  static constexpr std::array<double, 3> bounds = {detail::log_bound, detail::log_bound, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, 0};

  /// −ln p(x|p) in nats and, unless null, its derivatives in ln μ, ln r and ℓ.
  template <class Number>
  [[nodiscard]] BETAVAE_API Number nats(const Number* p, Number x, Number* partial) const;

  template <class Number>
  BETAVAE_API void information(const Number* p, Number* diagonal) const;

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    using std::exp;
    return kernels::sigmoid(Number(-p[2])) * exp(p[0]);
  }

  [[nodiscard]] BETAVAE_API double draw(const double* p, detail::Draws& draws) const;

  [[nodiscard]] bool contains(double x) const { return detail::is_count(x); }

  /// The least distortion of a count, in nats: that of the Poisson, which π → 0 and r → ∞ approach. About ½ ln 2πx.
  [[nodiscard]] double floor(double x) const { return NegativeBinomial{}.floor(x); }
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/vae/likelihood/zero_inflated_negative_binomial.ipp>
#endif
