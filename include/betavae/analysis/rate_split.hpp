// SPDX-License-Identifier: MIT
// What the rate is made of: what the code tells of the sample, how its dimensions depend on each other, and how far each of them is from
// the prior.
//
//     rate = I(x; z) + KL(q(z) ‖ p(z))                                                    (Hoffman and Johnson, 2016)
//     KL(q(z) ‖ p(z)) = TC + Σₖ KL(q(zₖ) ‖ p(zₖ)),   TC = KL(q(z) ‖ Πₖ q(zₖ))             (Chen et al., 2018; for a factorial prior)
//
// Each is a mean over z ~ q(z|xₙ), with q̂(z) = Σₙ wₙ q(z|xₙ) in place of q(z): the exact sum over the N samples given, their weights wₙ
// summing to 1 (1/N without any).
//
//     I = E[ln q(z|xₙ) − ln q̂(z)],     TC = E[ln q̂(z) − Σₖ ln q̂(zₖ)],     Σₖ KL = E[Σₖ ln q̂(zₖ) − ln p(z)]
//
// None of the parts of the rate is negative, and I ≤ ln N, for wₙ q(z|xₙ) is a term of q̂(z). Draws may put a part below zero by noise;
// it is then taken to be 0 and the other part to be their sum, which they all keep: so does I, where noise has put the rate itself below 0.
//
// As an estimate for where the samples come from, q̂ is built of the very samples that it is asked at. With χ² = E[q(z|x)/q(z)] − 1,
// which is at least e^I − 1,
//
//     E[ln q̂(z)] − E[ln q(z)] = χ²/N (its own sample is a term) − χ²/2N (Jensen) + … = χ²/2N
//
// so I is too small by that much, and the divergence as much too great; E[wₙ q(z|xₙ)/q̂(z)] estimates (χ² + 1)/N, and
// `information_bias` is what follows from it. A Gaussian channel has χ² + 1 = e^2I, but most of it from codes in the far tails, which few
// samples have, so that less is missing than χ²/2N says. Measured by tests/analysis/rate_split_test.cpp, "[bias]" and "[coverage]":
// a Gaussian channel of one dimension whose codes are N(0, 1), nats in the mean over 200 runs (N = 1000) and 20.
//
//                       I = 1     2        3        4            I within ± 2 errors, in 100 runs of N = 10000
//     N =  1000 missing  0.002   0.007    0.020    0.051
//               told     0.002   0.006    0.017    0.041          I = 0.5   97
//               error    0.029   0.031    0.031    0.030          I = 1     95
//     N = 10000 missing  0.000   0.001    0.002    0.006          I = 2     95
//               told     0.000   0.001    0.002    0.005
//               error    0.009   0.010    0.010    0.010
//
// Of 200 runs with N = 1000, 186, 187, 173 and 126 were within two errors. So the bias is below the error while I is below ½ ln N, or
// not much beyond; towards I = ln N `information_bias` is no correction any more, and I is a lower bound that ends at ln N. For the very
// samples given there is no such bias.
#pragma once

#include <betavae/analysis/aggregate_posterior.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace betavae {

/// All in nats. rate = mutual_information + divergence and divergence = total_correlation + dimension_wise, to rounding. The errors are
/// standard errors over samples (the draws of one sample count as one number): as of estimates for where the samples come from. They
/// are infinite for a single sample.
struct RateSplit {
  double rate = 0;  ///< at these draws, also where the model has it in closed form
  double rate_error = 0;
  double mutual_information =
      0;  ///< I(x; z), from 0 to the lesser of `rate` and `information_limit`; `rate` where that is below 0
  double mutual_information_error = 0;
  double divergence = 0;  ///< KL(q̂(z) ‖ p(z)): what a better prior would spare
  double divergence_error = 0;
  double total_correlation = 0;  ///< by how much the dimensions depend on each other
  double total_correlation_error = 0;
  double dimension_wise = 0;  ///< Σₖ KL(q̂(zₖ) ‖ p(zₖ)); NaN where the prior does not fall apart into dimensions
  double dimension_wise_error = 0;
  double information_limit = 0;  ///< ln N, or the entropy of the weights
  double information_bias = 0;  ///< by how much mutual_information is too small for where the samples come from: χ²/2N

  /// One line under a header, with all digits; an empty cell for NaN and infinity.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

namespace detail {

/// Whether the prior gives ln p of each dimension. One that its encoder completes is a mixture.
template <class Model>
[[nodiscard]] consteval bool has_factorial_prior() {
  using Scalar = typename Model::Scalar;
  using Codes = Constant<Scalar, Model::latents>;
  if constexpr (requires(const Model& model, Evaluating<Scalar>& context, const Codes& z) {
                  model.prior.log_density(context, z);
                }) {
    using Nats = decltype(std::declval<const Model&>().prior.log_density(std::declval<Evaluating<Scalar>&>(),
                                                                         std::declval<const Codes&>()));
    return Nats::Rows == Model::latents;
  } else {
    return false;
  }
}

/// `factorial`: whether the prior is. A template, as `divergence_of`.
template <class Number>
[[nodiscard]] BETAVAE_API RateSplit split_of(const DrawnCodes& codes, Threads& threads, bool factorial);

/// One line, as fmt prints it.
[[nodiscard]] BETAVAE_API std::string text_of(const RateSplit& split);

}  // namespace detail

/// Measures a matrix features × samples or any DataSet, against the model's prior. Time grows with the square of the samples, and with
/// draws and latents: samples² · latents exponentials a draw. `noise` draws the codes, in the model's scalar type; all else is in double.
/// Errors: ArgumentError for an empty set, the wrong number of features, or options out of range; DataError for values outside of the
/// likelihood's domain.
template <class Model, class Data, class NoiseSource>
[[nodiscard]] RateSplit rate_split(const Model& model, const Data& data, const AggregatePosteriorOptions& options,
                                   const NoiseSource& noise) {
  detail::require_sensible("rate_split", options);
  Threads threads(options.threads);
  const detail::DrawnCodes codes = detail::with_data_set(model, data, [&](const auto& set) {
    return detail::draw_codes("rate_split", model, set, options, noise, threads);
  });
  return detail::split_of<double>(codes, threads, detail::has_factorial_prior<Model>());
}

/// The same with normal noise by `options.seed`.
template <class Model, class Data>
[[nodiscard]] RateSplit rate_split(const Model& model, const Data& data,
                                   const AggregatePosteriorOptions& options = {}) {
  return rate_split(model, data, options, GaussianNoise(options.seed, Stream::evaluation));
}

}  // namespace betavae

/// rate 6.90 ± 0.02 nats = I(x; z) 6.10 ± 0.02 + total correlation 0.50 ± 0.01 + dimension-wise 0.30 ± 0.01
template <>
struct fmt::formatter<betavae::RateSplit> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::RateSplit& split, Context& context) const {
    const std::string text = betavae::detail::text_of(split);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/rate_split.ipp>
#endif
