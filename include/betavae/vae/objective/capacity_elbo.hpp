// SPDX-License-Identifier: MIT
// The ELBO with a capacity: instead of a price, the nats that the code may carry.
//
//     loss = distortion + γ · |rate − C|                                            (Burgess et al., 2018, equation 8)
//
// The rate is that of the whole code in the mean over samples, not one of a dimension or of a sample: |·| is taken once. Where the
// model's price of information at a rate of C, −dD/dR, is at most γ, training ends at rate = C; where information is worth more than γ
// even there, it goes on as under β = γ, at a rate above C.
//
// The rate that training sees is a batch's, which scatters about that of all data. What is least then is D + γ·E|rate of a batch − C|:
// training ends where P(rate of a batch > C) = ½ (1 + price/γ), above C by some of the scatter unless γ is well above the price.
#pragma once

#include <betavae/vae/elbo.hpp>
#include <betavae/vae/objective/setting.hpp>

namespace betavae {

/// What CapacityElbo may be told beside its capacity.
struct CapacityOptions {
  double gamma = 1000;  ///< γ: what each nat away from the capacity costs, in nats of distortion
};

/// distortion + γ · |rate − C|. C is a number of nats, a schedule or a controller.
template <SettingSource CapacitySource = FixedValue>
class CapacityElbo : public detail::WithSetting<CapacitySource> {
  static_assert(
      !requires { CapacitySource::sets_beta; },
      "betavae: CapacityElbo: this controller sets a beta, which lowers the rate where a capacity raises it: give "
      "it to BetaElbo");

 public:
  /// Errors: ArgumentError unless capacity and gamma are finite and at least 0.
  explicit CapacityElbo(double capacity,
                        const CapacityOptions& options = {}) requires std::same_as<CapacitySource, FixedValue>
      : CapacityElbo(FixedValue{capacity}, options) {}
  explicit CapacityElbo(CapacitySource capacity, const CapacityOptions& options = {})
      : detail::WithSetting<CapacitySource>("CapacityElbo", "capacity", std::move(capacity)), options_(options) {
    require(options.gamma >= 0 && std::isfinite(options.gamma), "CapacityElbo", "options.gamma",
            "a finite number of at least 0", options.gamma);
  }

  /// The C in force, in nats: at the first step, until training says otherwise.
  [[nodiscard]] double capacity() const { return this->value(); }
  [[nodiscard]] double gamma() const { return options_.gamma; }

  /// The loss of data whose rate and distortion have been measured, all in nats, at the C with which training ends.
  [[nodiscard]] double loss(double rate, double distortion) const {
    return distortion + gamma() * std::abs(rate - this->last());
  }

  /// 1 × 1, nats.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    using Scalar = typename decltype(terms.distortion)::Scalar;
    return terms.distortion + Scalar(gamma()) * abs(sum(terms.rate_per_dimension) - Scalar(capacity()));
  }

  [[nodiscard]] std::array<NamedNumber, 2> settings() const {
    return {this->setting(), {"gamma", gamma(), NumberKind::fixed_setting}};
  }

 private:
  CapacityOptions options_;
};

}  // namespace betavae
