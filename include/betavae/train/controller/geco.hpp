// SPDX-License-Identifier: MIT
// A β that training sets so as to end at a distortion of one's choice: GECO (Rezende and Viola, 2018, algorithm 1).
//
// The paper asks for the least rate under the constraint distortion ≤ κ, and follows the Lagrangian with a multiplier λ that grows
// while the constraint is broken:
//
//     rate + λ · (D − κ),      λ ← λ · exp(ν · C̄),      C̄ the moving average of D − κ
//
// Divided by λ this is D + β · rate, less a constant, with β = 1/λ: the same optimum, and for Adam, which does not see the scale of a
// loss, nearly the same steps. Hence
//
//     β ← β · exp(−gain · e),      e = E / (β · rate) within [−1, 1]
//
// Two things are ours, so that one gain serves any data, and so that β does not swing:
//
// · ν. As dD = −β dR along the optima of all β, the factor that moves D by E nats is about exp(E / (β · rate)), up to a number of the
//   order of 1 (½K/rate for K active latents of the linear model): E is measured in nats of β · rate, ν is gain / (β · rate).
// · E. A young model's distortion is far above κ whatever β is, and falls by itself; and a model takes its time to follow β. So E is
//   not what D̄ is off today but what will be left of it in `foresight` steps if it goes on as it does: D̄ + foresight · dD̄/dt − κ,
//   no farther than D̄ − κ and never beyond 0. Foresight 0 is the paper's.
//
// β stays within [least_beta, most_beta], and nothing accumulates beyond: it leaves a limit as soon as the sign of E turns. A κ that
// no β reaches, below the distortion that the model can come to or above that of a collapsed one, ends at a limit. `fit` says so where D̄ ends more
// than 1 % beside κ with β at a limit, or more than 5 % elsewhere: of |κ| or β · rate, whichever is more, for κ may be near 0.
#pragma once

#include <betavae/train/controller/target.hpp>
#include <betavae/vae/objective/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace betavae {

struct GecoOptions {
  double distortion = std::numeric_limits<double>::quiet_NaN();  ///< κ, the target in nats: to be given
  double beta = 1;                                               ///< of the first step, within the limits
  double least_beta = 1e-4;                                      ///< above 0
  double most_beta = 1e4;
  double average = 50;     ///< steps over which distortion and rate are averaged: more than 1, or 1 without foresight
  double foresight = 200;  ///< steps that are looked ahead: about those that the model takes to follow a change of β
  double gain = 0.03;      ///< the most that ln β changes by in a step, in (0, 1]
};

/// BetaElbo{GecoController({.distortion = 240})}
class GecoController {
 public:
  static constexpr bool sets_beta = true;

  /// Errors: ArgumentError for the first option out of range.
  explicit GecoController(const GecoOptions& options)
      : options_(options),
        beta_(options.beta),
        distortion_(options.average),
        slower_distortion_(options.average),
        rate_(options.average) {
    require(std::isfinite(options.distortion), "GecoController", "options.distortion", "a finite number of nats",
            options.distortion);
    detail::require_beta_limits("GecoController", options);
    require(options.foresight >= 0 && std::isfinite(options.foresight), "GecoController", "options.foresight",
            "a finite number of at least 0", options.foresight);
    require(options.average > 1 || options.foresight == 0, "GecoController", "options.average",
            "more than 1 step, for foresight goes by how the average moves", options.average);
    require(options.gain > 0 && options.gain <= 1, "GecoController", "options.gain", "a number in (0, 1]",
            options.gain);
  }

  /// The β in force.
  [[nodiscard]] double value() const { return std::clamp(beta_, options_.least_beta, options_.most_beta); }
  [[nodiscard]] const GecoOptions& options() const { return options_; }

  /// The moving average of the distortion, nats. NaN before the first step.
  [[nodiscard]] double distortion() const { return distortion_.value(); }

  void end_step(double rate, double distortion) {
    distortion_.add(distortion);
    slower_distortion_.add(distortion_.value());
    rate_.add(rate);
    const double price =
        value() * std::max(rate_.value(), 0.0);  // of the whole code, nats; a sampled rate may be below 0
    const double excess = excess_to_come();
    const double error = std::abs(excess) < price ? excess / price : static_cast<double>((excess > 0) - (excess < 0));
    beta_ = std::clamp(value() * std::exp(-options_.gain * error), options_.least_beta, options_.most_beta);
  }

  /// A sentence if training has not come to the target.
  [[nodiscard]] std::vector<std::string> end_training() const {
    const double scale = std::max(std::abs(options_.distortion), value() * std::abs(rate_.value()));
    return detail::missed_target("GecoController", "distortion", distortion(), options_.distortion, scale, value(),
                                 options_);
  }

  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    visitor("beta", beta_, 0.0);
    betavae::visit_state("distortion", distortion_, visitor);
    betavae::visit_state("slower_distortion", slower_distortion_, visitor);
    betavae::visit_state("rate", rate_, visitor);
  }

 private:
  /// D̄ + foresight · dD̄/dt − κ, between D̄ − κ and 0. The average of an average lags behind it by `average` − 1 steps.
  [[nodiscard]] double excess_to_come() const {
    const double now = distortion_.value() - options_.distortion;
    if (options_.foresight == 0) {
      return now;
    }
    const double slope = (distortion_.value() - slower_distortion_.value()) / (options_.average - 1);
    const double later = now + options_.foresight * slope;
    return now > 0 ? std::clamp(later, 0.0, now) : std::clamp(later, now, 0.0);
  }

  GecoOptions options_;
  double beta_;
  detail::MovingAverage distortion_;
  detail::MovingAverage slower_distortion_;
  detail::MovingAverage rate_;
};

}  // namespace betavae
