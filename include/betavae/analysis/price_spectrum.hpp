// SPDX-License-Identifier: MIT
// The spectrum of prices: before any training, what each direction of the data is worth, and so the β beyond which it collapses.
//
// Let the decoder ignore its code and give the best constant θ. With the score s(x) = ∂ ln p(x|θ)/∂θ, whose mean is 0 there, a decoder
// θ + W z and posterior means μ(x), both small, to second order
//
//     E[distortion] + β · rate = constant − E[sᵀ W μ] + ½ tr WᵀF W + ½ β E‖μ‖²         least at μ = Wᵀ s/β:
//                              = constant + ½ tr Wᵀ (F − Cov[s]/β) W
//
// so that collapse is stable exactly while β exceeds every eigenvalue of F^−½ Cov[s] F^−½, whatever encoder and decoder. (The linear
// model's case, ζ²/η², is that of Lucas, Tucker, Grosse and Norouzi, 2019.) The largest eigenvalue is exact: beyond it a code that has
// collapsed stays so, and nothing is learned from small beginnings. It is no more than local, though. A code that is already there can
// be worth its price beyond it, where a decoder that bends pays for what is rare and far: of x = ±a, each with probability p/2, else 0,
// the price is pa²/η², while a code that tells which of the three it was saves pa²/2η² for H = −(1 − p) ln (1 − p) − p ln (p/2) nats,
// which are worth it beyond that price wherever H < ½: for p below 0.14 or so. How many prices exceed β is how many latents live in the
// linear model, and a forecast for others, which can find directions that no straight line follows.
//
// F = E[−∂²ln p/∂θ²] over the data: the Fisher information for Bernoulli, Gaussian and Poisson, exponential families in their natural
// parameter. For others it is measured as the slope of the mean score, and for more parameters a value it has a block for each value,
// with the terms between them that `fisher_information` leaves out. A direction without information (the constant that a Categorical's
// logits have in common) has no price.
//
// Where σ is trained too, the collapsed model has the σ² that is the data's variance a value, (Σ ζ²)/d, and the prices are d ζᵢ²/Σ ζ²,
// whatever the units. The largest is as exact as before. Each latent that comes alive leaves a smaller σ and so raises the prices of the
// rest: below the largest price, at least as many live as prices exceed β.
#pragma once

#include <betavae/analysis/detail/score_sums.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace betavae {

struct PriceSpectrumOptions {
  Index batch = 500;  ///< samples at a time; changes the result by rounding alone
  /// At most so many steps towards θ, a pass over the data each, where there is no closed form.
  Index most_steps = 100;
};

struct PriceSpectrum {
  std::string likelihood = {};
  Index samples = 0;
  std::vector<double> prices =
      {};  ///< the eigenvalues, descending, one for each number the decoder gives; none is negative
  std::vector<double> constant = {};  ///< θ, the best constant output, in the order of the decoder's outputs
  /// How far θ is from the best: the largest mean score, in units of one sample's standard deviation √F.
  double residual = 0;

  /// Whether θ was found: else the prices are those at another output.
  [[nodiscard]] bool converged() const { return residual <= 1e-6; }
  /// The β beyond which a code that has collapsed stays so, and one that begins small collapses: see above.
  [[nodiscard]] double collapse_price() const { return prices.empty() ? 0 : prices.front(); }
  /// How many latents should live at this β, if there are that many. Errors: ArgumentError unless β is finite and at least 0.
  [[nodiscard]] BETAVAE_API Index predicted_active(double beta) const;
  /// One line a price, the first one being number 1, with a header.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

namespace detail {

/// Errors: ArgumentError for options out of range.
BETAVAE_API void require_sensible(const PriceSpectrumOptions& options);

/// Number is double. A template, so that the header-only form compiles what it takes only where it is called.
template <class Number>
[[nodiscard]] BETAVAE_API PriceSpectrum price_spectrum_of_scores(Scores& scores, Index most_steps);

/// One line, as fmt prints it.
[[nodiscard]] BETAVAE_API std::string text_of(const PriceSpectrum& spectrum);

}  // namespace detail

/// Of a matrix features × samples or any DataSet, in two passes over it where θ has a closed form (Bernoulli, Gaussian, Poisson), else in
/// as many as θ takes. A sample of weight w counts as w samples; missing values have no score; offsets are part of the output. σ is what a
/// `Gaussian` has, and fitted where it is trained; the cutpoints of an OrderedLogistic are those it has. A value that never varies has price 0, and so has all of a set of one sample. Memory grows with the
/// square of the decoder's number of outputs, time with its cube beside the samples.
/// Errors: ArgumentError for an empty set or no features, offsets that the likelihood does not take, or options out of range; DataError for
/// present values outside of the likelihood's domain, and for bad weights and offsets.
template <class LikelihoodType, class Data>
[[nodiscard]] PriceSpectrum price_spectrum(const LikelihoodType& likelihood, const Data& data,
                                           const PriceSpectrumOptions& options = {}) {
  static_assert(
      requires { LikelihoodType::parameters_per_value; },
      "betavae: price_spectrum needs a likelihood with parameters_per_value, the parameters of value i in rows i, "
      "i + features, ... of the decoder's output; a record's likelihood is laid out in another way");
  detail::require_sensible(options);
  const detail::LikelihoodAsModel<LikelihoodType, decltype(detail::scalar_of_data<Data>())> model{likelihood};
  return detail::with_data_set(model, data, [&](const auto& set) {
    require(set.size() > 0, "price_spectrum", "data", "at least one sample", set.size());
    require(set.features() > 0, "price_spectrum", "data", "at least one feature", set.features());
    detail::ScoresOf<LikelihoodType, std::remove_cvref_t<decltype(set)>> scores(likelihood, set, options.batch);
    return detail::price_spectrum_of_scores<double>(scores, options.most_steps);
  });
}

}  // namespace betavae

/// Bernoulli: collapse is stable beyond beta = 90.7; prices 90.7 64.3 23.5 19.7 … (784)
template <>
struct fmt::formatter<betavae::PriceSpectrum> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::PriceSpectrum& spectrum, Context& context) const {
    const std::string text = betavae::detail::text_of(spectrum);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/price_spectrum.ipp>
#endif
