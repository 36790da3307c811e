// SPDX-License-Identifier: MIT
// The sum over all posteriors at each draw, and what follows from it.
#pragma once

#include <betavae/analysis/aggregate_posterior.hpp>
#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/kernels/sum.hpp>

#include <array>
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

BETAVAE_DEFINITION void share_out(DrawnCodes& codes) { codes.weights /= codes.weights.sum(); }

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
struct EncodedSet {
  explicit EncodedSet(DrawnCodes codes)
      : factors((-0.5 * codes.log_variances.transpose().array()).exp() / std::numbers::sqrt2),
        scaled_means(factors * codes.means.transpose().array()),
        constants(-0.5 * (codes.log_variances.array() + std::log(2 * std::numbers::pi)).colwise().sum().transpose() +
                  codes.weights.log()),
        weights(std::move(codes.weights)),
        z(std::move(codes.z)),
        log_prior(std::move(codes.log_prior)),
        log_aggregate(z.cols()),
        draws(codes.draws) {}

  Eigen::Array<Number, Eigen::Dynamic, Eigen::Dynamic> factors;       ///< samples × latents: √(½ e^−ℓ)
  Eigen::Array<Number, Eigen::Dynamic, Eigen::Dynamic> scaled_means;  ///< samples × latents: the means times that
  Eigen::Array<Number, Eigen::Dynamic, 1>
      constants;  ///< of each sample: ln of weight and density at the posterior's mean
  Eigen::Array<Number, Eigen::Dynamic, 1> weights;        ///< of each sample; together 1
  Matrix<Number> z;                                       ///< latents × draws, a sample's draws in a row
  Eigen::Array<Number, Eigen::Dynamic, 1> log_prior;      ///< of each draw
  Eigen::Array<Number, Eigen::Dynamic, 1> log_aggregate;  ///< of each draw: ln q̂(z)
  Index draws;                                            ///< of each sample

  [[nodiscard]] Index samples() const { return constants.size(); }

  static constexpr Index draws_a_task = 32;
  static constexpr Index samples_a_block = 256;  ///< whose numbers stay in the cache while a task's draws pass by

  /// ln w q(z|xₙ) of one draw and a block of samples.
  template <class Exponents>
  void add_up(Index draw, Index first, Exponents& exponents) const {
    const Index count = exponents.size();
    exponents = constants.segment(first, count);
    for (Index k = 0; k < z.rows(); ++k) {
      exponents -=
          (z(k, draw) * factors.col(k).segment(first, count) - scaled_means.col(k).segment(first, count)).square();
    }
  }

  /// ln q(z|xₙ) of a draw, at its own sample.
  [[nodiscard]] double log_own(Index draw) const {
    const Index sample = draw / draws;
    Eigen::Array<Number, 1, 1> exponent;
    add_up(draw, sample, exponent);
    return exponent(0) - std::log(weights(sample));
  }

  /// ln q̂ of some draws, ln Σ e^exponent, block by block, the largest exponent so far being taken out.
  void sum_over_samples(Index first_draw, Index count) {
    std::array<double, draws_a_task> largest;
    std::array<double, draws_a_task> totals{};
    largest.fill(-std::numeric_limits<double>::infinity());
    Eigen::Array<Number, samples_a_block, 1> memory;
    for (Index first = 0; first < samples(); first += samples_a_block) {
      auto exponents = memory.head(std::min(samples_a_block, samples() - first));
      for (Index d = 0; d < count; ++d) {
        add_up(first_draw + d, first, exponents);
        double& top = largest[static_cast<std::size_t>(d)];
        double& total = totals[static_cast<std::size_t>(d)];
        const double top_of_block = exponents.maxCoeff();
        if (top_of_block > top) {
          total *= std::exp(top - top_of_block);
          top = top_of_block;
        }
        exponents = (exponents - top).exp();
        total += kernels::sum(exponents.size(), memory.data());
      }
    }
    for (Index d = 0; d < count; ++d) {
      const auto place = static_cast<std::size_t>(d);
      log_aggregate(first_draw + d) = largest[place] + std::log(totals[place]);
    }
  }

  /// ln q̂ of all draws.
  void sum_over_samples(Threads& threads) {
    const Index all = z.cols();
    threads.run((all + draws_a_task - 1) / draws_a_task, [&](Index task) {
      sum_over_samples(task * draws_a_task, std::min(draws_a_task, all - task * draws_a_task));
    });
  }

  /// What the weights of the samples make of draws: each has its sample's by equal parts.
  [[nodiscard]] std::vector<double> shares_of_draws() const {
    std::vector<double> shares;
    for (Index draw = 0; draw < z.cols(); ++draw) {
      shares.push_back(weights(draw / draws) / static_cast<double>(draws));
    }
    return shares;
  }

  /// ln q(z|xₙ) − ln q̂(z) of a draw, at most −ln wₙ.
  [[nodiscard]] double information(Index draw) const { return log_own(draw) - log_aggregate(draw); }
  /// −Σ w ln w: what the mean of these cannot exceed.
  [[nodiscard]] double information_limit() const { return -(weights * weights.log()).sum(); }
};

/// ln q(z|xₙ) − ln q̂(z) of each draw, once ln q̂ is summed, and what it makes of the set.
template <class Number>
[[nodiscard]] CodeInformation information_in(const EncodedSet<Number>& set) {
  const std::vector<double> shares = set.shares_of_draws();
  std::vector<double> nats;
  std::vector<double> own_parts;  // of q̂(z)
  std::vector<double> of_samples(static_cast<std::size_t>(set.samples()));
  for (Index draw = 0; draw < set.z.cols(); ++draw) {
    const double information = set.information(draw);
    nats.push_back(information);
    own_parts.push_back(set.weights(draw / set.draws) * std::exp(information));
    of_samples[static_cast<std::size_t>(draw / set.draws)] += information;
  }
  for (double& of_sample : of_samples) {
    of_sample /= static_cast<double>(set.draws);
  }
  const std::span<const double> weights(set.weights.data(), of_samples.size());
  const double own_part = mean_and_error(shares, own_parts).mean;  // estimates (χ² + 1)/N
  return {mean_and_error(shares, nats), mean_and_error(weights, of_samples), -(set.weights * set.weights.log()).sum(),
          0.5 * std::max(own_part - set.weights.square().sum(), 0.0)};
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
  for (Index draw = 0; draw < set.z.cols(); ++draw) {
    nats.push_back(set.log_aggregate(draw) - set.log_prior(draw));
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
