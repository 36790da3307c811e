// SPDX-License-Identifier: MIT
// What a trained model says of data as a density: an estimate of ln p(x) by importance weighting, and of how far it may be trusted.
//
//     ln p̂(x) = ln (1/K) Σₖ wₖ,   wₖ = p(x|zₖ) p(zₖ)/q(zₖ|x),   zₖ ~ q(z|x)      (Burda, Grosse and Salakhutdinov, 2016, equation 8)
//
// p̂ has the right expectation, its logarithm is below ln p in the mean, by Var(w)/(2K p²) to first order in 1/K (Nowozin, 2018), and
// grows with K. Bias and errors can be told only where w has a variance that K draws are enough for. A posterior wider than the true one gives
// bounded weights; one that is too narrow, by a factor of two in the variance of any direction, gives weights of infinite variance; one
// of the right width whose mean is δ standard deviations off gives lognormal weights, of variance e^(δ²) − 1: finite, but K
// draws may well miss what it is made of. In both cases the estimate may be too low by an unknown amount, and no scatter shows it. The
// shape of the tail of these K weights does (see pareto_shape.hpp), and the result says so.
//
// A decoder with skips gives p(x|z, s(x)), which is no density in x: there is no likelihood of the data to be estimated.
#pragma once

#include <betavae/train/evaluate.hpp>
#include <betavae/vae/importance_weights.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace betavae {

struct LogLikelihoodOptions {
  Index draws = 1000;      ///< K, of each sample's code
  std::uint64_t seed = 1;  ///< of the draws
  Index batch = 512;       ///< draws decoded at a time; changes the result by rounding alone
  Index threads = 0;       ///< that share the work; the same bits for any number. 0: see `default_thread_count`
};

/// From so many draws on the shape of the weights' tail is judged. With fewer, it scatters about as much as what is to be told apart.
inline constexpr Index least_draws_to_judge_tail = 500;

/// A tail heavier than this is one of which K draws show too little for their mean to be trusted: min(1 − 1/log₁₀ K, 0.7)
/// (Vehtari et al., 2024).
[[nodiscard]] BETAVAE_API double greatest_reliable_shape(Index draws);

/// All means over samples are by weight, where the data have weights. NaN stands for what too few draws do not tell.
struct LogLikelihood {
  double mean = 0;  ///< of ln p̂(x), nats
  double standard_error =
      0;  ///< of that mean, by its scatter over samples: as of an estimate for where the samples come from
  double draw_error = 0;  ///< of that mean, by the scatter of the draws: as of an estimate for these very samples
  double bias = 0;  ///< nats that the mean is expected to lie below that of ln p(x): Var(w)/(2K p²) of each sample
  double effective_draws = 0;  ///< 1/Σ w̃², of K: so many draws of equal weight would be worth as much
  double pareto_shape = 0;  ///< the median over samples of the shape k̂ of the weights' tail, as these K draws show it
  double heavy_tailed = 0;  ///< the part of the samples whose k̂ exceeds `greatest_reliable_shape(K)`
  /// Sentences if the weights' tail is so heavy that the estimate is not to be trusted, if there are too few draws to tell, or if the
  /// likelihood is no density of these data.
  std::string warning;

  /// Without the bias to first order: no bound any more.
  [[nodiscard]] double corrected() const { return mean + bias; }

  /// One line under a header, with all digits; an empty cell for NaN and infinity. The warning is no number, and not among them.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

namespace detail {

/// Normals for draw k of sample j by its two numbers alone, however the draws are cut into batches.
class NoiseOfDraws {
 public:
  NoiseOfDraws(std::uint64_t seed, Index draws, Index first_draw)
      : noise_(seed, Stream::evaluation), draws_(draws), first_draw_(static_cast<std::uint64_t>(first_draw)) {}

  /// `draws` columns for each sample, of which the first is number first_column/draws.
  template <class Scalar>
  void fill(MatrixView<Scalar> values, std::uint64_t /*step*/, std::uint64_t first_column) const {
    for (Index j = 0; j < values.columns / draws_; ++j) {
      const MatrixView<Scalar> of_sample{values.column(j * draws_), values.rows, draws_, values.stride};
      noise_.fill(of_sample, first_column / static_cast<std::uint64_t>(draws_) + static_cast<std::uint64_t>(j),
                  first_draw_);
    }
  }

 private:
  GaussianNoise noise_;
  Index draws_;
  std::uint64_t first_draw_;
};

/// What the draws of one sample tell.
struct OfSample {
  double weight;             ///< of the sample
  double estimate;           ///< ln p̂(x)
  double relative_variance;  ///< Var(w)/p²
  double effective_draws;
  double pareto_shape;
};

[[nodiscard]] BETAVAE_API OfSample summarize(std::vector<double>& log_weights, double weight);

/// What all samples tell together.
[[nodiscard]] BETAVAE_API LogLikelihood summarize(const std::vector<OfSample>& samples, Index draws);

/// Adds to the warning that the likelihood is no density of these data.
BETAVAE_API void warn_of_no_density(LogLikelihood& result);

/// Errors: ArgumentError for options out of range.
BETAVAE_API void require_sensible(const LogLikelihoodOptions& options);

/// A line, as fmt prints it, and the warning.
[[nodiscard]] BETAVAE_API std::string text_of(const LogLikelihood& nats);

template <class Model, class Data>
[[nodiscard]] LogLikelihood log_likelihood_of_set(const Model& model, const Data& data,
                                                  const LogLikelihoodOptions& options, Threads& threads) {
  using Scalar = typename Model::Scalar;
  const Index draws_at_once = std::min(options.draws, options.batch);
  Tape<Scalar> tape;
  tape.use_threads(&threads);
  Batch<Scalar> batch;
  std::vector<OfSample> samples;
  std::vector<std::vector<double>> log_weights;
  bool is_density = true;
  for_each_valid_batch("log_likelihood", "data", model, data, options.batch / draws_at_once, batch, [&](Index first) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(model.likelihood)>, Bernoulli>) {
      is_density = is_density && distortion_floor(model.likelihood, batch) == 0;
    }
    log_weights.assign(static_cast<std::size_t>(batch.samples()), {});
    for (Index first_draw = 0; first_draw < options.draws; first_draw += draws_at_once) {
      const Index draws = std::min(draws_at_once, options.draws - first_draw);
      tape.clear();
      Evaluating<Scalar> context(tape);
      const auto terms =
          model.terms(context, batch.template on<Model::features>(tape), NoiseOfDraws(options.seed, draws, first_draw),
                      0, static_cast<std::uint64_t>(first), draws);
      const auto of_draws = log_importance_weights(terms, terms.draws.posterior);
      for (Index j = 0; j < of_draws.columns(); ++j) {
        log_weights[static_cast<std::size_t>(j / draws)].push_back(
            static_cast<double>(*of_draws.value_view().column(j)));
      }
    }
    for (Index j = 0; j < batch.samples(); ++j) {
      samples.push_back(summarize(log_weights[static_cast<std::size_t>(j)], batch.weight(j)));
    }
  });
  LogLikelihood result = summarize(samples, options.draws);
  if (!is_density) {
    warn_of_no_density(result);
  }
  return result;
}

}  // namespace detail

/// Measures a matrix features × samples or any DataSet, by `options.draws` draws of each sample's code; missing values are left out of
/// x. For any prior with log_density(context, z) and any decoder without skips, else it does not compile; and for a likelihood that is a
/// density of what was observed: Bernoulli is none of grey values, which the warning says.
/// Errors: ArgumentError for an empty set, the wrong number of features, offsets that the likelihood does not take, or options out of
/// range; DataError for present values outside of the likelihood's domain, and for bad weights and offsets.
template <class Model, class Data>
[[nodiscard]] LogLikelihood log_likelihood(const Model& model, const Data& data,
                                           const LogLikelihoodOptions& options = {}) {
  static_assert(!HasSkips<decltype(model.decoder)>,
                "betavae: log_likelihood: a decoder with skips has read the data that it decodes, so what it gives is "
                "no density of them "
                "and there is no likelihood to estimate");
  detail::require_sensible(options);
  Threads threads(options.threads);
  return detail::with_data_set(
      model, data, [&](const auto& set) { return detail::log_likelihood_of_set(model, set, options, threads); });
}

}  // namespace betavae

/// ln p(x) -88.12 ± 0.20 nats over samples, ± 0.01 over draws, bias -0.03; effective draws 12.3, Pareto shape 0.45, then the warning
template <>
struct fmt::formatter<betavae::LogLikelihood> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::LogLikelihood& nats, Context& context) const {
    const std::string text = betavae::detail::text_of(nats);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/importance_weighting.ipp>
#endif
