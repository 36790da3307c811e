// SPDX-License-Identifier: MIT
// What a training went through: one record an epoch, printable and writable as CSV.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/vae/objective/training_plan.hpp>
#include <betavae/vae/vae.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace betavae {

/// The variance of a latent's posterior mean over the data, above which it is active (Burda, Grosse and Salakhutdinov, 2016).
inline constexpr double active_variance = 0.01;

/// Means over one epoch of training, each batch with the parameters that it was trained at. Loss, rate and distortion are in nats.
struct Epoch {
  Index epoch = 0;  ///< from 1
  Index step = 0;   ///< updates so far
  double loss = 0;
  double rate = 0;
  double distortion = 0;
  std::vector<double> rate_per_dimension;  ///< one number, of the code as a whole, where the prior does not fall apart
  std::vector<NamedNumber>
      of_objective;              ///< means of what it measured (see its kinds), and its settings at the last step
  bool rate_is_sampled = false;  ///< whether the rate is an estimate at one draw a sample, and not in closed form
  Index latents = 0;
  Index active = 0;          ///< latents whose posterior mean varies by more than `active_variance` within batches
  double learning_rate = 0;  ///< of the last step
  double gradient_norm = 0;  ///< of the last step, before clipping
  double seconds = 0;
  double samples_per_second = 0;
  std::optional<NegativeElbo> validation;
  bool last = false;  ///< training ends with it (but for an on_epoch that ends it sooner)
};

/// The epochs of one or more calls of `fit`.
struct History : std::vector<Epoch> {
  bool stopped_early = false;
  std::vector<std::string>
      warnings;  ///< a sentence for each thing odd: in the data, a schedule longer than training, a target not reached
  Index best_epoch = 0;  ///< whose parameters the model has, after early stopping; else 0

  /// One line an epoch, with a header. Numbers keep all their digits; an absent validation leaves its cells empty. What belongs to
  /// the objective comes last, under its names in the first epoch, with _ for spaces.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

namespace detail {

/// One line, as fmt prints an epoch.
[[nodiscard]] BETAVAE_API std::string text_of(const Epoch& epoch);

}  // namespace detail
}  // namespace betavae

/// rate 6.9 nats  distortion 249.8 nats  active 8/20, then what the objective measured and what changes of its settings
template <>
struct fmt::formatter<betavae::Epoch> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::Epoch& epoch, Context& context) const {
    const std::string text = betavae::detail::text_of(epoch);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/train/history.ipp>
#endif
