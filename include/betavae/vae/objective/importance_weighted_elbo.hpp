// SPDX-License-Identifier: MIT
// The importance-weighted bound: K draws of each sample's code instead of one, and a bound that tightens as K grows.
//
//     loss = −(1/N) Σₙ ln (1/K) Σₖ wₙₖ,    wₙₖ = p(xₙ|zₙₖ) p(zₙₖ)/q(zₙₖ|xₙ)    (Burda, Grosse and Salakhutdinov, 2016, equation 8)
//
// In expectation ELBO = L₁ ≤ L₂ ≤ … ≤ ln p(x). There is no β: w is a ratio of densities. K = 1 is the negative ELBO with the rate taken
// at the draw. With w̃ₖ = wₖ/Σw, the gradient by the parameters of prior, decoder and likelihood is −Σₖ w̃ₖ ∂ ln wₖ, and by those of the
// encoder, φ, one of two:
//
//     pathwise               −Σₖ w̃ₖ d ln wₖ/dφ                                 the loss differentiated as it stands
//     doubly reparameterized −Σₖ w̃ₖ² ∂ ln wₖ/∂zₖ ∂zₖ/∂φ     (Tucker, Lawson, Gu and Maddison, 2019: q's own parameters are held)
//
// Both are right in the mean. The pathwise one drowns in its noise as K grows (Rainforth et al., 2018), the other does not; where the
// posterior is exact it has no noise at all. Where the encoder's parameters also are those of the prior (VampPrior) or reach the
// decoder by skips, what flows there is a gradient of the first kind, weighted by w̃ₖ, and both sums are right still.
// A likelihood that chooses its parameters by the batch (GaussianOptimalSigma) is refused: there, a draw's weight depends on others.
//
// A step takes K times as long in decoder and likelihood, and once in the encoder. Where the
// likelihood is no density of what was observed (Bernoulli of grey values), neither is the bound one of ln p(x); with a decoder that
// takes skips, p(x|z, s(x)) is no density in x at all, and the loss bounds nothing.
#pragma once

#include <betavae/autodiff/gradient_flow.hpp>
#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/importance_weights.hpp>
#include <betavae/vae/objective/training_plan.hpp>

#include <algorithm>
#include <array>
#include <type_traits>

namespace betavae {

/// How the gradient by the encoder's parameters is estimated.
enum class ImportanceGradient { pathwise, doubly_reparameterized };

struct ImportanceWeightedOptions {
  Index draws = 8;  ///< K, of each sample's code
  ImportanceGradient gradient = ImportanceGradient::doubly_reparameterized;
};

namespace detail {

template <Operand Mean, Operand LogVariance>
[[nodiscard]] auto stop_gradient_of(const GaussianPosterior<Mean, LogVariance>& posterior) {
  return GaussianPosterior{stop_gradient(posterior.mean), stop_gradient(posterior.log_variance)};
}
template <Operand Mean, Operand LogVariance, Operand Factor>
[[nodiscard]] auto stop_gradient_of(const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior) {
  return FullGaussianPosterior{stop_gradient(posterior.mean), stop_gradient(posterior.log_variance),
                               stop_gradient(posterior.factor)};
}

}  // namespace detail

/// −ln of the mean weight of K draws, in the mean over samples. It has no loss(rate, distortion): held-out data are measured by the
/// negative ELBO in fit_with_validation; log_likelihood (analysis/importance_weighting.hpp) measures the bound.
class ImportanceWeightedElbo {
 public:
  /// Errors: ArgumentError for fewer than one draw.
  explicit ImportanceWeightedElbo(const ImportanceWeightedOptions& options = {}) : options_(options) {
    require(options.draws >= 1, "ImportanceWeightedElbo", "options.draws", "at least 1", options.draws);
  }

  [[nodiscard]] Index draws() const { return options_.draws; }

  [[nodiscard]] std::array<NamedNumber, 1> settings() const {
    return {NamedNumber{"draws", static_cast<double>(draws()), NumberKind::fixed_setting}};
  }

  /// The loss, 1 × 1 in nats; by name the bound, which is its negative, and how many draws of equal weight would be worth as much as
  /// the K there are, 1/Σ w̃² (Kish, 1965), in the mean over samples. Errors: ArgumentError for terms of another number of draws.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    using Scalar = typename Terms::Scalar;
    const auto log_weights = log_weights_of(terms);
    static_assert(
        !std::remove_cvref_t<decltype(terms.draws)>::likelihood_is_of_batch,
        "betavae: ImportanceWeightedElbo needs a likelihood of each sample by itself: one that chooses its parameters "
        "by the batch, such as GaussianOptimalSigma, gives no bound; take GaussianLearnedSigma");
    require_same_size("ImportanceWeightedElbo", "draws in the terms", terms.draws.count, "options.draws", draws());
    const auto [bounds, shares] = log_mean_exp_over_draws(log_weights, draws());
    if (terms.draws.gradient_factors != nullptr && is_doubly_reparameterized()) {
      std::copy_n(shares.data, shares.columns, terms.draws.gradient_factors);
    }
    const auto loss = Scalar(-1) * mean_over_samples(bounds, terms.weights);
    return ObjectiveValue{
        loss, std::array{NamedNumber{"importance weighted bound", -detail::number_in(loss), NumberKind::nats},
                         NamedNumber{"effective draws", effective_draws(shares, terms.weights), NumberKind::measured}}};
  }

 private:
  [[nodiscard]] bool is_doubly_reparameterized() const {
    return options_.gradient == ImportanceGradient::doubly_reparameterized;
  }

  template <class Terms>
  [[nodiscard]] auto log_weights_of(const Terms& terms) const {
    if (is_doubly_reparameterized()) {
      return log_importance_weights(terms, detail::stop_gradient_of(terms.draws.posterior));
    }
    return log_importance_weights(terms, terms.draws.posterior);
  }

  /// 1/Σ w̃² of each sample, in the mean over samples by weight.
  template <class Scalar>
  [[nodiscard]] double effective_draws(MatrixView<Scalar> shares, const Scalar* weights) const {
    double sum = 0;
    double total = 0;
    for (Index j = 0; j < shares.columns / draws(); ++j) {
      double squares = 0;
      for (Index k = 0; k < draws(); ++k) {
        const auto share = static_cast<double>(*shares.column(j * draws() + k));
        squares += share * share;
      }
      const double weight = weights != nullptr ? static_cast<double>(weights[j]) : 1;
      sum += weight / squares;
      total += weight;
    }
    return sum / total;
  }

  ImportanceWeightedOptions options_;
};

}  // namespace betavae
