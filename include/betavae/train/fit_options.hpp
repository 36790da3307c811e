// SPDX-License-Identifier: MIT
// What `fit` is told, what it reports after each step, and what it keeps from call to call.
#pragma once

#include <betavae/train/adam.hpp>
#include <betavae/train/history.hpp>
#include <betavae/train/learning_rate.hpp>

#include <functional>
#include <limits>
#include <span>

namespace betavae {

/// Where training stands, after each step.
struct StepReport {
  Index epoch = 0;  ///< of this call, from 1
  Index epochs = 0;
  Index step = 0;     ///< of this call, from 1
  Index steps = 0;    ///< of this call in all, if nothing stops it
  Index samples = 0;  ///< seen in this call
  double rate = 0;    ///< nats, mean over the epoch so far
  double distortion = 0;
  Index active = 0;  ///< over the epoch so far
  Index latents = 0;
  double samples_per_second = 0;
  double seconds_left = 0;
  /// Means of what the objective measured over the epoch so far, and its settings and the model's; good until on_step returns.
  std::span<const NamedNumber> of_objective = {};
};

struct FitOptions {
  Index epochs = 10;
  Index batch = 128;  ///< samples a step; the last of an epoch may be smaller
  double learning_rate = 1e-3;
  std::uint64_t seed = 1;                   ///< of order and noise (the model's initial parameters have their own)
  AdamOptions adam = {};                    ///< of a fit that begins anew; a TrainingState brings its own
  LearningRateSchedule schedule = nullptr;  ///< a factor of the learning rate; constant when empty
  double max_gradient_norm = std::numeric_limits<double>::infinity();  ///< longer gradients are scaled down to it
  Index threads = 0;   ///< that share the work of a step; the same bits for any number. 0: see `default_thread_count`
  Index patience = 0;  ///< epochs without a better validation loss before training stops; 0 never stops
  double least_improvement = 0;  ///< nats by which the validation loss must fall to count as better
  std::function<void(const StepReport&)> on_step = nullptr;
  std::function<bool(const Epoch&)> on_epoch = nullptr;  ///< returns whether to go on
};

/// What a second `fit` needs to go on where the first ended, as if both were one: optimizer and counters.
template <class Scalar>
struct TrainingState {
  Adam<Scalar> adam;
  std::uint64_t step = 0;
  Index epoch = 0;
};

namespace detail {

/// The options themselves. Errors: ArgumentError for the first one out of range.
BETAVAE_API const FitOptions& require_sensible(const FitOptions& options);

}  // namespace detail
}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/train/fit_options.ipp>
#endif
