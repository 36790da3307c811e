// SPDX-License-Identifier: MIT
// The loop of a training, whatever model, data and objective it is of: epochs of shuffled batches, schedules, clipping, reports.
//
// It knows numbers alone. What it trains stands behind TrainedParts, so that this code is compiled once and not once a model.
#pragma once

#include <betavae/train/fit_options.hpp>
#include <betavae/train/moments.hpp>
#include <betavae/train/named_means.hpp>
#include <betavae/train/step_result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace betavae::detail {

/// What one epoch's steps measure of the code, step by step.
class BETAVAE_API EpochMeasurement {
 public:
  /// Forgets the epoch before.
  void clear();

  /// Posterior means (latents × samples), and the rate of each dimension (a column), of a batch of this weight.
  template <class Scalar>
  void add(MatrixView<Scalar> mean, const std::remove_const_t<Scalar>* weights, MatrixView<Scalar> rate_per_dimension,
           bool rate_is_closed_form, double weight);

  Epoch sums;
  RunningMoments codes;
  NamedMeans named;
};

template <class Scalar>
void EpochMeasurement::add(MatrixView<Scalar> mean, const std::remove_const_t<Scalar>* weights,
                           MatrixView<Scalar> rate_per_dimension, bool rate_is_closed_form, double weight) {
  codes.add(mean, weights);
  sums.rate_per_dimension.resize(static_cast<std::size_t>(rate_per_dimension.rows));
  for (std::size_t k = 0; k < sums.rate_per_dimension.size(); ++k) {
    sums.rate_per_dimension[k] += weight * static_cast<double>(rate_per_dimension.data[k]);
  }
  sums.latents = mean.rows;
  sums.rate_is_sampled = !rate_is_closed_form;
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_EPOCH_MEASUREMENT(Keyword, Scalar) \
  Keyword template void EpochMeasurement::add(MatrixView<Scalar>, const Scalar*, MatrixView<Scalar>, bool, double);
BETAVAE_INSTANCES(BETAVAE_EPOCH_MEASUREMENT)
#endif

/// A batch that has been filled: the weight of its samples together, and how many values are present, by weight.
struct FilledBatch {
  double weight;
  double present;
};

/// What a training is of.
class TrainedParts {
 public:
  TrainedParts() = default;
  TrainedParts(const TrainedParts&) = delete;
  TrainedParts& operator=(const TrainedParts&) = delete;
  virtual ~TrainedParts() = default;

  /// Tells likelihood and objective of the training, and adds to the warnings what they have to say of it.
  virtual void begin_training(const TrainingPlan& plan, std::vector<std::string>& warnings) = 0;
  virtual void end_training(std::vector<std::string>& warnings) = 0;
  /// Loss and gradients of these samples, at a step that the objective has been told of; `measurement` gets what the step measured.
  virtual FilledBatch fill(std::span<const Index> samples) = 0;
  virtual StepResult differentiate(std::uint64_t step, double weight, EpochMeasurement& measurement) = 0;
  virtual void update(double learning_rate, double gradient_scale) = 0;
  /// What an epoch's samples had in the mean: their distortion, and how many values were present.
  virtual void end_epoch(double distortion, double present) = 0;

  /// Held-out data after an epoch, if there are any.
  virtual std::optional<NegativeElbo> validate() { return std::nullopt; }
  /// Keeps the best parameters so far. Returns whether patience is at its end.
  virtual bool keep_best(Index /*epoch*/, const std::optional<NegativeElbo>& /*validation*/) { return false; }
  /// Brings the best parameters back and returns their epoch, or 0 where none were kept.
  virtual Index restore_best() { return 0; }
};

BETAVAE_API void append(std::vector<std::string>& warnings, std::vector<std::string>&& more);

/// What a training set looks like from outside.
struct TrainingSamples {
  Index count;
  double mean_weight;
  bool has_weights;
};

/// Trains. `step` and `epoch` count over all calls of `fit` that share a TrainingState.
/// Errors: ArgumentError for more steps than can be counted, or a schedule's factor below 0 or not finite.
[[nodiscard]] BETAVAE_API History run_training(TrainedParts& parts, const TrainingSamples& samples,
                                               const FitOptions& options, std::uint64_t& step, Index& epoch);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/train/training_loop.ipp>
#endif
