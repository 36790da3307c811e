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

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/core/threads.hpp>
#include <betavae/data/batch.hpp>
#include <betavae/train/valid_batches.hpp>
#include <betavae/vae/vae.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <string_view>
#include <utility>

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
  [[nodiscard]] std::string csv() const {
    return "divergence,divergence_error,mutual_information,mutual_information_error,rate,information_limit,"
           "information_bias\n" +
           detail::csv_line({divergence, divergence_error, mutual_information, mutual_information_error, rate,
                             information_limit, information_bias});
  }
};

namespace detail {

/// The mean of numbers by shares that sum to 1, `of(i)` and `share(i)` for each i < count, and its standard error: infinite for a single one.
template <class OfEach, class ShareOfEach>
[[nodiscard]] std::array<double, 2> mean_and_error(Index count, const ShareOfEach& share, const OfEach& of) {
  double mean = 0;
  for (Index i = 0; i < count; ++i) {
    mean += share(i) * of(i);
  }
  double squares = 0;
  for (Index i = 0; i < count; ++i) {
    const double distance = share(i) * (of(i) - mean);
    squares += distance * distance;
  }
  const auto n = static_cast<double>(count);
  return {mean, count > 1 ? std::sqrt(squares * n / (n - 1)) : std::numeric_limits<double>::infinity()};
}

/// The posteriors of a set, diagonal Gaussians, with draws from each of them, in double.
struct DrawnCodes {
  DrawnCodes(Index sample_count, Index latents, Index draw_count)
      : means(latents, sample_count),
        log_variances(latents, sample_count),
        weights(sample_count),
        z(latents, sample_count * draw_count),
        log_prior(sample_count * draw_count),
        draws(draw_count) {}

  Matrix<double> means;          ///< latents × samples
  Matrix<double> log_variances;  ///< latents × samples
  Eigen::ArrayXd weights;        ///< of each sample; together 1
  Matrix<double> z;              ///< latents × draws, a sample's draws in a row
  Eigen::ArrayXd log_prior;      ///< ln p of each draw
  Index draws;                   ///< of each sample
};

/// The same with what belongs to one dimension of all samples contiguous.
struct EncodedSet {
  explicit EncodedSet(DrawnCodes codes)
      : factors((-0.5 * codes.log_variances.transpose().array()).exp() / std::numbers::sqrt2),
        scaled_means(factors * codes.means.transpose().array()),
        constants(-0.5 * (codes.log_variances.array() + std::log(2 * std::numbers::pi)).colwise().sum().transpose() +
                  codes.weights.log()),
        weights(std::move(codes.weights)),
        z(std::move(codes.z)),
        log_prior(std::move(codes.log_prior)),
        log_aggregate(z.cols()),
        draws(codes.draws) {}

  Eigen::ArrayXXd factors;       ///< samples × latents: √(½ e^−ℓ)
  Eigen::ArrayXXd scaled_means;  ///< samples × latents: the means times that
  Eigen::ArrayXd constants;      ///< of each sample: ln of weight and density at the posterior's mean
  Eigen::ArrayXd weights;        ///< of each sample; together 1
  Matrix<double> z;              ///< latents × draws, a sample's draws in a row
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

  /// ln q̂ of all draws.
  void sum_over_samples(Threads& threads) {
    const Index all = z.cols();
    threads.run((all + draws_a_task - 1) / draws_a_task, [&](Index task) {
      sum_over_samples(task * draws_a_task, std::min(draws_a_task, all - task * draws_a_task));
    });
  }

  /// The mean over draws of numbers of each, by the weight of its sample, and its standard error for these very samples.
  template <class OfDraw>
  [[nodiscard]] std::array<double, 2> mean_and_error(const OfDraw& of_draw) const {
    const auto share = [this](Index draw) { return weights(draw / draws) / static_cast<double>(draws); };
    return detail::mean_and_error(z.cols(), share, of_draw);
  }

  /// The same with its standard error for where the samples come from: the draws of one sample count as one number.
  template <class OfDraw>
  [[nodiscard]] std::array<double, 2> mean_and_error_over_samples(const OfDraw& of_draw) const {
    const auto of_sample = [&](Index sample) {
      double sum = 0;
      for (Index k = 0; k < draws; ++k) {
        sum += of_draw(sample * draws + k);
      }
      return sum / static_cast<double>(draws);
    };
    return detail::mean_and_error(
        samples(), [this](Index sample) { return weights(sample); }, of_sample);
  }

  /// ln q(z|xₙ) − ln q̂(z) of a draw, at most −ln wₙ.
  [[nodiscard]] double information(Index draw) const { return log_own(draw) - log_aggregate(draw); }
  /// −Σ w ln w: what the mean of these cannot exceed.
  [[nodiscard]] double information_limit() const { return -(weights * weights.log()).sum(); }
  /// χ²/2N, where a draw's own part of q̂(z) estimates (χ² + 1)/N.
  [[nodiscard]] double information_bias() const {
    const double own_part =
        mean_and_error([this](Index draw) { return weights(draw / draws) * std::exp(information(draw)); })[0];
    return 0.5 * std::max(own_part - weights.square().sum(), 0.0);
  }
};

/// Errors: ArgumentError for options out of range.
inline void require_sensible(std::string_view where, const AggregatePosteriorOptions& options) {
  require(options.draws > 0, where, "options.draws", "at least 1", options.draws);
  require(options.batch > 0, where, "options.batch", "at least 1", options.batch);
  require(options.threads >= 0 && options.threads <= 1024, where, "options.threads", "a number from 0 to 1024",
          options.threads);
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
    codes.z.middleCols(first_draw, z.columns()) = z.value().template cast<double>();
    codes.log_prior.segment(first_draw, z.columns()) =
        model.prior_log_density(z.value()).template cast<double>().row(0).transpose().array();
    codes.means.middleCols(first, batch.samples()) = encoded.mean.value().template cast<double>();
    codes.log_variances.middleCols(first, batch.samples()) = encoded.log_variance.value().template cast<double>();
    for (Index j = 0; j < batch.samples(); ++j) {
      codes.weights(first + j) = batch.weight(j);
    }
  });
  codes.weights /= codes.weights.sum();
  return codes;
}

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
  detail::EncodedSet set(detail::with_data_set(model, data, [&](const auto& any_set) {
    return detail::draw_codes(name, model, any_set, options, noise, threads);
  }));
  set.sum_over_samples(threads);
  const auto [divergence, divergence_error] =
      set.mean_and_error([&](Index draw) { return set.log_aggregate(draw) - set.log_prior(draw); });
  const auto [information, information_error] = set.mean_and_error([&](Index draw) { return set.information(draw); });
  return {divergence,
          divergence_error,
          information,
          information_error,
          divergence + information,
          set.information_limit(),
          set.information_bias()};
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
    const std::string text = betavae::detail::format_text("rate {} nats = I(x; z) {} ± {} + divergence {} ± {}",
                                                          {{codes.rate, 3},
                                                           {codes.mutual_information, 3},
                                                           {codes.mutual_information_error, 3},
                                                           {codes.divergence, 3},
                                                           {codes.divergence_error, 3}});
    return std::copy(text.begin(), text.end(), context.out());
  }
};
