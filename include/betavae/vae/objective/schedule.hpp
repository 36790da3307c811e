// SPDX-License-Identifier: MIT
// What a number of an objective, its β or its capacity, does during training: a function of the step alone. Schedules that change are
// in train/schedule/.
#pragma once

#include <betavae/core/errors.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <utility>

namespace betavae {

/// at(step) is the number in force at that step, counted from 0 over all calls of `fit` that share a TrainingState: finite, at least 0.
/// It does not change any more from step steps() on, when it is last().
template <class Type>
concept Schedule = requires(const Type& schedule, std::uint64_t step) {
  { schedule.at(step) } -> std::convertible_to<double>;
  { schedule.last() } -> std::convertible_to<double>;
  { schedule.steps() } -> std::convertible_to<std::uint64_t>;
};

/// The number that does not change.
struct FixedValue {
  double value = 0;
  [[nodiscard]] double at(std::uint64_t /*step*/) const { return value; }
  [[nodiscard]] double last() const { return value; }
  [[nodiscard]] static std::uint64_t steps() { return 0; }
};

namespace detail {

/// Errors: ArgumentError, in the name of the schedule, unless both of its ends are finite and at least 0.
inline void require_ends(std::string_view schedule, double from, double to) {
  require(from >= 0 && std::isfinite(from), schedule, "options.from", "a finite number of at least 0", from);
  require(to >= 0 && std::isfinite(to), schedule, "options.to", "a finite number of at least 0", to);
}

/// `from` where nothing of the way is done, `to` where all of it is.
[[nodiscard]] inline double between(double from, double to, double done) { return (1 - done) * from + done * to; }

/// A number under a schedule, as an objective holds it.
template <Schedule ScheduleType>
class Scheduled {
 public:
  /// Errors: ArgumentError, in the name of the objective, unless the first number is finite and at least 0.
  Scheduled(std::string_view objective, std::string_view name, ScheduleType schedule)
      : objective_(objective), name_(name), schedule_(std::move(schedule)) {
    begin_step(0);
  }

  [[nodiscard]] double value() const { return value_; }
  [[nodiscard]] double last() const { return schedule_.last(); }

  /// Errors: ArgumentError for a number that is not finite and at least 0.
  void begin_step(std::uint64_t step) {
    value_ = schedule_.at(step);
    require(value_ >= 0 && std::isfinite(value_), objective_, name_, "a finite number of at least 0", value_);
  }

  /// A sentence if the number still changes when training ends after so many steps, else nothing.
  [[nodiscard]] std::string unfinished(std::uint64_t steps) const {
    return steps >= schedule_.steps()
               ? std::string()
               : format_text("{}: {}: its schedule takes {} steps, but training ends after {}: it comes to {} of {}",
                             {objective_, name_, schedule_.steps(), steps, schedule_.at(steps), last()});
  }

 private:
  std::string_view objective_;
  std::string_view name_;
  ScheduleType schedule_;
  double value_ = 0;
};

}  // namespace detail
}  // namespace betavae
