// SPDX-License-Identifier: MIT
// How the sentences are put together.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/beta_prose.hpp>
#include <betavae/io/report/text.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace betavae::detail {

/// Below this many nats the code is taken to say nothing.
inline constexpr double silent_rate = 0.01;

/// Reconstructions that differ by fewer grey values than this look the same.
inline constexpr int visible_spread = 10;

BETAVAE_DEFINITION bool silent(const ModelAtBeta& model) { return model.rate < silent_rate; }

BETAVAE_DEFINITION std::string beta_name(const ModelAtBeta& model) {
  return "β\u00A0=\u00A0" + format_number(model.beta);
}

BETAVAE_DEFINITION std::string prose_number(double value) {
  return value < silent_rate && value > -silent_rate ? "0" : format_fixed(value, value < 1 ? 2 : 1);
}

BETAVAE_DEFINITION std::string nats_and_bits(double nats) {
  return format_text("{} nats ({} bits)", {prose_number(nats), prose_number(nats / std::numbers::ln2)});
}

BETAVAE_DEFINITION std::string latents(Index count) {
  return format_text("{} {}", {count, count == 1 ? "latent" : "latents"});
}

/// "a", "a and b", "a, b and c".
BETAVAE_DEFINITION std::string enumerate(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t k = 0; k < items.size(); ++k) {
    text += (k == 0 ? "" : k + 1 == items.size() ? " and " : ", ") + items[k];
  }
  return text;
}

BETAVAE_DEFINITION TermList beta_terms() {
  return {{{"β",
            "The price of the code. Training minimises distortion\u00A0+\u00A0β\u00A0·\u00A0rate, so a nat is written "
            "into the code only if it "
            "saves at least β nats of distortion."},
           {"Code and latents",
            "The short list of numbers that stands for an image. Each number is a latent. It is active when "
            "it changes from image to image; otherwise it carries nothing."},
           {"Rate", "How much the code says about an image, in nats (1 nat is 1.44 bits). At rate 0 it says nothing."},
           {"Distortion",
            "How badly the picture drawn from the code fits the image: the nats still needed to describe every "
            "pixel. Its excess is what lies above the least possible for these images."}}};
}

BETAVAE_DEFINITION std::string cheap_sentence(const std::vector<ModelAtBeta>& models) {
  const ModelAtBeta& model = models.front();
  const std::string_view price = model.beta == 0 ? "is free: it" : models.size() > 1 ? "is cheapest: it" : "";
  std::string text = format_text("At {} the code {}{}carries {} an image in {} of {}.",
                                 {beta_name(model), price, price.empty() ? "" : " ", nats_and_bits(model.rate),
                                  model.active, latents(static_cast<Index>(model.rate_per_latent.size()))});
  if (model.beta == 0) {
    text += " That rate is finite only because the variance of a latent is kept above a bound.";
  }
  const bool closest = std::all_of(models.begin() + 1, models.end(),
                                   [&](const ModelAtBeta& other) { return model.distortion < other.distortion; });
  if (closest && models.size() > 1) {
    text += " No other model here stays as close to the originals";
    text += std::isfinite(model.excess) ? format_text(": its excess is {} nats.", {prose_number(model.excess)}) : ".";
  }
  return text;
}

BETAVAE_DEFINITION std::string middle_sentence(const std::vector<ModelAtBeta>& middle) {
  std::vector<std::string> parts;
  parts.reserve(middle.size());
  for (const ModelAtBeta& model : middle) {
    parts.push_back(
        format_text("{} nats in {} at {}", {prose_number(model.rate), latents(model.active), beta_name(model)}));
  }
  return format_text(
      "As the price rises, every nat has to earn its place, and what is kept is what tells images apart most: {}.",
      {enumerate(parts)});
}

BETAVAE_DEFINITION std::string silent_sentence(const std::vector<ModelAtBeta>& silent_models) {
  std::vector<std::string> names;
  bool same = true;
  for (const ModelAtBeta& model : silent_models) {
    names.push_back(beta_name(model));
    same = same && largest_spread(model.reconstructions) < visible_spread;
  }
  std::string text = format_text(
      "At {} no nat is worth its price. The code says nothing (its rate is below {} nats), so the "
      "model cannot tell one image from another",
      {enumerate(names), silent_rate});
  const bool several = silent_models.front().reconstructions.count > 1;
  return text + (same && several ? ": whatever goes in, out comes the same blurry average." : ".");
}

BETAVAE_DEFINITION std::vector<std::string> reconstruction_story(const std::vector<ModelAtBeta>& models) {
  std::vector<ModelAtBeta> speaking;
  std::vector<ModelAtBeta> silent_models;
  for (const ModelAtBeta& model : models) {
    (silent(model) ? silent_models : speaking).push_back(model);
  }
  std::vector<std::string> story;
  if (!speaking.empty()) {
    const bool first = !silent(models.front());
    if (first) {
      story.push_back(cheap_sentence(models));
    }
    if (speaking.size() > (first ? 1U : 0U)) {
      story.push_back(middle_sentence({speaking.begin() + (first ? 1 : 0), speaking.end()}));
    }
  }
  if (!silent_models.empty()) {
    story.push_back(silent_sentence(silent_models));
  }
  return story;
}

/// Whether each traversal of the model changes some pixel visibly.
BETAVAE_DEFINITION bool every_traversal_shows(const ModelAtBeta& model) {
  return !model.traversals.empty() &&
         std::all_of(model.traversals.begin(), model.traversals.end(), [](const LatentTraversal& traversal) {
           return largest_spread(traversal.images) >= 4 * visible_spread;
         });
}

BETAVAE_DEFINITION std::string traversal_story(const std::vector<ModelAtBeta>& models) {
  std::string text =
      "Every row starts from the code that is zero everywhere, moves one latent through the values at the top and "
      "leaves the "
      "others alone. Rows are sorted by rate; latents that carry nothing are left out.";
  const auto fewer_active = [](const ModelAtBeta& a, const ModelAtBeta& b) { return a.active < b.active; };
  const auto most = std::max_element(models.begin(), models.end(), fewer_active);
  const auto costly = std::find_if(models.rbegin(), models.rend(), [](const ModelAtBeta& model) {
    return !silent(model) && every_traversal_shows(model);
  });
  if (costly != models.rend() && most->active > costly->active && most->beta < costly->beta) {
    text += format_text(
        " A cheap code tends to be tangled: at {} the picture is the work of {} together, and no single one need mean "
        "anything "
        "by itself. A costlier code tends to be organised: {} had to earn {} place at {} by a change that one can see.",
        {beta_name(*most), latents(most->active), latents(costly->active), costly->active == 1 ? "its" : "their",
         beta_name(*costly)});
  }
  return text;
}

}  // namespace betavae::detail
