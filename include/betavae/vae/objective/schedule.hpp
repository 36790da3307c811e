// SPDX-License-Identifier: MIT
// What a number of an objective, its β or its capacity, does during training: a schedule is a function of the step alone, a controller
// goes by what training measured. Those that change are in train/schedule/ and train/controller/.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/nn/state.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string_view>

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

/// value() is the number in force, finite and at least 0. end_step tells of each step's rate and distortion, in nats, means over its
/// batch; what the controller learned goes by visit_state (see nn/state.hpp), so that files keep it. A member end_training() const may
/// give sentences about what training did not reach.
template <class Type>
concept Controller = requires(Type& controller, const Type& constant) {
  { constant.value() } -> std::convertible_to<double>;
  controller.end_step(double{}, double{});
  controller.visit_state(detail::IgnoringVisitor{});
};

/// What an objective takes for a number.
template <class Type>
concept SettingSource = Schedule<Type> || Controller<Type>;

namespace detail {

/// Errors: ArgumentError, in the name of the schedule, unless both of its ends are finite and at least 0.
inline void require_ends(std::string_view schedule, double from, double to) {
  require(from >= 0 && std::isfinite(from), schedule, "options.from", "a finite number of at least 0", from);
  require(to >= 0 && std::isfinite(to), schedule, "options.to", "a finite number of at least 0", to);
}

/// `from` where nothing of the way is done, `to` where all of it is.
[[nodiscard]] inline double between(double from, double to, double done) { return (1 - done) * from + done * to; }

}  // namespace detail
}  // namespace betavae
