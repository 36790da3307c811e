// SPDX-License-Identifier: MIT
// A history as text.
#pragma once

#include <betavae/train/history.hpp>

#include <algorithm>

namespace betavae {

BETAVAE_DEFINITION std::string History::csv() const {
  std::string text =
      "epoch,step,loss,rate,distortion,active,latents,learning_rate,gradient_norm,seconds,samples_per_second,"
      "validation_rate,validation_distortion";
  const std::size_t named = empty() ? 0 : front().of_objective.size();
  for (std::size_t i = 0; i < named; ++i) {
    std::string name(front().of_objective[i].name);
    std::replace(name.begin(), name.end(), ' ', '_');
    text += "," + name;
  }
  text += "\n";
  for (const Epoch& e : *this) {
    text += detail::format_text("{},{},{},{},{},{},{},{},{},{},{},",
                                {e.epoch, e.step, e.loss, e.rate, e.distortion, e.active, e.latents, e.learning_rate,
                                 e.gradient_norm, e.seconds, e.samples_per_second});
    text +=
        e.validation ? detail::format_text("{},{}", {e.validation->rate, e.validation->distortion}) : std::string(",");
    for (std::size_t i = 0; i < named; ++i) {
      text += i < e.of_objective.size() ? detail::format_text(",{}", {e.of_objective[i].value}) : std::string(",");
    }
    text += "\n";
  }
  return text;
}

namespace detail {

BETAVAE_DEFINITION std::string text_of(const Epoch& epoch) {
  std::string text = format_text(
      "rate {} nats{}  distortion {} nats  active {}/{}",
      {{epoch.rate, 1}, epoch.rate_is_sampled ? " (sampled)" : "", {epoch.distortion, 1}, epoch.active, epoch.latents});
  for (const NamedNumber& number : epoch.of_objective) {
    if (number.kind != NumberKind::fixed_setting) {
      const bool is_nats = number.kind == NumberKind::nats;
      text += format_text("  {} {}{}", {number.name, {number.value, 2}, is_nats ? " nats" : ""});
    }
  }
  return text;
}

}  // namespace detail
}  // namespace betavae
