// SPDX-License-Identifier: MIT
// Sliders for the latents of a code, and the image that the decoder draws of it, computed in the page by the decoder itself.
//
// Each model brings a StoredDecoder. Of several, a slider of its own chooses whose decoder draws, and it goes along with the page's
// slider of β, where there is one: at each stop the model draws whose `number` is that of the stop. A latent moves within ±3, three
// standard deviations of the prior N(0, 1); all others stay where they are. Without script nothing of it is seen.
#pragma once

#include <betavae/io/report/beta_study.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace betavae {

/// A latent that gets a slider.
struct ExplorerLatent {
  Index latent = 0;
  std::string note = {};  ///< in small type beside its number; may be empty
};

/// A decoder and the latents that move it.
struct ExplorerModel {
  std::string name = {};  ///< "β = 4"
  Index number = 0;       ///< of the stop of the page's slider at which this model draws; no two models have the same
  StoredDecoder decoder;
  std::vector<ExplorerLatent> latents = {};
};

struct LatentExplorer {
  static constexpr bool needs_script = true;
  Index height = 0;
  Index width = 0;
  Index channels = 1;  ///< 1 grey, 3 red green blue; the channel runs fastest, then x, then y
  double black = 0;    ///< the mean that is drawn black
  double white = 1;    ///< the mean that is drawn white
  std::vector<ExplorerModel> models = {};
};

/// At most so many latents of a model get a slider.
inline constexpr std::size_t most_explorer_latents = 12;

/// The canvas, a place for the sliders, a button that brings them all back to 0, and the decoders.
/// Errors: ArgumentError without models, for channels other than 1 or 3, for decoders that do not draw height × width × channels, for a
/// latent that its decoder does not have, for numbers that are negative or repeat, and unless black and white differ.
BETAVAE_API std::string to_html(const LatentExplorer& explorer);

/// The explorer of a study: the models that bring a decoder, each with sliders for its active latents, those with the highest rate
/// first. Without such a model it is empty, and no block for a page.
BETAVAE_API LatentExplorer latent_explorer(const BetaStudy& study);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/latent_explorer.ipp>
#endif
