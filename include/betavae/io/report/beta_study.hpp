// SPDX-License-Identifier: MIT
// What the page about β is made of: models trained alike but for β, and the images that show what each of them does.
#pragma once

#include <betavae/data/image_set.hpp>
#include <betavae/io/report/stored_decoder.hpp>
#include <betavae/io/report/table.hpp>
#include <betavae/vae/objective/training_plan.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace betavae {

/// The images that one latent draws while it walks through the positions of the study and all others stay at zero.
struct LatentTraversal {
  Index latent = 0;
  ImageSet images = {};
};

/// One model: its β, what it costs in nats (summed over dimensions, averaged over images), and pictures it draws.
struct ModelAtBeta {
  double beta = 1;
  double rate = 0;
  double distortion = 0;
  /// Distortion above the least possible for these images; NaN where that floor is not known.
  double excess = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> rate_per_latent = {};  ///< nats; as many as the code has latents
  std::vector<NamedNumber> of_objective =
      {};                         ///< what else its objective measured, as Epoch::of_objective; may be empty
  Index active = 0;               ///< latents whose mean varies by more than 0.01 over the images
  ImageSet reconstructions = {};  ///< of the study's originals, in their order
  ImageSet samples = {};          ///< drawn from the prior, best a multiple of 4; may be none
  std::vector<LatentTraversal> traversals = {};  ///< in any order; may be empty
  /// What the page lets the reader draw with; none leaves that out. The mean is shown as the images are: 0 is black, 1 white.
  std::optional<StoredDecoder> decoder = std::nullopt;
};

struct BetaStudy {
  std::string title = "What β does";
  ImageSet originals = {};                       ///< about ten images that no model was trained on
  std::vector<double> traversal_positions = {};  ///< where the walks of all traversals stop, such as −3 … 3
  std::vector<ModelAtBeta> models = {};          ///< in any order
  std::vector<Term> facts = {};                  ///< network, epochs, seconds, …: shown at the end
};

namespace detail {

/// Images of a study have the originals' size. That their bytes match it is checked where they are laid out.
inline void check_study_images(const BetaStudy& study, const ImageSet& images, std::string_view name) {
  constexpr std::string_view where = "beta_report";
  const auto shape = [](const ImageSet& set) {
    return fmt::format("{} × {} × {}", set.height, set.width, set.channels);
  };
  require(images.height == study.originals.height && images.width == study.originals.width &&
              images.channels == study.originals.channels,
          where, name, "images of the originals' size, " + shape(study.originals), shape(images));
}

/// Errors: ArgumentError for a study without models or originals, for sizes and counts that do not fit together, and
/// for a β that is negative or not finite.
inline void check_study(const BetaStudy& study) {
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
    require(model.active >= 0 && model.active <= latents, where, "active", fmt::format("from 0 to {} latents", latents),
            model.active);
    for (const LatentTraversal& traversal : model.traversals) {
      check_study_images(study, traversal.images, "traversal");
      require_same_size(where, "images of a traversal", traversal.images.count, "traversal_positions",
                        static_cast<Index>(study.traversal_positions.size()));
      require(traversal.latent >= 0 && traversal.latent < latents, where, "traversal.latent",
              fmt::format("from 0 and below {} latents", latents), traversal.latent);
    }
    if (model.decoder) {
      require_same_size(where, "inputs of a decoder", model.decoder->inputs(), "latents", latents);
      require_same_size(where, "outputs of a decoder", model.decoder->outputs(), "values of an image",
                        study.originals.features());
    }
  }
}

/// The study's models, the lowest β first.
inline std::vector<ModelAtBeta> in_order_of_beta(const BetaStudy& study) {
  std::vector<ModelAtBeta> models = study.models;
  std::stable_sort(models.begin(), models.end(),
                   [](const ModelAtBeta& a, const ModelAtBeta& b) { return a.beta < b.beta; });
  return models;
}

/// The latents of a model, the one with the highest rate first. NaN sorts last.
inline std::vector<Index> latents_by_rate(const ModelAtBeta& model) {
  std::vector<Index> order(model.rate_per_latent.size());
  std::iota(order.begin(), order.end(), Index{0});
  const auto key = [&](Index latent) {
    const double rate = model.rate_per_latent[static_cast<std::size_t>(latent)];
    return std::isnan(rate) ? -1.0 : rate;
  };
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return key(a) > key(b); });
  return order;
}

/// The most by which a pixel differs between two of the images.
inline int largest_spread(const ImageSet& images) {
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

}  // namespace detail
}  // namespace betavae
