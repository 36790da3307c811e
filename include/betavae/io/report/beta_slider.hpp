// SPDX-License-Identifier: MIT
// A slider of β over a family of trained models: what each costs, its point in the curve, and its pictures follow it.
//
// The pictures are not stored twice: the script copies them from where they stand on the page, under the ids `beta-0-reconstructions`,
// `beta-0-samples` and `beta-0-traversals` of the model with the lowest β, `beta-1-…` of the next, as beta_report writes them. Without
// script the chart alone is seen. Since those ids belong to the whole page, only its first slider works; others are
// seen as without script.
#pragma once

#include <betavae/io/report/beta_figures.hpp>
#include <betavae/io/report/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace betavae {

/// The models of a study, in order of β, under a slider that stops at each of them.
struct BetaSlider {
  static constexpr bool needs_script = true;
  BetaStudy study = {};
};

namespace detail {

/// The cells beside the slider: a name, and the key under which the script finds the text of a model.
struct SliderValue {
  std::string_view key;
  std::string_view label;
};
inline constexpr SliderValue slider_values[] = {
    {"name", "price"}, {"rate", "rate"}, {"distortion", "distortion"}, {"active", "active latents"}};

/// What the script shows of each model, as JSON.
inline std::string slider_models(const std::vector<ModelAtBeta>& models) {
  std::string json = "[";
  for (const ModelAtBeta& model : models) {
    json +=
        fmt::format(R"({}{{"name":{},"rate":{},"distortion":{},"active":{}}})", &model == &models.front() ? "" : ",",
                    json_text(beta_name(model)), json_text(format_fixed(model.rate, 2) + " nats"),
                    json_text(format_fixed(model.distortion, 1) + " nats"),
                    json_text(fmt::format("{} of {}", model.active, model.rate_per_latent.size())));
  }
  return json + "]";
}

/// The control itself, with the β of each stop below it.
inline std::string slider_control(const std::vector<ModelAtBeta>& models) {
  const std::size_t last = models.size() - 1;
  std::string html =
      fmt::format(R"(<div class="knob" data-scripted hidden><label for="beta-slider">β, the price of a nat</label>)"
                  R"(<input id="beta-slider" type="range" min="0" max="{}" step="1" value="{}" autocomplete="off">)",
                  last, last / 2);
  html += R"(<div class="stops" aria-hidden="true">)";
  for (const ModelAtBeta& model : models) {
    html += fmt::format("<span><b>{}</b></span>", format_number(model.beta));
  }
  html += R"(</div><dl class="values" role="status">)";
  for (const SliderValue& value : slider_values) {
    html += fmt::format(R"(<div><dt>{}</dt><dd data-value="{}"></dd></div>)", value.label, value.key);
  }
  return html + "</dl></div>\n";
}

/// A place into which the script copies a picture.
inline std::string slider_view(std::string_view view, std::string_view title, std::string_view content) {
  return fmt::format(R"(<div class="view" data-view="{}" hidden><p class="tile-title">{}</p>{}</div>)", view, title,
                     content);
}

/// Originals, and below them the place for what the chosen model draws of their codes.
inline std::string slider_reconstructions(const ImageSet& originals) {
  const PictureRow original{
      .label = "original", .images = originals, .description = fmt::format("{} original images", originals.count)};
  const std::string rows =
      fmt::format(R"(<div class="scroll"><div class="rows" style="{}"><span class="row-label">original</span>{})"
                  R"(<span class="row-label">drawn again</span><span data-slot></span></div></div>)",
                  zoom_style(originals.count * (originals.width + picture_gap), 620, 320),
                  picture_element(original, originals.count));
  return slider_view("reconstructions", "The same images", rows);
}

inline std::string slider_samples(const ImageSet& originals) {
  const std::string sheet =
      fmt::format(R"(<div class="scroll"><div class="rows" style="{}"><span data-slot></span></div></div>)",
                  zoom_style(4 * (originals.width + picture_gap), 240, 240));
  return slider_view("samples", "Drawn from the prior", sheet);
}

}  // namespace detail

/// The slider, the chart of rate and distortion, and the places for the pictures of the chosen model.
/// Errors: those of beta_report, and ArgumentError for fewer than two models.
inline std::string to_html(const BetaSlider& slider) {
  detail::check_study(slider.study);
  require(slider.study.models.size() >= 2, "to_html(BetaSlider)", "study.models", "at least two",
          slider.study.models.size());
  const std::vector<ModelAtBeta> models = detail::in_order_of_beta(slider.study);
  return R"(<div class="beta-slider" data-block="beta-slider">)" + detail::slider_control(models) +
         detail::slider_reconstructions(slider.study.originals) + to_html(detail::rate_distortion_chart(models)) +
         detail::slider_samples(slider.study.originals) +
         detail::slider_view("traversals", "One latent at a time, six at most", "<div data-slot></div>") +
         fmt::format(R"(<script type="application/json">{}</script></div>)", detail::slider_models(models)) + "\n";
}

}  // namespace betavae
