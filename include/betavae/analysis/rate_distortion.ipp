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

BETAVAE_DEFINITION std::vector<RateDistortionStep> rate_distortion_steps(const std::vector<double>& betas,
                                                                         const RatesAndDistortions& nats) {
  const auto measure = [&](const Eigen::ArrayXd& of_sample) {
    const auto samples = static_cast<std::size_t>(of_sample.size());
    return mean_and_error({nats.shares.data(), samples}, {of_sample.data(), samples});
  };
  const auto rate = [&](Index i) { return nats.rates.col(i).array(); };
  const auto distortion = [&](Index i) { return nats.distortions.col(i).array(); };
  const double rounding = 1e-9 * std::max(1.0, nats.distortions.cwiseAbs().maxCoeff());
  // One sample has no error, which would excuse anything: it is taken by itself.
  const auto at_most_zero = [&](const MeanAndError& sum) {
    return sum.mean <= (std::isinf(sum.error) ? 0.0 : 2 * sum.error) + rounding;
  };
  std::vector<RateDistortionStep> steps;
  for (Index i = 0; i + 1 < nats.rates.cols(); ++i) {
    RateDistortionStep step = RateDistortionCurve::no_step();
    const Eigen::ArrayXd of_rate = rate(i + 1) - rate(i);
    const Eigen::ArrayXd of_distortion = distortion(i + 1) - distortion(i);
    const double lower = betas[static_cast<std::size_t>(i)];
    const double upper = betas[static_cast<std::size_t>(i) + 1];
    const double moved = measure(of_rate).mean;
    step.falls = at_most_zero(measure(of_rate)) && at_most_zero(measure(-of_distortion));
    step.has_price = at_most_zero(measure(-of_distortion - lower * of_rate)) &&
                     at_most_zero(measure(of_distortion + upper * of_rate));
    if (std::abs(moved) > rounding) {
      step.slope = -measure(of_distortion).mean / moved;
      step.slope_error = measure((of_distortion + step.slope * of_rate) / moved).error;
    }
    if (i + 2 < nats.rates.cols()) {
      const double whole = measure(rate(i) - rate(i + 2)).mean;
      if (whole > rounding) {
        // D₂ − λD₁ − (1 − λ)D₃ at λ = (R₂ − R₃)/(R₁ − R₃), and what each sample moves it by, also through λ.
        const double part = measure(rate(i + 1) - rate(i + 2)).mean / whole;
        const double fall = measure(distortion(i) - distortion(i + 2)).mean / whole;
        const auto above = measure(distortion(i + 1) - part * distortion(i) - (1 - part) * distortion(i + 2) -
                                   fall * (rate(i + 1) - rate(i + 2) - part * (rate(i) - rate(i + 2))));
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
  nats.shares /= nats.shares.sum();
  const auto samples = static_cast<std::size_t>(nats.shares.size());
  const std::span<const double> shares(nats.shares.data(), samples);
  const MeanAndError rate = mean_and_error(shares, {nats.rates.col(place).data(), samples});
  const MeanAndError distortion = mean_and_error(shares, {nats.distortions.col(place).data(), samples});
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
