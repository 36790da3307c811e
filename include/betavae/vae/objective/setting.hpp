// SPDX-License-Identifier: MIT
// A number of an objective under a schedule or a controller, and what training tells an objective that has one.
#pragma once

#include <betavae/vae/objective/schedule.hpp>
#include <betavae/vae/objective/training_plan.hpp>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace betavae::detail {

/// The base of objectives with such a number: it forwards to it what training tells, see training_plan.hpp. Only those whose number
/// changes have the members that change them, so that the others may be const in training.
template <SettingSource Source>
class WithSetting {
 public:
  static constexpr bool is_controlled = Controller<Source>;
  static constexpr bool is_fixed = std::same_as<Source, FixedValue>;

  [[nodiscard]] std::array<NamedNumber, 1> settings() const { return {setting()}; }

  [[nodiscard]] std::vector<std::string> begin_training(const TrainingPlan& /*plan*/) const requires is_fixed {
    return {};
  }
  /// A sentence if the number still changes by its schedule when training ends.
  [[nodiscard]] std::vector<std::string> begin_training(const TrainingPlan& plan) requires(!is_fixed) {
    steps_begun_ = 0;
    is_too_short_ = false;
    if constexpr (!is_controlled) {
      is_too_short_ = plan.steps < source_.steps();
      if (is_too_short_) {
        return {unfinished("training ends", plan.steps, "comes", source_.at(plan.steps > 0 ? plan.steps - 1 : 0))};
      }
    }
    return {};
  }

  /// Errors: ArgumentError for a number that is not finite and at least 0.
  void begin_step(std::uint64_t step) requires(!is_fixed) {
    set_to_step(step);
    steps_begun_ = step + 1;
  }

  template <class Terms>
  void end_step(const Terms& terms) requires(is_controlled) {
    source_.end_step(rate_in(terms), number_in(terms.distortion));
  }

  /// What the source has to say of a training that is over. Of a schedule, a sentence if training stopped before it did, unless
  /// begin_training has said so.
  [[nodiscard]] std::vector<std::string> end_training() const {
    if constexpr (requires { source_.end_training(); }) {
      return source_.end_training();
    } else if constexpr (!is_controlled) {
      if (!is_too_short_ && steps_begun_ > 0 && steps_begun_ < source_.steps()) {
        return {unfinished("training stopped", steps_begun_, "came", value_)};
      }
    }
    return {};
  }

  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(std::string(name_), source_, visitor);
  }

 protected:
  /// Errors: ArgumentError, in the name of the objective, unless the first number is finite and at least 0.
  WithSetting(std::string_view objective, std::string_view name, Source source)
      : objective_(objective), name_(name), source_(std::move(source)) {
    set_to_step(0);
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
  [[nodiscard]] NamedNumber setting() const {
    return {name_, value(), is_fixed ? NumberKind::fixed_setting : NumberKind::setting};
  }

 private:
  void set_to_step(std::uint64_t step) {
    if constexpr (!is_controlled) {
      value_ = source_.at(step);
    }
    require(value() >= 0 && std::isfinite(value()), objective_, name_, "a finite number of at least 0", value());
  }

  [[nodiscard]] std::string unfinished(std::string_view what, std::uint64_t steps, std::string_view comes,
                                       double number) const {
    return format_text("{}: {}: its schedule takes {} steps, but {} after {}: it {} to {} of {}",
                       {objective_, name_, source_.steps(), what, steps, comes, number, last()});
  }

  std::string_view objective_;
  std::string_view name_;
  Source source_;
  double value_ = 0;
  std::uint64_t steps_begun_ = 0;
  bool is_too_short_ = false;  ///< the training, for the schedule
};

}  // namespace betavae::detail
