// SPDX-License-Identifier: MIT
// How far the codes of a data set, all together, are from the prior, and how much they tell of the sample that they belong to.
//
//     q̂(z) = (1/N) Σₙ q(z|xₙ),      rate = I(x; z) + KL(q̂(z) ‖ p(z))                      (Hoffman and Johnson, 2016)
//
// The rate has two parts: what the code says of the sample, and what is paid because the prior is not the codes' own distribution, which a
// better prior would spare. Both are means over z ~ q(z|xₙ), drawn for each sample in turn, where q̂ is the exact sum over all N:
//
//     I = E[ln q(z|xₙ) − ln q̂(z)] ≤ ln N,      KL = E[ln q̂(z) − ln p(z)]
//
// q(z|xₙ)/N is a term of q̂(z), so no single draw says more than ln N. Hence KL ≥ rate − ln N: where the rate is above ln N, most of the KL
// may be that N samples are few, whatever the prior. With weights, 1/N is wₙ/Σw, and ln N the entropy of these. As an estimate for where
// the samples come from, I is too small by some χ²/2N, which is measured too: see rate_split.hpp.
#pragma once

#include <betavae/core/threads.hpp>
#include <betavae/data/batch.hpp>
#include <betavae/train/valid_batches.hpp>
#include <betavae/vae/vae.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace betavae {

struct AggregatePosteriorOptions {
  Index draws = 1;         ///< of each sample's posterior
  std::uint64_t seed = 1;  ///< of the draws
  Index batch = 500;       ///< samples that are encoded at a time; changes the result by rounding alone
  Index threads = 0;       ///< that share the work; the same bits for any number. 0: see `default_thread_count`
};

/// In nats. The errors are standard errors over the draws, infinite for a single one: of what these very samples would give with all
/// draws. Draws count as independent, which is on the safe side: each sample has its own. Noise may put the divergence below 0.
/// `rate_split` splits further, has errors over samples, as of estimates for where they come from, and keeps its parts above 0.
struct AggregatePosterior {
  double divergence = 0;                ///< KL(q̂(z) ‖ p(z))
  double divergence_error = 0;          ///< of the former
  double mutual_information = 0;        ///< I(x; z), at most `information_limit`
  double mutual_information_error = 0;  ///< of the former
  double rate = 0;  ///< at these draws, of which the two are parts; also where the model has it in closed form
  double information_limit = 0;  ///< ln N, or the entropy of the weights
  double information_bias = 0;  ///< by how much mutual_information is too small for where the samples come from: χ²/2N

  /// One line under a header, with all digits; an empty cell for infinity.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

namespace detail {

/// The posteriors of a set, diagonal Gaussians, with draws from each of them, in double.
struct DrawnCodes {
  BETAVAE_API DrawnCodes(Index sample_count, Index latents, Index draw_count);

  Matrix<double> means;          ///< latents × samples
  Matrix<double> log_variances;  ///< latents × samples
  Eigen::ArrayXd weights;        ///< of each sample; together 1
  Matrix<double> z;              ///< latents × draws, a sample's draws in a row
  Eigen::ArrayXd log_prior;      ///< ln p of each draw
  Index draws;                   ///< of each sample
};

/// Makes weights sum to 1.
BETAVAE_API void share_out(Eigen::ArrayXd& weights);

/// Errors: ArgumentError for options out of range.
BETAVAE_API void require_sensible(std::string_view where, const AggregatePosteriorOptions& options);

/// Numbers as doubles, column after column.
template <class Scalar>
void copy_numbers(MatrixView<Scalar> from, double* into) {
  for (Index j = 0; j < from.columns; ++j) {
    for (Index i = 0; i < from.rows; ++i) {
      *into++ = static_cast<double>(from.column(j)[i]);
    }
  }
}

/// The posteriors of a set with draws of each, and ln p of these.
template <class Model, class Data, class NoiseSource>
[[nodiscard]] DrawnCodes draw_codes(std::string_view where, const Model& model, const Data& data,
                                    const AggregatePosteriorOptions& options, const NoiseSource& noise,
                                    Threads& threads) {
  using Scalar = typename Model::Scalar;
  static_assert(Model::latents != dynamic,
                "betavae: the aggregate posterior needs the number of latents in the encoder's type");
  DrawnCodes codes(data.size(), Model::latents, options.draws);
  Tape<Scalar> tape;
  tape.use_threads(&threads);
  Batch<Scalar> batch;
  for_each_valid_batch(where, "data", model, data, options.batch, batch, [&](Index first) {
    tape.clear();
    Evaluating<Scalar> context(tape);
    const auto encoded = model.encoder(context, present_values(batch.template on<Model::features>(tape)));
    static_assert(
        !requires { encoded.factor; }, "betavae: the aggregate posterior needs an encoder whose posterior is diagonal");
    const GaussianPosterior posterior{encoded.mean, encoded.log_variance};
    const Index first_draw = first * options.draws;
    const auto z =
        reparameterize(repeat_posterior(posterior, options.draws), noise, 0, static_cast<std::uint64_t>(first_draw));
    copy_numbers(z.value_view(), codes.z.data() + first_draw * Model::latents);
    copy_numbers(encoded.mean.value_view(), codes.means.data() + first * Model::latents);
    copy_numbers(encoded.log_variance.value_view(), codes.log_variances.data() + first * Model::latents);
    const Matrix<Scalar> log_prior = model.prior_log_density(z.value());
    for (Index j = 0; j < log_prior.cols(); ++j) {
      codes.log_prior(first_draw + j) = static_cast<double>(log_prior(0, j));
    }
    for (Index j = 0; j < batch.samples(); ++j) {
      codes.weights(first + j) = batch.weight(j);
    }
  });
  share_out(codes.weights);
  return codes;
}

/// The mean of numbers by shares that sum to 1, and its standard error: infinite for a single one.
struct MeanAndError {
  double mean;
  double error;
};
[[nodiscard]] BETAVAE_API MeanAndError mean_and_error(std::span<const double> shares, std::span<const double> numbers);

/// I(x; z) in nats, and what belongs to it.
struct CodeInformation {
  MeanAndError over_draws;    ///< its error is that for these very samples
  MeanAndError over_samples;  ///< that for where the samples come from: the draws of one sample count as one number
  double limit;               ///< what neither can exceed: −Σ w ln w
  double bias;                ///< χ²/2N
};
/// Number is double. Templates, so that the header-only form compiles what they take only where they are called.
template <class Number>
[[nodiscard]] BETAVAE_API CodeInformation information_of(DrawnCodes codes, Threads& threads);
template <class Number>
[[nodiscard]] BETAVAE_API AggregatePosterior divergence_of(DrawnCodes codes, Threads& threads);

/// One line, as fmt prints it.
[[nodiscard]] BETAVAE_API std::string text_of(const AggregatePosterior& codes);

}  // namespace detail

/// Measures a matrix features × samples or any DataSet, against the model's prior. Time grows with the square of the samples, and with
/// draws and latents; memory with samples × latents × draws. `noise` draws the codes, in the model's scalar type; all else is in double.
/// Errors: ArgumentError for an empty set, the wrong number of features, or options out of range; DataError for values outside of
/// the likelihood's domain.
template <class Model, class Data, class NoiseSource>
[[nodiscard]] AggregatePosterior aggregate_posterior_divergence(const Model& model, const Data& data,
                                                                const AggregatePosteriorOptions& options,
                                                                const NoiseSource& noise) {
  constexpr std::string_view name = "aggregate_posterior_divergence";
  detail::require_sensible(name, options);
  Threads threads(options.threads);
  return detail::divergence_of<double>(
      detail::with_data_set(
          model, data, [&](const auto& set) { return detail::draw_codes(name, model, set, options, noise, threads); }),
      threads);
}

/// The same with normal noise by `options.seed`.
template <class Model, class Data>
[[nodiscard]] AggregatePosterior aggregate_posterior_divergence(const Model& model, const Data& data,
                                                                const AggregatePosteriorOptions& options = {}) {
  return aggregate_posterior_divergence(model, data, options, GaussianNoise(options.seed, Stream::evaluation));
}

}  // namespace betavae

/// rate 6.900 nats = I(x; z) 6.100 ± 0.020 + divergence 0.800 ± 0.020
template <>
struct fmt::formatter<betavae::AggregatePosterior> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::AggregatePosterior& codes, Context& context) const {
    const std::string text = betavae::detail::text_of(codes);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/aggregate_posterior.ipp>
#endif
