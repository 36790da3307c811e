// SPDX-License-Identifier: MIT
// What a training went through: one record an epoch, printable and writable as CSV.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/vae/vae.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace betavae {

/// The variance of a latent's posterior mean over the data, above which it is active (Burda, Grosse and Salakhutdinov, 2016).
inline constexpr double active_variance = 0.01;

/// Means over one epoch of training, in nats, each batch with the parameters that it was trained at.
struct Epoch {
  Index epoch = 0;  ///< from 1
  Index step = 0;   ///< updates so far
  double loss = 0;
  double rate = 0;
  double distortion = 0;
  std::vector<double> rate_per_dimension;
  Index active = 0;          ///< latents whose posterior mean varies by more than `active_variance` within batches
  double learning_rate = 0;  ///< of the last step
  double gradient_norm = 0;  ///< of the last step, before clipping
  double seconds = 0;
  double samples_per_second = 0;
  std::optional<NegativeElbo> validation;
  bool last = false;  ///< training ends with it (but for an on_epoch that ends it sooner)

  [[nodiscard]] Index latents() const { return static_cast<Index>(rate_per_dimension.size()); }
};

/// The epochs of one or more calls of `fit`.
struct History : std::vector<Epoch> {
  bool stopped_early = false;
  std::vector<std::string>
      warnings;          ///< a sentence for each thing odd: in the data, or a schedule longer than training
  Index best_epoch = 0;  ///< whose parameters the model has, after early stopping; else 0

  /// One line an epoch, with a header. Numbers keep all their digits; an absent validation leaves its cells empty.
  [[nodiscard]] std::string csv() const {
    std::string text =
        "epoch,step,loss,rate,distortion,active,latents,learning_rate,gradient_norm,seconds,samples_per_second,"
        "validation_rate,validation_distortion\n";
    for (const Epoch& e : *this) {
      text += detail::format_text("{},{},{},{},{},{},{},{},{},{},{},",
                                  {e.epoch, e.step, e.loss, e.rate, e.distortion, e.active, e.latents(),
                                   e.learning_rate, e.gradient_norm, e.seconds, e.samples_per_second});
      text += e.validation ? detail::format_text("{},{}\n", {e.validation->rate, e.validation->distortion})
                           : std::string(",\n");
    }
    return text;
  }
};

}  // namespace betavae

/// rate 6.9 nats  distortion 249.8 nats  active 8/20
template <>
struct fmt::formatter<betavae::Epoch> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::Epoch& epoch, Context& context) const {
    const std::string text =
        betavae::detail::format_text("rate {} nats  distortion {} nats  active {}/{}",
                                     {{epoch.rate, 1}, {epoch.distortion, 1}, epoch.active, epoch.latents()});
    return std::copy(text.begin(), text.end(), context.out());
  }
};
