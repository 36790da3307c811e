// SPDX-License-Identifier: MIT
// How heavy the tail of importance weights is: the shape k of the generalized Pareto distribution that their largest ones follow
// (Vehtari, Simpson, Gelman, Yao and Gabry, 2024, "Pareto smoothed importance sampling", sections 2.4 and 3).
//
// P(w > t) falls as t^(−1/k): the weights have finite moments up to the order 1/k alone, so their variance is infinite from k = ½ on,
// when the error of a mean of weights is no longer of the order 1/√draws. Beyond k = 0.7 no number of draws that one can afford helps.
// For a Gaussian posterior of variance s² in place of 1, ln w = ½ (1 − s²) ε² + …: k = 1 − s² for s < 1, so the variance is infinite
// from half of the true variance down; for s ≥ 1 the weights are bounded, and k ≤ 0. That is the tail's end. The k̂ of some draws is of
// the part of the tail that these reach: of a posterior of variance 1 whose mean is 2 standard deviations off, w is lognormal and has all
// moments, yet 1000 draws show k̂ = 0.7.
//
// The fit is that of Zhang and Stephens (2009, "A new and efficient estimation method for the generalized Pareto distribution"): the
// posterior mean of one parameter over a grid, drawn toward k = ½ by as much as ten more weights would (Vehtari et al., appendix C).
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/core/index.hpp>

#include <vector>

namespace betavae {

/// Of at least so many draws a tail can be fitted, though k̂ scatters by 0.5 then; by (1 + k)/√(tail length) for many.
inline constexpr Index least_draws_for_tail = 25;

/// k̂ of weights given by their logarithms, which are sorted on the way. −∞ where the largest weights are all alike, +∞ where the
/// greatest is all there is to floating-point numbers; NaN for fewer than `least_draws_for_tail`, or where a weight is not a number.
[[nodiscard]] BETAVAE_API double pareto_shape(std::vector<double>& log_weights);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/pareto_shape.ipp>
#endif
