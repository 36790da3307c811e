// SPDX-License-Identifier: MIT
// The rate–distortion curve of a family of models over β, measured, and what it must look like. What can be read from it: see
// rate_distortion_curve.hpp.
//
//     (R, D)(β) = argmin D + βR,     dD = −β dR                                                    (Alemi et al., 2018)
//
// A model that is optimal at its β cannot be beaten at it by a neighbour: D₁ + β₁R₁ ≤ D₂ + β₁R₂ and D₂ + β₂R₂ ≤ D₁ + β₂R₁. So for
// β₁ < β₂ the rate falls, the distortion rises, the curve D(R) is convex, and −ΔD/ΔR lies in [β₁, β₂]. That holds on the data that
// were trained on, and for training that has come to its end; nothing is tuned until it does. What is checked are the two
// inequalities, which have a meaning also where neither R nor D moves.
//
// Errors are standard errors over samples, as of estimates for where the samples come from; those of differences between β are of the
// differences of each sample, which was measured with the same draws at every β. "Within errors" is within two of them. I(x; z) of a
// Gaussian channel, where it is the rate, was within two in 100, 99 and 97 of 100 runs at I = 0.5, 1 and 2 by 2000 of 10000 samples, and
// in 100, 98 and 97 by all of them (tests/analysis/rate_distortion_test.cpp, "[coverage]"): more than 95, for no estimate is above R.
#pragma once

#include <betavae/analysis/aggregate_posterior.hpp>
#include <betavae/analysis/model_family.hpp>
#include <betavae/analysis/rate_distortion_curve.hpp>

#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace betavae {

struct RateDistortionOptions {
  Index draws = 1;         ///< of each sample's posterior
  std::uint64_t seed = 1;  ///< of the draws, the same at every β
  Index batch = 500;       ///< samples at a time; changes the result by rounding alone
  Index threads = 0;       ///< the same bits for any number. 0: see `default_thread_count`
  /// At most so many, evenly spread, is I(x; z) measured at: time grows with their square. Beyond some ½ ln of their number it is too
  /// small, by what rate_split.hpp has a table of.
  Index information_samples = 2000;
};

namespace detail {

/// Errors: ArgumentError for options out of range.
BETAVAE_API void require_sensible(std::string_view where, const RateDistortionOptions& options);

/// Rate and distortion of each sample in nats, samples × β.
struct RatesAndDistortions {
  Eigen::ArrayXd shares;  ///< of the samples; together 1
  Matrix<double> rates;
  Matrix<double> distortions;
};

/// The steps between neighbours, from paired differences of samples.
[[nodiscard]] BETAVAE_API std::vector<RateDistortionStep> rate_distortion_steps(const std::vector<double>& betas,
                                                                                const RatesAndDistortions& nats);

/// The mean over the draws of each of so many samples of numbers that are summed over rows, from `into` on.
template <class Scalar>
void put_means_of_draws(MatrixView<Scalar> numbers, Index samples, double* into) {
  const Index draws = numbers.columns / samples;
  for (Index j = 0; j < samples; ++j) {
    double sum = 0;
    for (Index column = j * draws; column < (j + 1) * draws; ++column) {
      double of_draw = 0;
      for (Index i = 0; i < numbers.rows; ++i) {
        of_draw += static_cast<double>(numbers.column(column)[i]);
      }
      sum += of_draw;
    }
    into[j] = sum / static_cast<double>(draws);
  }
}

/// The point of the numbers in column `place`, whose posterior means varied like this. Makes the shares sum to 1.
[[nodiscard]] BETAVAE_API RateDistortionPoint rate_distortion_point(RatesAndDistortions& nats, Index place,
                                                                    const RunningMoments& means);

/// Rate and distortion of each sample in column `place`, and what is known of the whole code.
template <class Model, class Data, class NoiseSource>
[[nodiscard]] RateDistortionPoint measure_point(const Model& model, const Data& data,
                                                const RateDistortionOptions& options, const NoiseSource& noise,
                                                Threads& threads, RatesAndDistortions& nats, Index place) {
  using Scalar = typename Model::Scalar;
  RunningMoments means;
  Tape<Scalar> tape;
  tape.use_threads(&threads);
  Batch<Scalar> batch;
  for_each_valid_batch("rate_distortion_curve", "data", model, data, options.batch, batch, [&](Index first) {
    tape.clear();
    Evaluating<Scalar> context(tape);
    const auto terms = model.terms(context, batch.template on<Model::features>(tape), noise, 0,
                                   static_cast<std::uint64_t>(first), options.draws);
    constexpr bool closed_form = std::remove_cvref_t<decltype(terms)>::rate_is_closed_form;
    const auto rate =
        rate_of(context, terms.draws.prior, closed_form ? terms.posterior : terms.draws.posterior, terms.z);
    const Index count = batch.samples();
    put_means_of_draws(rate.value_view(), count, &nats.rates(first, place));
    put_means_of_draws(terms.draws.distortion.value_view(), count, &nats.distortions(first, place));
    for (Index j = 0; j < count; ++j) {
      nats.shares(first + j) = batch.weight(j);
    }
    means.add(terms.posterior.mean.value_view(), batch.weights());
  });
  return rate_distortion_point(nats, place, means);
}

/// q(z|x), as the model gives it.
template <class Model>
using PosteriorOf =
    std::remove_cvref_t<decltype(std::declval<const Model&>()
                                     .terms(std::declval<Evaluating<typename Model::Scalar>&>(),
                                            std::declval<Batch<typename Model::Scalar>&>().template on<Model::features>(
                                                std::declval<Tape<typename Model::Scalar>&>()),
                                            std::declval<const GaussianNoise&>(), 0)
                                     .posterior)>;

/// So many samples at most, evenly spread over the set.
[[nodiscard]] BETAVAE_API std::vector<Index> spread_samples(Index size, Index most);

/// I(x; z) of some codes. It is from 0 to the rate and to ln of their number, and so is what is told, where draws say else.
template <class Number>
BETAVAE_API void put_information(RateDistortionPoint& point, DrawnCodes codes, Threads& threads);

/// I(x; z) at some of the samples.
template <class Model, class Data, class NoiseSource>
void measure_information(RateDistortionPoint& point, const Model& model, const Data& data,
                         const RateDistortionOptions& options, const NoiseSource& noise, Threads& threads) {
  if constexpr (is_diagonal_gaussian<PosteriorOf<Model>>) {
    const Subset samples(data, spread_samples(data.size(), options.information_samples));
    put_information<double>(point,
                            draw_codes("rate_distortion_curve", model, samples,
                                       {.draws = options.draws, .batch = options.batch}, noise, threads),
                            threads);
  } else {
    point.mutual_information = point.mutual_information_error = point.mutual_information_bias =
        std::numeric_limits<double>::quiet_NaN();
  }
}

}  // namespace detail

/// The curve of a family on data (a matrix or DataSet): the price is to be found on those it was trained on. `noise` draws the codes.
/// I(x; z) is measured where posteriors are diagonal Gaussians, and NaN else.
/// Errors: ArgumentError for no model, β that are not above 0 or do not ascend, an empty set, or options out of range; as `evaluate`.
template <class Model, class Data, class NoiseSource>
[[nodiscard]] RateDistortionCurve rate_distortion_curve(const ModelFamily<Model>& family, const Data& data,
                                                        const RateDistortionOptions& options,
                                                        const NoiseSource& noise) {
  constexpr std::string_view name = "rate_distortion_curve";
  detail::require_ascending(name, family.betas, false);
  detail::require_sensible(name, options);
  require_same_size(name, "models", static_cast<Index>(family.models.size()), "betas",
                    static_cast<Index>(family.betas.size()));
  Threads threads(options.threads);
  return detail::with_data_set(family.models.front(), data, [&](const auto& set) {
    const auto count = static_cast<Index>(family.betas.size());
    detail::RatesAndDistortions nats{Eigen::ArrayXd(set.size()), Matrix<double>(set.size(), count),
                                     Matrix<double>(set.size(), count)};
    RateDistortionCurve curve;
    for (Index i = 0; i < count; ++i) {
      const Model& model = family.models[static_cast<std::size_t>(i)];
      RateDistortionPoint point = detail::measure_point(model, set, options, noise, threads, nats, i);
      point.beta = family.betas[static_cast<std::size_t>(i)];
      detail::measure_information(point, model, set, options, noise, threads);
      curve.points.push_back(point);
    }
    curve.steps = detail::rate_distortion_steps(family.betas, nats);
    return curve;
  });
}

template <class Model, class Data>
[[nodiscard]] RateDistortionCurve rate_distortion_curve(const ModelFamily<Model>& family, const Data& data,
                                                        const RateDistortionOptions& options = {}) {
  return rate_distortion_curve(family, data, options, GaussianNoise(options.seed, Stream::evaluation));
}

/// Trains the family and measures it on the same data, in one call. β = 0 is refused before anything is trained.
template <class Model, class Data>
requires requires { typename Model::Scalar; }
[[nodiscard]] RateDistortionCurve rate_distortion_curve(const Model& model, const Data& data,
                                                        const std::vector<double>& betas,
                                                        const FamilyOptions& training = {},
                                                        const RateDistortionOptions& options = {}) {
  detail::require_ascending("rate_distortion_curve", betas, false);
  return rate_distortion_curve(train_family(model, data, betas, training), data, options);
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/rate_distortion.ipp>
#endif
