// SPDX-License-Identifier: MIT
// A mixture of Gaussians as prior, all of it learned: p(z) = Σ_c w_c N(z; μ_c, diag σ_c²).
//
// It can follow the aggregate posterior (1/N) Σₙ q(z|xₙ) where one Gaussian cannot: into clusters. The KL divergence from a Gaussian has
// no closed form, so the rate is sampled, the code's as a whole. |ln σ²| is kept below 16 as the posterior's is (vae/posterior.hpp).
#pragma once

#include <betavae/nn/gradients.hpp>
#include <betavae/nn/state.hpp>
#include <betavae/vae/posterior.hpp>
#include <betavae/vae/prior/detail/mixture_density.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace betavae {

/// How the components begin: with one variance and weight, and means drawn so that the mixture has, in the mean over seeds, mean 0 and
/// second moment I, as the standard normal has. (About its own mean, which differs from 0, it scatters less: (1 − spread²/C) I.) A
/// single component begins as N(0, I), whatever the spread.
struct MixtureOptions {
  double spread = 0.8;  ///< standard deviation of the means, from 0 to 0.999; the components' variance is 1 − spread²
  std::uint64_t seed = 1;  ///< of the means
};

/// GaussianMixturePrior<20, 100>{}
template <int K, int Components, class ScalarType = float>
class GaussianMixturePrior {
  static_assert(K >= 1, "betavae: GaussianMixturePrior: the number of latents is part of the type, and at least 1");
  static_assert(Components >= 1, "betavae: GaussianMixturePrior: a mixture needs at least one component");

 public:
  using Scalar = ScalarType;
  static constexpr int latents = K;
  static constexpr int components = Components;

  /// Errors: ArgumentError for a spread that is not from 0 to 0.999, or 0 where there are several components: they would stay alike.
  explicit GaussianMixturePrior(const MixtureOptions& options = {}) {
    require(options.spread >= 0 && options.spread <= 0.999, "GaussianMixturePrior", "options.spread",
            "a number from 0 to 0.999", options.spread);
    require(Components == 1 || options.spread > 0, "GaussianMixturePrior", "options.spread",
            "a number above 0, or the components would stay alike", options.spread);
    if (Components == 1) {
      return;
    }
    const Random random(options.seed, Stream::prior_parameters);
    const double log_variance = std::log1p(-options.spread * options.spread);
    for (Index c = 0; c < Components; ++c) {
      random.fill_normals(mean.data() + c * K, K, 0, static_cast<std::uint64_t>(c));
    }
    mean.value() *= static_cast<Scalar>(options.spread);
    raw_log_variance.value().setConstant(
        static_cast<Scalar>(log_variance_bound * std::atanh(log_variance / log_variance_bound)));
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("mean", mean);
    visitor("log_variance", raw_log_variance);
    visitor("log_weight", log_weight);
  }
  [[nodiscard]] std::vector<std::string> schema() const { return {detail::schema_line("name", "Gaussian mixture")}; }

  /// ln p(z), in nats: latents × samples → 1 × samples.
  template <class Context, Operand Z>
  [[nodiscard]] auto log_density(Context& context, const Z& z) const {
    return detail::mixture_log_density(z, context.parameter(mean),
                                       bound_log_variance(context.parameter(raw_log_variance)),
                                       context.parameter(log_weight));
  }

  /// Fills latents × samples with draws; column j is sample `first_sample` + j of `random`.
  void sample(MatrixView<Scalar> z, const Random& random, std::uint64_t first_sample = 0) const {
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    detail::sample_mixture(z, context.parameter(mean).value_view(),
                           bound_log_variance(context.parameter(raw_log_variance)).value_view(), log_weight.data(),
                           random, first_sample);
  }

  Parameter<Scalar, K, Components> mean;
  Parameter<Scalar, K, Components> raw_log_variance;  ///< r, of which ln σ² = 16 tanh(r/16)
  Parameter<Scalar, Components> log_weight;           ///< up to a number common to all
};

}  // namespace betavae
