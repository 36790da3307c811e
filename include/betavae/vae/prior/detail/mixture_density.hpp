// SPDX-License-Identifier: MIT
// A mixture of Gaussians with diagonal covariances: its log-density on the tape, and draws from it. What mixture.hpp and vamp.hpp share.
//
//     p(z) = Σ_c w_c N(z; μ_c, diag e^ℓ_c),      w = softmax(a)
//     ln p(z) = ln Σ_c e^d_c,      d_c = ln w_c − ½ Σₖ [ln 2π + ℓ_kc + (zₖ − μ_kc)² e^−ℓ_kc]
//
// With the responsibilities r_c = e^d_c / p(z) and t_kc = r_c (zₖ − μ_kc) e^−ℓ_kc, for each sample:
//
//     ∂/∂zₖ = −Σ_c t_kc,    ∂/∂μ_kc = t_kc,    ∂/∂ℓ_kc = ½ [t_kc (zₖ − μ_kc) − r_c],    ∂/∂a_c = r_c − w_c
//
// The largest d_c is taken out before exponentials are, so that nothing underflows but what does not count.
#pragma once

#include <betavae/autodiff/reduction.hpp>
#include <betavae/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace betavae::detail {

/// ln Σ e^numbers, and the numbers turned into e^number / Σ e^numbers. For `count` ≥ 1.
template <class Scalar>
Scalar log_sum_exp_in_place(Scalar* numbers, Index count) {
  using std::log;
  Eigen::Map<Eigen::Array<Scalar, Eigen::Dynamic, 1>> array(numbers, count);
  const Scalar largest = array.maxCoeff();
  array = (array - largest).exp();
  const Scalar total = kernels::sum(count, numbers);
  array *= Scalar(1) / total;
  return largest + log(total);
}

/// The operation on the tape. One copy of its code serves all sizes; inside, components are contiguous.
template <class Scalar>
struct MixtureLogDensity {
  using Array = Eigen::Map<Eigen::Array<Scalar, Eigen::Dynamic, 1>>;

  Tape<Scalar>* tape;
  MatrixView<Scalar> z, mean, log_variance, logits, y;
  MatrixView<Scalar> z_adjoint, mean_adjoint, log_variance_adjoint, logits_adjoint, y_adjoint;
  // Kept for the reverse pass:
  MatrixView<Scalar> means, precisions;  ///< components × dimensions
  MatrixView<Scalar> responsibilities;   ///< components × samples
  Scalar* weights = nullptr;             ///< of the components

  [[nodiscard]] Index components() const { return mean.columns; }
  [[nodiscard]] Array array(Scalar* numbers) const { return Array(numbers, components()); }
  [[nodiscard]] MatrixView<Scalar> of_components(Index columns) const {
    return {tape->allocate(components() * columns), components(), columns, components()};
  }

  [[gnu::noinline]] void forward() {
    using std::exp;
    constexpr auto log_two_pi = Scalar(1.8378770664093454836);
    const Index dimensions = z.rows;
    means = of_components(dimensions);
    precisions = of_components(dimensions);
    responsibilities = of_components(z.columns);
    weights = tape->allocate(components());
    Scalar* const constants = tape->allocate(components());
    std::copy_n(logits.data, components(), weights);
    const Scalar log_total = log_sum_exp_in_place(weights, components());
    for (Index c = 0; c < components(); ++c) {
      Scalar log_volume(0);
      for (Index k = 0; k < dimensions; ++k) {
        means.column(k)[c] = mean.column(c)[k];
        precisions.column(k)[c] = exp(-log_variance.column(c)[k]);
        log_volume += log_two_pi + log_variance.column(c)[k];
      }
      constants[c] = logits.data[c] - log_total - Scalar(0.5) * log_volume;
    }
    const Index least = Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(components() * dimensions, 1) + 1;
    const MixtureLogDensity& self = *this;
    tape->share_range(z.columns, least, [&self, constants](Index first, Index count) {
      for (Index j = first; j < first + count; ++j) {
        Array exponents = self.array(self.responsibilities.column(j));
        exponents = self.array(constants);
        for (Index k = 0; k < self.z.rows; ++k) {
          exponents -= Scalar(0.5) * (self.z.column(j)[k] - self.array(self.means.column(k))).square() *
                       self.array(self.precisions.column(k));
        }
        *self.y.column(j) = log_sum_exp_in_place(self.responsibilities.column(j), self.components());
      }
    });
  }

  /// The reverse pass, shared by dimensions: all that belongs to one is written by one thread.
  [[gnu::noinline]] void operator()() const {
    const typename Tape<Scalar>::Nested nested(*tape);
    const Index dimensions = z.rows;
    const MatrixView<Scalar> of_mean = of_components(dimensions);
    const MatrixView<Scalar> of_log_variance = of_components(dimensions);
    const MatrixView<Scalar> pulls = of_components(dimensions);
    const MatrixView<Scalar> shares = of_components(z.columns);  // of each component in the adjoint of each sample
    for (Index j = 0; j < z.columns; ++j) {
      array(shares.column(j)) = *y_adjoint.column(j) * array(responsibilities.column(j));
    }
    const Index least = Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(components() * z.columns, 1) + 1;
    tape->share_range(dimensions, least, [&](Index first, Index count) {
      for (Index k = first; k < first + count; ++k) {
        array(of_mean.column(k)).setZero();
        array(of_log_variance.column(k)).setZero();
        Array pull = array(pulls.column(k));
        for (Index j = 0; j < z.columns; ++j) {
          const auto distance = z.column(j)[k] - array(means.column(k));
          pull = array(shares.column(j)) * distance * array(precisions.column(k));
          array(of_mean.column(k)) += pull;
          array(of_log_variance.column(k)) += Scalar(0.5) * (pull * distance - array(shares.column(j)));
          if (z_adjoint.data != nullptr) {
            z_adjoint.column(j)[k] -= kernels::sum(components(), pulls.column(k));
          }
        }
      }
    });
    for (Index c = 0; c < components(); ++c) {
      for (Index k = 0; k < dimensions; ++k) {
        if (mean_adjoint.data != nullptr) {
          mean_adjoint.column(c)[k] += of_mean.column(k)[c];
        }
        if (log_variance_adjoint.data != nullptr) {
          log_variance_adjoint.column(c)[k] += of_log_variance.column(k)[c];
        }
      }
    }
    if (logits_adjoint.data != nullptr) {
      for (Index j = 0; j < z.columns; ++j) {
        array(logits_adjoint.data) += array(shares.column(j)) - *y_adjoint.column(j) * array(weights);
      }
    }
  }
};

/// ln p(z), in nats: z of dimensions × samples → 1 × samples. `mean` and `log_variance` are dimensions × components, `logits` is
/// components × 1. Errors: ArgumentError for sizes that do not fit together, or no component.
template <Operand Z, Operand Mean, Operand LogVariance, Operand Logits>
[[nodiscard]] auto mixture_log_density(const Z& z, const Mean& mean, const LogVariance& log_variance,
                                       const Logits& logits) {
  using Scalar = typename Z::Scalar;
  static_assert(Z::Rows == Mean::Rows || Z::Rows == dynamic || Mean::Rows == dynamic,
                "betavae: the prior must have as many dimensions as the codes");
  require_same_size("mixture prior", "rows of the codes", z.rows(), "dimensions of the prior", mean.rows());
  require_same_size("mixture prior", "rows of the means", mean.rows(), "rows of the log-variances",
                    log_variance.rows());
  require_same_size("mixture prior", "means", mean.columns(), "log-variances", log_variance.columns());
  require_same_size("mixture prior", "means", mean.columns(), "weights", logits.rows());
  require(mean.columns() > 0, "mixture prior", "components", "at least 1", mean.columns());
  const auto y = make_result<1>(1, z.columns(), z, mean, log_variance, logits);
  MixtureLogDensity<Scalar> work{.tape = &z.tape(),
                                 .z = z.value_view(),
                                 .mean = mean.value_view(),
                                 .log_variance = log_variance.value_view(),
                                 .logits = logits.value_view(),
                                 .y = y.value_view(),
                                 .z_adjoint = adjoint_or_none(z),
                                 .mean_adjoint = adjoint_or_none(mean),
                                 .log_variance_adjoint = adjoint_or_none(log_variance),
                                 .logits_adjoint = adjoint_or_none(logits),
                                 .y_adjoint = adjoint_or_none(y),
                                 .means = {},
                                 .precisions = {},
                                 .responsibilities = {}};
  work.forward();
  record("mixture prior", y, work);
  return y;
}

/// Fills dimensions × samples with draws; column j is sample `first_sample` + j of `random`. Its component is drawn at step 1 of its
/// address, its normals at step 0.
template <class Scalar>
void sample_mixture(MatrixView<Scalar> z, MatrixView<Scalar> mean, MatrixView<Scalar> log_variance,
                    const Scalar* logits, const Random& random, std::uint64_t first_sample) {
  using std::exp;
  require_same_size("mixture prior", "rows of the codes", z.rows, "dimensions of the prior", mean.rows);
  std::vector<double> cumulative(static_cast<std::size_t>(mean.columns));
  const auto largest = static_cast<double>(*std::max_element(logits, logits + mean.columns));
  double total = 0;
  for (Index c = 0; c < mean.columns; ++c) {
    total += std::exp(static_cast<double>(logits[c]) - largest);
    cumulative[static_cast<std::size_t>(c)] = total;
  }
  for (Index j = 0; j < z.columns; ++j) {
    const std::uint64_t sample = first_sample + static_cast<std::uint64_t>(j);
    // In (0, total]: the first component whose sum reaches it, so that none of weight 0 is ever drawn.
    const double place = total * random.uniform<double>({1, sample, 0});
    const auto c = std::min<Index>(std::lower_bound(cumulative.begin(), cumulative.end(), place) - cumulative.begin(),
                                   mean.columns - 1);
    random.fill_normals(z.column(j), z.rows, 0, sample);
    for (Index k = 0; k < z.rows; ++k) {
      z.column(j)[k] = mean.column(c)[k] + exp(Scalar(0.5) * log_variance.column(c)[k]) * z.column(j)[k];
    }
  }
}

}  // namespace betavae::detail
