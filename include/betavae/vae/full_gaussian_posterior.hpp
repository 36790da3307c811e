// SPDX-License-Identifier: MIT
// The Gaussian posterior with full covariance, q(z|x) = N(μ(x), Σ(x)), Σ = L Lᵀ, L lower triangular with a positive diagonal
// (Kingma and Welling, 2019, section 2.5.1): for a few latents, since an encoder gives K (K+3)/2 numbers a sample.
//
// By the chain rule zₖ given z₁ … zₖ₋₁ is Gaussian with variance Lₖₖ², and that is what everything here falls apart by:
//
//     z = μ + L ε                              mₖ = μₖ + Σ_{j<k} Lₖⱼ εⱼ is the mean of zₖ given those before it
//     rateₖ   = ½ (μₖ² + Σₖₖ − 1 − ln Lₖₖ²)    KL of zₖ given those before it to N(0, 1), in the mean over them; Σₖₖ = Σ_{j≤k} Lₖⱼ²
//     ln qₖ   = −½ (ln 2π + ln Lₖₖ² + εₖ²),    ε = L⁻¹ (z − μ) by forward substitution
//     entropyₖ = ½ (ln 2πe + ln Lₖₖ²)
//
// Summed over k each is that of the whole code. With all of L below the diagonal 0 they are the diagonal posterior's.
#pragma once

#include <betavae/autodiff/elementwise.hpp>
#include <betavae/autodiff/repeat.hpp>
#include <betavae/vae/rate.hpp>

namespace betavae {

/// Mean, log-variance of each dimension *given those before it* (ln Lₖₖ²; that of the dimension alone is `marginal_log_variance`), both
/// latents × samples, and the numbers of L below its diagonal, row after row (L₁₀, L₂₀, L₂₁, L₃₀, …): latents (latents − 1)/2 × samples.
template <Operand Mean, Operand LogVariance, Operand Factor>
struct FullGaussianPosterior {
  using Scalar = typename Mean::Scalar;
  static constexpr int latents = Mean::Rows;
  Mean mean;
  LogVariance log_variance;
  Factor factor;
};

template <Operand Mean, Operand LogVariance, Operand Factor>
FullGaussianPosterior(Mean, LogVariance, Factor) -> FullGaussianPosterior<Mean, LogVariance, Factor>;

namespace detail {

/// How many numbers a triangle of so many rows has below its diagonal.
[[nodiscard]] constexpr int below_diagonal(int latents) {
  return latents == dynamic ? dynamic : latents * (latents - 1) / 2;
}
[[nodiscard]] constexpr Index below_diagonal(Index latents) { return latents * (latents - 1) / 2; }

/// The numbers of row k of L before the diagonal, in a column of the factor.
template <class Scalar>
[[nodiscard]] Scalar* row_of_factor(Scalar* column, Index k) {
  return column + below_diagonal(k);
}

/// How many latents so many numbers describe, K (K+3)/2 = numbers; −1 for none.
[[nodiscard]] constexpr int latents_of_full_posterior(Index numbers) {
  int latents = 0;
  while (Index{latents} * (latents + 3) / 2 < numbers) {
    ++latents;
  }
  return Index{latents} * (latents + 3) / 2 == numbers ? latents : -1;
}

/// Errors: ArgumentError unless the three belong together.
template <Operand Mean, Operand LogVariance, Operand Factor>
void require_matching(const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior) {
  require_matching(GaussianPosterior{posterior.mean, posterior.log_variance});
  static_assert(Factor::Rows == below_diagonal(Mean::Rows) || Mean::Rows == dynamic || Factor::Rows == dynamic,
                "betavae: a full Gaussian posterior of K latents needs K (K-1)/2 numbers below the diagonal");
  require_same_size("FullGaussianPosterior", "rows of the factor", posterior.factor.rows(),
                    "numbers below the diagonal", below_diagonal(posterior.mean.rows()));
  require_same_size("FullGaussianPosterior", "columns of the mean", posterior.mean.columns(), "columns of the factor",
                    posterior.factor.columns());
}

/// What an encoder gave, as the posterior that it describes: full where it has a member `factor`, else diagonal.
template <class Encoded>
[[nodiscard]] auto posterior_in(const Encoded& encoded) {
  if constexpr (requires { encoded.factor; }) {
    return FullGaussianPosterior{encoded.mean, encoded.log_variance, encoded.factor};
  } else {
    return GaussianPosterior{encoded.mean, encoded.log_variance};
  }
}

/// into[i] += factor · x[i] for the few numbers of a row: a loop here, since going to a kernel would take longer than its work.
template <class Scalar>
void add_multiple(Index count, Scalar factor, const Scalar* x, Scalar* into) {
  for (Index i = 0; i < count; ++i) {
    into[i] += factor * x[i];
  }
}

/// Memory of x's shape on its tape.
template <Operand X>
[[nodiscard]] MatrixView<typename X::Scalar> allocate_like(const X& x) {
  return {x.tape().allocate(x.rows() * x.columns()), x.rows(), x.columns(), x.rows()};
}

}  // namespace detail

/// Reads K (K+3)/2 rows as K means, K unbounded numbers that become ln Lₖₖ² by the bound of posterior.hpp, and the numbers of L below its
/// diagonal, which are not bounded. Errors: ArgumentError for another number of rows.
template <Operand X>
[[nodiscard]] auto full_gaussian_posterior(const X& x) {
  constexpr int known = X::Rows == dynamic ? 0 : detail::latents_of_full_posterior(X::Rows);
  static_assert(known >= 0,
                "betavae: a full Gaussian posterior of K latents needs K (K+3)/2 rows: means, log-variances, "
                "and the numbers below the diagonal");
  constexpr int latents = X::Rows == dynamic ? dynamic : known;
  const Index count = detail::latents_of_full_posterior(x.rows());
  require(count >= 0, "full_gaussian_posterior", "rows",
          "K (K+3)/2 for K latents: means, log-variances, and the numbers below the diagonal", x.rows());
  const auto mean = rows<latents>(x, 0, count);
  const auto log_variance = bound_log_variance(rows<latents>(x, count, count));
  return FullGaussianPosterior{mean, log_variance,
                               rows<detail::below_diagonal(latents)>(x, 2 * count, detail::below_diagonal(count))};
}

/// z = μ + L ε: latents × samples, differentiable in mean, log-variance and factor. `noise` fills ε for this step, the first column being
/// sample `first_sample`. Errors: ArgumentError when the three do not belong together.
template <Operand Mean, Operand LogVariance, Operand Factor, class NoiseSource>
[[nodiscard]] auto reparameterize(const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior,
                                  const NoiseSource& noise, std::uint64_t step, std::uint64_t first_sample = 0) {
  using Scalar = typename Mean::Scalar;
  static_assert(Noise<NoiseSource, Scalar>,
                "betavae: a noise needs a member fill(MatrixView<Scalar> values, std::uint64_t step, std::uint64_t "
                "first_sample) const");
  const Mean& mean = posterior.mean;
  const LogVariance& log_variance = posterior.log_variance;
  const Factor& factor = posterior.factor;
  detail::require_matching(posterior);
  auto z = make_result<Mean::Rows>(mean.rows(), mean.columns(), mean, log_variance, factor);
  const auto epsilon = detail::allocate_like(mean);
  noise.fill(epsilon, step, first_sample);
  const auto partial = detail::allocate_like(mean);  // ε, which turns into ∂z/∂ℓ in place
  for (Index j = 0; j < epsilon.columns; ++j) {
    std::copy_n(epsilon.column(j), epsilon.rows, partial.column(j));
  }
  kernels::reparameterize(mean.value_view(), log_variance.value_view(), partial, z.value_view());
  for (Index j = 0; j < epsilon.columns; ++j) {
    for (Index k = 1; k < epsilon.rows; ++k) {
      const Scalar* const row = detail::row_of_factor(factor.value_view().column(j), k);
      for (Index i = 0; i < k; ++i) {
        z.value_view().column(j)[k] += row[i] * epsilon.column(j)[i];
      }
    }
  }
  record("reparameterize", z, [=] {
    if constexpr (is_variable<Mean>) {
      kernels::chain_rule(z.adjoint_view(), {}, mean.adjoint_view());
    }
    if constexpr (is_variable<LogVariance>) {
      kernels::chain_rule(z.adjoint_view(), partial, log_variance.adjoint_view());
    }
    if constexpr (is_variable<Factor>) {  // ∂zₖ/∂Lₖᵢ is εᵢ
      for (Index j = 0; j < epsilon.columns; ++j) {
        for (Index k = 1; k < epsilon.rows; ++k) {
          detail::add_multiple(k, z.adjoint_view().column(j)[k], epsilon.column(j),
                               detail::row_of_factor(factor.adjoint_view().column(j), k));
        }
      }
    }
  });
  return z;
}

/// The rate of each dimension given those before it, against N(0, I), in nats: latents × samples, neither summed nor averaged. None is
/// negative. Errors: ArgumentError when the three do not belong together.
template <Operand Mean, Operand LogVariance, Operand Factor>
[[nodiscard]] auto gaussian_rate(const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior) {
  using Scalar = typename Mean::Scalar;
  const Mean& mean = posterior.mean;
  const LogVariance& log_variance = posterior.log_variance;
  const Factor& factor = posterior.factor;
  detail::require_matching(posterior);
  auto rate = make_result<Mean::Rows>(mean.rows(), mean.columns(), mean, log_variance, factor);
  MatrixView<Scalar> partial;
  if constexpr (is_variable<LogVariance>) {
    partial = detail::allocate_like(mean);
  }
  kernels::gaussian_rate(mean.value_view(), log_variance.value_view(), rate.value_view(), partial);
  for (Index j = 0; j < rate.columns(); ++j) {
    for (Index k = 1; k < rate.rows(); ++k) {
      const Scalar* const row = detail::row_of_factor(factor.value_view().column(j), k);
      Scalar squares(0);
      for (Index i = 0; i < k; ++i) {
        squares += row[i] * row[i];
      }
      rate.value_view().column(j)[k] += Scalar(0.5) * squares;
    }
  }
  record("gaussian_rate", rate, [=] {
    if constexpr (is_variable<Mean>) {
      kernels::chain_rule(rate.adjoint_view(), mean.value_view(), mean.adjoint_view());
    }
    if constexpr (is_variable<LogVariance>) {
      kernels::chain_rule(rate.adjoint_view(), partial, log_variance.adjoint_view());
    }
    if constexpr (is_variable<Factor>) {
      for (Index j = 0; j < rate.columns(); ++j) {
        for (Index k = 1; k < rate.rows(); ++k) {
          detail::add_multiple(k, rate.adjoint_view().column(j)[k],
                               detail::row_of_factor(factor.value_view().column(j), k),
                               detail::row_of_factor(factor.adjoint_view().column(j), k));
        }
      }
    }
  });
  return rate;
}

/// ln q(zₖ|z₁ … zₖ₋₁, x) of each dimension, in nats: latents × samples, for z of the same shape.
template <Operand Mean, Operand LogVariance, Operand Factor, Operand Z>
[[nodiscard]] auto log_density(const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior, const Z& z) {
  using Scalar = typename Mean::Scalar;
  using std::exp;
  const Mean& mean = posterior.mean;
  const LogVariance& log_variance = posterior.log_variance;
  const Factor& factor = posterior.factor;
  detail::require_matching(posterior);
  require_same_size("log_density", "rows of z", z.rows(), "rows of the mean", mean.rows());
  require_same_size("log_density", "columns of z", z.columns(), "columns of the mean", mean.columns());
  auto nats = make_result<Mean::Rows>(mean.rows(), mean.columns(), mean, log_variance, factor, z);
  const auto epsilon = detail::allocate_like(mean);
  const auto one_over_scale = detail::allocate_like(mean);  // 1/Lₖₖ
  constexpr auto half_log_two_pi = Scalar(0.91893853320467274178);
  for (Index j = 0; j < epsilon.columns; ++j) {
    for (Index k = 0; k < epsilon.rows; ++k) {
      const Scalar* const row = detail::row_of_factor(factor.value_view().column(j), k);
      const Scalar half_log_variance = Scalar(0.5) * log_variance.value_view().column(j)[k];
      Scalar distance = z.value_view().column(j)[k] - mean.value_view().column(j)[k];
      for (Index i = 0; i < k; ++i) {
        distance -= row[i] * epsilon.column(j)[i];
      }
      const Scalar inverse = exp(-half_log_variance);
      const Scalar of_noise = distance * inverse;
      one_over_scale.column(j)[k] = inverse;
      epsilon.column(j)[k] = of_noise;
      nats.value_view().column(j)[k] = Scalar(-0.5) * of_noise * of_noise - half_log_variance - half_log_two_pi;
    }
  }
  record("log_density", nats, [=, adjoints = detail::adjoint_or_none(nats)] {
    const typename Tape<Scalar>::Nested nested(nats.tape());
    const auto solved = detail::allocate_like(nats);  // ∂loss/∂(z − μ) = L⁻ᵀ ε̄, from the last row up
    for (Index j = 0; j < epsilon.columns; ++j) {
      const Scalar* const adjoint = adjoints.column(j);
      Scalar* const of_z = solved.column(j);
      for (Index k = 0; k < epsilon.rows; ++k) {
        of_z[k] = -epsilon.column(j)[k] * adjoint[k];
      }
      for (Index k = epsilon.rows - 1; k >= 0; --k) {
        const Scalar* const row = detail::row_of_factor(factor.value_view().column(j), k);
        const Scalar of_noise = of_z[k];
        of_z[k] *= one_over_scale.column(j)[k];
        detail::add_multiple(k, Scalar(-of_z[k]), row, of_z);
        if constexpr (is_variable<LogVariance>) {
          log_variance.adjoint_view().column(j)[k] -= Scalar(0.5) * (of_noise * epsilon.column(j)[k] + adjoint[k]);
        }
        if constexpr (is_variable<Factor>) {
          detail::add_multiple(k, Scalar(-of_z[k]), epsilon.column(j),
                               detail::row_of_factor(factor.adjoint_view().column(j), k));
        }
        if constexpr (is_variable<Mean>) {
          mean.adjoint_view().column(j)[k] -= of_z[k];
        }
        if constexpr (is_variable<Z>) {
          z.adjoint_view().column(j)[k] += of_z[k];
        }
      }
    }
  });
  return nats;
}

/// The entropy of each dimension given those before it, in nats: latents × samples.
template <Operand Mean, Operand LogVariance, Operand Factor>
[[nodiscard]] auto entropy(const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior) {
  return entropy(GaussianPosterior{posterior.mean, posterior.log_variance});
}

/// ln Var[zₖ|x] = ln Σₖₖ of each dimension alone: latents × samples.
template <Operand Mean, Operand LogVariance, Operand Factor>
[[nodiscard]] auto marginal_log_variance(const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior) {
  using Scalar = typename Mean::Scalar;
  using std::exp;
  using std::log;
  const Mean& mean = posterior.mean;
  const LogVariance& log_variance = posterior.log_variance;
  const Factor& factor = posterior.factor;
  detail::require_matching(posterior);
  auto result = make_result<Mean::Rows>(mean.rows(), mean.columns(), log_variance, factor);
  for (Index j = 0; j < result.columns(); ++j) {
    for (Index k = 0; k < result.rows(); ++k) {
      const Scalar* const row = detail::row_of_factor(factor.value_view().column(j), k);
      const Scalar conditional = log_variance.value_view().column(j)[k];
      Scalar squares(0);
      for (Index i = 0; i < k; ++i) {
        squares += row[i] * row[i];
      }
      result.value_view().column(j)[k] = squares == Scalar(0) ? conditional : Scalar(log(exp(conditional) + squares));
    }
  }
  record("marginal_log_variance", result, [=, adjoints = detail::adjoint_or_none(result)] {
    for (Index j = 0; j < result.columns(); ++j) {
      for (Index k = 0; k < result.rows(); ++k) {
        const Scalar log_marginal = result.value_view().column(j)[k];
        const Scalar adjoint = adjoints.column(j)[k];
        if constexpr (is_variable<LogVariance>) {
          log_variance.adjoint_view().column(j)[k] +=
              adjoint * exp(log_variance.value_view().column(j)[k] - log_marginal);
        }
        if constexpr (is_variable<Factor>) {
          detail::add_multiple(k, Scalar(Scalar(2) * adjoint * exp(-log_marginal)),
                               detail::row_of_factor(factor.value_view().column(j), k),
                               detail::row_of_factor(factor.adjoint_view().column(j), k));
        }
      }
    }
  });
  return result;
}

/// Cov[z|x] = L Lᵀ of one sample: latents × latents. Errors: ArgumentError for a sample that is not there.
template <Operand Mean, Operand LogVariance, Operand Factor>
[[nodiscard]] Matrix<typename Mean::Scalar> covariance(
    const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior, Index sample) {
  using Scalar = typename Mean::Scalar;
  using std::exp;
  require_index("covariance", "sample", sample, posterior.mean.columns());
  const Index latents = posterior.mean.rows();
  Matrix<Scalar> triangle = Matrix<Scalar>::Zero(latents, latents);
  for (Index k = 0; k < latents; ++k) {
    const Scalar* const row = detail::row_of_factor(posterior.factor.value_view().column(sample), k);
    for (Index i = 0; i < k; ++i) {
      triangle(k, i) = row[i];
    }
    triangle(k, k) = exp(Scalar(0.5) * posterior.log_variance.value_view().column(sample)[k]);
  }
  return triangle * triangle.transpose();
}

}  // namespace betavae
