// SPDX-License-Identifier: MIT
// How the explorer is written.
#pragma once

#include <betavae/io/report/beta_prose.hpp>
#include <betavae/io/report/json.hpp>
#include <betavae/io/report/latent_explorer.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace betavae {

namespace detail {

BETAVAE_DEFINITION std::string explorer_json(const LatentExplorer& explorer, const ExplorerModel& model) {
  const auto note =
      model.latents.empty()
          ? std::string("No latent is active: whatever the code, this is the image that the decoder draws.")
          : std::string("Each slider moves one latent; all begin at 0, the middle of the prior.");
  std::string json = format_text(R"({"name":{},"note":{},"channels":{},"black":{},"white":{},"latents":[)",
                                 {json_text(model.name), json_text(note), explorer.channels,
                                  json_number(explorer.black), json_number(explorer.white)});
  for (const ExplorerLatent& latent : model.latents) {
    json += format_text(R"({}{"index":{},"name":{},"note":{}})",
                        {&latent == &model.latents.front() ? "" : ",", latent.latent,
                         json_text(format_text("latent {}", {latent.latent})), json_text(latent.note)});
  }
  return json + R"(],"decoder":)" + model.decoder.json() + "}";
}

/// Errors: ArgumentError, see to_html.
BETAVAE_DEFINITION void check_explorer(const LatentExplorer& explorer) {
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

BETAVAE_DEFINITION std::string to_html(const LatentExplorer& explorer) {
  detail::check_explorer(explorer);
  const std::string chooser =
      explorer.models.size() < 2
          ? ""
          : detail::format_text(
                R"(<label class="latent chooser"><span>model</span>)"
                R"(<input type="range" min="0" max="{}" step="1" value="0" autocomplete="off"><output></output></label>)",
                {explorer.models.size() - 1});
  std::string html = detail::format_text(
      R"(<div class="explorer" data-block="latent-explorer" hidden><p>The decoder of <b data-name></b> runs in this page. )"
      R"(<span data-note role="status"></span></p><div class="bench"><div class="easel">)"
      R"(<canvas width="{}" height="{}" role="img" aria-label="What the decoder draws of the code below"></canvas>)"
      R"(<button type="button">Back to 0</button></div><div>{}<div class="latents"></div></div></div>)",
      {explorer.width, explorer.height, chooser});
  for (const ExplorerModel& model : explorer.models) {
    html += detail::format_text(R"(<script type="application/json" data-model="{}">{}</script>)",
                                {model.number, detail::explorer_json(explorer, model)});
  }
  return html + "</div>\n";
}

BETAVAE_DEFINITION LatentExplorer latent_explorer(const BetaStudy& study) {
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
