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

#include <betavae/analysis/price_spectrum.hpp>
#include <betavae/train/evaluate.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
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

  [[nodiscard]] BETAVAE_API Index active() const;
  /// Absent without a spectrum.
  [[nodiscard]] BETAVAE_API std::optional<Index> predicted() const;
  /// Of one sample nothing varies, which says nothing.
  [[nodiscard]] bool code_collapsed() const { return samples > 1 && active() == 0; }
  /// Not where that is not known: with NaN, no comparison holds.
  [[nodiscard]] bool decoder_ignores_code() const { return swap_cost + 2 * swap_error <= flat; }
  [[nodiscard]] bool decoder_uses_code() const { return swap_cost - 2 * swap_error > flat; }
  [[nodiscard]] BETAVAE_API bool found(CollapseFinding::Kind kind) const;

  /// One line a latent, from 0, with a header; what is not known is an empty cell.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

namespace detail {

/// What each sample's own code saves against that of the next one in a random cycle through all.
class SwapCosts {
 public:
  BETAVAE_API SwapCosts(Index samples, std::uint64_t seed);

  [[nodiscard]] Index next(Index sample) const { return next_[static_cast<std::size_t>(sample)]; }
  /// The distortion of a sample, first with its own code, then (`swapped`) with the next one's.
  BETAVAE_API void add(Index sample, double nats, double weight, bool swapped);
  /// The mean and its standard error into a report. The differences of neighbours in the cycle share a code, so their covariance
  /// counts where it is positive.
  BETAVAE_API void put_into(CollapseReport& report) const;

 private:
  std::vector<Index> next_;
  Eigen::VectorXd cost_;
  Eigen::VectorXd weights_;
};

template <class Model, class Data>
void measure_swaps(SwapCosts& costs, const Model& model, const Data& data, const CollapseOptions& options,
                   Threads& threads) {
  using Scalar = typename Model::Scalar;
  Tape<Scalar> tape;
  tape.use_threads(&threads);
  Batch<Scalar> batch;
  const GaussianNoise noise(options.seed, Stream::evaluation);
  std::vector<Scalar> codes;
  for (const bool swapped : {false, true}) {
    for_each_valid_batch("collapse_report", "data", model, data, options.batch, batch, [&](Index first) {
      tape.clear();
      Evaluating<Scalar> context(tape);
      const auto observed = batch.template on<Model::features>(tape);
      const auto encoded = model.encoder(context, present_values(observed));
      const auto own = reparameterize(posterior_in(encoded), noise, 0, static_cast<std::uint64_t>(first));
      const Index latents = own.rows();
      const Index count = own.columns();
      codes.resize(static_cast<std::size_t>(latents * data.size()));
      const MatrixView<Scalar> decoded{tape.allocate(latents * count), latents, count, latents};
      for (Index j = 0; j < count; ++j) {
        Scalar* const own_code = codes.data() + (first + j) * latents;
        if (!swapped) {
          std::copy_n(own.value_view().column(j), latents, own_code);
        }
        std::copy_n(swapped ? codes.data() + costs.next(first + j) * latents : own_code, latents, decoded.column(j));
      }
      const Constant<Scalar, std::remove_cvref_t<decltype(own)>::Rows> z{tape, decoded};
      const auto parameters = model.decode_given(context, z, observed.values, encoded);
      const auto nats = model.likelihood.distortion(context, parameters, observed);
      for (Index j = 0; j < nats.columns(); ++j) {
        costs.add(first + j, static_cast<double>(*nats.value_view().column(j)), batch.weight(j), swapped);
      }
    });
  }
}

/// Errors: ArgumentError for options out of range.
BETAVAE_API void require_sensible(const CollapseOptions& options);

/// The report without swaps and findings.
[[nodiscard]] BETAVAE_API CollapseReport report_of(const Evaluation& measured, const CollapseOptions& options);

/// `sees_more`: whether the decoder is shown more than the code, skips or conditions.
BETAVAE_API void add_findings(CollapseReport& report, std::optional<double> beta, bool sees_more);

/// As fmt prints them: one sentence, and for a report several lines.
[[nodiscard]] BETAVAE_API std::string text_of(const CollapseFinding& finding);
[[nodiscard]] BETAVAE_API std::string text_of(const CollapseReport& report);

}  // namespace detail

/// Measures a matrix features × samples or any DataSet. Give the spectrum of the data that the model was trained on.
/// Errors: those of `evaluate`; ArgumentError for a spectrum without β or β without a spectrum, β that is not finite or below 0, or a
/// negative `flat`.
template <class Model, class Data>
[[nodiscard]] CollapseReport collapse_report(const Model& model, const Data& data,
                                             const CollapseOptions& options = {}) {
  detail::require_sensible(options);
  const Evaluation measured =
      evaluate(model, data, {.batch = options.batch, .seed = options.seed, .threads = options.threads});
  CollapseReport report = detail::report_of(measured, options);
  Threads threads(options.threads);
  detail::with_data_set(model, data, [&](const auto& set) {
    report.samples = set.size();
    detail::SwapCosts costs(set.size(), options.seed);
    if (set.size() > 1) {
      detail::measure_swaps(costs, model, set, options, threads);
    }
    costs.put_into(report);
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
    const std::string text = betavae::detail::text_of(finding);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

/// active 8/20 (predicted 9), swap cost 12.3 +- 0.2 nats, then a line for each finding and its advice
template <>
struct fmt::formatter<betavae::CollapseReport> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::CollapseReport& report, Context& context) const {
    const std::string text = betavae::detail::text_of(report);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/collapse_report.ipp>
#endif
