// SPDX-License-Identifier: MIT
// What controllers of β share: averages over the last steps, limits, and the sentence about a target that was missed.
//
// The average weights the number of t steps ago by aᵗ, with a = 1 − 1/steps, and divides by the sum of these weights: after one step it
// is that step's number, and not drawn towards 0.
#pragma once

#include <betavae/core/errors.hpp>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace betavae::detail {

/// An exponential moving average over about so many steps, at least 1.
class MovingAverage {
 public:
  explicit MovingAverage(double steps) : decay_(1 - 1 / steps) {}

  void add(double number) {
    sum_ = decay_ * sum_ + number;
    weight_ = decay_ * weight_ + 1;
  }
  /// NaN before the first number.
  [[nodiscard]] double value() const { return sum_ / weight_; }

  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    visitor("sum", sum_);
    visitor("weight", weight_, -1.0);
  }

 private:
  double decay_;
  double sum_ = 0;
  double weight_ = 0;
};

/// Errors: ArgumentError, in the name of the controller, for limits of β or an average out of range.
template <class Options>
void require_beta_limits(std::string_view controller, const Options& options) {
  require(options.least_beta > 0 && std::isfinite(options.least_beta), controller, "options.least_beta",
          "a finite number above 0", options.least_beta);
  require(options.most_beta >= options.least_beta && std::isfinite(options.most_beta), controller, "options.most_beta",
          format_text("a finite number of at least least_beta, {}", {options.least_beta}), options.most_beta);
  require(options.beta >= options.least_beta && options.beta <= options.most_beta, controller, "options.beta",
          format_text("a number from least_beta, {}, to most_beta, {}", {options.least_beta, options.most_beta}),
          options.beta);
  require(options.average >= 1 && std::isfinite(options.average), controller, "options.average",
          "a finite number of steps, at least 1", options.average);
}

/// By how much of the scale of a target training may end beside it without a word: averages over few steps of small batches scatter by
/// some per cent.
inline constexpr double missed_by = 0.05;
/// The same with β at a limit, where nothing will mend it.
inline constexpr double missed_at_limit_by = 0.01;

/// The sentence, where the target was missed by so much of `scale`, nats.
template <class Options>
[[nodiscard]] std::vector<std::string> missed_target(std::string_view controller, std::string_view quantity,
                                                     double reached, double target, double scale, double beta,
                                                     const Options& options) {
  const bool at_limit = beta <= options.least_beta || beta >= options.most_beta;
  if (!std::isfinite(reached) || std::abs(reached - target) <= (at_limit ? missed_at_limit_by : missed_by) * scale) {
    return {};
  }
  return {format_text("{}: training ended at a {} of {} nats instead of {}, with beta at {}{}",
                      {controller,
                       quantity,
                       {reached, 2},
                       target,
                       beta,
                       at_limit ? ", at the limit of its range: train longer, or no beta in it reaches the target"
                                : ": train longer, or look whether any beta reaches the target"})};
}

}  // namespace betavae::detail
