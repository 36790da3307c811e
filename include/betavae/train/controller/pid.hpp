// SPDX-License-Identifier: MIT
// A β that training sets so as to end at a rate of one's choice: the PI controller of ControlVAE (Shao et al., 2020).
//
// The paper's law for a target C, with the rate R(t) of a step:
//
//     β(t) = Kp / (1 + exp(e(t))) − Ki Σ_{j ≤ t} e(j) + β_min,      e = C − R
//
// P is a bounded function of today's error, I sums up the errors so far and stands still while β is at a limit. D is left out there as
// here: the rates of batches scatter, and their differences scatter more. Ours is this law for ln β:
//
//     ln β(t) = ln β(0) + Kp (1/(1 + exp(e(t))) − ½) − Ki Σ_{j ≤ t} e(j),      e = (C − R̄)/C
//
// · In ln β, because rates go by its logarithm: each active latent of the linear model has the rate ½ ln ζ²/βη², so dR/d ln β = −½ per
//   active latent at every β, while dR/dβ falls as 1/β: gains for β itself that are right at β = 1 are too slow by a hundred at
//   β = 100. To first order ours is the paper's law with gains that grow with β.
// · In units of C, because a latent that is used carries about a nat or two, so that d ln R/d ln β is about −½ whatever the target. The
//   I term takes an error above one C for one C.
// · Of R̄, the moving average of the rates.
// · Less ½, so that β(0) is what the options say, and not ½Kp above it.
//
// β stays within [least_beta, most_beta], and so does I alone: it leaves a limit as soon as the sign of e turns. A rate that no β
// reaches, above what the code carries at least_beta, ends at a limit. `fit` says so where R̄ ends more than 1 % beside C with β at a
// limit, or more than 5 % elsewhere.
#pragma once

#include <betavae/train/controller/target.hpp>
#include <betavae/vae/objective/schedule.hpp>

#include <algorithm>
#include <cmath>

namespace betavae {

struct PidOptions {
  double rate = 0;           ///< C, the target in nats, above 0: to be given
  double beta = 1;           ///< of the first step, within the limits
  double least_beta = 1e-4;  ///< above 0
  double most_beta = 1e4;
  double average = 50;  ///< steps over which the rate is averaged, at least 1
  double proportional =
      4;  ///< Kp: P changes ln β by at most half of it, by a quarter of it times e for small e; at least 0
  double integral = 0.01;  ///< Ki: the most that I changes ln β by in a step, in (0, 1]
};

/// BetaElbo{PidController({.rate = 10})}
class PidController {
 public:
  static constexpr bool sets_beta = true;

  /// Errors: ArgumentError for the first option out of range.
  explicit PidController(const PidOptions& options) : options_(options), rate_(options.average) {
    require(options.rate > 0 && std::isfinite(options.rate), "PidController", "options.rate",
            "a finite number of nats above 0", options.rate);
    detail::require_beta_limits("PidController", options);
    require(options.proportional >= 0 && std::isfinite(options.proportional), "PidController", "options.proportional",
            "a finite number of at least 0", options.proportional);
    require(options.integral > 0 && options.integral <= 1, "PidController", "options.integral", "a number in (0, 1]",
            options.integral);
  }

  /// The β in force.
  [[nodiscard]] double value() const {
    return std::clamp(options_.beta * std::exp(proportional_ + integral_), options_.least_beta, options_.most_beta);
  }
  [[nodiscard]] const PidOptions& options() const { return options_; }

  /// The moving average of the rate, nats. NaN before the first step.
  [[nodiscard]] double rate() const { return rate_.value(); }

  void end_step(double rate, double /*distortion*/) {
    rate_.add(rate);
    const double error = 1 - rate_.value() / options_.rate;
    proportional_ = options_.proportional * (1 / (1 + std::exp(error)) - 0.5);
    integral_ = std::clamp(integral_ - options_.integral * std::clamp(error, -1.0, 1.0),
                           std::log(options_.least_beta / options_.beta), std::log(options_.most_beta / options_.beta));
  }

  /// A sentence if training has not come to the target.
  [[nodiscard]] std::vector<std::string> end_training() const {
    return detail::missed_target("PidController", "rate", rate(), options_.rate, options_.rate, value(), options_);
  }

  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    visitor("proportional", proportional_);
    visitor("integral", integral_);
    betavae::visit_state("rate", rate_, visitor);
  }

 private:
  PidOptions options_;
  double proportional_ = 0;  ///< in ln β, as is the next
  double integral_ = 0;
  detail::MovingAverage rate_;
};

}  // namespace betavae
