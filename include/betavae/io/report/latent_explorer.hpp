// SPDX-License-Identifier: MIT
// Sliders for the latents of a code, and the image that the decoder draws of it, computed in the page by the decoder itself.
//
// Each model brings a StoredDecoder. Of several, a slider of its own chooses whose decoder draws, and it goes along with the page's
// slider of β, where there is one: at each stop the model draws whose `number` is that of the stop. A latent moves within ±3, three
// standard deviations of the prior N(0, 1); all others stay where they are. Without script nothing of it is seen.
#pragma once

#include <betavae/io/report/beta_prose.hpp>
#include <betavae/io/report/json.hpp>
#include <betavae/io/report/stored_decoder.hpp>

#include <algorithm>
#include <cmath>
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

namespace detail {

inline std::string explorer_json(const LatentExplorer& explorer, const ExplorerModel& model) {
  const auto note =
      model.latents.empty()
          ? std::string("No latent is active: whatever the code, this is the image that the decoder draws.")
          : std::string("Each slider moves one latent; all begin at 0, the middle of the prior.");
  std::string json =
      fmt::format(R"({{"name":{},"note":{},"channels":{},"black":{},"white":{},"latents":[)", json_text(model.name),
                  json_text(note), explorer.channels, json_number(explorer.black), json_number(explorer.white));
  for (const ExplorerLatent& latent : model.latents) {
    json += fmt::format(R"({}{{"index":{},"name":{},"note":{}}})", &latent == &model.latents.front() ? "" : ",",
                        latent.latent, json_text(fmt::format("latent {}", latent.latent)), json_text(latent.note));
  }
  return json + R"(],"decoder":)" + model.decoder.json() + "}";
}

/// Errors: ArgumentError, see to_html.
inline void check_explorer(const LatentExplorer& explorer) {
  constexpr std::string_view where = "to_html(LatentExplorer)";
  require(!explorer.models.empty(), where, "models", "at least one", explorer.models.size());
  require(explorer.channels == 1 || explorer.channels == 3, where, "channels", "1 or 3", explorer.channels);
  require(explorer.height >= 1 && explorer.width >= 1, where, "height, width", "at least 1",
          std::min(explorer.height, explorer.width));
  require(std::isfinite(explorer.black) && std::isfinite(explorer.white) && explorer.black != explorer.white, where,
          "black, white", "two different finite numbers", explorer.white);
  for (const ExplorerModel& model : explorer.models) {
    const auto same = [&](const ExplorerModel& other) { return other.number == model.number; };
    require(model.number >= 0 && std::count_if(explorer.models.begin(), explorer.models.end(), same) == 1, where,
            "number", "at least 0, and no two the same", model.number);
    require_same_size(where, "outputs of a decoder", model.decoder.outputs(), "height · width · channels",
                      explorer.height * explorer.width * explorer.channels);
    for (const ExplorerLatent& latent : model.latents) {
      require_index(where, "latent", latent.latent, model.decoder.inputs());
    }
  }
}

}  // namespace detail

/// The canvas, a place for the sliders, a button that brings them all back to 0, and the decoders.
/// Errors: ArgumentError without models, for channels other than 1 or 3, for decoders that do not draw height × width × channels, for a
/// latent that its decoder does not have, for numbers that are negative or repeat, and unless black and white differ.
inline std::string to_html(const LatentExplorer& explorer) {
  detail::check_explorer(explorer);
  const std::string chooser =
      explorer.models.size() < 2
          ? ""
          : fmt::format(
                R"(<label class="latent chooser"><span>model</span>)"
                R"(<input type="range" min="0" max="{}" step="1" value="0" autocomplete="off"><output></output></label>)",
                explorer.models.size() - 1);
  std::string html = fmt::format(
      R"(<div class="explorer" data-block="latent-explorer" hidden><p>The decoder of <b data-name></b> runs in this page. )"
      R"(<span data-note role="status"></span></p><div class="bench"><div class="easel">)"
      R"(<canvas width="{}" height="{}" role="img" aria-label="What the decoder draws of the code below"></canvas>)"
      R"(<button type="button">Back to 0</button></div><div>{}<div class="latents"></div></div></div>)",
      explorer.width, explorer.height, chooser);
  for (const ExplorerModel& model : explorer.models) {
    html += fmt::format(R"(<script type="application/json" data-model="{}">{}</script>)", model.number,
                        detail::explorer_json(explorer, model));
  }
  return html + "</div>\n";
}

/// The explorer of a study: the models that bring a decoder, each with sliders for its active latents, those with the highest rate
/// first. Without such a model it is empty, and no block for a page.
inline LatentExplorer latent_explorer(const BetaStudy& study) {
  LatentExplorer explorer{
      .height = study.originals.height, .width = study.originals.width, .channels = study.originals.channels};
  const std::vector<ModelAtBeta> models = detail::in_order_of_beta(study);
  for (std::size_t k = 0; k < models.size(); ++k) {
    if (!models[k].decoder) {
      continue;
    }
    ExplorerModel model{
        .name = detail::beta_name(models[k]), .number = static_cast<Index>(k), .decoder = *models[k].decoder};
    const std::vector<Index> order = detail::latents_by_rate(models[k]);
    for (const Index latent : order) {
      if (model.latents.size() < std::min(most_explorer_latents, static_cast<std::size_t>(models[k].active))) {
        const double rate = models[k].rate_per_latent[static_cast<std::size_t>(latent)];
        model.latents.push_back({latent, detail::prose_number(rate) + " nats"});
      }
    }
    explorer.models.push_back(std::move(model));
  }
  return explorer;
}

}  // namespace betavae
