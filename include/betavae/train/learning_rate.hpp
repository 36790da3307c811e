// SPDX-License-Identifier: MIT
// Schedules of the learning rate: functions of the step and the number of steps that give a factor of the learning rate.
#pragma once

#include <betavae/core/errors.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

namespace betavae {

/// factor(step, steps): what the learning rate is multiplied by at `step` of `steps` of this call of `fit`.
using LearningRateSchedule = std::function<double(Index step, Index steps)>;

/// From 1 to `last` along half a cosine (Loshchilov and Hutter, 2017, equation 5, without restarts).
[[nodiscard]] inline LearningRateSchedule cosine_decay(double last = 0) {
  require(last >= 0 && last <= 1, "cosine_decay", "last", "a factor in [0, 1]", last);
  return [last](Index step, Index steps) {
    const double progress = static_cast<double>(step) / static_cast<double>(steps);
    return last + (1 - last) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
  };
}

/// Times `factor` after every `interval` steps.
[[nodiscard]] inline LearningRateSchedule step_decay(Index interval, double factor) {
  require(interval >= 1, "step_decay", "interval", "at least 1 step", interval);
  require(factor > 0 && factor <= 1, "step_decay", "factor", "a factor in (0, 1]", factor);
  return [interval, factor](Index step, Index) {
    const Index intervals = step / interval;
    return std::pow(factor, static_cast<double>(intervals));
  };
}

/// Rises along a line over the first `warm_up_steps` steps, then follows `then` (the constant 1 unless given).
/// Its end lies beyond training when there are fewer steps than that: `fit` refuses such a schedule.
[[nodiscard]] inline LearningRateSchedule linear_warm_up(Index warm_up_steps,
                                                         const LearningRateSchedule& then = nullptr) {
  require(warm_up_steps >= 1, "linear_warm_up", "warm_up_steps", "at least 1 step", warm_up_steps);
  return [warm_up_steps, then](Index step, Index steps) {
    if (warm_up_steps > steps) {
      detail::fail<ArgumentError>("linear_warm_up", "warm_up_steps",
                                  detail::format_text("no more than the {} steps of training", {steps}), warm_up_steps);
    }
    const double after = then ? then(step, steps) : 1;
    return std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(warm_up_steps)) * after;
  };
}

}  // namespace betavae
