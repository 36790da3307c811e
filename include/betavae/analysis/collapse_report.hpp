// SPDX-License-Identifier: MIT
// Posterior collapse: which latents carry nothing, whether the whole code does, and whether the decoder looks at it at all.
//
// A latent whose posterior mean hardly varies over the data has collapsed, as has the code when all have (Burda, Grosse and
// Salakhutdinov, 2016, "active units"). That a decoder ignores z (Bowman et al., 2016) shows where the likelihood is flat in z: decode
// every sample with the code of another one, and see what it costs,
//
//     swap cost = E[−ln p(x|z′)] − E[−ln p(x|z)],     z ~ q(z|x),   z′ ~ q(z|x′)                                                  in nats
//
// Skips and conditions stay those of x itself: it is the code alone that is swapped. x′ comes next after x in one random cycle through
// all samples, so that no sample meets itself; where samples have weights, a pair counts by the product of both. On the linear optimum the
// cost is Σ_active (ζᵢ² − βη²)/η².
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/price_spectrum.hpp>
#include <betavae/train/evaluate.hpp>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace betavae {

struct CollapseOptions {
  /// What the model's own data say before training, and the β it was trained at: with both, latents are compared with their number.
  std::optional<PriceSpectrum> spectrum = std::nullopt;
  std::optional<double> beta = std::nullopt;
  double flat = 0.01;      ///< nats: a swap cost that is below it by two standard errors shows a decoder that ignores z
  Index batch = 500;       ///< samples at a time; changes the result by rounding alone
  std::uint64_t seed = 1;  ///< of the draws and of the cycle
  Index threads = 0;       ///< that share the work; the same bits for any number. 0: see `default_thread_count`
};

/// One latent. With a spectrum, as many of those of the largest variance are predicted to be active as there are prices above β.
struct LatentState {
  double rate = 0;           ///< nats; NaN where the prior does not fall apart
  double mean_variance = 0;  ///< of the posterior mean over the data
  bool active = false;
  std::optional<bool> predicted = std::nullopt;
};

/// What is wrong, in one sentence, and what to do about it, in another.
struct CollapseFinding {
  enum class Kind {
    latent_collapsed,
    code_collapsed,
    decoder_ignores_code,
    rate_for_nothing,
    unlike_prediction,
    too_few_samples
  };
  Kind kind;
  std::string what;
  std::string advice;
};

struct CollapseReport {
  Index samples = 0;
  std::vector<LatentState> latents;
  double rate = 0;        ///< nats
  double distortion = 0;  ///< nats
  double swap_cost = 0;   ///< nats; NaN for one sample, which has no other
  double swap_error = 0;  ///< its standard error over samples; NaN for fewer than three
  double flat = 0;        ///< nats, as it was asked for
  std::vector<CollapseFinding> findings;

  [[nodiscard]] Index active() const {
    return std::count_if(latents.begin(), latents.end(), [](const LatentState& l) { return l.active; });
  }
  /// Absent without a spectrum.
  [[nodiscard]] std::optional<Index> predicted() const {
    if (latents.empty() || !latents.front().predicted) {
      return std::nullopt;
    }
    return std::count_if(latents.begin(), latents.end(), [](const LatentState& l) { return *l.predicted; });
  }
  /// Of one sample nothing varies, which says nothing.
  [[nodiscard]] bool code_collapsed() const { return samples > 1 && active() == 0; }
  /// Not where that is not known: with NaN, no comparison holds.
  [[nodiscard]] bool decoder_ignores_code() const { return swap_cost + 2 * swap_error <= flat; }
  [[nodiscard]] bool decoder_uses_code() const { return swap_cost - 2 * swap_error > flat; }
  [[nodiscard]] bool found(CollapseFinding::Kind kind) const {
    return std::any_of(findings.begin(), findings.end(), [=](const CollapseFinding& f) { return f.kind == kind; });
  }

  /// One line a latent, from 0, with a header; what is not known is an empty cell.
  [[nodiscard]] std::string csv() const {
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
};

namespace detail {

/// Mean of what each sample's own code saves against another's, and its standard error. The differences of neighbours in the cycle
/// share a code, so their covariance counts where it is positive.
template <class Model, class Data>
[[nodiscard]] std::pair<double, double> swap_cost(const Model& model, const Data& data, const CollapseOptions& options,
                                                  Threads& threads) {
  using Scalar = typename Model::Scalar;
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const Index samples = data.size();
  if (samples < 2) {
    return {none, none};
  }
  std::vector<Index> cycle;
  shuffle(cycle, samples, Random(options.seed, Stream::permutation), 0);
  std::vector<Index> next(static_cast<std::size_t>(samples));
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    next[static_cast<std::size_t>(cycle[i])] = cycle[(i + 1) % cycle.size()];
  }

  Tape<Scalar> tape;
  tape.use_threads(&threads);
  Batch<Scalar> batch;
  const GaussianNoise noise(options.seed, Stream::evaluation);
  Matrix<Scalar> codes;
  Eigen::VectorXd cost(samples);
  Eigen::VectorXd weights(samples);
  for (const bool swapped : {false, true}) {
    for_each_valid_batch("collapse_report", "data", model, data, options.batch, batch, [&](Index first) {
      tape.clear();
      Evaluating<Scalar> context(tape);
      const auto observed = batch.template on<Model::features>(tape);
      const auto encoded = model.encoder(context, present_values(observed));
      const auto own = reparameterize(posterior_in(encoded), noise, 0, static_cast<std::uint64_t>(first));
      const Index count = own.columns();
      if (!swapped) {
        codes.resize(own.rows(), samples);
        codes.middleCols(first, count) = own.value();
      }
      const MatrixView<Scalar> decoded{tape.allocate(own.rows() * count), own.rows(), count, own.rows()};
      for (Index j = 0; j < count; ++j) {
        const Index of_sample = swapped ? next[static_cast<std::size_t>(first + j)] : first + j;
        map<dynamic>(decoded).col(j) = codes.col(of_sample);
      }
      const Constant<Scalar, std::remove_cvref_t<decltype(own)>::Rows> z{tape, decoded};
      const auto parameters = model.decode_given(context, z, observed.values, encoded);
      const auto nats = model.likelihood.distortion(context, parameters, observed);
      for (Index j = 0; j < nats.columns(); ++j) {
        const auto of_sample = static_cast<double>(*nats.value_view().column(j));
        cost(first + j) = swapped ? of_sample - cost(first + j) : of_sample;
        weights(first + j) = batch.weight(j);
      }
    });
  }
  Eigen::VectorXd shares = weights;
  for (Index j = 0; j < samples; ++j) {
    shares(j) *= weights(next[static_cast<std::size_t>(j)]);
  }
  shares /= shares.sum();
  const double mean = shares.dot(cost);
  const Eigen::VectorXd off = shares.array() * (cost.array() - mean);
  double neighbours = 0;
  for (Index j = 0; j < samples; ++j) {
    neighbours += off(j) * off(next[static_cast<std::size_t>(j)]);
  }
  const double variance = off.squaredNorm() + 2 * std::max(0.0, neighbours);
  const auto count = static_cast<double>(samples);
  return {mean, samples < 3 ? none : std::sqrt(variance * count / (count - 1))};
}

/// `sees_more`: whether the decoder is shown more than the code, skips or conditions.
inline void add_findings(CollapseReport& report, std::optional<double> beta, bool sees_more) {
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

}  // namespace detail

/// Measures a matrix features × samples or any DataSet. Give the spectrum of the data that the model was trained on.
/// Errors: those of `evaluate`; ArgumentError for a spectrum without β or β without a spectrum, β that is not finite or below 0, or a
/// negative `flat`.
template <class Model, class Data>
[[nodiscard]] CollapseReport collapse_report(const Model& model, const Data& data,
                                             const CollapseOptions& options = {}) {
  require(options.spectrum.has_value() == options.beta.has_value(), "collapse_report", "options",
          "spectrum and beta, or neither", options.beta ? "beta alone" : "spectrum alone");
  require(options.flat >= 0 && std::isfinite(options.flat), "collapse_report", "options.flat",
          "a finite number of at least 0", options.flat);
  const Evaluation measured =
      evaluate(model, data, {.batch = options.batch, .seed = options.seed, .threads = options.threads});
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
  Threads threads(options.threads);
  std::tie(report.swap_cost, report.swap_error) = detail::with_data_set(model, data, [&](const auto& set) {
    report.samples = set.size();
    return detail::swap_cost(model, set, options, threads);
  });
  using DecoderType = std::remove_cvref_t<decltype(model.decoder)>;
  detail::add_findings(report, options.beta,
                       HasSkips<DecoderType> || ConditionalDecoder<DecoderType, typename Model::Scalar>);
  return report;
}

}  // namespace betavae

/// what is wrong: what to do about it
template <>
struct fmt::formatter<betavae::CollapseFinding> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::CollapseFinding& finding, Context& context) const {
    const std::string text = finding.what + ": " + finding.advice;
    return std::copy(text.begin(), text.end(), context.out());
  }
};

/// active 8/20 (predicted 9), swap cost 12.3 +- 0.2 nats, then a line for each finding and its advice
template <>
struct fmt::formatter<betavae::CollapseReport> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::CollapseReport& report, Context& context) const {
    using betavae::detail::format_text;
    std::string text = format_text("active {}/{}", {report.active(), report.latents.size()});
    if (report.predicted()) {
      text += format_text(" (predicted {})", {*report.predicted()});
    }
    text += format_text(", rate {} nats, swap cost {} +- {} nats",
                        {{report.rate, 2}, {report.swap_cost, 2}, {report.swap_error, 2}});
    for (const betavae::CollapseFinding& finding : report.findings) {
      text += fmt::format("\n  {}", finding);
    }
    return std::copy(text.begin(), text.end(), context.out());
  }
};
