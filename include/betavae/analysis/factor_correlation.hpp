// SPDX-License-Identifier: MIT
// How far each latent follows one of the factors that the data were made from, and whether the latents are decorrelated: two questions.
//
//     score = mean over factors f of maxₖ |corr(zₖ, f)|,      off-diagonal = mean over pairs k < l of |corr(zₖ, z_l)|
//
// Codes whose covariance is the identity stay so under every rotation, so that off-diagonal 0 says nothing about axes: two independent
// factors of one variance, rotated by 45°, are decorrelated as well, and the score falls from 1 to 1/√2.
//
// The correlation is Pearson's: it sees what is linear alone, and an angle, or a category by its number, may be followed and not be seen.
// It is blind to scale: what a collapsed latent has left of variance may correlate with anything, so latents that are not active count as
// correlated with nothing.
#pragma once

#include <betavae/autodiff/variable.hpp>
#include <betavae/train/history.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace betavae {

struct FactorCorrelationOptions {
  double least_variance = active_variance;  ///< a latent of this variance or less is not active. At least 0
};

/// Correlations over the samples.
struct FactorCorrelation {
  Matrix<double> with_factors;          ///< latents × factors: |corr|; 0 for latents that are not active
  Matrix<double> of_codes;              ///< latents × latents: signed; identity for latents that are not active
  std::vector<Index> latent_of_factor;  ///< that correlates most with each factor
  double score = 0;                     ///< mean over factors of the largest |corr|
  double off_diagonal = 0;              ///< mean |corr| of two active latents; 0 where there are not two
  Index active = 0;

  /// One line a latent, |corr| with each factor, with a header.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

namespace detail {

/// The same for matrices of doubles.
[[nodiscard]] BETAVAE_API FactorCorrelation correlate_with_factors(Matrix<double> codes, Matrix<double> factors,
                                                                   const FactorCorrelationOptions& options);

/// One line, as fmt prints it.
[[nodiscard]] BETAVAE_API std::string text_of(const FactorCorrelation& correlation);

}  // namespace detail

/// `codes`: latents × samples, such as posterior means. `factors`: factors × samples, the numbers that made each sample.
/// Errors: ArgumentError for other sizes, no latent, no factor, fewer than two samples, a factor that is constant, or a least variance
/// below 0; DataError for numbers that are not finite.
template <class DerivedCodes, class DerivedFactors>
[[nodiscard]] FactorCorrelation factor_correlation(const Eigen::MatrixBase<DerivedCodes>& codes,
                                                   const Eigen::MatrixBase<DerivedFactors>& factors,
                                                   const FactorCorrelationOptions& options = {}) {
  return detail::correlate_with_factors(codes.template cast<double>(), factors.template cast<double>(), options);
}

}  // namespace betavae

/// correlation with factors 0.707  between latents 0.000  active 2/2
template <>
struct fmt::formatter<betavae::FactorCorrelation> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::FactorCorrelation& result, Context& context) const {
    const std::string text = betavae::detail::text_of(result);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/factor_correlation.ipp>
#endif
