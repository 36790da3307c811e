// SPDX-License-Identifier: MIT
// The rate: how many nats the code of a sample carries beyond the prior.
//
//     rate(x) = KL(q(z|x) ‖ p(z)) = Σₖ rateₖ(x) for a factorial posterior and prior
#pragma once

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
  const Index latents = mean.rows();
  constexpr bool differentiates = is_variable<decltype(rate)>;
  MatrixView<Scalar> partial{nullptr, latents, mean.columns(), latents};
  if constexpr (differentiates) {
    partial.data = mean.tape().allocate(latents * mean.columns());
  }
  for (Index j = 0; j < mean.columns(); ++j) {
    kernels::gaussian_rate<Scalar>(latents, mean.value_view().column(j), log_variance.value_view().column(j),
                                   rate.value_view().column(j), nullptr, differentiates ? partial.column(j) : nullptr);
  }
  record("gaussian_rate", rate, [=] {
    if constexpr (differentiates) {
      detail::for_each(latents, rate.columns(), [&](Index i, Index j) {
        const Scalar adjoint = rate.adjoint_view().column(j)[i];
        if constexpr (is_variable<Mean>) {
          mean.adjoint_view().column(j)[i] += adjoint * mean.value_view().column(j)[i];
        }
        if constexpr (is_variable<LogVariance>) {
          log_variance.adjoint_view().column(j)[i] += adjoint * partial.column(j)[i];
        }
      });
    }
  });
  return rate;
}

}  // namespace betavae
