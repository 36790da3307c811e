// SPDX-License-Identifier: MIT
// Points and steps of a curve, from the rates and distortions of samples.
#pragma once

#include <betavae/analysis/rate_distortion.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace betavae::detail {

BETAVAE_DEFINITION void require_sensible(std::string_view where, const RateDistortionOptions& options) {
  require_sensible(where, AggregatePosteriorOptions{options.draws, options.seed, options.batch, options.threads});
  require(options.information_samples >= 1, where, "options.information_samples", "at least 1",
          options.information_samples);
}

/// How much of each difference: of the rates between points i and i + 1, of those between i + 1 and i + 2, and of distortions.
struct OfDifferences {
  double rate = 0, next_rate = 0, distortion = 0, next_distortion = 0;
};

/// The mean of such a sum over samples, and its error.
[[nodiscard]] BETAVAE_DEFINITION MeanAndError measure_differences(const RatesAndDistortions& nats, Index i,
                                                                  const OfDifferences& parts) {
  std::vector<double> sums(static_cast<std::size_t>(nats.shares.size()));
  const auto add = [&](const Matrix<double>& of_samples, Index point, double part) {
    for (Index n = 0; part != 0 && n < of_samples.rows(); ++n) {
      sums[static_cast<std::size_t>(n)] += part * (of_samples(n, point + 1) - of_samples(n, point));
    }
  };
  add(nats.distortions, i, parts.distortion);
  add(nats.distortions, i + 1, parts.next_distortion);
  add(nats.rates, i, parts.rate);
  add(nats.rates, i + 1, parts.next_rate);
  return mean_and_error({nats.shares.data(), sums.size()}, sums);
}

BETAVAE_DEFINITION std::vector<RateDistortionStep> rate_distortion_steps(const std::vector<double>& betas,
                                                                         const RatesAndDistortions& nats) {
  double rounding = 1e-9;
  for (Index i = 0; i < nats.distortions.size(); ++i) {
    rounding = std::max(rounding, 1e-9 * std::abs(nats.distortions.data()[i]));
  }
  // One sample has no error, which would excuse anything: it is taken by itself.
  const auto at_most_zero = [&](const MeanAndError& sum) {
    return sum.mean <= (std::isinf(sum.error) ? 0.0 : 2 * sum.error) + rounding;
  };
  std::vector<RateDistortionStep> steps;
  for (Index i = 0; i + 1 < nats.rates.cols(); ++i) {
    RateDistortionStep step = RateDistortionCurve::no_step();
    const auto measure = [&](const OfDifferences& parts) { return measure_differences(nats, i, parts); };
    const double lower = betas[static_cast<std::size_t>(i)];
    const double upper = betas[static_cast<std::size_t>(i) + 1];
    const MeanAndError of_rate = measure({.rate = 1});
    step.falls = at_most_zero(of_rate) && at_most_zero(measure({.distortion = -1}));
    step.has_price = at_most_zero(measure({.rate = -lower, .distortion = -1})) &&
                     at_most_zero(measure({.rate = upper, .distortion = 1}));
    if (std::abs(of_rate.mean) > rounding) {
      step.slope = -measure({.distortion = 1}).mean / of_rate.mean;
      step.slope_error = measure({.rate = step.slope / of_rate.mean, .distortion = 1 / of_rate.mean}).error;
    }
    if (i + 2 < nats.rates.cols()) {
      const double whole = measure({.rate = -1, .next_rate = -1}).mean;
      if (whole > rounding) {
        // D₂ − λD₁ − (1 − λ)D₃ at λ = (R₂ − R₃)/(R₁ − R₃), and what each sample moves it by, also through λ.
        const double part = measure({.next_rate = -1}).mean / whole;
        const double fall = measure({.distortion = -1, .next_distortion = -1}).mean / whole;
        const MeanAndError above = measure(
            {.rate = -fall * part, .next_rate = fall * (1 - part), .distortion = part, .next_distortion = part - 1});
        step.above_chord = above.mean;
        step.above_chord_error = above.error;
        step.is_convex = at_most_zero(above);
      }
    }
    steps.push_back(step);
  }
  return steps;
}

BETAVAE_DEFINITION RateDistortionPoint rate_distortion_point(RatesAndDistortions& nats, Index place,
                                                             const RunningMoments& means) {
  share_out(nats.shares);
  const auto samples = static_cast<std::size_t>(nats.shares.size());
  const std::span<const double> shares(nats.shares.data(), samples);
  const MeanAndError rate = mean_and_error(shares, {&nats.rates(0, place), samples});
  const MeanAndError distortion = mean_and_error(shares, {&nats.distortions(0, place), samples});
  RateDistortionPoint point;
  point.rate = rate.mean;
  point.rate_error = rate.error;
  point.distortion = distortion.mean;
  point.distortion_error = distortion.error;
  point.active = means.count_above(active_variance);
  point.latents = static_cast<Index>(means.mean().size());
  return point;
}

BETAVAE_DEFINITION std::vector<Index> spread_samples(Index size, Index most) {
  const Index count = std::min(size, most);
  std::vector<Index> samples;
  for (Index i = 0; i < count; ++i) {
    samples.push_back(i * size / count);
  }
  return samples;
}

template <class Number>
void put_information(RateDistortionPoint& point, DrawnCodes codes, Threads& threads) {
  const CodeInformation information = information_of<Number>(std::move(codes), threads);
  const double most = std::max(0.0, std::min(point.rate, information.limit));
  point.mutual_information = std::clamp(information.over_samples.mean, 0.0, most);
  point.mutual_information_error = information.over_samples.error;
  point.mutual_information_bias = information.bias;
}

}  // namespace betavae::detail
