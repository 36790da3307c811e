// SPDX-License-Identifier: MIT
// The sum over all posteriors at each draw, and what follows from it.
#pragma once

#include <betavae/analysis/aggregate_posterior.hpp>
#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/kernels/sum.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

namespace betavae {

BETAVAE_DEFINITION std::string AggregatePosterior::csv() const {
  return "divergence,divergence_error,mutual_information,mutual_information_error,rate,information_limit,"
         "information_bias\n" +
         detail::csv_line({divergence, divergence_error, mutual_information, mutual_information_error, rate,
                           information_limit, information_bias});
}

namespace detail {

BETAVAE_DEFINITION DrawnCodes::DrawnCodes(Index sample_count, Index latents, Index draw_count)
    : means(latents, sample_count),
      log_variances(latents, sample_count),
      weights(sample_count),
      z(latents, sample_count * draw_count),
      log_prior(sample_count * draw_count),
      draws(draw_count) {}

BETAVAE_DEFINITION void share_out(Eigen::ArrayXd& weights) { weights /= weights.sum(); }

BETAVAE_DEFINITION void require_sensible(std::string_view where, const AggregatePosteriorOptions& options) {
  require(options.draws > 0, where, "options.draws", "at least 1", options.draws);
  require(options.batch > 0, where, "options.batch", "at least 1", options.batch);
  require(options.threads >= 0 && options.threads <= 1024, where, "options.threads", "a number from 0 to 1024",
          options.threads);
}

BETAVAE_DEFINITION MeanAndError mean_and_error(std::span<const double> shares, std::span<const double> numbers) {
  double mean = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    mean += shares[i] * numbers[i];
  }
  double squares = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double distance = shares[i] * (numbers[i] - mean);
    squares += distance * distance;
  }
  const auto n = static_cast<double>(numbers.size());
  return {mean, numbers.size() > 1 ? std::sqrt(squares * n / (n - 1)) : std::numeric_limits<double>::infinity()};
}

/// Drawn codes with what belongs to one dimension of all samples contiguous.
template <class Number>
class EncodedSet {
 public:
  explicit EncodedSet(DrawnCodes drawn) : codes(std::move(drawn)), log_aggregate(codes.z.cols(), 1) {
    factors_.resize(samples(), codes.z.rows());
    scaled_means_.resize(samples(), codes.z.rows());
    constants_.resize(samples(), 1);
    for (Index n = 0; n < samples(); ++n) {
      double log_variances = 0;
      for (Index k = 0; k < codes.z.rows(); ++k) {
        factors_(n, k) = std::exp(-0.5 * codes.log_variances(k, n)) / std::numbers::sqrt2;
        scaled_means_(n, k) = factors_(n, k) * codes.means(k, n);
        log_variances += codes.log_variances(k, n) + std::log(2 * std::numbers::pi);
      }
      constants_(n, 0) = -0.5 * log_variances + std::log(codes.weights(n));
    }
  }

  DrawnCodes codes;
  Matrix<Number> log_aggregate;  ///< draws × 1: ln q̂(z)

  [[nodiscard]] Index samples() const { return codes.weights.size(); }

  /// ln q̂ of all draws.
  void sum_over_samples(Threads& threads) {
    const Index all = codes.z.cols();
    threads.run((all + draws_a_task - 1) / draws_a_task, [&](Index task) {
      sum_over_samples(task * draws_a_task, std::min(draws_a_task, all - task * draws_a_task));
    });
  }

  /// What the weights of the samples make of draws: each has its sample's by equal parts.
  [[nodiscard]] std::vector<double> shares_of_draws() const {
    std::vector<double> shares;
    for (Index draw = 0; draw < codes.z.cols(); ++draw) {
      shares.push_back(codes.weights(draw / codes.draws) / static_cast<double>(codes.draws));
    }
    return shares;
  }

  /// ln q(z|xₙ) − ln q̂(z) of a draw, at most −ln wₙ.
  [[nodiscard]] double information(Index draw) const {
    const Index sample = draw / codes.draws;
    Number exponent = 0;
    add_up(draw, sample, Numbers(&exponent, 1));
    return exponent - std::log(codes.weights(sample)) - log_aggregate(draw, 0);
  }

 private:
  using Numbers = Eigen::Map<Eigen::Array<Number, Eigen::Dynamic, 1>>;
  static constexpr Index draws_a_task = 32;
  static constexpr Index samples_a_block = 256;  // whose numbers stay in the cache while a task's draws pass by

  /// ln w q(z|xₙ) of one draw and some samples.
  void add_up(Index draw, Index first, Numbers exponents) const {
    const auto of_samples = [&](const Matrix<Number>& numbers, Index column) {
      return Eigen::Map<const Eigen::Array<Number, Eigen::Dynamic, 1>>(numbers.data() + column * numbers.rows() + first,
                                                                       exponents.size());
    };
    exponents = of_samples(constants_, 0);
    for (Index k = 0; k < codes.z.rows(); ++k) {
      exponents -= (codes.z(k, draw) * of_samples(factors_, k) - of_samples(scaled_means_, k)).square();
    }
  }

  /// ln q̂ of some draws, ln Σ e^exponent, block by block, the largest exponent so far being taken out.
  void sum_over_samples(Index first_draw, Index count) {
    double largest[draws_a_task];
    double totals[draws_a_task] = {};
    std::fill_n(largest, draws_a_task, -std::numeric_limits<double>::infinity());
    alignas(64) Number memory[samples_a_block];
    for (Index first = 0; first < samples(); first += samples_a_block) {
      Numbers exponents(memory, std::min(samples_a_block, samples() - first));
      for (Index d = 0; d < count; ++d) {
        add_up(first_draw + d, first, exponents);
        const double top_of_block = exponents.maxCoeff();
        if (top_of_block > largest[d]) {
          totals[d] *= std::exp(largest[d] - top_of_block);
          largest[d] = top_of_block;
        }
        exponents = (exponents - largest[d]).exp();
        totals[d] += kernels::sum(exponents.size(), memory);
      }
    }
    for (Index d = 0; d < count; ++d) {
      log_aggregate(first_draw + d, 0) = largest[d] + std::log(totals[d]);
    }
  }

  Matrix<Number> factors_;       // samples × latents: √(½ e^−ℓ)
  Matrix<Number> scaled_means_;  // samples × latents: the means times that
  Matrix<Number> constants_;     // samples × 1: ln of weight and density at the posterior's mean
};

/// ln q(z|xₙ) − ln q̂(z) of each draw, once ln q̂ is summed, and what it makes of the set.
template <class Number>
[[nodiscard]] CodeInformation information_in(const EncodedSet<Number>& set) {
  const std::vector<double> shares = set.shares_of_draws();
  std::vector<double> nats;
  std::vector<double> own_parts;  // of q̂(z)
  std::vector<double> of_samples(static_cast<std::size_t>(set.samples()));
  const DrawnCodes& codes = set.codes;
  for (Index draw = 0; draw < codes.z.cols(); ++draw) {
    const double information = set.information(draw);
    nats.push_back(information);
    own_parts.push_back(codes.weights(draw / codes.draws) * std::exp(information));
    of_samples[static_cast<std::size_t>(draw / codes.draws)] += information;
  }
  double limit = 0;
  double least_own_part = 0;
  for (std::size_t n = 0; n < of_samples.size(); ++n) {
    const double weight = codes.weights(static_cast<Index>(n));
    of_samples[n] /= static_cast<double>(codes.draws);
    limit -= weight * std::log(weight);
    least_own_part += weight * weight;
  }
  const std::span<const double> weights(codes.weights.data(), of_samples.size());
  const double own_part = mean_and_error(shares, own_parts).mean;  // estimates (χ² + 1)/N
  return {mean_and_error(shares, nats), mean_and_error(weights, of_samples), limit,
          0.5 * std::max(own_part - least_own_part, 0.0)};
}

template <class Number>
CodeInformation information_of(DrawnCodes codes, Threads& threads) {
  EncodedSet<Number> set(std::move(codes));
  set.sum_over_samples(threads);
  return information_in(set);
}

template <class Number>
AggregatePosterior divergence_of(DrawnCodes codes, Threads& threads) {
  EncodedSet<Number> set(std::move(codes));
  set.sum_over_samples(threads);
  const CodeInformation information = information_in(set);
  std::vector<double> nats;
  for (Index draw = 0; draw < set.codes.z.cols(); ++draw) {
    nats.push_back(set.log_aggregate(draw, 0) - set.codes.log_prior(draw));
  }
  const auto [divergence, divergence_error] = mean_and_error(set.shares_of_draws(), nats);
  return {divergence,
          divergence_error,
          information.over_draws.mean,
          information.over_draws.error,
          divergence + information.over_draws.mean,
          information.limit,
          information.bias};
}

BETAVAE_DEFINITION std::string text_of(const AggregatePosterior& codes) {
  return format_text("rate {} nats = I(x; z) {} ± {} + divergence {} ± {}", {{codes.rate, 3},
                                                                             {codes.mutual_information, 3},
                                                                             {codes.mutual_information_error, 3},
                                                                             {codes.divergence, 3},
                                                                             {codes.divergence_error, 3}});
}

}  // namespace detail
}  // namespace betavae
