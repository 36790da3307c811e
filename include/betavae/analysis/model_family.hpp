// SPDX-License-Identifier: MIT
// One model at each of several β, trained alike but for β.
//
// Chains run from low to high β, and each model begins where the one before it in its chain ended. Never downwards: a latent that has
// collapsed at a high β has no gradient that would bring it back at a lower one, so the way down shows fewer active latents than
// there could be. Chain c of C trains β_c, β_{c+C}, β_{c+2C}, …, each chain from the same model, which has been trained at the lowest
// β: neighbours on the curve have then been trained equally long, or one β longer, and the first of them is no beginner beside the
// rest, which would bend the curve. The number of chains is an option and nothing else, so that what comes out does not depend on the
// number of threads.
#pragma once

#include <betavae/train/fit.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace betavae {

struct FamilyOptions {
  /// Of each β; `threads` are those of all chains together, the same bits for any number. An `on_epoch` that returns false ends the
  /// training at its own β (or the warm-up) alone; what it throws ends all.
  FitOptions fit = {};
  Index chains = 2;  ///< trained side by side, as far as there are threads; 1 warms up every model by all below it
  /// Epochs at the lowest β before the chains begin, of which no history is kept and `before_fit` is not told. None: as `fit` has.
  std::optional<Index> warm_up = std::nullopt;
  /// Told of the options of each fit before it starts, such as Progress::follow. Chains call it, what it puts into the options, and what
  /// is in `fit` already, from several threads at a time.
  std::function<void(FitOptions& fit, Index place, double beta)> before_fit = nullptr;
};

namespace detail {

[[nodiscard]] BETAVAE_API std::string family_csv(const std::vector<double>& betas,
                                                 const std::vector<History>& histories);

/// As fmt prints a family.
[[nodiscard]] BETAVAE_API std::string family_text(std::size_t models, const std::vector<double>& betas,
                                                  const std::vector<History>& histories);

/// Errors: ArgumentError unless the β are finite, at least 0 (or above it), and ascend.
BETAVAE_API void require_ascending(std::string_view where, const std::vector<double>& betas, bool takes_zero);

/// Errors: ArgumentError for options out of range.
BETAVAE_API void require_sensible(const FamilyOptions& options);

/// run(chain, has_failed) for each of so many chains, so many at once, each on a thread of its own. A chain looks at has_failed() between
/// its fits and ends when another one has thrown; what the first of those that did has thrown is thrown again at the end.
BETAVAE_API void run_chains(Index chains, Index at_once,
                            const std::function<void(Index chain, const std::function<bool()>& has_failed)>& run);

}  // namespace detail

/// Models in the order of their β, with what their trainings went through.
template <class Model>
struct ModelFamily {
  std::vector<double> betas;
  std::vector<Model> models;
  std::vector<History> histories;

  /// One line an epoch, those of each β together, under a header: β, then as History::csv has it.
  [[nodiscard]] std::string csv() const { return detail::family_csv(betas, histories); }
};

/// Trains a copy of `model` at each β, by BetaElbo. The chains read `data` (a matrix or DataSet) at the same time.
/// Errors: ArgumentError for no β, one that is negative or not finite, β that do not ascend, or options out of range; all those of
/// `fit`, after which nothing comes back.
template <class Model, class Data>
[[nodiscard]] ModelFamily<Model> train_family(const Model& model, const Data& data, const std::vector<double>& betas,
                                              const FamilyOptions& options = {}) {
  detail::require_ascending("train_family", betas, true);
  detail::require_sensible(options);
  (void)detail::require_sensible(options.fit);
  const auto count = static_cast<Index>(betas.size());
  const Index chains = std::min(options.chains, count);
  const Index threads = options.fit.threads > 0 ? options.fit.threads : default_thread_count();
  const Index at_once = std::min(threads, chains);

  ModelFamily<Model> family{betas, std::vector<Model>(betas.size(), model), std::vector<History>(betas.size())};
  Model warm = model;
  TrainingState<typename Model::Scalar> warm_state{Adam<typename Model::Scalar>(options.fit.adam)};
  FitOptions warm_up = options.fit;
  warm_up.epochs = options.warm_up.value_or(options.fit.epochs);
  (void)fit(warm, data, BetaElbo{betas.front()}, warm_up, warm_state);
  detail::run_chains(chains, at_once, [&](Index chain, const std::function<bool()>& has_failed) {
    Model current = warm;
    TrainingState<typename Model::Scalar> state = warm_state;
    for (Index i = chain; i < count && !has_failed(); i += chains) {
      const auto place = static_cast<std::size_t>(i);
      FitOptions fit_options = options.fit;
      fit_options.threads = threads / at_once;
      if (options.before_fit) {
        options.before_fit(fit_options, i, betas[place]);
      }
      family.histories[place] = fit(current, data, BetaElbo{betas[place]}, fit_options, state);
      family.models[place] = current;
    }
  });
  return family;
}

}  // namespace betavae

/// A line for each β: β 4: rate 6.9 nats  distortion 249.8 nats  active 8/20, of its last epoch
template <class Model>
struct fmt::formatter<betavae::ModelFamily<Model>> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::ModelFamily<Model>& family, Context& context) const {
    const std::string text = betavae::detail::family_text(family.models.size(), family.betas, family.histories);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/model_family.ipp>
#endif
