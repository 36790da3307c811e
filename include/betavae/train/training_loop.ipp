// SPDX-License-Identifier: MIT
// The loop itself.
#pragma once

#include <betavae/data/shuffle.hpp>
#include <betavae/train/training_loop.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

namespace betavae::detail {

BETAVAE_DEFINITION void EpochMeasurement::clear() {
  sums = {};
  named = {};
  codes.clear();
}

BETAVAE_DEFINITION void append(std::vector<std::string>& warnings, std::vector<std::string>&& more) {
  warnings.insert(warnings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// The state of one call of `fit`.
class TrainingLoop {
  using Clock = std::chrono::steady_clock;

 public:
  TrainingLoop(TrainedParts& parts, const TrainingSamples& samples, const FitOptions& options, std::uint64_t& step,
               Index& epoch)
      : parts_(parts), samples_(samples), options_(options), step_(step), epoch_(epoch) {
    const Index steps_an_epoch = (samples.count - 1) / options.batch + 1;
    require(options.epochs <= std::numeric_limits<Index>::max() / steps_an_epoch, "fit", "options.epochs",
            "so few that their steps can be counted", options.epochs);
    steps_ = options.epochs * steps_an_epoch;
  }

  [[nodiscard]] History run() {
    History history;
    parts_.begin_training({.samples = samples_.count,
                           .batch = options_.batch,
                           .first_step = step_,
                           .steps = step_ + static_cast<std::uint64_t>(steps_),
                           .mean_weight = samples_.mean_weight,
                           .has_weights = samples_.has_weights},
                          history.warnings);
    start_ = Clock::now();
    for (Index epoch = 1; epoch <= options_.epochs; ++epoch) {
      Epoch result = train_epoch(epoch);
      result.validation = parts_.validate();
      const bool out_of_patience = parts_.keep_best(result.epoch, result.validation);
      result.last = out_of_patience || epoch == options_.epochs;
      history.push_back(std::move(result));
      const bool goes_on = !options_.on_epoch || options_.on_epoch(history.back());
      history.stopped_early = out_of_patience;
      if (out_of_patience || !goes_on) {
        break;
      }
    }
    history.best_epoch = parts_.restore_best();
    parts_.end_training(history.warnings);
    return history;
  }

 private:
  Epoch train_epoch(Index epoch) {
    const auto epoch_start = Clock::now();
    const Index number = epoch_ + 1;
    shuffle(order_, samples_.count, Random(options_.seed, Stream::shuffle), static_cast<std::uint64_t>(number));
    measurement_.clear();
    Epoch& sums = measurement_.sums;
    double total = 0;    // of the weights of the samples seen, each 1 where the data have none
    double present = 0;  // values seen, by weight
    for (Index first = 0; first < samples_.count; first += options_.batch) {
      const Index count = std::min(options_.batch, samples_.count - first);
      const FilledBatch batch = parts_.fill({order_.data() + first, static_cast<std::size_t>(count)});
      present += batch.present;
      const StepResult result = parts_.differentiate(step_, batch.weight, measurement_);
      update(result, batch.weight / (static_cast<double>(count) * samples_.mean_weight), sums);
      sums.loss += batch.weight * result.loss;
      sums.rate += batch.weight * result.rate;
      sums.distortion += batch.weight * result.distortion;
      total += batch.weight;
      samples_seen_ += count;
      if (options_.on_step) {
        options_.on_step(report(epoch, total));
      }
    }
    epoch_ = number;
    sums.epoch = number;
    sums.step = static_cast<Index>(step_);
    sums.loss /= total;
    sums.rate /= total;
    sums.distortion /= total;
    for (double& rate : sums.rate_per_dimension) {
      rate /= total;
    }
    sums.of_objective = measurement_.named.means();
    sums.active = measurement_.codes.count_above_within_batches(active_variance);
    sums.seconds = seconds_since(epoch_start);
    sums.samples_per_second = static_cast<double>(samples_.count) / std::max(sums.seconds, 1e-9);
    parts_.end_epoch(sums.distortion, present / total);
    return sums;
  }

  /// `batch_weight_ratio` is the mean weight of this batch's samples divided by that of all samples: 1 without weights. The loss is a
  /// mean by weight over the batch alone; times this its gradient is, in the mean over batches, that over all data.
  void update(const StepResult& result, double batch_weight_ratio, Epoch& sums) {
    const double factor = options_.schedule ? options_.schedule(steps_done_, steps_) : 1;
    require(factor >= 0 && std::isfinite(factor), "fit", "options.schedule", "a finite factor of at least 0", factor);
    sums.learning_rate = options_.learning_rate * factor;
    sums.gradient_norm = batch_weight_ratio * result.gradient_norm;
    const double scale = sums.gradient_norm > options_.max_gradient_norm
                             ? options_.max_gradient_norm / result.gradient_norm
                             : batch_weight_ratio;
    parts_.update(sums.learning_rate, scale);
    ++step_;
    ++steps_done_;
  }

  [[nodiscard]] StepReport report(Index epoch, double total) {
    const double elapsed = std::max(seconds_since(start_), 1e-9);
    const Epoch& sums = measurement_.sums;
    return {.epoch = epoch,
            .epochs = options_.epochs,
            .step = steps_done_,
            .steps = steps_,
            .samples = samples_seen_,
            .rate = sums.rate / total,
            .distortion = sums.distortion / total,
            .active = measurement_.codes.count_above_within_batches(active_variance),
            .latents = sums.latents,
            .samples_per_second = static_cast<double>(samples_seen_) / elapsed,
            .seconds_left = elapsed * static_cast<double>(steps_ - steps_done_) / static_cast<double>(steps_done_),
            .of_objective = measurement_.named.means()};
  }

  [[nodiscard]] static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  TrainedParts& parts_;
  const TrainingSamples& samples_;
  const FitOptions& options_;
  std::uint64_t& step_;
  Index& epoch_;
  Index steps_ = 0;
  Index steps_done_ = 0;
  Index samples_seen_ = 0;
  Clock::time_point start_;
  std::vector<Index> order_;
  EpochMeasurement measurement_;
};

BETAVAE_DEFINITION History run_training(TrainedParts& parts, const TrainingSamples& samples, const FitOptions& options,
                                        std::uint64_t& step, Index& epoch) {
  return TrainingLoop(parts, samples, options, step, epoch).run();
}

}  // namespace betavae::detail
