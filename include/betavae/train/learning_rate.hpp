// SPDX-License-Identifier: MIT
// Schedules of the learning rate: functions of the step and the number of steps that give a factor of the learning rate.
#pragma once

#include <betavae/core/errors.hpp>

#include <functional>

namespace betavae {

/// factor(step, steps): what the learning rate is multiplied by at `step` of `steps` of this call of `fit`.
using LearningRateSchedule = std::function<double(Index step, Index steps)>;

/// From 1 to `last` along half a cosine (Loshchilov and Hutter, 2017, equation 5, without restarts).
[[nodiscard]] BETAVAE_API LearningRateSchedule cosine_decay(double last = 0);

/// Times `factor` after every `interval` steps.
[[nodiscard]] BETAVAE_API LearningRateSchedule step_decay(Index interval, double factor);

/// Rises along a line over the first `warm_up_steps` steps, then follows `then` (the constant 1 unless given).
/// Its end lies beyond training when there are fewer steps than that: `fit` refuses such a schedule.
[[nodiscard]] BETAVAE_API LearningRateSchedule linear_warm_up(Index warm_up_steps,
                                                              const LearningRateSchedule& then = nullptr);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/train/learning_rate.ipp>
#endif
