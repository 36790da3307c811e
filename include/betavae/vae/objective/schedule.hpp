// SPDX-License-Identifier: MIT
// What a number of an objective, its β or its capacity, does during training: a schedule is a function of the step alone, a controller
// goes by what training measured. Those that change are in train/schedule/ and train/controller/.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/nn/state.hpp>
#include <betavae/vae/objective/training_plan.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

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

/// A number under a schedule or a controller, as an objective holds it.
template <SettingSource Source>
class Setting {
 public:
  static constexpr bool is_controlled = Controller<Source>;
  static constexpr bool is_fixed = std::same_as<Source, FixedValue>;

  /// Errors: ArgumentError, in the name of the objective, unless the first number is finite and at least 0.
  Setting(std::string_view objective, std::string_view name, Source source)
      : objective_(objective), name_(name), source_(std::move(source)) {
    begin_step(0);
  }

  [[nodiscard]] double value() const {
    if constexpr (is_controlled) {
      return source_.value();  // which may have come from a file
    } else {
      return value_;
    }
  }
  /// With which training ends, as far as one knows.
  [[nodiscard]] double last() const {
    if constexpr (is_controlled) {
      return value();
    } else {
      return source_.last();
    }
  }
  [[nodiscard]] const Source& source() const { return source_; }
  [[nodiscard]] NamedNumber named() const {
    return {name_, value(), is_fixed ? NumberKind::fixed_setting : NumberKind::setting};
  }

  /// Errors: ArgumentError for a number that is not finite and at least 0.
  void begin_step(std::uint64_t step) {
    if constexpr (!is_controlled) {
      value_ = source_.at(step);
    }
    require(value() >= 0 && std::isfinite(value()), objective_, name_, "a finite number of at least 0", value());
  }

  template <class Terms>
  void end_step(const Terms& terms) {
    source_.end_step(rate_in(terms), number_in(terms.distortion));
  }

  /// A sentence if the number still changes by its schedule when training ends.
  [[nodiscard]] std::vector<std::string> begin_training(const TrainingPlan& plan) const {
    if constexpr (!is_controlled) {
      if (plan.steps < source_.steps()) {
        return {format_text("{}: {}: its schedule takes {} steps, but training ends after {}: it comes to {} of {}",
                            {objective_, name_, source_.steps(), plan.steps, source_.at(plan.steps), last()})};
      }
    }
    return {};
  }

  /// What the source has to say of a training that is over.
  [[nodiscard]] std::vector<std::string> end_training() const {
    if constexpr (requires { source_.end_training(); }) {
      return source_.end_training();
    } else {
      return {};
    }
  }

  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(std::string(name_), source_, visitor);
  }

 private:
  std::string_view objective_;
  std::string_view name_;
  Source source_;
  double value_ = 0;
};

}  // namespace detail
}  // namespace betavae
