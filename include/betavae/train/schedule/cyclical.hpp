// SPDX-License-Identifier: MIT
// A number that rises again and again: cyclical annealing of β (Fu et al., 2019, equations 6 and 7), so that codes learned while
// information was cheap are what the next cycle begins with.
//
//     value(t) = from + (to − from) · min(1, τ/rise),      τ = (t mod period)/period
//
// After the last cycle the number stays at `to`.
#pragma once

#include <betavae/vae/objective/schedule.hpp>

#include <limits>

namespace betavae {

struct CyclicalOptions {
  double from = 0;
  double to = 1;
  std::uint64_t period = 0;  ///< steps of a cycle
  std::uint64_t cycles = 4;
  double rise = 0.5;  ///< the part of a cycle that it takes to reach `to`, in (0, 1]
};

/// BetaElbo{CyclicalSchedule({.to = 4, .period = 1000})}
class CyclicalSchedule {
 public:
  /// Errors: ArgumentError for the first option out of range.
  explicit CyclicalSchedule(const CyclicalOptions& options) : options_(options) {
    detail::require_ends("CyclicalSchedule", options.from, options.to);
    require(options.period > 0, "CyclicalSchedule", "options.period", "at least 1", options.period);
    require(options.cycles > 0 && options.cycles <= std::numeric_limits<std::uint64_t>::max() / options.period,
            "CyclicalSchedule", "options.cycles", "at least 1, and so few that their steps can be counted",
            options.cycles);
    require(options.rise > 0 && options.rise <= 1, "CyclicalSchedule", "options.rise", "a number in (0, 1]",
            options.rise);
  }

  [[nodiscard]] double at(std::uint64_t step) const {
    if (step >= steps()) {
      return options_.to;
    }
    const double of_cycle = static_cast<double>(step % options_.period) / static_cast<double>(options_.period);
    const double done = of_cycle < options_.rise ? of_cycle / options_.rise : 1;
    return detail::between(options_.from, options_.to, done);
  }
  [[nodiscard]] double last() const { return options_.to; }
  [[nodiscard]] std::uint64_t steps() const { return options_.period * options_.cycles; }

 private:
  CyclicalOptions options_;
};

}  // namespace betavae
