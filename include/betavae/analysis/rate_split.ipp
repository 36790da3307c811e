// SPDX-License-Identifier: MIT
// The parts of a rate, from the densities of drawn codes.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/rate_split.hpp>
#include <betavae/vae/objective/total_correlation.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

namespace betavae {

BETAVAE_DEFINITION std::string RateSplit::csv() const {
  return "rate,rate_error,mutual_information,mutual_information_error,divergence,divergence_error,total_correlation,"
         "total_correlation_error,dimension_wise,dimension_wise_error,information_limit,information_bias\n" +
         detail::csv_line({rate, rate_error, mutual_information, mutual_information_error, divergence, divergence_error,
                           total_correlation, total_correlation_error, dimension_wise, dimension_wise_error,
                           information_limit, information_bias});
}

namespace detail {

/// ln q(z|x), ln q̂(z), Σₖ ln q̂(zₖ), each a mean over the draws of a sample, and the part of its own sample in q̂(z).
struct DensitiesOfSamples {
  Eigen::ArrayXd own, aggregate, marginals, prior, own_part;
};

template <class Number>
[[nodiscard]] DensitiesOfSamples densities_of_samples(const DrawnCodes& codes, Threads& threads) {
  const Index samples = codes.means.cols();
  const Eigen::ArrayXd none = Eigen::ArrayXd::Zero(samples);
  DensitiesOfSamples sums{none, none, none, none, none};
  Tape<Number> tape;
  tape.use_threads(&threads);
  const Index latents = codes.means.rows();
  for (Index draw = 0; draw < codes.draws; ++draw) {
    tape.clear();
    const Matrix<Number> z = Eigen::Map<const Matrix<Number>, 0, Eigen::OuterStride<>>(
        codes.z.data() + draw * latents, latents, samples, Eigen::OuterStride<>(latents * codes.draws));
    const GaussianPosterior posterior{constant(tape, codes.means), constant(tape, codes.log_variances)};
    const auto correlation =
        total_correlation(posterior, constant(tape, z), {.estimator = DensityEstimator::exact}, codes.weights.data());
    const Eigen::ArrayXd own = correlation.densities.log_conditional.value().row(0).transpose().array();
    const Eigen::ArrayXd aggregate = correlation.densities.log_density.value().row(0).transpose().array();
    sums.own += own;
    sums.aggregate += aggregate;
    sums.marginals += correlation.densities.log_marginals.value().colwise().sum().transpose().array();
    sums.prior += Eigen::Map<const Eigen::ArrayXd, 0, Eigen::InnerStride<>>(codes.log_prior.data() + draw, samples,
                                                                            Eigen::InnerStride<>(codes.draws));
    sums.own_part += codes.weights * (own - aggregate).exp();
  }
  for (Eigen::ArrayXd* const each : {&sums.own, &sums.aggregate, &sums.marginals, &sums.prior, &sums.own_part}) {
    *each /= static_cast<double>(codes.draws);
  }
  return sums;
}

/// Two parts of a sum that are known not to be negative: what noise puts one of them below is taken from the other.
BETAVAE_DEFINITION void put_above_zero(double& part, double& other) {
  const double sum = part + other;
  part = std::clamp(part, 0.0, std::max(sum, 0.0));
  other = sum - part;
}

template <class Number>
RateSplit split_of(const DrawnCodes& codes, Threads& threads, bool factorial) {
  const DensitiesOfSamples nats = densities_of_samples<Number>(codes, threads);
  RateSplit result;
  const auto measure = [&](const Eigen::ArrayXd& of_sample, double& mean, double& error) {
    const auto samples = static_cast<std::size_t>(of_sample.size());
    const auto both = mean_and_error({codes.weights.data(), samples}, {of_sample.data(), samples});
    mean = both.mean;
    error = both.error;
  };
  double own_part = 0;
  double unused = 0;
  measure(nats.own - nats.prior, result.rate, result.rate_error);
  measure(nats.own - nats.aggregate, result.mutual_information, result.mutual_information_error);
  measure(nats.aggregate - nats.prior, result.divergence, result.divergence_error);
  measure(nats.aggregate - nats.marginals, result.total_correlation, result.total_correlation_error);
  measure(nats.marginals - nats.prior, result.dimension_wise, result.dimension_wise_error);
  measure(nats.own_part, own_part, unused);
  result.information_limit = -(codes.weights * codes.weights.log()).sum();
  result.information_bias = 0.5 * std::max(own_part - codes.weights.square().sum(), 0.0);
  result.mutual_information = std::min(result.mutual_information, result.information_limit);  // but for rounding
  put_above_zero(result.divergence, result.mutual_information);
  if (factorial) {
    result.total_correlation = result.divergence - result.dimension_wise;
    put_above_zero(result.total_correlation, result.dimension_wise);
  } else {
    result.total_correlation = std::max(result.total_correlation, 0.0);
    result.dimension_wise = result.dimension_wise_error = std::numeric_limits<double>::quiet_NaN();
  }
  return result;
}

BETAVAE_DEFINITION std::string text_of(const RateSplit& split) {
  const auto shown = [](std::string_view name, double nats, double error) {
    return format_text("{} {} ± {}", {name, {nats, 3}, {error, 3}});
  };
  std::string text = shown("rate", split.rate, split.rate_error) +
                     " nats = " + shown("I(x; z)", split.mutual_information, split.mutual_information_error) + " + ";
  if (std::isnan(split.dimension_wise)) {
    text += shown("divergence", split.divergence, split.divergence_error);
  } else {
    text += shown("total correlation", split.total_correlation, split.total_correlation_error) + " + " +
            shown("dimension-wise", split.dimension_wise, split.dimension_wise_error);
  }
  return text;
}

}  // namespace detail
}  // namespace betavae
