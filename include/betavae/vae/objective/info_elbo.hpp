// SPDX-License-Identifier: MIT
// InfoVAE with the maximum mean discrepancy: the rate, and how far the distribution of all codes is from the prior, each at a price
// of its own.
//
//     loss = distortion + (1 − α) · rate + (α + λ − 1) · MMD²(q(z) ‖ p(z))                  (Zhao, Song and Ermon, 2019)
//
// The paper maximises E ln p(x|z) − (1 − α) E KL(q(z|x) ‖ p(z)) − (α + λ − 1) KL(q(z) ‖ p(z)), which this is the negative of, with its
// signs of α and λ; the last divergence may be any other that is 0 for equal distributions alone, and here is MMD². A rate is
// I(x; z) + KL(q(z) ‖ p(z)), so with that KL in place α is what a nat of mutual information earns beyond the ELBO, and λ what a nat
// of KL(q(z) ‖ p(z)) costs:
//
//     α = 0, λ = 1     the ELBO
//     α = 1 − λ        the β-ELBO, β = λ
//     α = 1            MMD-VAE, which is WAE-MMD for the distortion as its cost (Tolstikhin et al., 2018); λ is then the price of MMD²
//
// MMD² is at most 2 and has no unit, so that λ is nats of loss for one of it: ten to thousands, where the distortion is of hundreds of
// nats. Batches are compared with as many draws of the prior. The estimate is unbiased and can be below 0 (see
// maximum_mean_discrepancy.hpp); it is the batch's, whose gradient is in the mean that of all data.
//
// A prior that is learned gets no gradient of this term, only of its rate.
#pragma once

#include <betavae/core/random.hpp>
#include <betavae/vae/concepts.hpp>
#include <betavae/vae/elbo.hpp>
#include <betavae/vae/objective/maximum_mean_discrepancy.hpp>
#include <betavae/vae/objective/training_plan.hpp>

#include <string>
#include <vector>

namespace betavae {

/// As they stand, the ELBO.
struct InfoElboOptions {
  double alpha = 0;        ///< α, at most 1: what a nat of mutual information earns
  double lambda = 1;       ///< λ, at least 1 − α: the discrepancy has the price α + λ − 1
  std::uint64_t seed = 1;  ///< of the draws of the prior
};

/// distortion + (1 − α) · rate + (α + λ − 1) · MMD². InfoElbo({.alpha = 1, .lambda = 500}), or with a kernel as second argument.
///
/// Reports "squared discrepancy": MMD² itself, without a unit and without its price, so that trainings of different λ can be compared (and
/// the ELBO with them, whose price of it is 0). A batch of one sample, as the last of an epoch may be, counts as 0 there, for one code
/// makes no pair. Where samples have weights MMD² goes by them; in the mean over batches it is then nearly, not exactly,
/// that of all data.
template <DiscrepancyKernel Kernel = InverseMultiquadraticKernel>
class InfoElbo {
 public:
  /// Errors: ArgumentError for an α that is not finite and at most 1, a λ that is not finite and at least 1 − α, or a scale of the kernel
  /// that is not finite and at least 0.
  explicit InfoElbo(const InfoElboOptions& options, const Kernel& kernel = {}) : options_(options), kernel_(kernel) {
    require(options.alpha <= 1 && std::isfinite(options.alpha), "InfoElbo", "options.alpha",
            "a finite number of at most 1", options.alpha);
    require(options.lambda >= 1 - options.alpha && std::isfinite(options.lambda), "InfoElbo", "options.lambda",
            "a finite number of at least 1 - alpha", options.lambda);
    const double scale = kernel.scale;
    require(scale >= 0 && std::isfinite(scale), "InfoElbo", "scale of the kernel", "a finite number of at least 0",
            scale);
  }

  [[nodiscard]] double alpha() const { return options_.alpha; }
  [[nodiscard]] double lambda() const { return options_.lambda; }
  /// 1 − α, in nats of loss for a nat.
  [[nodiscard]] double price_of_rate() const { return 1 - alpha(); }
  /// α + λ − 1, in nats of loss for an MMD² of 1.
  [[nodiscard]] double price_of_discrepancy() const { return lambda() - price_of_rate(); }

  /// The loss of data whose rate and distortion have been measured, without the discrepancy, which they do not tell.
  [[nodiscard]] double loss(double rate, double distortion) const { return distortion + price_of_rate() * rate; }

  /// 1 × 1, nats, and what it measured. Errors: ArgumentError for terms of several draws a sample.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    using Scalar = typename decltype(terms.distortion)::Scalar;
    static_assert(
        requires { terms.draws.prior; },
        "betavae: InfoElbo draws from the prior, so it needs the terms of a model: ElboTerms with their DrawTerms");
    static_assert(
        !detail::is_learned_prior<std::remove_cvref_t<decltype(terms.draws.prior)>>,
        "betavae: InfoElbo needs a prior that is not learned: its draws say nothing of how they change with the "
        "prior's parameters");
    // Several draws of one sample are no independent codes, and weights are one a sample.
    require_same_size("InfoElbo", "codes", terms.z.columns(), "samples (one draw of each)",
                      terms.posterior.mean.columns());
    const auto discrepancy = squared_discrepancy(terms);
    return ObjectiveValue{
        terms.distortion + Scalar(price_of_rate()) * sum(terms.rate_per_dimension) +
            Scalar(price_of_discrepancy()) * discrepancy,
        std::array{NamedNumber{"squared discrepancy", detail::number_in(discrepancy), NumberKind::measured}}};
  }

  [[nodiscard]] std::array<NamedNumber, 2> settings() const {
    return {NamedNumber{"alpha", alpha(), NumberKind::fixed_setting},
            NamedNumber{"lambda", lambda(), NumberKind::fixed_setting}};
  }

  /// Errors: ArgumentError for batches of one sample, where the discrepancy has a price.
  [[nodiscard]] std::vector<std::string> begin_training(const TrainingPlan& plan) const {
    if (price_of_discrepancy() > 0) {
      require(plan.batch > 1, "InfoElbo", "options.batch", "at least 2: one code alone makes no pair", plan.batch);
      require(plan.samples > 1, "InfoElbo", "samples", "at least 2", plan.samples);
    }
    return {};
  }

 private:
  /// MMD² of the batch's codes; 0 for one code.
  template <class Terms>
  [[nodiscard]] auto squared_discrepancy(const Terms& terms) const {
    using Codes = std::remove_cvref_t<decltype(terms.z)>;
    using Scalar = typename Codes::Scalar;
    const Codes& z = terms.z;
    Tape<Scalar>& tape = z.tape();
    if (z.columns() < 2) {
      const auto none = make_result<1>(1, 1, z);
      *none.value_view().data = Scalar(0);
      return none;
    }
    const MatrixView<Scalar> draws{tape.allocate(z.rows() * z.columns()), z.rows(), z.columns(), z.rows()};
    // A seed of its own for each step: priors number their draws by sample alone.
    const PhiloxBlock words = Random(options_.seed, Stream::comparison).block({.step = terms.step});
    const std::uint64_t seed = (std::uint64_t{words[0]} << 32) | words[1];
    terms.draws.prior.sample(draws, Random(seed, Stream::comparison), std::uint64_t{0});
    return squared_maximum_mean_discrepancy(z, Constant<Scalar, Codes::Rows>{tape, draws}, kernel_, terms.weights);
  }

  InfoElboOptions options_;
  Kernel kernel_;
};

}  // namespace betavae
