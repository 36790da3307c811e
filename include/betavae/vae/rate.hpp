// SPDX-License-Identifier: MIT
// The rate: how many nats the code of a sample carries beyond the prior.
//
//     rate(x) = KL(q(z|x) ‖ p(z)) = E_q[ln q(z|x) − ln p(z)] = Σₖ rateₖ(x) for a factorial prior
//
// In closed form where the prior has one; else ln q(z|x) − ln p(z) at the draw that training makes anyway, which is right in the mean.
#pragma once

#include <betavae/autodiff/reduction.hpp>
#include <betavae/kernels/chain_rule.hpp>
#include <betavae/kernels/gaussian_rate.hpp>
#include <betavae/vae/posterior.hpp>

namespace betavae {

namespace detail {

template <class Scalar>
Erased<Scalar> erased_gaussian_rate(const Erased<Scalar>& mean, const Erased<Scalar>& log_variance) {
  const Index rows = mean.value.rows;
  const Index columns = mean.value.columns;
  const Erased<Scalar> rate = make_erased(*mean.tape, rows, columns, mean.is_variable() || log_variance.is_variable());
  const MatrixView<Scalar> partial =
      log_variance.is_variable() ? allocate_matrix(*mean.tape, rows, columns) : MatrixView<Scalar>{};
  kernels::gaussian_rate(mean.value, log_variance.value, rate.value, partial);
  record_erased("gaussian_rate", rate, [=] {
    if (mean.is_variable()) {  // ∂/∂μ is μ
      kernels::chain_rule(rate.adjoint, mean.value, mean.adjoint);
    }
    if (log_variance.is_variable()) {
      kernels::chain_rule(rate.adjoint, partial, log_variance.adjoint);
    }
  });
  return rate;
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_RATE(Keyword, Scalar) \
  Keyword template BETAVAE_API Erased<Scalar> erased_gaussian_rate(const Erased<Scalar>&, const Erased<Scalar>&);
BETAVAE_INSTANCES(BETAVAE_RATE)
#endif

}  // namespace detail

/// The rate of each dimension of each sample against N(0, I), in nats: latents × samples, neither summed nor averaged.
/// Errors: ArgumentError when mean and log-variance differ in shape.
template <Operand Mean, Operand LogVariance>
[[nodiscard]] auto gaussian_rate(const GaussianPosterior<Mean, LogVariance>& posterior) {
  detail::require_matching(posterior);
  using Result = ResultOf<typename Mean::Scalar, Mean::Rows, Mean, LogVariance>;
  return detail::restore<Result>(
      detail::erased_gaussian_rate(detail::erase(posterior.mean), detail::erase(posterior.log_variance)));
}

/// How a rate is had: a prior has a member rate(posterior) where it knows the divergence as a whole,
/// cross_entropy(context, mean, log_variance) beside log_density where it knows E[−ln pₖ(zₖ)] for a Gaussian zₖ, and
/// log_density(context, z) alone else.
template <class PriorType, class Posterior, class Context>
inline constexpr bool has_closed_form_rate = requires(const PriorType& prior, const Posterior& posterior) {
  prior.rate(posterior);
}
|| requires(Context& context, const PriorType& prior, const Posterior& posterior) {
  prior.cross_entropy(context, posterior.mean, marginal_log_variance(posterior));
};

/// KL(q(z|x) ‖ p(z)) in nats, neither summed nor averaged: latents × samples, or 1 × samples for a prior whose dimensions depend on
/// each other. z is a draw of the posterior, and looked at only where there is no closed form.
template <class Context, class PriorType, class Posterior, Operand Z>
[[nodiscard]] auto rate_of(Context& context, const PriorType& prior, const Posterior& posterior, const Z& z) {
  if constexpr (requires { prior.rate(posterior); }) {
    return prior.rate(posterior);
  } else if constexpr (has_closed_form_rate<PriorType, Posterior, Context>) {
    return prior.cross_entropy(context, posterior.mean, marginal_log_variance(posterior)) - entropy(posterior);
  } else {
    const auto of_prior = prior.log_density(context, z);
    const auto of_posterior = log_density(posterior, z);
    if constexpr (decltype(of_prior)::Rows == 1 && Posterior::latents != 1) {
      return sum_over_features(of_posterior) - of_prior;
    } else {
      return of_posterior - of_prior;
    }
  }
}

}  // namespace betavae
