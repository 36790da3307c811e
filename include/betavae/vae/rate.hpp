// SPDX-License-Identifier: MIT
// The rate: how many nats the code of a sample carries beyond the prior.
//
//     rate(x) = KL(q(z|x) ‖ p(z)) = Σₖ rateₖ(x) for a factorial posterior and prior
#pragma once

#include <betavae/kernels/chain_rule.hpp>
#include <betavae/kernels/gaussian_rate.hpp>
#include <betavae/vae/posterior.hpp>

namespace betavae {

/// The rate of each dimension of each sample against N(0, I), in nats: latents × samples, neither summed nor averaged.
/// Errors: ArgumentError when mean and log-variance differ in shape.
template <Operand Mean, Operand LogVariance>
[[nodiscard]] auto gaussian_rate(const GaussianPosterior<Mean, LogVariance>& posterior) {
  using Scalar = typename Mean::Scalar;
  const Mean& mean = posterior.mean;
  const LogVariance& log_variance = posterior.log_variance;
  detail::require_matching(posterior);
  auto rate = make_result<Mean::Rows>(mean.rows(), mean.columns(), mean, log_variance);
  MatrixView<Scalar> partial;
  if constexpr (is_variable<LogVariance>) {
    partial = {mean.tape().allocate(mean.rows() * mean.columns()), mean.rows(), mean.columns(), mean.rows()};
  }
  kernels::gaussian_rate(mean.value_view(), log_variance.value_view(), rate.value_view(), partial);
  record("gaussian_rate", rate, [=] {
    if constexpr (is_variable<Mean>) {  // ∂/∂μ is μ
      kernels::chain_rule(rate.adjoint_view(), mean.value_view(), mean.adjoint_view());
    }
    if constexpr (is_variable<LogVariance>) {
      kernels::chain_rule(rate.adjoint_view(), partial, log_variance.adjoint_view());
    }
  });
  return rate;
}

}  // namespace betavae
