// SPDX-License-Identifier: MIT
// The β-weighted negative ELBO:
//
//     loss = distortion + β · rate                                                        (Higgins et al., 2017, equation 4)
//
// β is the price of information: what a nat of rate costs in nats of distortion. β = 1 is the negative ELBO; β = 0 an autoencoder,
// whose rate only the bound of the log-variance keeps finite.
#pragma once

#include <betavae/vae/elbo.hpp>

#include <cmath>

namespace betavae {

/// distortion + β · rate.
class BetaElbo {
 public:
  /// Errors: ArgumentError unless beta is finite and at least 0.
  explicit BetaElbo(double beta) : beta_(beta) {
    require(beta >= 0 && std::isfinite(beta), "BetaElbo", "beta", "a finite number of at least 0", beta);
  }

  [[nodiscard]] double beta() const { return beta_; }

  /// 1 × 1, nats.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    using Scalar = typename decltype(terms.distortion)::Scalar;
    return terms.distortion + Scalar(beta_) * sum(terms.rate_per_dimension);
  }

 private:
  double beta_;
};

}  // namespace betavae
