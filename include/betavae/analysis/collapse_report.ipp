// SPDX-License-Identifier: MIT
// What a report finds, and how it says so.
#pragma once

#include <betavae/analysis/collapse_report.hpp>
#include <betavae/analysis/detail/csv_cell.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace betavae {

BETAVAE_DEFINITION Index CollapseReport::active() const {
  return std::count_if(latents.begin(), latents.end(), [](const LatentState& l) { return l.active; });
}

BETAVAE_DEFINITION std::optional<Index> CollapseReport::predicted() const {
  if (latents.empty() || !latents.front().predicted) {
    return std::nullopt;
  }
  return std::count_if(latents.begin(), latents.end(), [](const LatentState& l) { return *l.predicted; });
}

BETAVAE_DEFINITION bool CollapseReport::found(CollapseFinding::Kind kind) const {
  return std::any_of(findings.begin(), findings.end(), [=](const CollapseFinding& f) { return f.kind == kind; });
}

BETAVAE_DEFINITION std::string CollapseReport::csv() const {
  std::string text = "latent,rate,mean_variance,active,predicted\n";
  for (std::size_t k = 0; k < latents.size(); ++k) {
    const LatentState& latent = latents[k];
    const std::string predicted = latent.predicted ? (*latent.predicted ? "1" : "0") : "";
    text += detail::format_text(
        "{},{},{},{},{}\n",
        {k, detail::csv_cell(latent.rate), detail::csv_cell(latent.mean_variance), latent.active ? 1 : 0, predicted});
  }
  return text;
}

namespace detail {

BETAVAE_DEFINITION SwapCosts::SwapCosts(Index samples, std::uint64_t seed)
    : next_(static_cast<std::size_t>(samples)), cost_(samples), weights_(samples) {
  std::vector<Index> cycle;
  shuffle(cycle, samples, Random(seed, Stream::permutation), 0);
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    next_[static_cast<std::size_t>(cycle[i])] = cycle[(i + 1) % cycle.size()];
  }
}

BETAVAE_DEFINITION void SwapCosts::add(Index sample, double nats, double weight, bool swapped) {
  cost_(sample) = swapped ? nats - cost_(sample) : nats;
  weights_(sample) = weight;
}

BETAVAE_DEFINITION void SwapCosts::put_into(CollapseReport& report) const {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const Index samples = cost_.size();
  if (samples < 2) {
    report.swap_cost = report.swap_error = none;
    return;
  }
  Eigen::VectorXd shares = weights_;
  for (Index j = 0; j < samples; ++j) {
    shares(j) *= weights_(next(j));
  }
  shares /= shares.sum();
  const double mean = shares.dot(cost_);
  const Eigen::VectorXd off = shares.array() * (cost_.array() - mean);
  double neighbours = 0;
  for (Index j = 0; j < samples; ++j) {
    neighbours += off(j) * off(next(j));
  }
  const double variance = off.squaredNorm() + 2 * std::max(0.0, neighbours);
  const auto count = static_cast<double>(samples);
  report.swap_cost = mean;
  report.swap_error = samples < 3 ? none : std::sqrt(variance * count / (count - 1));
}

BETAVAE_DEFINITION void require_sensible(const CollapseOptions& options) {
  require(options.spectrum.has_value() == options.beta.has_value(), "collapse_report", "options",
          "spectrum and beta, or neither", options.beta ? "beta alone" : "spectrum alone");
  require(options.flat >= 0 && std::isfinite(options.flat), "collapse_report", "options.flat",
          "a finite number of at least 0", options.flat);
}

BETAVAE_DEFINITION CollapseReport report_of(const Evaluation& measured, const CollapseOptions& options) {
  CollapseReport report;
  report.rate = measured.rate;
  report.distortion = measured.distortion;
  report.flat = options.flat;
  const std::size_t count = measured.code_variance.size();
  const bool by_latent = measured.rate_per_dimension.size() == count;
  const Index alive = options.spectrum
                          ? std::min(options.spectrum->predicted_active(*options.beta), static_cast<Index>(count))
                          : Index{0};
  for (std::size_t k = 0; k < count; ++k) {
    const double variance = measured.code_variance[k];
    LatentState latent;
    latent.rate = by_latent ? measured.rate_per_dimension[k] : std::numeric_limits<double>::quiet_NaN();
    latent.mean_variance = variance;
    latent.active = variance > active_variance;
    if (options.spectrum) {
      Index before = 0;  // in the order of their variances
      for (std::size_t i = 0; i < count; ++i) {
        before += measured.code_variance[i] > variance || (measured.code_variance[i] == variance && i < k) ? 1 : 0;
      }
      latent.predicted = before < alive;
    }
    report.latents.push_back(latent);
  }
  return report;
}

BETAVAE_DEFINITION void add_findings(CollapseReport& report, std::optional<double> beta, bool sees_more) {
  using Kind = CollapseFinding::Kind;
  const auto add = [&](Kind kind, std::string what, std::string advice) {
    report.findings.push_back({kind, std::move(what), std::move(advice)});
  };
  if (report.samples < 2) {
    add(Kind::too_few_samples, "one sample does not show what a code tells apart", "measure more samples");
    return;
  }
  const auto count = static_cast<Index>(report.latents.size());
  const Index active = report.active();
  const bool expected = report.predicted() == Index{0};
  const bool has_no_need = sees_more && !expected;
  if (report.code_collapsed()) {
    add(Kind::code_collapsed, "the whole code has collapsed: no posterior mean varies with the data",
        expected ? "lower beta below the largest price of the data's spectrum: beyond it collapse is stable"
        : has_no_need
            ? "look at the decoder first: it is shown more than the code, and may have no need of it at any beta"
            : "lower beta, or raise it slowly from 0 (a schedule or free bits): a code once collapsed hardly returns");
  } else if (active < count) {
    add(Kind::latent_collapsed, format_text("{} of {} latents have collapsed", {count - active, count}),
        "this is how a code finds its size, and harmless; lower beta if more detail is to be kept");
  }
  const bool asks_decoder = !report.code_collapsed() || has_no_need;
  if (asks_decoder && !report.decoder_ignores_code() && !report.decoder_uses_code()) {
    add(Kind::too_few_samples,
        format_text("{} samples do not show whether the decoder uses the code: another sample's code costs {} nats, "
                    "with a standard error of {}",
                    {report.samples, {report.swap_cost, 3}, {report.swap_error, 3}}),
        "measure more samples, or call more nats flat");
  }
  if (asks_decoder && report.decoder_ignores_code()) {
    add(Kind::decoder_ignores_code,
        format_text("the decoder ignores the code: another sample's code costs {} nats, with a standard error of {}",
                    {{report.swap_cost, 3}, {report.swap_error, 3}}),
        "weaken what reaches the decoder past the code (remove, gate or drop out skips and conditions), or feed z into "
        "every layer");
  }
  for (std::size_t k = 0; k < report.latents.size(); ++k) {
    if (!report.latents[k].active && report.latents[k].rate > 0.1) {
      add(Kind::rate_for_nothing,
          format_text("latent {} pays {} nats though its mean does not vary", {k, {report.latents[k].rate, 2}}),
          "train longer: at the end such a latent is the prior and free");
    }
  }
  if (const auto predicted = report.predicted(); predicted && *predicted != active) {
    add(Kind::unlike_prediction,
        format_text("{} latents are active where {} prices of the data exceed beta = {}", {active, *predicted, *beta}),
        active < *predicted && has_no_need ? "the prices are those of data that the decoder learns of by the code alone"
        : active < *predicted              ? "train longer, or begin at a lower beta: latents may have collapsed early"
                              : "nothing to do: the decoder found directions that no straight line follows");
  }
}

BETAVAE_DEFINITION std::string text_of(const CollapseFinding& finding) { return finding.what + ": " + finding.advice; }

BETAVAE_DEFINITION std::string text_of(const CollapseReport& report) {
  std::string text = format_text("active {}/{}", {report.active(), report.latents.size()});
  if (report.predicted()) {
    text += format_text(" (predicted {})", {*report.predicted()});
  }
  text += format_text(", rate {} nats, swap cost {} +- {} nats",
                      {{report.rate, 2}, {report.swap_cost, 2}, {report.swap_error, 2}});
  for (const betavae::CollapseFinding& finding : report.findings) {
    text += "\n  " + text_of(finding);
  }
  return text;
}

}  // namespace detail
}  // namespace betavae
