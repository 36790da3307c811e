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
// may be that N samples are few, whatever the prior. With weights, 1/N is wₙ/Σw, and ln N the entropy of these.
#pragma once

#include <betavae/core/threads.hpp>
#include <betavae/data/batch.hpp>
#include <betavae/train/valid_batches.hpp>
#include <betavae/vae/vae.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>

namespace betavae {

struct AggregatePosteriorOptions {
  Index draws = 1;         ///< of each sample's posterior
  std::uint64_t seed = 1;  ///< of the draws
  Index batch = 500;       ///< samples that are encoded at a time; changes the result by rounding alone
  Index threads = 0;       ///< that share the work; the same bits for any number. 0: see `default_thread_count`
};

/// In nats. The errors are standard errors over the draws, infinite for a single one. They count draws as independent, which is on the
/// safe side: each sample has its own.
struct AggregatePosterior {
  double divergence = 0;                ///< KL(q̂(z) ‖ p(z))
  double divergence_error = 0;          ///< of the former
  double mutual_information = 0;        ///< I(x; z), at most `information_limit`
  double mutual_information_error = 0;  ///< of the former
  double rate = 0;  ///< at these draws, of which the two are parts; also where the model has it in closed form
  double information_limit = 0;  ///< ln N, or the entropy of the weights
};

namespace detail {

/// Diagonal Gaussians, and draws from each of them, in double. What belongs to one dimension of all samples is contiguous.
struct EncodedSet {
  EncodedSet(Index sample_count, Index latents, Index draw_count)
      : factors(sample_count, latents),
        scaled_means(sample_count, latents),
        constants(sample_count),
        weights(sample_count),
        z(latents, sample_count * draw_count),
        log_prior(sample_count * draw_count),
        log_aggregate(sample_count * draw_count),
        draws(draw_count) {}

  Eigen::ArrayXXd factors;       ///< samples × latents: √(½ e^−ℓ)
  Eigen::ArrayXXd scaled_means;  ///< samples × latents: the means times that
  Eigen::ArrayXd constants;      ///< of each sample: ln of weight and density at the posterior's mean
  Eigen::ArrayXd weights;        ///< of each sample; together 1
  Eigen::ArrayXXd z;             ///< latents × draws, a sample's draws in a row
  Eigen::ArrayXd log_prior;      ///< of each draw
  Eigen::ArrayXd log_aggregate;  ///< of each draw: ln q̂(z)
  Index draws;                   ///< of each sample

  [[nodiscard]] Index samples() const { return constants.size(); }

  static constexpr Index draws_a_task = 32;
  static constexpr Index samples_a_block = 256;  ///< whose numbers stay in the cache while a task's draws pass by

  /// ln w q(z|xₙ) of one draw and a block of samples.
  template <class Exponents>
  void add_up(Index draw, Index first, Exponents& exponents) const {
    const Index count = exponents.size();
    exponents = constants.segment(first, count);
    for (Index k = 0; k < z.rows(); ++k) {
      exponents -=
          (z(k, draw) * factors.col(k).segment(first, count) - scaled_means.col(k).segment(first, count)).square();
    }
  }

  /// ln q(z|xₙ) of a draw, at its own sample.
  [[nodiscard]] double log_own(Index draw) const {
    const Index sample = draw / draws;
    Eigen::Array<double, 1, 1> exponent;
    add_up(draw, sample, exponent);
    return exponent(0) - std::log(weights(sample));
  }

  /// ln q̂ of some draws, ln Σ e^exponent, block by block, the largest exponent so far being taken out.
  void sum_over_samples(Index first_draw, Index count) {
    std::array<double, draws_a_task> largest;
    std::array<double, draws_a_task> totals{};
    largest.fill(-std::numeric_limits<double>::infinity());
    Eigen::Array<double, samples_a_block, 1> memory;
    for (Index first = 0; first < samples(); first += samples_a_block) {
      auto exponents = memory.head(std::min(samples_a_block, samples() - first));
      for (Index d = 0; d < count; ++d) {
        add_up(first_draw + d, first, exponents);
        double& top = largest[static_cast<std::size_t>(d)];
        double& total = totals[static_cast<std::size_t>(d)];
        const double top_of_block = exponents.maxCoeff();
        if (top_of_block > top) {
          total *= std::exp(top - top_of_block);
          top = top_of_block;
        }
        exponents = (exponents - top).exp();
        total += kernels::sum(exponents.size(), memory.data());
      }
    }
    for (Index d = 0; d < count; ++d) {
      const auto place = static_cast<std::size_t>(d);
      log_aggregate(first_draw + d) = largest[place] + std::log(totals[place]);
    }
  }

  /// The mean over draws of numbers of each, by the weight of its sample, and its standard error.
  template <class OfDraw>
  [[nodiscard]] std::array<double, 2> mean_and_error(const OfDraw& of_draw) const {
    const auto share = [this](Index draw) { return weights(draw / draws) / static_cast<double>(draws); };
    double mean = 0;
    for (Index draw = 0; draw < z.cols(); ++draw) {
      mean += share(draw) * of_draw(draw);
    }
    double squares = 0;
    for (Index draw = 0; draw < z.cols(); ++draw) {
      const double distance = share(draw) * (of_draw(draw) - mean);
      squares += distance * distance;
    }
    const auto count = static_cast<double>(z.cols());
    return {mean, count > 1 ? std::sqrt(squares * count / (count - 1)) : std::numeric_limits<double>::infinity()};
  }
};

/// The posteriors of a set with draws of each, and ln p of these.
template <class Model, class Data>
[[nodiscard]] EncodedSet encode_set(const Model& model, const Data& data, const AggregatePosteriorOptions& options,
                                    Threads& threads) {
  using Scalar = typename Model::Scalar;
  static_assert(Model::latents != dynamic,
                "betavae: aggregate_posterior_divergence needs the number of latents in the encoder's type");
  EncodedSet set(data.size(), Model::latents, options.draws);
  Tape<Scalar> tape;
  tape.use_threads(&threads);
  Batch<Scalar> batch;
  const GaussianNoise noise(options.seed, Stream::evaluation);
  for_each_valid_batch("aggregate_posterior_divergence", "data", model, data, options.batch, batch, [&](Index first) {
    tape.clear();
    Evaluating<Scalar> context(tape);
    const auto encoded = model.encoder(context, present_values(batch.template on<Model::features>(tape)));
    static_assert(
        !requires { encoded.factor; },
        "betavae: aggregate_posterior_divergence needs an encoder whose posterior is diagonal");
    const GaussianPosterior posterior{encoded.mean, encoded.log_variance};
    const auto first_draw = static_cast<std::uint64_t>(first * options.draws);
    const auto z = reparameterize(repeat_posterior(posterior, options.draws), noise, 0, first_draw);
    const auto nats = model.prior_log_density(z.value());
    for (Index j = 0; j < z.columns(); ++j) {
      const Index draw = first * options.draws + j;
      set.log_prior(draw) = static_cast<double>(nats(0, j));
      set.z.col(draw) = z.value().col(j).template cast<double>();
    }
    for (Index j = 0; j < batch.samples(); ++j) {
      const Eigen::ArrayXd log_variance = encoded.log_variance.value().col(j).template cast<double>();
      const Eigen::ArrayXd mean = encoded.mean.value().col(j).template cast<double>();
      const Eigen::ArrayXd factor = (-0.5 * log_variance).exp() / std::numbers::sqrt2;
      set.factors.row(first + j) = factor.transpose();
      set.scaled_means.row(first + j) = (factor * mean).transpose();
      set.constants(first + j) = -0.5 * (log_variance + std::log(2 * std::numbers::pi)).sum();
      set.weights(first + j) = batch.weight(j);
    }
  });
  set.weights /= set.weights.sum();
  set.constants += set.weights.log();
  return set;
}

}  // namespace detail

/// Measures a matrix features × samples or any DataSet, against the model's prior. Time grows with the square of the samples, and with
/// draws and latents; memory with samples × latents × draws. The codes are drawn in the model's scalar type, all else is in double.
/// Errors: ArgumentError for an empty set, the wrong number of features, or options out of range; DataError for values outside of
/// the likelihood's domain.
template <class Model, class Data>
[[nodiscard]] AggregatePosterior aggregate_posterior_divergence(const Model& model, const Data& data,
                                                                const AggregatePosteriorOptions& options = {}) {
  constexpr std::string_view name = "aggregate_posterior_divergence";
  require(options.draws > 0, name, "options.draws", "at least 1", options.draws);
  require(options.batch > 0, name, "options.batch", "at least 1", options.batch);
  require(options.threads >= 0 && options.threads <= 1024, name, "options.threads", "a number from 0 to 1024",
          options.threads);
  Threads threads(options.threads);
  detail::EncodedSet set = detail::with_data_set(
      model, data, [&](const auto& any_set) { return detail::encode_set(model, any_set, options, threads); });
  constexpr Index length = detail::EncodedSet::draws_a_task;
  const Index draws = set.z.cols();
  threads.run((draws + length - 1) / length,
              [&](Index task) { set.sum_over_samples(task * length, std::min(length, draws - task * length)); });
  const auto [divergence, divergence_error] =
      set.mean_and_error([&](Index draw) { return set.log_aggregate(draw) - set.log_prior(draw); });
  const auto [information, information_error] =
      set.mean_and_error([&](Index draw) { return set.log_own(draw) - set.log_aggregate(draw); });
  return {divergence,        divergence_error,         information,
          information_error, divergence + information, -(set.weights * set.weights.log()).sum()};
}

}  // namespace betavae
