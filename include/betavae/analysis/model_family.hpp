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
#include <atomic>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
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

/// Models in the order of their β, with what their trainings went through.
template <class Model>
struct ModelFamily {
  std::vector<double> betas;
  std::vector<Model> models;
  std::vector<History> histories;

  /// One line an epoch, those of each β together, under a header: β, then as History::csv has it.
  [[nodiscard]] std::string csv() const {
    std::string text;
    for (std::size_t i = 0; i < std::min(histories.size(), betas.size()); ++i) {
      const std::string of_beta = histories[i].csv();
      std::size_t first = of_beta.find('\n') + 1;
      if (i == 0) {
        text = "beta," + of_beta.substr(0, first);
      }
      for (std::size_t end = 0; first < of_beta.size(); first = end) {
        end = of_beta.find('\n', first) + 1;
        text += detail::format_text("{},", {betas[i]}) + of_beta.substr(first, end - first);
      }
    }
    return text;
  }
};

namespace detail {

/// Errors: ArgumentError unless the β are finite, at least 0 (or above it), and ascend.
inline void require_ascending(std::string_view where, const std::vector<double>& betas, bool takes_zero) {
  require(!betas.empty(), where, "betas", "at least one", 0);
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const bool in_range = std::isfinite(betas[i]) && (takes_zero ? betas[i] >= 0 : betas[i] > 0);
    require(in_range, where, "betas",
            takes_zero ? "finite numbers of at least 0"
                       : "finite numbers above 0, for the curve is over ln beta, and at 0 no more than the bound of "
                         "the log-variance keeps the rate finite",
            betas[i]);
    if (i > 0 && !(betas[i - 1] < betas[i])) {
      fail<ArgumentError>(where, "betas", "ascending numbers, each once",
                          format_text("{} before {}", {betas[i - 1], betas[i]}));
    }
  }
}

}  // namespace detail

/// Trains a copy of `model` at each β, by BetaElbo. The chains read `data` (a matrix or DataSet) at the same time.
/// Errors: ArgumentError for no β, one that is negative or not finite, β that do not ascend, or options out of range; all those of
/// `fit`, after which nothing comes back.
template <class Model, class Data>
[[nodiscard]] ModelFamily<Model> train_family(const Model& model, const Data& data, const std::vector<double>& betas,
                                              const FamilyOptions& options = {}) {
  constexpr std::string_view name = "train_family";
  detail::require_ascending(name, betas, true);
  require(options.chains >= 1, name, "options.chains", "at least 1", options.chains);
  require(options.warm_up.value_or(0) >= 0, name, "options.warm_up", "at least 0", options.warm_up.value_or(0));
  (void)detail::require_sensible(options.fit);
  const auto count = static_cast<Index>(betas.size());
  const Index chains = std::min(options.chains, count);
  const Index threads = options.fit.threads > 0 ? options.fit.threads : default_thread_count();
  const Index at_once = std::min(threads, chains);

  ModelFamily<Model> family{betas, std::vector<Model>(betas.size(), model), std::vector<History>(betas.size())};
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(chains));
  std::atomic<bool> failed = false;
  Model warm = model;
  TrainingState<typename Model::Scalar> warm_state{Adam<typename Model::Scalar>(options.fit.adam)};
  FitOptions warm_up = options.fit;
  warm_up.epochs = options.warm_up.value_or(options.fit.epochs);
  (void)fit(warm, data, BetaElbo{betas.front()}, warm_up, warm_state);
  const auto train_chain = [&](Index chain) {
    Model current = warm;
    TrainingState<typename Model::Scalar> state = warm_state;
    for (Index i = chain; i < count && !failed; i += chains) {
      const auto place = static_cast<std::size_t>(i);
      FitOptions fit_options = options.fit;
      fit_options.threads = threads / at_once;
      if (options.before_fit) {
        options.before_fit(fit_options, i, betas[place]);
      }
      family.histories[place] = fit(current, data, BetaElbo{betas[place]}, fit_options, state);
      family.models[place] = current;
    }
  };
  std::atomic<Index> next = 0;
  const auto work = [&] {
    for (Index chain = next++; chain < chains && !failed; chain = next++) {
      try {
        train_chain(chain);
      } catch (...) {
        failures[static_cast<std::size_t>(chain)] = std::current_exception();
        failed = true;
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (Index i = 1; i < at_once; ++i) {
      helpers.emplace_back(work);
    }
    work();
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
  return family;
}

}  // namespace betavae

/// A line for each β: β 4: rate 6.9 nats  distortion 249.8 nats  active 8/20, of its last epoch
template <class Model>
struct fmt::formatter<betavae::ModelFamily<Model>> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::ModelFamily<Model>& family, Context& context) const {
    std::string text = betavae::detail::format_text("{} models", {family.models.size()});
    for (std::size_t i = 0; i < std::min(family.histories.size(), family.betas.size()); ++i) {
      text += betavae::detail::format_text("\nβ {}: ", {family.betas[i]});
      text += family.histories[i].empty() ? "not trained" : fmt::format("{}", family.histories[i].back());
    }
    return std::copy(text.begin(), text.end(), context.out());
  }
};
