// SPDX-License-Identifier: MIT
// An encoder whose code cannot collapse: a committed rate of δ nats, by construction (δ-VAE: Razavi, van den Oord, Poole and Vinyals, 2019).
//
// The idea is theirs: choose the family of posteriors so that none of it comes closer to the prior than δ. Their priors are sequences;
// this is the case of independent latents. Under the prior N(0, 1) a posterior N(μ, v) has the rate
//
//     ½ (μ² + v − 1 − ln v) ≥ ½ (v − 1 − ln v),
//
// which falls in v as long as v < 1. So with v ≤ v_δ, where ½ (v_δ − 1 − ln v_δ) = δ/K, each of the K latents carries at least δ/K nats
// for each sample, whatever its mean, and no β can take them away. The log-variance lies in [−16, ln v_δ] instead of [−16, 16]:
//
//     ℓ = c + h tanh((r − c)/h),      c = (ln v_δ − 16)/2,  h = (ln v_δ + 16)/2
//
// with the network's number r, as in posterior.hpp: ℓ and r agree about the middle. δ is a promise about N(0, I) and about this posterior:
// a Vae with any other prior does not take this encoder.
#pragma once

#include <betavae/vae/networks.hpp>

#include <cmath>
#include <limits>

namespace betavae {

/// ln v_δ: the log-variance at which a latent of mean 0 has a rate of so many nats under N(0, 1), below 0. To 1e-12 nats.
/// Errors: ArgumentError unless the rate is above 0 and below 7.5 nats, that of the least variance that posteriors have.
[[nodiscard]] inline double log_variance_of_rate(double nats) {
  const auto rate_at = [](double log_variance) { return 0.5 * (std::expm1(log_variance) - log_variance); };
  require(nats > 0 && nats < rate_at(-log_variance_bound), "log_variance_of_rate", "nats",
          "a number above 0 and below 7.5, what the bound of the log-variance allows", nats);
  // Newton's method from where the rate is too high; the rate is convex in ln v, so it comes nearer from that side alone.
  double log_variance = -1 - 2 * nats;
  for (int turn = 0; turn < 100; ++turn) {
    const double next = log_variance - (rate_at(log_variance) - nats) / (0.5 * std::expm1(log_variance));
    if (!(next > log_variance)) {
      break;
    }
    log_variance = next;
  }
  return log_variance;
}

/// A Gaussian encoder with a committed rate: CommittedEncoder(dense_encoder<784, 400, 20>(), 5.0) carries at least 5 nats, a quarter of a
/// nat in each latent of each sample.
template <class Network>
class CommittedEncoder {
  static_assert(
      Network::outputs != dynamic,
      "betavae: CommittedEncoder: the number of latents that share the rate must be part of the network's type");

 public:
  using Scalar = typename Network::Scalar;
  static constexpr int inputs = Network::inputs;
  static constexpr int latents = Network::outputs / 2;
  /// The rate is committed under the prior N(0, I): see Vae.
  static constexpr bool needs_standard_normal = true;

  /// `rate` is δ, in nats, of all latents together. Errors: ArgumentError unless it is above 0 and below 7.5 nats a latent.
  CommittedEncoder(GaussianEncoder<Network> encoder, double rate)
      : network(std::move(encoder.network)), rate_(rate), log_variance_limit_(log_variance_of_rate(rate / latents)) {}

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    const auto y = network(context, x);
    const double centre = 0.5 * (log_variance_limit_ - log_variance_bound);
    // Less than half of the interval by what may be lost in rounding.
    const double half = 0.5 * (log_variance_limit_ + log_variance_bound) -
                        2 * log_variance_bound * static_cast<double>(std::numeric_limits<Scalar>::epsilon());
    const auto raw = rows<latents>(y, latents, latents) - Scalar(centre);
    return GaussianPosterior{rows<latents>(y, 0, latents), bound_log_variance(raw, half) + Scalar(centre)};
  }

  /// δ, in nats.
  [[nodiscard]] double committed_rate() const { return rate_; }
  /// ln v_δ: no latent's log-variance exceeds it.
  [[nodiscard]] double log_variance_limit() const { return log_variance_limit_; }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    network.visit(visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(network, visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const {
    std::vector<std::string> lines = schema_of(network);
    lines.push_back(detail::schema_line("committed_rate", rate_));
    return lines;
  }

  Network network;

 private:
  double rate_;
  double log_variance_limit_;
};

}  // namespace betavae
