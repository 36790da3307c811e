// SPDX-License-Identifier: MIT
// DIP-VAE: the aggregate posterior is drawn to the prior by its second moments alone (Kumar, Sattigeri and Balakrishnan, 2018).
//
//     loss = distortion + rate + λ_od Σ_{i≠k} Cᵢₖ² + λ_d Σᵢ (Cᵢᵢ − 1)²
//
//     I     C = Cov[μ(x)]                      of the posterior means
//     II    C = Cov[μ(x)] + E[diag σ²(x)]      of the codes, by the law of total covariance
//
// The covariance is that of the batch, by weight, over its samples, divided by M and not by M − 1 (see covariance.hpp). Its squares are
// biased by that of the covariance's own scatter, some 1/M. A batch of one sample, as the last of an epoch may be, has no covariance and
// no penalty. The targets 0 and 1 are the prior's moments: of N(0, I), and of any factorial prior whose variances are 1, as are those of
// LaplacePrior and LogisticPrior with the scale that they have unless given.
#pragma once

#include <betavae/vae/elbo.hpp>
#include <betavae/vae/objective/covariance.hpp>
#include <betavae/vae/objective/training_plan.hpp>
#include <betavae/vae/posterior.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace betavae {

/// Whose covariance DipElbo looks at.
enum class DipCovariance {
  of_means,  ///< DIP-VAE-I: of the posterior means
  of_codes   ///< DIP-VAE-II: of the codes
};

struct DipOptions {
  DipCovariance covariance = DipCovariance::of_codes;
  double lambda_off_diagonal = 10;  ///< nats for each squared covariance of two dimensions
  double lambda_diagonal = 10;      ///< nats for each squared distance of a variance from 1
};

namespace detail {

/// Whether draws are for a prior that says that its variances need not be 1.
template <class Draws>
inline constexpr bool has_own_variances = requires(const Draws& draws) {
  requires std::remove_cvref_t<decltype(draws.prior)>::has_own_variances;
};

/// λ_od Σ_{i≠k} Cᵢₖ² + λ_d Σᵢ (Cᵢᵢ + vᵢ − 1)² on the tape, where v may have no data.
template <class Scalar>
struct MomentPenalty {
  Scalar off_diagonal, diagonal;
  MatrixView<Scalar> covariance, variance, penalty, covariance_adjoint, variance_adjoint, penalty_adjoint;

  [[nodiscard]] Scalar distance(Index i) const {
    return covariance.column(i)[i] + (variance.data != nullptr ? variance.data[i] : Scalar(0)) - Scalar(1);
  }
  [[gnu::noinline]] void forward() const {
    kernels::LaneSum<Scalar> off;
    kernels::LaneSum<Scalar> on;
    for_each(covariance.rows, covariance.columns, [&](Index i, Index k) {
      if (i == k) {
        on.add(i, distance(i) * distance(i));
      } else {
        off.add(i, covariance.column(k)[i] * covariance.column(k)[i]);
      }
    });
    *penalty.data = off_diagonal * off.total() + diagonal * on.total();
  }
  /// The reverse pass.
  [[gnu::noinline]] void operator()() const {
    const Scalar twice = Scalar(2) * *penalty_adjoint.data;
    for_each(covariance.rows, covariance.columns, [&](Index i, Index k) {
      const Scalar partial = i == k ? diagonal * distance(i) : off_diagonal * covariance.column(k)[i];
      if (covariance_adjoint.data != nullptr) {
        covariance_adjoint.column(k)[i] += twice * partial;
      }
      if (i == k && variance_adjoint.data != nullptr) {
        variance_adjoint.data[i] += twice * partial;
      }
    });
  }
};

}  // namespace detail

/// The penalty of a batch in nats, 1 × 1, differentiable in mean and log-variance; 0 for one sample. Errors: ArgumentError as
/// `covariance`, and when mean and log-variance differ in shape.
template <class Posterior>
[[nodiscard]] auto dip_penalty(const Posterior& posterior, const DipOptions& options,
                               const typename Posterior::Scalar* weights = nullptr) {
  static_assert(detail::is_diagonal_gaussian<Posterior>,
                "betavae: the moments of DIP-VAE are known for diagonal Gaussian posteriors alone");
  using Scalar = typename Posterior::Scalar;
  detail::require_matching(posterior);
  const auto of_means = covariance(posterior.mean, weights);
  const auto penalty = make_result<1>(1, 1, posterior.mean, posterior.log_variance);
  const bool has_covariance = posterior.mean.columns() > 1;
  detail::MomentPenalty<Scalar> operation{Scalar(has_covariance ? options.lambda_off_diagonal : 0),
                                          Scalar(has_covariance ? options.lambda_diagonal : 0),
                                          of_means.value_view(),
                                          {},
                                          penalty.value_view(),
                                          detail::adjoint_or_none(of_means),
                                          {},
                                          detail::adjoint_or_none(penalty)};
  if (options.covariance == DipCovariance::of_codes) {
    const auto variance = mean_over_samples(exp(posterior.log_variance), weights);
    operation.variance = variance.value_view();
    operation.variance_adjoint = detail::adjoint_or_none(variance);
  }
  operation.forward();
  record("dip_penalty", penalty, operation);
  return penalty;
}

/// distortion + rate + penalty. Held-out data are measured by distortion + rate.
class DipElbo {
 public:
  /// Errors: ArgumentError unless both λ are finite and at least 0.
  explicit DipElbo(const DipOptions& options = {}) : options_(options) {
    require(options.lambda_off_diagonal >= 0 && std::isfinite(options.lambda_off_diagonal), "DipElbo",
            "options.lambda_off_diagonal", "a finite number of at least 0", options.lambda_off_diagonal);
    require(options.lambda_diagonal >= 0 && std::isfinite(options.lambda_diagonal), "DipElbo",
            "options.lambda_diagonal", "a finite number of at least 0", options.lambda_diagonal);
  }

  [[nodiscard]] const DipOptions& options() const { return options_; }

  /// The loss, 1 × 1, and what of it is the penalty, nats.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    static_assert(detail::is_diagonal_gaussian<std::remove_cvref_t<decltype(terms.posterior)>>,
                  "betavae: the moments of DIP-VAE are known for diagonal Gaussian posteriors alone");
    static_assert(!detail::has_own_variances<decltype(terms.draws)>,
                  "betavae: DipElbo draws the code's variances to 1, and this prior's are others: give StandardNormal");
    static_assert(
        decltype(terms.rate_per_dimension)::Rows != 1 || decltype(terms.z)::Rows == 1,
        "betavae: DipElbo needs a factorial prior: against another, the dimensions of a code are to depend on "
        "each other");
    const auto penalty = dip_penalty(terms.posterior, options_, terms.weights);
    const auto loss = terms.distortion + sum(terms.rate_per_dimension) + penalty;
    return ObjectiveValue{loss, std::array{NamedNumber{"moment penalty", detail::number_in(penalty)}}};
  }

  [[nodiscard]] std::array<NamedNumber, 2> settings() const {
    return {{{"lambda off diagonal", options_.lambda_off_diagonal, NumberKind::fixed_setting},
             {"lambda diagonal", options_.lambda_diagonal, NumberKind::fixed_setting}}};
  }

  /// What training tells: see training_plan.hpp. Errors: ArgumentError for batches of one sample.
  [[nodiscard]] std::vector<std::string> begin_training(const TrainingPlan& plan) const {
    const Index samples = std::min(plan.batch, plan.samples);
    require(samples > 1, "DipElbo", "batch", "at least 2 samples: one has no covariance", samples);
    return {};
  }

 private:
  DipOptions options_;
};

}  // namespace betavae
