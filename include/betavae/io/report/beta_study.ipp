// SPDX-License-Identifier: MIT
// What is asked of a study, and its models in order.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/beta_study.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace betavae::detail {

/// Images of a study have the originals' size. That their bytes match it is checked where they are laid out.
BETAVAE_DEFINITION void check_study_images(const BetaStudy& study, const ImageSet& images, std::string_view name) {
  constexpr std::string_view where = "beta_report";
  const auto shape = [](const ImageSet& set) {
    return format_text("{} × {} × {}", {set.height, set.width, set.channels});
  };
  require(images.height == study.originals.height && images.width == study.originals.width &&
              images.channels == study.originals.channels,
          where, name, "images of the originals' size, " + shape(study.originals), shape(images));
}

BETAVAE_DEFINITION void check_study(const BetaStudy& study) {
  constexpr std::string_view where = "beta_report";
  require(!study.models.empty(), where, "study.models", "at least one", study.models.size());
  require(study.originals.count >= 1, where, "study.originals", "at least one image", study.originals.count);
  for (const ModelAtBeta& model : study.models) {
    require(std::isfinite(model.beta) && model.beta >= 0, where, "beta", "a finite number from 0", model.beta);
    check_study_images(study, model.reconstructions, "reconstructions");
    require_same_size(where, "reconstructions", model.reconstructions.count, "originals", study.originals.count);
    if (model.samples.count > 0) {
      check_study_images(study, model.samples, "samples");
    }
    const auto latents = static_cast<Index>(model.rate_per_latent.size());
    require(model.active >= 0 && model.active <= latents, where, "active",
            format_text("from 0 to {} latents", {latents}), model.active);
    for (const LatentTraversal& traversal : model.traversals) {
      check_study_images(study, traversal.images, "traversal");
      require_same_size(where, "images of a traversal", traversal.images.count, "traversal_positions",
                        static_cast<Index>(study.traversal_positions.size()));
      require(traversal.latent >= 0 && traversal.latent < latents, where, "traversal.latent",
              format_text("from 0 and below {} latents", {latents}), traversal.latent);
    }
    if (model.decoder) {
      require_same_size(where, "inputs of a decoder", model.decoder->inputs(), "latents", latents);
      require_same_size(where, "outputs of a decoder", model.decoder->outputs(), "values of an image",
                        study.originals.features());
    }
  }
}

/// The numbers 0, 1, … in the order of their keys, equal keys in the order of their numbers. By insertion: there are few.
BETAVAE_DEFINITION std::vector<Index> order_of(const std::vector<double>& keys) {
  std::vector<Index> order(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::size_t place = i;
    for (; place > 0 && keys[static_cast<std::size_t>(order[place - 1])] > keys[i]; --place) {
      order[place] = order[place - 1];
    }
    order[place] = static_cast<Index>(i);
  }
  return order;
}

BETAVAE_DEFINITION std::vector<ModelAtBeta> in_order_of_beta(const BetaStudy& study) {
  std::vector<double> keys;
  for (const ModelAtBeta& model : study.models) {
    keys.push_back(model.beta);
  }
  std::vector<ModelAtBeta> models;
  for (const Index number : order_of(keys)) {
    models.push_back(study.models[static_cast<std::size_t>(number)]);
  }
  return models;
}

BETAVAE_DEFINITION std::vector<Index> latents_by_rate(const ModelAtBeta& model) {
  std::vector<double> keys;
  for (const double rate : model.rate_per_latent) {
    keys.push_back(std::isnan(rate) ? 1.0 : -rate);
  }
  return order_of(keys);
}

BETAVAE_DEFINITION int largest_spread(const ImageSet& images) {
  int spread = 0;
  const auto features = static_cast<std::size_t>(images.features());
  for (std::size_t feature = 0; feature < features; ++feature) {
    std::uint8_t least = 255;
    std::uint8_t most = 0;
    for (std::size_t at = feature; at < images.bytes.size(); at += features) {
      least = std::min(least, images.bytes[at]);
      most = std::max(most, images.bytes[at]);
    }
    spread = std::max(spread, most - least);
  }
  return spread;
}

}  // namespace betavae::detail
