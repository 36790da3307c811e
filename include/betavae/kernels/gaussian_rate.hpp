// SPDX-License-Identifier: MIT
// The rate of a diagonal Gaussian against a Gaussian prior, dimension by dimension, in nats. Against the standard normal:
//
//     KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − 1 − ln σ²) = ½ (μ² + expm1(ℓ) − ℓ),   ℓ = ln σ²     (Kingma and Welling, 2014, B)
//     ∂/∂μ = μ,    ∂/∂ℓ = ½ expm1(ℓ)
//
// Against N(m, eᵖ), with δ = μ − m and d = ℓ − p, so that nothing cancels where the posterior is the prior:
//
//     KL = ½ (δ² e⁻ᵖ + expm1(d) − d),    ∂/∂μ = δ e⁻ᵖ = −∂/∂m,    ∂/∂ℓ = ½ expm1(d),    ∂/∂p = −½ δ ∂/∂μ − ∂/∂ℓ
//
// expm1 keeps the rate of a nearly collapsed dimension: expm1(ℓ) − ℓ loses ε|ℓ| of its ℓ²/2, where σ² − 1 − ln σ² would lose ε.
// Error ≤ ε (2 rate + |ℓ|); against a prior |d| stands for |ℓ|, and the errors of rounding δ and d come on top. Valid for ℓ and d up
// to ln of the greatest number, beyond which the rate is ∞; NaN gives NaN.
#pragma once

#include <betavae/core/matrix_view.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>

#include <cmath>

namespace betavae::kernels {

/// The specification of `gaussian_rate`.
template <class Scalar>
void gaussian_rate_reference(Index count, const Scalar* mean, const Scalar* log_variance, Scalar* rate,
                             Scalar* mean_partial, Scalar* log_variance_partial) {
  using std::expm1;
  for (Index i = 0; i < count; ++i) {
    const Scalar excess_variance = expm1(log_variance[i]);
    rate[i] = Scalar(0.5) * (mean[i] * mean[i] + (excess_variance - log_variance[i]));
    if (mean_partial != nullptr) {
      mean_partial[i] = mean[i];
    }
    if (log_variance_partial != nullptr) {
      log_variance_partial[i] = Scalar(0.5) * excess_variance;
    }
  }
}

/// The specification of `gaussian_rate_to_prior`.
template <class Scalar>
void gaussian_rate_to_prior_reference(Index count, const Scalar* mean, const Scalar* log_variance,
                                      const Scalar* prior_mean, const Scalar* prior_log_variance, Scalar* rate,
                                      Scalar* mean_partial, Scalar* log_variance_partial) {
  using std::exp;
  using std::expm1;
  for (Index i = 0; i < count; ++i) {
    const Scalar distance = mean[i] - prior_mean[i];
    const Scalar scaled_distance = distance * exp(-prior_log_variance[i]);
    const Scalar difference = log_variance[i] - prior_log_variance[i];
    const Scalar excess_variance = expm1(difference);
    rate[i] = Scalar(0.5) * (distance * scaled_distance + (excess_variance - difference));
    if (mean_partial != nullptr) {
      mean_partial[i] = scaled_distance;
    }
    if (log_variance_partial != nullptr) {
      log_variance_partial[i] = Scalar(0.5) * excess_variance;
    }
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
BETAVAE_API void gaussian_rate(Index count, const Scalar* mean, const Scalar* log_variance, Scalar* rate,
                               Scalar* mean_partial, Scalar* log_variance_partial);
template <class Scalar>
BETAVAE_API void gaussian_rate(MatrixView<Scalar> mean, MatrixView<Scalar> log_variance, MatrixView<Scalar> rate,
                               MatrixView<Scalar> log_variance_partial);
template <class Scalar>
BETAVAE_API void gaussian_rate_to_prior(Index count, const Scalar* mean, const Scalar* log_variance,
                                        const Scalar* prior_mean, const Scalar* prior_log_variance, Scalar* rate,
                                        Scalar* mean_partial, Scalar* log_variance_partial);

}  // namespace vectors

/// rate[i] in nats for i < count, and the partial derivatives where the pointers are not null.
template <class Scalar>
void gaussian_rate(Index count, const Scalar* mean, const Scalar* log_variance, Scalar* rate, Scalar* mean_partial,
                   Scalar* log_variance_partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::gaussian_rate(count, mean, log_variance, rate, mean_partial, log_variance_partial);
  } else {
    gaussian_rate_reference(count, mean, log_variance, rate, mean_partial, log_variance_partial);
  }
}

/// The same for matrices of one shape. `log_variance_partial` may be a view without data.
template <class Scalar>
void gaussian_rate(MatrixView<Scalar> mean, MatrixView<Scalar> log_variance, MatrixView<Scalar> rate,
                   MatrixView<Scalar> log_variance_partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::gaussian_rate(mean, log_variance, rate, log_variance_partial);
  } else {
    for (Index j = 0; j < mean.columns; ++j) {
      gaussian_rate_reference<Scalar>(mean.rows, mean.column(j), log_variance.column(j), rate.column(j), nullptr,
                                      log_variance_partial.column(j));
    }
  }
}

/// rate[i] in nats against a prior with its own mean and log-variance, and the partial derivatives by those of the posterior where
/// the pointers are not null.
template <class Scalar>
void gaussian_rate_to_prior(Index count, const Scalar* mean, const Scalar* log_variance, const Scalar* prior_mean,
                            const Scalar* prior_log_variance, Scalar* rate, Scalar* mean_partial,
                            Scalar* log_variance_partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::gaussian_rate_to_prior(count, mean, log_variance, prior_mean, prior_log_variance, rate, mean_partial,
                                    log_variance_partial);
  } else {
    gaussian_rate_to_prior_reference(count, mean, log_variance, prior_mean, prior_log_variance, rate, mean_partial,
                                     log_variance_partial);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/gaussian_rate.ipp>
#endif
