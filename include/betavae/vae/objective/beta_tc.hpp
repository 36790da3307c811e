// SPDX-License-Identifier: MIT
// β-TCVAE: of all that makes up the rate, the total correlation of the code alone costs β.
//
//     rate = I(x; z) + TC(q(z)) + Σₖ KL(q(zₖ) ‖ p(zₖ))                                   (Chen et al., 2018, for a factorial prior)
//     loss = distortion + I(x; z) + β · TC + Σₖ KL(q(zₖ) ‖ p(zₖ)) = distortion + rate + (β − 1) · TC
//
// The rate is known better than any of its parts, so it is taken whole, and β·TC by difference: (β − 1)·TC on top of one rate, not of β
// rates. β = 1 is the negative ELBO. The total correlation is estimated from each batch: see total_correlation.hpp for how, and how far
// off it is. Held-out data are measured by distortion + rate.
#pragma once

#include <betavae/vae/elbo.hpp>
#include <betavae/vae/objective/setting.hpp>
#include <betavae/vae/objective/total_correlation.hpp>

#include <algorithm>

namespace betavae {

/// distortion + rate + (β − 1) · total correlation. β is a number, a schedule or a controller, though none of train/controller/, whose
/// laws are for a β that is the price of the rate. `fit` tells it of the number of samples;
/// who calls it otherwise says so in the options.
template <SettingSource BetaSource = FixedValue>
class BetaTotalCorrelation : public detail::WithSetting<BetaSource> {
  static_assert(
      !requires { BetaSource::sets_beta; },
      "betavae: BetaTotalCorrelation: this controller sets a beta that is the price of the rate, and here beta is the "
      "price of the total correlation alone: give it to BetaElbo");

 public:
  /// Errors: ArgumentError unless beta is finite and at least 0.
  explicit BetaTotalCorrelation(
      double beta, const TotalCorrelationOptions& options = {}) requires std::same_as<BetaSource, FixedValue>
      : BetaTotalCorrelation(FixedValue{beta}, options) {}
  explicit BetaTotalCorrelation(BetaSource beta, const TotalCorrelationOptions& options = {})
      : detail::WithSetting<BetaSource>("BetaTotalCorrelation", "beta", std::move(beta)), options_(options) {}

  /// The β in force: at the first step, until training says otherwise.
  [[nodiscard]] double beta() const { return this->value(); }
  /// With the number of samples and their mean weight, as far as they are known.
  [[nodiscard]] const TotalCorrelationOptions& options() const { return options_; }

  /// The loss, 1 × 1, and the batch's estimates of total correlation and mutual information, nats. Errors: as `total_correlation`.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    using Scalar = typename decltype(terms.distortion)::Scalar;
    static_assert(
        detail::is_diagonal_gaussian<std::remove_cvref_t<decltype(terms.posterior)>>,
        "betavae: the total correlation is estimated for diagonal Gaussian posteriors alone: the densities of a "
        "code's dimensions must multiply to that of the code");
    static_assert(
        decltype(terms.rate_per_dimension)::Rows != 1 || decltype(terms.z)::Rows == 1,
        "betavae: BetaTotalCorrelation needs a factorial prior: against another, the dimensions of a code are "
        "to depend on each other");
    const auto correlation = total_correlation(terms.posterior, terms.z, options_, terms.weights);
    const auto loss = terms.distortion + sum(terms.rate_per_dimension) + Scalar(beta() - 1) * correlation.nats;
    return ObjectiveValue{
        loss, std::array{NamedNumber{"total correlation", detail::number_in(correlation.nats)},
                         NamedNumber{"mutual information", mutual_information(correlation.densities, terms.weights)}}};
  }

  /// What training tells: see training_plan.hpp. Errors: ArgumentError for batches of one sample, and for the exact sum over batches that
  /// are not the whole set.
  [[nodiscard]] std::vector<std::string> begin_training(const TrainingPlan& plan) {
    require(std::min(plan.batch, plan.samples) > 1, "BetaTotalCorrelation", "batch",
            "at least 2 samples: one says nothing of how its dimensions depend on each other",
            std::min(plan.batch, plan.samples));
    if (options_.estimator == DensityEstimator::exact && plan.batch < plan.samples) {
      detail::fail<ArgumentError>(
          "BetaTotalCorrelation", "batch",
          detail::format_text("all {} samples, for the estimator exact is a sum over them", {plan.samples}),
          plan.batch);
    }
    options_.samples = plan.samples;
    options_.mean_weight = plan.mean_weight;
    return detail::WithSetting<BetaSource>::begin_training(plan);
  }

 private:
  TotalCorrelationOptions options_;
};

}  // namespace betavae
