// SPDX-License-Identifier: MIT
// The diagonal Gaussian posterior q(z|x) = N(μ(x), diag σ²(x)), as an encoder gives it.
//
// An encoder's last layer gives 2K numbers a sample: μ, and r, from which the log-variance is ℓ = ln σ² = B tanh(r/B) with
// B = 16. So |ℓ| ≤ 16: the variance lies between 1.1·10⁻⁷ and 8.9·10⁶, no exponential overflows in any scalar type, the gradient
// never vanishes abruptly, and for |ℓ| ≤ 4, where trained models live, ℓ and r agree within 2.2 %. At β = 0 nothing but this
// bound keeps the rate finite.
#pragma once

#include <betavae/autodiff/shape.hpp>
#include <betavae/kernels/chain_rule.hpp>
#include <betavae/kernels/reparameterize.hpp>
#include <betavae/kernels/smooth_bound.hpp>
#include <betavae/vae/noise.hpp>

namespace betavae {

/// The log-variance of a posterior lies in [−bound, bound]; the ends are reached by rounding alone.
inline constexpr double log_variance_bound = 16;

/// Mean and log-variance, each latents × samples.
template <Operand Mean, Operand LogVariance>
struct GaussianPosterior {
  using Scalar = typename Mean::Scalar;
  static constexpr int latents = Mean::Rows;
  Mean mean;
  LogVariance log_variance;
};

template <Operand Mean, Operand LogVariance>
GaussianPosterior(Mean, LogVariance) -> GaussianPosterior<Mean, LogVariance>;

namespace detail {

/// For objectives that go by the moments or the density of each dimension.
template <class Posterior>
inline constexpr bool is_diagonal_gaussian = false;
template <Operand Mean, Operand LogVariance>
inline constexpr bool is_diagonal_gaussian<GaussianPosterior<Mean, LogVariance>> = true;

/// Errors: ArgumentError unless mean and log-variance have the same shape.
template <Operand Mean, Operand LogVariance>
void require_matching(const GaussianPosterior<Mean, LogVariance>& posterior) {
  static_assert(Mean::Rows == LogVariance::Rows || Mean::Rows == dynamic || LogVariance::Rows == dynamic,
                "betavae: a Gaussian posterior needs as many log-variances as means");
  require_same_size("GaussianPosterior", "rows of the mean", posterior.mean.rows(), "rows of the log-variance",
                    posterior.log_variance.rows());
  require_same_size("GaussianPosterior", "columns of the mean", posterior.mean.columns(), "columns of the log-variance",
                    posterior.log_variance.columns());
}

}  // namespace detail

/// ℓ = B tanh(r/B), elementwise.
template <Operand X>
[[nodiscard]] auto bound_log_variance(const X& raw, double bound = log_variance_bound) {
  using Scalar = typename X::Scalar;
  auto bounded = make_result<X::Rows>(raw.rows(), raw.columns(), raw);
  MatrixView<Scalar> derivative;
  if constexpr (is_variable<X>) {
    derivative = {raw.tape().allocate(raw.rows() * raw.columns()), raw.rows(), raw.columns(), raw.rows()};
  }
  kernels::smooth_bound(Scalar(bound), raw.value_view(), bounded.value_view(), derivative);
  record("bound_log_variance", bounded, [=] {
    if constexpr (is_variable<X>) {
      kernels::chain_rule(bounded.adjoint_view(), derivative, raw.adjoint_view());
    }
  });
  return bounded;
}

/// Reads 2K rows as K means above K unbounded log-variances. Errors: ArgumentError for an odd number of rows.
template <Operand X>
[[nodiscard]] auto gaussian_posterior(const X& x) {
  static_assert(X::Rows == dynamic || X::Rows % 2 == 0,
                "betavae: a Gaussian posterior needs an even number of rows: means above log-variances");
  require(x.rows() % 2 == 0, "gaussian_posterior", "rows", "an even number: means above log-variances", x.rows());
  constexpr int latents = X::Rows == dynamic ? dynamic : X::Rows / 2;
  const auto mean = rows<latents>(x, 0, x.rows() / 2);
  const auto log_variance = bound_log_variance(rows<latents>(x, x.rows() / 2, x.rows() / 2));
  return GaussianPosterior{mean, log_variance};
}

/// z = μ + σ ε: latents × samples, differentiable in μ and ℓ (Kingma and Welling, 2014). `noise` fills ε for this step, the first
/// column being sample `first_sample`. Errors: ArgumentError when μ and ℓ differ in shape.
template <Operand Mean, Operand LogVariance, class NoiseSource>
[[nodiscard]] auto reparameterize(const GaussianPosterior<Mean, LogVariance>& posterior, const NoiseSource& noise,
                                  std::uint64_t step, std::uint64_t first_sample = 0) {
  using Scalar = typename Mean::Scalar;
  static_assert(Noise<NoiseSource, Scalar>,
                "betavae: a noise needs a member fill(MatrixView<Scalar> values, std::uint64_t step, std::uint64_t "
                "first_sample) const");
  const Mean& mean = posterior.mean;
  const LogVariance& log_variance = posterior.log_variance;
  detail::require_matching(posterior);
  auto z = make_result<Mean::Rows>(mean.rows(), mean.columns(), mean, log_variance);
  // The noise turns into ∂z/∂ℓ in place.
  const MatrixView<Scalar> partial{mean.tape().allocate(mean.rows() * mean.columns()), mean.rows(), mean.columns(),
                                   mean.rows()};
  noise.fill(partial, step, first_sample);
  kernels::reparameterize(mean.value_view(), log_variance.value_view(), partial, z.value_view());
  record("reparameterize", z, [=] {
    if constexpr (is_variable<Mean>) {  // ∂z/∂μ is 1
      kernels::chain_rule(z.adjoint_view(), {}, mean.adjoint_view());
    }
    if constexpr (is_variable<LogVariance>) {
      kernels::chain_rule(z.adjoint_view(), partial, log_variance.adjoint_view());
    }
  });
  return z;
}

/// ln q(zₖ|x) of each dimension, in nats: latents × samples, for z of the same shape.
template <Operand Mean, Operand LogVariance, Operand Z>
[[nodiscard]] auto log_density(const GaussianPosterior<Mean, LogVariance>& posterior, const Z& z) {
  using Scalar = typename Mean::Scalar;
  constexpr auto half_log_two_pi = Scalar(0.91893853320467274178);
  return Scalar(-0.5) * (posterior.log_variance + square(z - posterior.mean) * exp(-posterior.log_variance)) -
         half_log_two_pi;
}

/// The entropy of each dimension, in nats: latents × samples.
template <Operand Mean, Operand LogVariance>
[[nodiscard]] auto entropy(const GaussianPosterior<Mean, LogVariance>& posterior) {
  using Scalar = typename Mean::Scalar;
  return affine(posterior.log_variance, Scalar(0.5), Scalar(1.41893853320467274178));  // ½ ln 2πe
}

/// ln Var[zₖ|x] of each dimension: latents × samples.
template <Operand Mean, Operand LogVariance>
[[nodiscard]] LogVariance marginal_log_variance(const GaussianPosterior<Mean, LogVariance>& posterior) {
  return posterior.log_variance;
}

/// Cov[z|x] of one sample: latents × latents. Errors: ArgumentError for a sample that is not there.
template <Operand Mean, Operand LogVariance>
[[nodiscard]] Matrix<typename Mean::Scalar> covariance(const GaussianPosterior<Mean, LogVariance>& posterior,
                                                       Index sample) {
  require_index("covariance", "sample", sample, posterior.log_variance.columns());
  return posterior.log_variance.value().col(sample).array().exp().matrix().asDiagonal();
}

}  // namespace betavae
