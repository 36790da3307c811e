// SPDX-License-Identifier: MIT
// Chains of trainings, side by side, and what they went through as text.
#pragma once

#include <betavae/analysis/model_family.hpp>

#include <atomic>
#include <cmath>
#include <exception>
#include <thread>

namespace betavae::detail {

BETAVAE_DEFINITION std::string family_csv(const std::vector<double>& betas, const std::vector<History>& histories) {
  std::string text;
  for (std::size_t i = 0; i < std::min(histories.size(), betas.size()); ++i) {
    const std::string of_beta = histories[i].csv();
    std::size_t first = of_beta.find('\n') + 1;
    if (i == 0) {
      text = "beta," + of_beta.substr(0, first);
    }
    for (std::size_t end = 0; first < of_beta.size(); first = end) {
      end = of_beta.find('\n', first) + 1;
      text += format_text("{},", {betas[i]}) + of_beta.substr(first, end - first);
    }
  }
  return text;
}

BETAVAE_DEFINITION std::string family_text(std::size_t models, const std::vector<double>& betas,
                                           const std::vector<History>& histories) {
  std::string text = format_text("{} models", {models});
  for (std::size_t i = 0; i < std::min(histories.size(), betas.size()); ++i) {
    text += format_text("\nβ {}: ", {betas[i]});
    text += histories[i].empty() ? "not trained" : text_of(histories[i].back());
  }
  return text;
}

BETAVAE_DEFINITION void require_ascending(std::string_view where, const std::vector<double>& betas, bool takes_zero) {
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

BETAVAE_DEFINITION void require_sensible(const FamilyOptions& options) {
  require(options.chains >= 1, "train_family", "options.chains", "at least 1", options.chains);
  require(options.warm_up.value_or(0) >= 0, "train_family", "options.warm_up", "at least 0",
          options.warm_up.value_or(0));
}

BETAVAE_DEFINITION void run_chains(
    Index chains, Index at_once, const std::function<void(Index chain, const std::function<bool()>& has_failed)>& run) {
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(chains));
  std::atomic<bool> failed = false;
  const std::function<bool()> has_failed = [&] { return failed.load(); };
  std::atomic<Index> next = 0;
  const auto work = [&] {
    for (Index chain = next++; chain < chains && !failed; chain = next++) {
      try {
        run(chain, has_failed);
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
}

}  // namespace betavae::detail
