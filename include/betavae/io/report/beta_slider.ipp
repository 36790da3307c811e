// SPDX-License-Identifier: MIT
// How the slider is written.
#pragma once

#include <betavae/io/report/beta_figures.ipp>
#include <betavae/io/report/beta_slider.hpp>
#include <betavae/io/report/json.hpp>
#include <betavae/io/report/pictures.ipp>

#include <string>
#include <string_view>
#include <vector>

namespace betavae {

namespace detail {

/// The cells beside the slider: a name, and the key under which the script finds the text of a model.
struct SliderValue {
  std::string_view key;
  std::string_view label;
};
inline constexpr SliderValue slider_values[] = {
    {"name", "price"}, {"rate", "rate"}, {"distortion", "distortion"}, {"active", "active latents"}};

/// What the script shows of each model, as JSON.
BETAVAE_DEFINITION std::string slider_models(const std::vector<ModelAtBeta>& models) {
  std::string json = "[";
  for (const ModelAtBeta& model : models) {
    json += format_text(
        R"({}{"name":{},"rate":{},"distortion":{},"active":{}})",
        {&model == &models.front() ? "" : ",", json_text(beta_name(model)),
         json_text(format_fixed(model.rate, 2) + " nats"), json_text(format_fixed(model.distortion, 1) + " nats"),
         json_text(format_text("{} of {}", {model.active, model.rate_per_latent.size()}))});
  }
  return json + "]";
}

/// The control itself, with the β of each stop below it.
BETAVAE_DEFINITION std::string slider_control(const std::vector<ModelAtBeta>& models) {
  const std::size_t last = models.size() - 1;
  std::string html =
      format_text(R"(<div class="knob" data-scripted hidden><label for="beta-slider">β, the price of a nat</label>)"
                  R"(<input id="beta-slider" type="range" min="0" max="{}" step="1" value="{}" autocomplete="off">)",
                  {last, last / 2});
  html += R"(<div class="stops" aria-hidden="true">)";
  for (const ModelAtBeta& model : models) {
    html += format_text("<span><b>{}</b></span>", {format_number(model.beta)});
  }
  html += R"(</div><dl class="values" role="status">)";
  for (const SliderValue& value : slider_values) {
    html += format_text(R"(<div><dt>{}</dt><dd data-value="{}"></dd></div>)", {value.label, value.key});
  }
  return html + "</dl></div>\n";
}

/// A place into which the script copies a picture.
BETAVAE_DEFINITION std::string slider_view(std::string_view view, std::string_view title, std::string_view content) {
  return format_text(R"(<div class="view" data-view="{}" hidden><p class="tile-title">{}</p>{}</div>)",
                     {view, title, content});
}

/// Originals, and below them the place for what the chosen model draws of their codes.
BETAVAE_DEFINITION std::string slider_reconstructions(const ImageSet& originals) {
  const PictureRow original{
      .label = "original", .images = originals, .description = format_text("{} original images", {originals.count})};
  const std::string rows =
      format_text(R"(<div class="scroll"><div class="rows" style="{}"><span class="row-label">original</span>{})"
                  R"(<span class="row-label">drawn again</span><span data-slot></span></div></div>)",
                  {zoom_style(originals.count * (originals.width + picture_gap), 620, 320),
                   picture_element(original, originals.count)});
  return slider_view("reconstructions", "The same images", rows);
}

BETAVAE_DEFINITION std::string slider_samples(const ImageSet& originals) {
  const std::string sheet =
      format_text(R"(<div class="scroll"><div class="rows" style="{}"><span data-slot></span></div></div>)",
                  {zoom_style(4 * (originals.width + picture_gap), 240, 240)});
  return slider_view("samples", "Drawn from the prior", sheet);
}

}  // namespace detail

BETAVAE_DEFINITION std::string to_html(const BetaSlider& slider) {
  detail::check_study(slider.study);
  require(slider.study.models.size() >= 2, "to_html(BetaSlider)", "study.models", "at least two",
          slider.study.models.size());
  const std::vector<ModelAtBeta> models = detail::in_order_of_beta(slider.study);
  return R"(<div class="beta-slider" data-block="beta-slider">)" + detail::slider_control(models) +
         detail::slider_reconstructions(slider.study.originals) + to_html(detail::rate_distortion_chart(models)) +
         detail::slider_samples(slider.study.originals) +
         detail::slider_view("traversals", "One latent at a time, six at most", "<div data-slot></div>") +
         detail::format_text(R"(<script type="application/json">{}</script></div>)", {detail::slider_models(models)}) +
         "\n";
}

}  // namespace betavae
