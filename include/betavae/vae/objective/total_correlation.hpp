// SPDX-License-Identifier: MIT
// The total correlation of a code: by how many nats its dimensions depend on each other over the data, estimated from a batch.
//
//     q(z) = Σₙ wₙ q(z|xₙ) / Σₙ wₙ                    the aggregate posterior, over N samples of weight wₙ, w̄ in the mean
//     TC = KL(q(z) ‖ Πₖ q(zₖ)) = E[ln q(z) − Σₖ ln q(zₖ)]                      (Watanabe, 1960; Chen et al., 2018)
//
// A batch of M samples knows M of the N components. Its estimate of the density at a draw zᵢ of q(z|xᵢ) is
//
//     q̂(zᵢ) = Σⱼ Wᵢⱼ q(zᵢ|xⱼ),    q̂(zᵢₖ) = Σⱼ Wᵢⱼ q(zᵢₖ|xⱼ)
//
//                            Wᵢᵢ            Wᵢⱼ, j ≠ i                    without weights, each row sums to 1
//     minibatch_stratified   wᵢ/(N w̄)       wⱼ (N − 1)/((M − 1) N w̄)
//     minibatch_weighted     wᵢ/(M w̄)       wⱼ/(M w̄)
//     exact                  wᵢ/Σw          wⱼ/Σw                         M = N
//
// The weights are those of mixture components: to ln q̂(zᵢ) their logarithm is added after the sum over dimensions, and to each
// marginal's terms once more.
//
// Stratified: what draw and batch share is known, one component of N; the other M − 1 stand for the N − 1 others. Over all batches that
// hold sample i, E q̂(zᵢ) = q(zᵢ). Chen et al. give one of the others (N − M + 1)/(N (M − 1)) and the rest 1/(M − 1); with the mean of
// these over the orders of a batch, as here, the expectation is the same, the variance smaller, no order of samples matters, and a batch
// of all samples gives the exact sum. A batch of one sample says nothing of others: its total correlation is 0.
//
// Weighted: E q̂(z) = q(z) over all batches for a z that is none of their own draws. Its own component then counts 1/M, and not 1/N: q̂ is
// too large. Chen et al. divide by N M instead of M: ln q̂(z) and each ln q̂(zₖ) are less by ln N, and the total correlation greater by the
// constant (K − 1) ln N for K latents, whatever M is. It has no gradient, and is left out here.
//
// ln q̂ is biased where q̂ is not (Jensen), and in many dimensions a draw's own component outweighs all others, whatever its weight.
// Measured by tests/vae/objective/total_correlation_test.cpp, "[bias]": a Gaussian code whose dimensions 2k and 2k + 1 have a correlation
// of 0.9, posterior variances 0.05; the mean over batches less the exact inner sum over the N samples at the same draws, in nats.
//
//                             exact   stratified, M = 32, 128, 512      weighted, M = 32, 128, 512
//     K =  2, N =  1000  TC    0.84       +0.03   +0.01   +0.01             +0.02   +0.02   +0.02
//                        ln q             −0.22   −0.06   −0.02             +0.24   +0.06    0.00
//     K =  2, N = 10000  TC    0.83       −0.02   −0.01    0.00             +0.03   +0.01   +0.01
//                        ln q             −0.33   −0.08   −0.02             +0.24   +0.08   +0.02
//     K = 10, N =  1000  TC    8.03       +1.10   +0.19   +0.06             +2.36   +1.73   +0.64
//                        ln q             −0.06   −0.04   −0.02             +3.36   +1.99   +0.63
//     K = 10, N = 10000  TC    6.17       +1.10   −0.02   −0.19             +4.27   +3.64   +2.49
//                        ln q             −0.41   −0.36   −0.27             +5.29   +3.92   +2.56
//
// The exact inner sum is right for these samples alone: of N → ∞ the code has 0.83 and 4.15 nats.
#pragma once

#include <betavae/autodiff/reduction.hpp>
#include <betavae/kernels/aggregate_posterior.hpp>
#include <betavae/kernels/chain_rule.hpp>
#include <betavae/vae/posterior.hpp>

#include <cmath>
#include <string_view>

namespace betavae {

/// How the aggregate posterior's density is estimated from a batch, see above.
enum class DensityEstimator { minibatch_stratified, minibatch_weighted, exact };

[[nodiscard]] constexpr std::string_view name(DensityEstimator estimator) {
  switch (estimator) {
    case DensityEstimator::minibatch_weighted:
      return "minibatch_weighted";
    case DensityEstimator::exact:
      return "exact";
    default:
      return "minibatch_stratified";
  }
}

/// What an estimate needs to know of the set that the batch is from.
struct TotalCorrelationOptions {
  DensityEstimator estimator = DensityEstimator::minibatch_stratified;
  Index samples = 0;       ///< N; for minibatch_stratified. 0: not known yet
  double mean_weight = 1;  ///< w̄, of samples that have weights; not for `exact`
};

/// The estimated densities of a batch's draws, in nats.
template <class Scalar, int Latents>
struct AggregateDensities {
  Constant<Scalar, 1> log_density;          ///< ln q̂(zᵢ): 1 × samples
  Constant<Scalar, Latents> log_marginals;  ///< ln q̂(zᵢₖ): latents × samples
  Constant<Scalar, 1> log_conditional;      ///< ln q(zᵢ|xᵢ): 1 × samples
};

/// The total correlation of a batch with what it was estimated from.
template <Operand Nats, class Densities>
struct TotalCorrelation {
  Nats nats;  ///< 1 × 1: the mean over draws, by weight
  Densities densities;
};

namespace detail {

/// Wᵢⱼ and Wᵢᵢ of each sample. Errors: ArgumentError where N is not known, or smaller than the batch.
template <class Scalar>
[[gnu::noinline]] void fill_density_weights(const TotalCorrelationOptions& options, Index batch,
                                            const Scalar* sample_weights, const Scalar* shares, Scalar* weights,
                                            Scalar* own_weights) {
  constexpr std::string_view where = "total_correlation";
  require(options.mean_weight > 0 && std::isfinite(options.mean_weight), where, "options.mean_weight",
          "a finite number above 0", options.mean_weight);
  const auto in_batch = static_cast<double>(batch);
  double of_own = 1 / (in_batch * options.mean_weight);
  double of_others = of_own;
  if (options.estimator == DensityEstimator::minibatch_stratified) {
    require(options.samples > 0, where, "options.samples",
            "the number of samples of the set, which no training has told", options.samples);
    require(options.samples >= batch, where, "options.samples", "at least as many as in the batch", options.samples);
    const auto in_set = static_cast<double>(options.samples);
    of_own = 1 / (in_set * options.mean_weight);
    of_others = batch > 1 ? of_own * (in_set - 1) / (in_batch - 1) : 0;
  } else if (options.estimator == DensityEstimator::exact) {
    require(options.samples == 0 || options.samples == batch, where, "options.samples",
            "as many as in the batch, for the exact sum", options.samples);
  }
  for (Index j = 0; j < batch; ++j) {
    const double weight = sample_weights != nullptr ? static_cast<double>(sample_weights[j]) : 1.0;
    const bool is_share = options.estimator == DensityEstimator::exact || batch == 1;
    weights[j] = is_share ? shares[j] : static_cast<Scalar>(weight * of_others);
    own_weights[j] = is_share ? shares[j] : static_cast<Scalar>(weight * of_own);
  }
}

/// The total correlation on the tape; one copy of its code serves all numbers of latents. Its derivatives are had with its value.
template <class Scalar>
struct TotalCorrelationOperation {
  kernels::AggregatePosteriorArguments<Scalar> arguments;
  MatrixView<Scalar> result, result_adjoint, mean_adjoint, log_variance_adjoint, z_adjoint;

  /// What stays on the tape: densities, weights, derivatives. Then the value.
  [[gnu::noinline]] void forward(Tape<Scalar>& tape, const TotalCorrelationOptions& options,
                                 const Scalar* sample_weights) {
    auto& a = arguments;
    const Index latents = a.z.rows;
    const Index samples = a.z.columns;
    const auto matrix = [&] { return MatrixView<Scalar>{tape.allocate(latents * samples), latents, samples, latents}; };
    a.log_density = tape.allocate(samples);
    a.log_conditional = tape.allocate(samples);
    a.log_marginals = matrix();
    const bool differentiates = result_adjoint.data != nullptr;
    if (differentiates) {
      a.z_partial = matrix();
      a.mean_partial = matrix();
      a.log_variance_partial = matrix();
    }
    Scalar* const shares = tape.allocate(samples);
    const Scalar one_share = one_over_total(sample_weights, samples);
    for (Index i = 0; i < samples; ++i) {
      shares[i] = sample_weights != nullptr ? Scalar(sample_weights[i] * one_share) : one_share;
    }
    a.shares = shares;

    const typename Tape<Scalar>::Nested nested(tape);
    Scalar* const weights = tape.allocate(samples);
    Scalar* const own_weights = tape.allocate(samples);
    fill_density_weights(options, samples, sample_weights, shares, weights, own_weights);
    a.weights = weights;
    a.own_weights = own_weights;
    a.workspace = tape.allocate(kernels::aggregate_posterior_workspace_size<Scalar>(latents, samples, differentiates));
    kernels::aggregate_posterior(a, [&](Index tasks, const auto& task) { tape.share(tasks, task); });

    kernels::LaneSum<Scalar> total;
    for (Index i = 0; i < samples; ++i) {
      if (shares[i] != Scalar(0)) {
        total.add(i, shares[i] * (a.log_density[i] - kernels::sum(latents, a.log_marginals.column(i))));
      }
    }
    *result.data = total.total();
  }

  /// The reverse pass.
  [[gnu::noinline]] void operator()() const {
    add(arguments.mean_partial, mean_adjoint);
    add(arguments.log_variance_partial, log_variance_adjoint);
    add(arguments.z_partial, z_adjoint);
  }

 private:
  void add(MatrixView<Scalar> partial, MatrixView<Scalar> adjoint) const {
    for (Index j = 0; j < partial.columns && adjoint.data != nullptr; ++j) {
      kernels::multiply_add(partial.rows, *result_adjoint.data, partial.column(j), adjoint.column(j));
    }
  }
};

}  // namespace detail

/// The total correlation of a batch in nats, estimated at a draw z of each sample's posterior (latents × samples each), differentiable in
/// z, mean and log-variance. `weights` has one number a sample, or is null for ones. The densities live as long as the tape's contents.
/// Errors: ArgumentError when the shapes differ, for no samples, weights that do not sum to a positive number, a set smaller than the
/// batch or of unknown size where it is asked for.
template <class Posterior, Operand Z>
[[nodiscard]] auto total_correlation(const Posterior& posterior, const Z& z, const TotalCorrelationOptions& options,
                                     const typename Z::Scalar* weights = nullptr) {
  static_assert(
      detail::is_diagonal_gaussian<Posterior>,
      "betavae: the total correlation is estimated for diagonal Gaussian posteriors alone: the densities of a "
      "code's dimensions must multiply to that of the code");
  using Scalar = typename Z::Scalar;
  detail::require_matching(posterior);
  require_same_size("total_correlation", "latents of the draws", z.rows(), "latents of the posterior",
                    posterior.mean.rows());
  require_same_size("total_correlation", "draws", z.columns(), "samples of the posterior", posterior.mean.columns());
  const auto nats = make_result<1>(1, 1, posterior.mean, posterior.log_variance, z);
  detail::TotalCorrelationOperation<Scalar> operation{{},
                                                      nats.value_view(),
                                                      detail::adjoint_or_none(nats),
                                                      detail::adjoint_or_none(posterior.mean),
                                                      detail::adjoint_or_none(posterior.log_variance),
                                                      detail::adjoint_or_none(z)};
  operation.arguments.mean = posterior.mean.value_view();
  operation.arguments.log_variance = posterior.log_variance.value_view();
  operation.arguments.z = z.value_view();
  operation.forward(z.tape(), options, weights);
  record("total_correlation", nats, operation);
  const auto& a = operation.arguments;
  const Index samples = z.columns();
  const AggregateDensities<Scalar, Posterior::latents> densities{{z.tape(), {a.log_density, 1, samples, 1}},
                                                                 {z.tape(), a.log_marginals},
                                                                 {z.tape(), {a.log_conditional, 1, samples, 1}}};
  return TotalCorrelation<std::remove_cv_t<decltype(nats)>, std::remove_cv_t<decltype(densities)>>{nats, densities};
}

/// How many nats of a sample its draw tells, I(x; z) = E[ln q(z|x) − ln q̂(z)], by the densities of a batch.
template <class Densities, class Scalar>
[[nodiscard]] double mutual_information(const Densities& densities, const Scalar* weights = nullptr) {
  const Index samples = densities.log_density.columns();
  double nats = 0;
  double total = 0;
  for (Index i = 0; i < samples; ++i) {
    const double weight = weights != nullptr ? static_cast<double>(weights[i]) : 1.0;
    total += weight;
    if (weight != 0) {
      nats += weight * static_cast<double>(densities.log_conditional.value_view().data[i] -
                                           densities.log_density.value_view().data[i]);
    }
  }
  return nats / total;
}

}  // namespace betavae
