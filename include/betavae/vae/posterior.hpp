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
template <class Scalar>
void require_equal_shapes(MatrixView<Scalar> mean, MatrixView<Scalar> log_variance) {
  require_same_size("GaussianPosterior", "rows of the mean", mean.rows, "rows of the log-variance", log_variance.rows);
  require_same_size("GaussianPosterior", "columns of the mean", mean.columns, "columns of the log-variance",
                    log_variance.columns);
}

/// Errors: ArgumentError unless mean and log-variance have the same shape.
template <Operand Mean, Operand LogVariance>
void require_matching(const GaussianPosterior<Mean, LogVariance>& posterior) {
  static_assert(Mean::Rows == LogVariance::Rows || Mean::Rows == dynamic || LogVariance::Rows == dynamic,
                "betavae: a Gaussian posterior needs as many log-variances as means");
  require_equal_shapes(posterior.mean.value_view(), posterior.log_variance.value_view());
}

/// y = B tanh(x/B), elementwise.
template <class Scalar>
Erased<Scalar> erased_smooth_bound(std::string_view operation, const Erased<Scalar>& x, double bound) {
  const Index rows = x.value.rows;
  const Index columns = x.value.columns;
  const Erased<Scalar> y = make_erased(*x.tape, rows, columns, x.is_variable());
  const MatrixView<Scalar> derivative =
      x.is_variable() ? allocate_matrix(*x.tape, rows, columns) : MatrixView<Scalar>{};
  kernels::smooth_bound(Scalar(bound), x.value, y.value, derivative);
  record_erased(operation, y, [=] { kernels::chain_rule(y.adjoint, derivative, x.adjoint); });
  return y;
}

/// z = μ + σ ε, where the noise turns into ∂z/∂ℓ in place.
template <class Scalar>
Erased<Scalar> erased_reparameterize(const Erased<Scalar>& mean, const Erased<Scalar>& log_variance,
                                     MatrixView<Scalar> noise_then_partial) {
  const Erased<Scalar> z =
      make_erased(*mean.tape, mean.value.rows, mean.value.columns, mean.is_variable() || log_variance.is_variable());
  const MatrixView<Scalar> partial = noise_then_partial;
  kernels::reparameterize(mean.value, log_variance.value, partial, z.value);
  record_erased("reparameterize", z, [=] {
    if (mean.is_variable()) {  // ∂z/∂μ is 1
      kernels::chain_rule(z.adjoint, {}, mean.adjoint);
    }
    if (log_variance.is_variable()) {
      kernels::chain_rule(z.adjoint, partial, log_variance.adjoint);
    }
  });
  return z;
}

}  // namespace detail

/// ℓ = B tanh(r/B), elementwise.
template <Operand X>
[[nodiscard]] detail::SameShape<X> bound_log_variance(const X& raw, double bound = log_variance_bound) {
  return detail::restore<detail::SameShape<X>>(
      detail::erased_smooth_bound("bound_log_variance", detail::erase(raw), bound));
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
  detail::require_matching(posterior);
  const auto values = detail::allocate_matrix(mean.tape(), mean.rows(), mean.columns());
  noise.fill(values, step, first_sample);
  using Result = ResultOf<Scalar, Mean::Rows, Mean, LogVariance>;
  return detail::restore<Result>(
      detail::erased_reparameterize(detail::erase(mean), detail::erase(posterior.log_variance), values));
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

#if !BETAVAE_HEADER_ONLY
namespace detail {
#define BETAVAE_POSTERIOR(Keyword, Scalar)                                                                          \
  Keyword template BETAVAE_API Erased<Scalar> erased_smooth_bound(std::string_view, const Erased<Scalar>&, double); \
  Keyword template BETAVAE_API Erased<Scalar> erased_reparameterize(const Erased<Scalar>&, const Erased<Scalar>&,   \
                                                                    MatrixView<Scalar>);
BETAVAE_INSTANCES(BETAVAE_POSTERIOR)
}  // namespace detail
#endif

}  // namespace betavae
