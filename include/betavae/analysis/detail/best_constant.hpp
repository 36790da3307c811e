// SPDX-License-Identifier: MIT
// The best output of a decoder that ignores its code: θ with E[s] = 0, in closed form or by Fisher scoring.
//
// Closed forms: the mean of a Gaussian, ln of the mean of a Poisson's counts over the mean of their exposures, the logit of the mean of
// a Bernoulli's values (without offsets). Else θ += E[s]/F, each parameter by itself (Fisher, 1925).
#pragma once

#include <betavae/analysis/detail/score_sums.hpp>

#include <vector>

namespace betavae::detail {

/// Where a best constant is minus or plus infinity (a pixel that is never lit), the number that stands for it.
inline constexpr double infinite_constant = 300;

/// Means of score and Fisher information at one θ: parameters × 1 each.
struct MeanScore {
  Matrix<double> score;
  Matrix<double> information;
  /// In units of one sample's standard deviation √F; 0 where there is no information.
  [[nodiscard]] BETAVAE_API std::vector<double> standardized() const;
};
[[nodiscard]] BETAVAE_API MeanScore mean_score(Scores& scores, const Matrix<double>& theta);

/// θ, parameters × 1, in at most so many steps where there is no closed form.
[[nodiscard]] BETAVAE_API Matrix<double> best_constant(Scores& scores, Index most_steps);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/detail/best_constant.ipp>
#endif
