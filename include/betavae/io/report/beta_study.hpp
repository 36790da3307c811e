// SPDX-License-Identifier: MIT
// What the page about β is made of: models trained alike but for β, and the images that show what each of them does.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/data/image_set.hpp>
#include <betavae/io/report/stored_decoder.hpp>
#include <betavae/io/report/table.hpp>
#include <betavae/vae/objective/named_number.hpp>

#include <limits>
#include <optional>
#include <string>
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

/// Errors: ArgumentError for a study without models or originals, for sizes and counts that do not fit together, and
/// for a β that is negative or not finite.
void check_study(const BetaStudy& study);

/// The study's models, the lowest β first.
[[nodiscard]] std::vector<ModelAtBeta> in_order_of_beta(const BetaStudy& study);

/// The latents of a model, the one with the highest rate first. NaN sorts last.
[[nodiscard]] std::vector<Index> latents_by_rate(const ModelAtBeta& model);

/// The most by which a pixel differs between two of the images.
[[nodiscard]] int largest_spread(const ImageSet& images);

}  // namespace detail
}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/beta_study.ipp>
#endif
