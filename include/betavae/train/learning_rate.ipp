// SPDX-License-Identifier: MIT
// The factors of the learning rate, step by step.
#pragma once

#include <betavae/train/learning_rate.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace betavae {

BETAVAE_DEFINITION LearningRateSchedule cosine_decay(double last) {
  require(last >= 0 && last <= 1, "cosine_decay", "last", "a factor in [0, 1]", last);
  return [last](Index step, Index steps) {
    const double progress = static_cast<double>(step) / static_cast<double>(steps);
    return last + (1 - last) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
  };
}

BETAVAE_DEFINITION LearningRateSchedule step_decay(Index interval, double factor) {
  require(interval >= 1, "step_decay", "interval", "at least 1 step", interval);
  require(factor > 0 && factor <= 1, "step_decay", "factor", "a factor in (0, 1]", factor);
  return [interval, factor](Index step, Index) {
    const Index intervals = step / interval;
    return std::pow(factor, static_cast<double>(intervals));
  };
}

BETAVAE_DEFINITION LearningRateSchedule linear_warm_up(Index warm_up_steps, const LearningRateSchedule& then) {
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
