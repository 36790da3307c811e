// SPDX-License-Identifier: MIT
// A number that goes from one value to another on a straight line: warm-up of β (Bowman et al., 2016; Sønderby et al., 2016), growth of
// a capacity (Burgess et al., 2018, section 4.2).
//
//     value(t) = from + (to − from) · min(1, t/steps)
#pragma once

#include <betavae/vae/objective/schedule.hpp>

namespace betavae {

struct LinearOptions {
  double from = 0;
  double to = 1;
  std::uint64_t steps = 0;  ///< of training, until `to` is reached
};

/// BetaElbo{LinearSchedule({.to = 4, .steps = 2000})}
class LinearSchedule {
 public:
  /// Errors: ArgumentError for ends that are not finite and at least 0, or no steps.
  explicit LinearSchedule(const LinearOptions& options) : options_(options) {
    detail::require_ends("LinearSchedule", options.from, options.to);
    require(options.steps > 0, "LinearSchedule", "options.steps", "at least 1", options.steps);
  }

  [[nodiscard]] double at(std::uint64_t step) const {
    if (step >= options_.steps) {
      return options_.to;
    }
    const double done = static_cast<double>(step) / static_cast<double>(options_.steps);
    return detail::between(options_.from, options_.to, done);
  }
  [[nodiscard]] double last() const { return options_.to; }
  [[nodiscard]] std::uint64_t steps() const { return options_.steps; }

 private:
  LinearOptions options_;
};

}  // namespace betavae
