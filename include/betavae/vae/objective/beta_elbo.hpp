// SPDX-License-Identifier: MIT
// The β-weighted negative ELBO:
//
//     loss = distortion + β · rate                                                        (Higgins et al., 2017, equation 4)
//
// β is the price of information: what a nat of rate costs in nats of distortion. β = 1 is the negative ELBO; β = 0 an autoencoder,
// whose rate only the bound of the log-variance keeps finite.
#pragma once

#include <betavae/vae/elbo.hpp>
#include <betavae/vae/objective/setting.hpp>

namespace betavae {

/// distortion + β · rate. β is a number, a schedule or a controller.
template <SettingSource BetaSource = FixedValue>
class BetaElbo : public detail::WithSetting<BetaSource> {
 public:
  /// Errors: ArgumentError unless beta is finite and at least 0.
  explicit BetaElbo(double beta) requires std::same_as<BetaSource, FixedValue> : BetaElbo(FixedValue{beta}) {}
  explicit BetaElbo(BetaSource beta) : detail::WithSetting<BetaSource>("BetaElbo", "beta", std::move(beta)) {}

  /// The β in force: at the first step, until training says otherwise.
  [[nodiscard]] double beta() const { return this->value(); }

  /// The loss of data whose rate and distortion have been measured, all in nats, at the β with which training ends.
  [[nodiscard]] double loss(double rate, double distortion) const { return distortion + this->last() * rate; }

  /// 1 × 1, nats.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    using Scalar = typename decltype(terms.distortion)::Scalar;
    return terms.distortion + Scalar(beta()) * sum(terms.rate_per_dimension);
  }
};

}  // namespace betavae
