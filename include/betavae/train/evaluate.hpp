// SPDX-License-Identifier: MIT
// Rate, distortion and the state of the code over a whole data set, in batches, nothing trained.
#pragma once

#include <betavae/data/batch.hpp>
#include <betavae/train/history.hpp>
#include <betavae/train/moments.hpp>
#include <betavae/train/valid_batches.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace betavae {

/// What a model does on a data set, in nats, one posterior draw a sample. Means over samples are by weight, where the data have
/// weights, and missing values cost nothing.
struct Evaluation : NegativeElbo {
  double floor = 0;  ///< the least distortion that any decoder could reach on these data (see the likelihood)
  bool rate_is_sampled = false;  ///< whether the rate is an estimate at one draw a sample, and not in closed form
  std::vector<double> rate_per_dimension;  ///< one number, of the code as a whole, where the prior does not fall apart
  std::vector<double> code_variance;       ///< of the posterior mean over the data, each dimension
  Index active = 0;                        ///< dimensions whose code_variance exceeds `active_variance`

  /// E[zⱼ] and E[zⱼ²] over data and draws. For the prior StandardNormal: 0 and 1 at every stationary point of training whose encoder ends
  /// and whose decoder begins with an affine layer, for every β > 0, and how far they are off tells how far training is from its
  /// end. That takes a loss where each latent's rate has a price and nothing else depends on the scale of the codes: so
  /// BetaElbo; not DIP, InfoElbo, or free bits where a latent is below its floor.
  std::vector<double> z_mean;
  std::vector<double> z_mean_square;

  [[nodiscard]] double excess() const { return distortion - floor; }
};

struct EvaluateOptions {
  Index batch = 500;       ///< samples at a time; changes the result by rounding alone
  std::uint64_t seed = 1;  ///< of the posterior draws
  Index threads = 0;       ///< that share the work; the same bits for any number. 0: see `default_thread_count`
};

/// The least possible distortion of a batch, in nats, summed over its present values, each by the weight of its sample: for
/// Bernoulli, the entropy of the grey values.
template <class Likelihood, class Scalar>
[[nodiscard]] double distortion_floor(const Likelihood& likelihood, const Batch<Scalar>& batch) {
  const MatrixView<const Scalar> values = batch.view();
  double nats = 0;
  for (Index j = 0; j < values.columns; ++j) {
    double of_sample = 0;
    for (Index i = 0; i < values.rows; ++i) {
      of_sample += batch.is_present(i, j) ? likelihood.floor(static_cast<double>(values.column(j)[i])) : 0.0;
    }
    nats += batch.weight(j) * of_sample;
  }
  return nats;
}

namespace detail {

/// Sums over batches, and what they say of the set.
class EvaluationSums {
 public:
  RunningMoments means;  ///< of E[z|x]
  RunningMoments draws;  ///< of z

  /// Means over a batch whose weights sum to `weight`; the floor is a sum.
  BETAVAE_API void add(double weight, double floor, double distortion, std::span<const double> rate_per_dimension);
  [[nodiscard]] BETAVAE_API Evaluation evaluation(bool rate_is_sampled) const;

 private:
  double weight_ = 0;
  double floor_ = 0;
  double distortion_ = 0;
  std::vector<double> rate_per_dimension_;
};

template <class Model, class Data>
[[nodiscard]] Evaluation evaluate_set(const Model& model, const Data& data, const EvaluateOptions& options,
                                      Threads& threads) {
  using Scalar = typename Model::Scalar;
  require(options.batch > 0, "evaluate", "options.batch", "at least 1", options.batch);
  EvaluationSums sums;
  Tape<Scalar> tape;
  tape.use_threads(&threads);
  Batch<Scalar> batch;
  const GaussianNoise noise(options.seed, Stream::evaluation);
  std::vector<double> rates;
  bool rate_is_sampled = false;
  for_each_valid_batch("evaluate", "data", model, data, options.batch, batch, [&](Index first) {
    tape.clear();
    Evaluating<Scalar> context(tape);
    const auto terms =
        model.terms(context, batch.template on<Model::features>(tape), noise, 0, static_cast<std::uint64_t>(first));
    const MatrixView<Scalar> rate = terms.rate_per_dimension.value_view();
    rates.resize(static_cast<std::size_t>(rate.rows));
    std::transform(rate.data, rate.data + rate.rows, rates.begin(), [](Scalar x) { return static_cast<double>(x); });
    sums.add(batch.weight(), distortion_floor(model.likelihood, batch),
             static_cast<double>(*terms.distortion.value_view().data), rates);
    sums.means.add(terms.posterior.mean.value_view(), batch.weights());
    sums.draws.add(terms.z.value_view(), batch.weights());
    rate_is_sampled = !std::remove_cvref_t<decltype(terms)>::rate_is_closed_form;
  });
  return sums.evaluation(rate_is_sampled);
}

}  // namespace detail

/// Measures a matrix features × samples or any DataSet.
/// Errors: ArgumentError for an empty set, the wrong number of features, offsets that the likelihood does not take, a batch size
/// below 1 or a number of threads out of range; DataError for present values outside of the likelihood's domain, and for bad weights
/// and offsets.
template <class Model, class Data>
[[nodiscard]] Evaluation evaluate(const Model& model, const Data& data, const EvaluateOptions& options = {}) {
  require(options.threads >= 0 && options.threads <= 1024, "evaluate", "options.threads", "a number from 0 to 1024",
          options.threads);
  Threads threads(options.threads);
  return detail::with_data_set(model, data,
                               [&](const auto& set) { return detail::evaluate_set(model, set, options, threads); });
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/train/evaluate.ipp>
#endif
