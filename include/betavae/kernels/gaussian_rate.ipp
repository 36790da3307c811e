// SPDX-License-Identifier: MIT
// The rate of a Gaussian posterior in vectors.
#pragma once

#include <betavae/kernels/detail/matrix_blocks.hpp>
#include <betavae/kernels/gaussian_rate.hpp>
#include <betavae/simd/math.hpp>

#include <cmath>

namespace betavae::kernels {

namespace detail {

/// From mean and log-variance to the rate and both partial derivatives, of which any may be left out.
template <class Scalar>
struct GaussianRateBody {
  static constexpr double padding[] = {0, 0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const Scalar* /*constants*/) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Scalar* const means = inputs[0];
    const Scalar* const log_variances = inputs[1];
    Scalar* const rates = outputs[0];
    Scalar* const mean_partials = outputs[1];
    Scalar* const log_variance_partials = outputs[2];
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      const Vector mean = *reinterpret_cast<const Unaligned*>(means + i);
      const Vector log_variance = *reinterpret_cast<const Unaligned*>(log_variances + i);
      const Vector excess_variance = simd::expm1<Path, Scalar>({log_variance}).value;
      *reinterpret_cast<Unaligned*>(rates + i) = Scalar(0.5) * (mean * mean + (excess_variance - log_variance));
      if (mean_partials != nullptr) {
        *reinterpret_cast<Unaligned*>(mean_partials + i) = mean;
      }
      if (log_variance_partials != nullptr) {
        *reinterpret_cast<Unaligned*>(log_variance_partials + i) = Scalar(0.5) * excess_variance;
      }
    }
  }
};

/// The same against a prior, whose mean and log-variance are two more inputs.
template <class Scalar>
struct GaussianRateToPriorBody {
  static constexpr double padding[] = {0, 0, 0, 0};

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const Scalar* /*constants*/) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      const Vector prior_log_variance = *reinterpret_cast<const Unaligned*>(inputs[3] + i);
      const Vector distance =
          *reinterpret_cast<const Unaligned*>(inputs[0] + i) - *reinterpret_cast<const Unaligned*>(inputs[2] + i);
      const Vector scaled_distance = distance * simd::exp<Path, Scalar>({-prior_log_variance}).value;
      const Vector difference = *reinterpret_cast<const Unaligned*>(inputs[1] + i) - prior_log_variance;
      const Vector excess_variance = simd::expm1<Path, Scalar>({difference}).value;
      *reinterpret_cast<Unaligned*>(outputs[0] + i) =
          Scalar(0.5) * (distance * scaled_distance + (excess_variance - difference));
      if (outputs[1] != nullptr) {
        *reinterpret_cast<Unaligned*>(outputs[1] + i) = scaled_distance;
      }
      if (outputs[2] != nullptr) {
        *reinterpret_cast<Unaligned*>(outputs[2] + i) = Scalar(0.5) * excess_variance;
      }
    }
  }
};

}  // namespace detail

namespace vectors {

template <class Scalar>
void gaussian_rate(Index count, const Scalar* mean, const Scalar* log_variance, Scalar* rate, Scalar* mean_partial,
                   Scalar* log_variance_partial) {
  detail::for_blocks<detail::GaussianRateBody<Scalar>, 2, 3, Scalar>(
      count, {mean, log_variance}, {rate, mean_partial, log_variance_partial}, Scalar(0));
}

template <class Scalar>
void gaussian_rate(MatrixView<Scalar> mean, MatrixView<Scalar> log_variance, MatrixView<Scalar> rate,
                   MatrixView<Scalar> log_variance_partial) {
  detail::for_matrix_blocks<detail::GaussianRateBody<Scalar>, 2, 3, Scalar>(
      {mean, log_variance}, {rate, {}, log_variance_partial}, Scalar(0));
}

template <class Scalar>
void gaussian_rate_to_prior(Index count, const Scalar* mean, const Scalar* log_variance, const Scalar* prior_mean,
                            const Scalar* prior_log_variance, Scalar* rate, Scalar* mean_partial,
                            Scalar* log_variance_partial) {
  detail::for_blocks<detail::GaussianRateToPriorBody<Scalar>, 4, 3, Scalar>(
      count, {mean, log_variance, prior_mean, prior_log_variance}, {rate, mean_partial, log_variance_partial},
      Scalar(0));
}

}  // namespace vectors
}  // namespace betavae::kernels
