// SPDX-License-Identifier: MIT
// What importance weights tell, of one sample and of all.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/importance_weighting.hpp>
#include <betavae/analysis/pareto_shape.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

namespace betavae {

BETAVAE_DEFINITION double greatest_reliable_shape(Index draws) {
  return std::min(1 - 1 / std::log10(static_cast<double>(draws)), 0.7);
}

BETAVAE_DEFINITION std::string LogLikelihood::csv() const {
  return "mean,standard_error,draw_error,bias,effective_draws,pareto_shape,heavy_tailed\n" +
         detail::csv_line({mean, standard_error, draw_error, bias, effective_draws, pareto_shape, heavy_tailed});
}

namespace detail {

BETAVAE_DEFINITION OfSample summarize(std::vector<double>& log_weights, double weight) {
  const auto draws = static_cast<double>(log_weights.size());
  const double estimate = log_mean_exp(log_weights);
  double variance = 0;
  double squares = 0;
  for (const double log_weight : log_weights) {
    const double relative = std::exp(log_weight - estimate);
    variance += (relative - 1) * (relative - 1);
    squares += relative * relative;
  }
  variance = draws > 1 ? variance / (draws - 1) : std::numeric_limits<double>::quiet_NaN();
  return {weight, estimate, variance, draws * draws / squares, pareto_shape(log_weights)};
}

[[nodiscard]] BETAVAE_DEFINITION double median(std::vector<double> numbers) {
  if (numbers.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

BETAVAE_DEFINITION LogLikelihood summarize(const std::vector<OfSample>& samples, Index draws) {
  LogLikelihood result;
  const double reliable = greatest_reliable_shape(draws);
  double total = 0;
  std::vector<double> shapes;
  for (const OfSample& sample : samples) {
    total += sample.weight;
    result.mean += sample.weight * sample.estimate;
    result.bias += sample.weight * sample.relative_variance / (2 * static_cast<double>(draws));
    result.effective_draws += sample.weight * sample.effective_draws;
    result.heavy_tailed += sample.pareto_shape > reliable ? sample.weight : 0;
    if (!std::isnan(sample.pareto_shape)) {
      shapes.push_back(sample.pareto_shape);
    }
  }
  result.mean /= total;
  result.bias /= total;
  result.effective_draws /= total;
  result.heavy_tailed =
      draws < least_draws_to_judge_tail ? std::numeric_limits<double>::quiet_NaN() : result.heavy_tailed / total;
  result.pareto_shape = median(shapes);
  for (const OfSample& sample : samples) {
    const double part = sample.weight / total;
    const double distance = sample.estimate - result.mean;
    result.standard_error += part * part * distance * distance;
    result.draw_error += part * part * sample.relative_variance / static_cast<double>(draws);
  }
  const auto count = static_cast<double>(samples.size());
  result.standard_error =
      std::sqrt(count > 1 ? result.standard_error * count / (count - 1) : std::numeric_limits<double>::quiet_NaN());
  result.draw_error = std::sqrt(result.draw_error);
  if (draws < least_draws_to_judge_tail || shapes.empty()) {
    result.warning = format_text(
        "log_likelihood: {} draws a sample do not tell whether the weights have a finite variance: take {} or more",
        {draws, least_draws_to_judge_tail});
  } else if (result.pareto_shape > 0.5 || result.heavy_tailed > 0.25) {
    result.warning = format_text(
        "log_likelihood: the posterior is too narrow, or away from the true posterior: the largest of these {} weights "
        "fall off with a Pareto shape of {} in the median over samples (infinite variance from 0.5 on), and of more "
        "than {} in {} % of them. The estimate may be too low by an unknown amount, and its errors and bias too small",
        {draws, {result.pareto_shape, 2}, {reliable, 2}, {100 * result.heavy_tailed, 0}});
  }
  return result;
}

BETAVAE_DEFINITION void warn_of_no_density(LogLikelihood& result) {
  result.warning += format_text(
      "{}log_likelihood: values other than 0 and 1 have no density by the likelihood Bernoulli: this is no ln p(x)",
      {result.warning.empty() ? "" : ". "});
}

BETAVAE_DEFINITION void require_sensible(const LogLikelihoodOptions& options) {
  require(options.draws > 0, "log_likelihood", "options.draws", "at least 1", options.draws);
  require(options.batch > 0, "log_likelihood", "options.batch", "at least 1", options.batch);
  require(options.threads >= 0 && options.threads <= 1024, "log_likelihood", "options.threads",
          "a number from 0 to 1024", options.threads);
}

BETAVAE_DEFINITION std::string text_of(const LogLikelihood& nats) {
  std::string text =
      format_text("ln p(x) {} ± {} nats over samples, ± {} over draws, bias {}; effective draws {}, Pareto shape {}",
                  {{nats.mean, 2},
                   {nats.standard_error, 2},
                   {nats.draw_error, 2},
                   {-nats.bias, 2},
                   {nats.effective_draws, 1},
                   {nats.pareto_shape, 2}});
  text += nats.warning.empty() ? "" : "\n" + nats.warning;
  return text;
}

}  // namespace detail
}  // namespace betavae
